#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/number.h"
#include "channel/yaml.h"

enum { COMMENT_COLUMN = 40, LINE_WIDTH = 92 };

/* The shortest decimal that reads back as the same double. */
static void format_number(double v, char *s)
{
    if (v == floor(v) && fabs(v) < 1e15) {
        snprintf(s, NUMBER_SIZE, "%.0f", v + 0.0); /* -0 becomes 0 */
        return;
    }
    for (int digits = 1; digits <= 17; digits++) {
        const char *end;
        if (number_read(number_write(s, digits, v), &end) == v) return;
    }
}

/* Lists break over lines that stand further in than their key. */
static void write_list(text *t, const chan_yaml_list *list, int pairs, int indent)
{
    char item[96], a[NUMBER_SIZE], b[NUMBER_SIZE];
    size_t column = LINE_WIDTH;
    if (list->n == 1 && !pairs) {
        format_number(list->v[0], a);
        text_add(t, " %s\n", a);
        return;
    }
    for (int32_t i = 0; i < list->n; i++) {
        format_number(list->v[pairs ? 2 * i : i], a);
        if (pairs) format_number(list->v[2 * i + 1], b);
        const char *end = i + 1 < list->n ? "," : "]";
        const int n = pairs ? snprintf(item, sizeof item, "[%s, %s]%s", a, b, end)
                            : snprintf(item, sizeof item, "%s%s", a, end);
        const char *open = i == 0 ? "[" : "";
        if (column + (size_t)n + 2 > LINE_WIDTH) {
            text_add(t, "\n%*s%s%s", indent + 2, "", open, item);
            column = (size_t)(indent + 3 + n);
        } else {
            text_add(t, " %s", item);
            column += (size_t)n + 1;
        }
    }
    text_add(t, "\n");
}

static void quote(const char *s, char *out, size_t size)
{
    size_t n = 0;
    out[n++] = '"';
    for (; *s && n + 4 < size; s++) {
        if (*s == '"' || *s == '\\') out[n++] = '\\';
        out[n++] = *s;
    }
    out[n++] = '"';
    out[n] = 0;
}

static void format_text(const char *s, char *out, size_t size)
{
    static const char PLAIN[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.";
    const size_t n = strlen(s);
    const int letter = (*s >= 'a' && *s <= 'z') || (*s >= 'A' && *s <= 'Z');
    if (letter && strspn(s, PLAIN) == n)
        snprintf(out, size, "%s", s);
    else
        quote(s, out, size);
}

static void write_scalar(text *t, const chan_yaml_field *f, const void *value, int indent)
{
    char s[420];
    switch (f->type) {
    case CHAN_YAML_REAL: format_number(*(const double *)value, s); break;
    case CHAN_YAML_INT: snprintf(s, sizeof s, "%lld", (long long)*(const int64_t *)value); break;
    case CHAN_YAML_BOOL:
        snprintf(s, sizeof s, "%s", *(const int32_t *)value ? "true" : "false");
        break;
    case CHAN_YAML_CHOICE: snprintf(s, sizeof s, "%s", f->choices[*(const int32_t *)value]); break;
    default: format_text(*(char *const *)value, s, sizeof s); break;
    }
    char line[560];
    snprintf(line, sizeof line, "%*s%s: %s", indent, "", f->key, s);
    text_add(t, "%-*s  # %s\n", COMMENT_COLUMN, line, f->about);
}

static void write_fields(text *t, const chan_yaml_field *fields, const void *base, int indent)
{
    for (const chan_yaml_field *f = fields; f->key; f++) {
        if (chan_yaml_field_of(fields, base, f->key) != f) continue;
        const void *value = (const char *)base + f->offset;
        if (f->quiet && *(const int32_t *)value == (int32_t)f->fallback) continue;
        switch (f->type) {
        case CHAN_YAML_SECTION:
            text_add(t, "\n%*s%s:%s%s\n", indent, "", f->key, f->about ? "  # " : "",
                     f->about ? f->about : "");
            write_fields(t, f->fields, base, indent + 2);
            break;
        case CHAN_YAML_REALS:
        case CHAN_YAML_INTS:
        case CHAN_YAML_PAIRS:
            text_add(t, "%*s# %s\n%*s%s:", indent, "", f->about, indent, "", f->key);
            write_list(t, value, f->type == CHAN_YAML_PAIRS, indent);
            break;
        default: write_scalar(t, f, value, indent); break;
        }
    }
}

void chan_yaml_write(text *t, const chan_yaml_field *fields, const void *base)
{
    write_fields(t, fields, base, 0);
}
