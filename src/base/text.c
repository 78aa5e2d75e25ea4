#include "base/text.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

void text_add(text *t, const char *fmt, ...)
{
    va_list args, again;
    va_start(args, fmt);
    va_copy(again, args);
    const int need = vsnprintf(NULL, 0, fmt, args);
    va_end(args);
    if (need < 0) t->failed = 1;
    if (!t->failed && t->n + (size_t)need + 1 > t->cap) {
        const size_t cap = 2 * t->cap + (size_t)need + 64;
        char *s = realloc(t->s, cap);
        if (s) {
            t->s = s;
            t->cap = cap;
        } else {
            t->failed = 1;
        }
    }
    if (!t->failed) t->n += (size_t)vsnprintf(t->s + t->n, t->cap - t->n, fmt, again);
    va_end(again);
}

void text_free(text *t)
{
    free(t->s);
    *t = (text){0};
}
