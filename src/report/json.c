#include "report/json.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "base/number.h"

/* Length of the UTF-8 character at s, or 0 where there is none: too short, too long, out of
 * range. */
static size_t character(const unsigned char *s)
{
    static const uint32_t LEAST[] = {0, 0, 0x80, 0x800, 0x10000};
    if (s[0] < 0x80) return 1;
    const size_t n = s[0] >= 0xf0 ? 4 : s[0] >= 0xe0 ? 3 : 2;
    if (s[0] < 0xc2 || s[0] > 0xf4) return 0;
    uint32_t code = s[0] & (0xffu >> (n + 1));
    for (size_t i = 1; i < n; i++) {
        if ((s[i] & 0xc0) != 0x80) return 0;
        code = code << 6 | (s[i] & 0x3fu);
    }
    return code < LEAST[n] || code > 0x10ffff || (code >= 0xd800 && code < 0xe000) ? 0 : n;
}

static void put_string(text *t, const char *value)
{
    text_add(t, "\"");
    for (const unsigned char *s = (const unsigned char *)value; *s;) {
        const size_t n = character(s);
        if (n == 0)
            text_add(t, "\xef\xbf\xbd"); /* U+FFFD stands for what is no character */
        else if (n == 1 && (*s < 0x20 || strchr("\"\\<>&\x7f", *s)))
            text_add(t, "\\u%04x", *s);
        else
            text_add(t, "%.*s", (int)n, (const char *)s);
        s += n ? n : 1;
    }
    text_add(t, "\"");
}

static void put_key(text *t, const char *key)
{
    if (t->n > 0 && !strchr("[{:", t->s[t->n - 1])) text_add(t, ",");
    if (!key) return;
    put_string(t, key);
    text_add(t, ":");
}

void json_open(text *t, const char *key, char bracket)
{
    put_key(t, key);
    text_add(t, "%c", bracket);
}

void json_close(text *t, char bracket)
{
    text_add(t, "%c", bracket);
}

void json_text(text *t, const char *key, const char *value)
{
    put_key(t, key);
    put_string(t, value);
}

static void put_number(text *t, int digits, double value)
{
    char number[NUMBER_SIZE];
    if (isfinite(value))
        text_add(t, "%s", number_write(number, digits, value));
    else
        text_add(t, "null");
}

void json_number(text *t, const char *key, int digits, double value)
{
    put_key(t, key);
    put_number(t, digits, value);
}

void json_integer(text *t, const char *key, int64_t value)
{
    put_key(t, key);
    text_add(t, "%" PRId64, value);
}

void json_id(text *t, const char *key, uint64_t value)
{
    put_key(t, key);
    text_add(t, "\"%016" PRIx64 "\"", value);
}

void json_numbers(text *t, const char *key, int digits, const double *value, size_t count)
{
    json_open(t, key, '[');
    for (size_t i = 0; i < count; i++) json_number(t, NULL, digits, value[i]);
    json_close(t, ']');
}

void json_floats(text *t, const char *key, int digits, const float *value, size_t count)
{
    json_open(t, key, '[');
    for (size_t i = 0; i < count; i++) json_number(t, NULL, digits, (double)value[i]);
    json_close(t, ']');
}

void json_bits(text *t, const char *key, const uint8_t *value, size_t count)
{
    put_key(t, key);
    text_add(t, "\"");
    for (size_t i = 0; i < count; i += 8) {
        unsigned byte = 0;
        for (size_t b = 0; b < 8 && i + b < count; b++) byte |= (value[i + b] ? 0x80u : 0) >> b;
        text_add(t, "%02x", byte);
    }
    text_add(t, "\"");
}
