#include "base/number.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What stands between 0 and 5 in 0.5 here: asked of printf, because localeconv() may be overwritten
 * by another thread. */
static size_t find_point(char *point, size_t size)
{
    char half[16];
    const int n = snprintf(half, sizeof half, "%.1f", 0.5);
    const size_t length = n > 2 && (size_t)n < sizeof half ? (size_t)n - 2 : 1;
    snprintf(point, size, "%.*s", (int)length, half + 1);
    return strlen(point);
}

/* Signs, digits, exponents, "inf" and "nan"; the point is looked for apart. */
static int belongs(char c)
{
    const char low = (char)(c | 32);
    return c == '+' || c == '-' || (c >= '0' && c <= '9') || (low >= 'a' && low <= 'z');
}

/* strtod, fed with a copy in which the first '.' is this locale's point. */
double number_read(const char *s, const char **end)
{
    char point[16], copy[160], *stop = copy;
    const size_t length = find_point(point, sizeof point);
    size_t n = 0, at = sizeof copy; /* at: where the point is in the copy */
    for (const char *c = s; n < 128 && (belongs(*c) || (*c == '.' && at == sizeof copy)); c++) {
        if (*c != '.') {
            copy[n++] = *c;
            continue;
        }
        at = n;
        memcpy(copy + n, point, length);
        n += length;
    }
    copy[n] = 0;
    const double v = n < 128 ? strtod(copy, &stop) : 0;
    const size_t taken = (size_t)(stop - copy);
    *end = s + (taken > at ? taken - length + 1 : taken);
    return v;
}

char *number_write(char *out, int digits, double v)
{
    snprintf(out, NUMBER_SIZE, "%.*g", digits, v);
    char *point = out + strspn(out, "+-0123456789");
    const size_t length = strcspn(point, "+-0123456789abcdefghijklmnopqrstuvwxyz");
    if (length == 0) return out; /* a whole number, an exponent without fraction, inf or nan */
    *point = '.';
    memmove(point + 1, point + length, strlen(point + length) + 1);
    return out;
}
