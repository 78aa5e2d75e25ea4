#include "report/json.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "base/number.h"

static void put_string(text *t, const char *value)
{
    text_add(t, "\"");
    for (const unsigned char *s = (const unsigned char *)value; *s;) {
        const int32_t n = text_utf8_length(s, strnlen((const char *)s, 4));
        if (n == 0)
            text_add(t, "\xef\xbf\xbd"); /* U+FFFD stands for what is no character */
        else if (n == 1 && (*s < 0x20 || strchr("\"\\<>&\x7f", *s)))
            text_add(t, "\\u%04x", *s);
        else
            text_add(t, "%.*s", n, (const char *)s);
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
