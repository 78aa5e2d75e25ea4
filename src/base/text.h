#ifndef BASE_TEXT_H
#define BASE_TEXT_H

#include <stddef.h>
#include <stdint.h>

/* A string that grows. Start from {0}; `failed` is sticky, so check it once at the end. */
typedef struct text {
    char *s; /* NUL-terminated once anything was added; malloc'ed */
    size_t n, cap;
    int failed;
} text;

void text_add(text *t, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void text_free(text *t);

/* Bytes of the UTF-8 character at s (1 to 4), 0 if the n bytes there do not start with one. */
int32_t text_utf8_length(const unsigned char *s, size_t n);

#endif
