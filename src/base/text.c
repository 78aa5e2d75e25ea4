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

int32_t text_utf8_length(const unsigned char *s, size_t n)
{
    if (n == 0) return 0;
    if (s[0] < 0x80) return 1;
    const int32_t length = s[0] < 0xC2   ? 0
                           : s[0] < 0xE0 ? 2
                           : s[0] < 0xF0 ? 3
                           : s[0] < 0xF5 ? 4
                                         : 0;
    if (length == 0 || n < (size_t)length) return 0;
    for (int32_t i = 1; i < length; i++)
        if ((s[i] & 0xC0) != 0x80) return 0;
    const int32_t pair = s[0] << 8 | s[1]; /* overlong, surrogate, or above U+10FFFF */
    const int32_t odd = (s[0] == 0xE0 && pair < 0xE0A0) || (s[0] == 0xED && pair > 0xED9F) ||
                        (s[0] == 0xF0 && pair < 0xF090) || (s[0] == 0xF4 && pair > 0xF48F);
    return odd ? 0 : length;
}
