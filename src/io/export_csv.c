#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/number.h"
#include "base/status.h"
#include "io/export.h"

/* A table for each set of axes: a line an entry, below the names of its axes and arrays. The first
 * is FILE.csv, others FILE-NAME.csv; single numbers and texts are in FILE-parameters.csv. */

static void add_text(text *out, const char *s)
{
    if (!strpbrk(s, ",\"\n\r")) {
        text_add(out, "%s", s);
        return;
    }
    text_add(out, "\"");
    for (; *s; s++) text_add(out, "%s%c", *s == '"' ? "\"" : "", *s);
    text_add(out, "\"");
}

static void add_value(text *out, const io_item *item, int64_t i)
{
    char digits[NUMBER_SIZE], imaginary[NUMBER_SIZE];
    const float *f = item->data;
    switch (item->kind) {
    case IO_U8: text_add(out, "%d", ((const uint8_t *)item->data)[i]); return;
    case IO_I32: text_add(out, "%d", ((const int32_t *)item->data)[i]); return;
    case IO_U64:
        text_add(out, "%llu", (unsigned long long)((const uint64_t *)item->data)[i]);
        return;
    case IO_F32: text_add(out, "%s", number_write(digits, 9, (double)f[i])); return;
    case IO_F64:
        text_add(out, "%s", number_write(digits, 17, ((const double *)item->data)[i]));
        return;
    case IO_C64:
        text_add(out, "%s,%s", number_write(digits, 9, (double)f[2 * i]),
                 number_write(imaginary, 9, (double)f[2 * i + 1]));
        return;
    case IO_TEXT: add_text(out, item->data); return;
    }
}

static const io_item *find(const io_items *t, const char *group, const char *name)
{
    for (int32_t i = 0; i < t->n; i++)
        if (t->v[i].group == group && strcmp(t->v[i].name, name) == 0) return t->v + i;
    return NULL;
}

/* Does item i start something: a table of its axes, a column of its table, a group? */
static int is_first(const io_items *t, int32_t i, int by_name, int by_group)
{
    for (int32_t j = 0; j < i; j++)
        if (strcmp(t->v[j].axes, t->v[i].axes) == 0 &&
            (!by_name || strcmp(t->v[j].name, t->v[i].name) == 0) &&
            (!by_group || t->v[j].group == t->v[i].group))
            return 0;
    return 1;
}

static int in_table(const io_items *t, int32_t i, int32_t first)
{
    return strcmp(t->v[i].axes, t->v[first].axes) == 0;
}

static void add_header(text *out, const io_items *t, int32_t first)
{
    text_add(out, "%s%s", t->v[first].group ? "method," : "", t->v[first].axes);
    for (int32_t i = first; i < t->n; i++) {
        if (!in_table(t, i, first) || !is_first(t, i, 1, 0)) continue;
        if (t->v[i].kind == IO_C64)
            text_add(out, ",%s_re,%s_im", t->v[i].name, t->v[i].name);
        else
            text_add(out, ",%s", t->v[i].name);
    }
    text_add(out, "\n");
}

enum { MOST_COLUMNS = 64 };

/* All lines of one group; a column that it does not have stays empty. */
static void add_lines(text *out, const io_items *t, int32_t first, const char *group)
{
    const io_item *shape = t->v + first, *column[MOST_COLUMNS];
    int32_t columns = 0;
    for (int32_t i = first; i < t->n && columns < MOST_COLUMNS; i++)
        if (in_table(t, i, first) && is_first(t, i, 1, 0))
            column[columns++] = find(t, group, t->v[i].name);
    for (int64_t at = 0; at < shape->count && !out->failed; at++) {
        int64_t rest = at, index[IO_ITEM_DIMS];
        for (int32_t j = shape->ndim - 1; j >= 0; j--) {
            index[j] = rest % shape->dims[j];
            rest /= shape->dims[j];
        }
        if (group) add_text(out, group);
        for (int32_t j = 0; j < shape->ndim; j++)
            text_add(out, "%s%lld", j || group ? "," : "", (long long)index[j]);
        for (int32_t i = 0; i < columns; i++) {
            text_add(out, ",");
            if (column[i]) add_value(out, column[i], at);
        }
        text_add(out, "\n");
    }
}

static void add_parameters(text *out, const io_items *t, int32_t first)
{
    const int grouped = t->v[first].group != NULL;
    text_add(out, "%sname,value\n", grouped ? "method," : "");
    for (int32_t i = first; i < t->n; i++) {
        if (!in_table(t, i, first)) continue;
        if (grouped) {
            add_text(out, t->v[i].group);
            text_add(out, ",");
        }
        text_add(out, "%s,", t->v[i].name);
        add_value(out, t->v + i, 0);
        text_add(out, "\n");
    }
}

static cf_status write_table(const io_items *t, int32_t first, const char *path, const char *name)
{
    text out = {0}, file = {0};
    text_add(&file, "%.*s%s%s.csv", (int)strlen(path) - 4, path, *name ? "-" : "", name);
    if (t->v[first].ndim == 0) {
        add_parameters(&out, t, first);
    } else {
        add_header(&out, t, first);
        for (int32_t i = first; i < t->n; i++)
            if (in_table(t, i, first) && is_first(t, i, 0, 1))
                add_lines(&out, t, first, t->v[i].group);
    }
    const cf_status s = out.failed || file.failed ? base_fail(CF_ENOMEM, "%.300s: no memory", path)
                                                  : file_write(file.s, out.s, out.n);
    text_free(&out);
    text_free(&file);
    return s;
}

cf_status io_write_csv(const io_items *t, const char *path)
{
    cf_status s = CF_OK;
    int tables = 0;
    for (int32_t i = 0; i < t->n && s == CF_OK; i++) {
        if (!is_first(t, i, 0, 0)) continue;
        const char *name = t->v[i].ndim == 0 ? "parameters" : tables++ == 0 ? "" : t->v[i].name;
        s = write_table(t, i, path, name);
    }
    return s;
}
