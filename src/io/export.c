#include "io/export.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/status.h"

size_t io_kind_size(io_kind kind)
{
    static const size_t SIZE[] = {[IO_U8] = 1,  [IO_I32] = 4, [IO_U64] = 8, [IO_F32] = 4,
                                  [IO_F64] = 8, [IO_C64] = 8, [IO_TEXT] = 1};
    return SIZE[kind];
}

static int64_t length_of(const io_sizes *s, const char *axis, size_t n)
{
    const struct {
        const char *name;
        int64_t length;
    } of[] = {{"drop", s->n},           {"ap", s->L}, {"user", s->K}, {"beam", s->K},
              {"antenna", s->antennas}, {"xyz", 3}};
    size_t i = 0;
    while (strlen(of[i].name) != n || strncmp(of[i].name, axis, n) != 0) i++;
    return of[i].length;
}

static io_item *next_item(io_items *t)
{
    if (t->n == t->cap) {
        const int32_t cap = t->cap > 0 ? 2 * t->cap : 32;
        io_item *more = realloc(t->v, (size_t)cap * sizeof *more);
        if (!more) {
            t->failed = 1;
            return NULL;
        }
        t->v = more;
        t->cap = cap;
    }
    return t->v + t->n++;
}

void io_items_add(io_items *t, const char *group, const char *name, io_kind kind, const char *axes,
                  const char *unit, const void *data)
{
    io_item *item = data ? next_item(t) : NULL;
    if (!item) return;
    *item = (io_item){group, name, axes, unit, kind, .count = 1, .data = data};
    for (const char *s = axes; *s;) {
        const size_t n = strcspn(s, ",");
        item->dims[item->ndim] = length_of(&t->sizes, s, n);
        item->count *= item->dims[item->ndim++];
        s += n + (s[n] == ',');
    }
}

void io_items_text(io_items *t, const char *group, const char *name, const char *s)
{
    io_item *item = s ? next_item(t) : NULL;
    if (item)
        *item = (io_item){group, name, "", "", IO_TEXT, .count = (int64_t)strlen(s), .data = s};
}

static void report_items(const io_items *t, text *out)
{
    static const char *const KIND[] = {
        [IO_U8] = "uint8",    [IO_I32] = "int32",     [IO_U64] = "uint64", [IO_F32] = "float32",
        [IO_F64] = "float64", [IO_C64] = "complex64", [IO_TEXT] = "text"};
    for (int32_t i = 0; i < t->n; i++) {
        const io_item *item = t->v + i;
        if (item->ndim == 0) continue;
        text_add(out, "%s%s%s: %s (", item->group ? item->group : "", item->group ? "/" : "",
                 item->name, KIND[item->kind]);
        for (int32_t j = 0; j < item->ndim; j++)
            text_add(out, "%s%lld", j ? "," : "", (long long)item->dims[j]);
        text_add(out, ") %s, %s\n", item->axes, item->unit);
    }
}

cf_status io_items_write(const io_items *t, const char *path, char *report, size_t size)
{
    static const struct {
        const char *ending;
        cf_status (*write)(const io_items *t, const char *path);
    } FORMATS[] = {{".npz", io_write_npz}, {".mat", io_write_mat}, {".csv", io_write_csv}};
    const size_t n = strlen(path);
    if (t->failed) return base_fail(CF_ENOMEM, "export: no memory");
    for (size_t i = 0; i < sizeof FORMATS / sizeof *FORMATS; i++) {
        if (n <= 4 || strcmp(path + n - 4, FORMATS[i].ending) != 0) continue;
        const cf_status s = FORMATS[i].write(t, path);
        text lines = {0};
        if (s == CF_OK && report && size > 0) {
            report_items(t, &lines);
            snprintf(report, size, "%s", lines.s ? lines.s : "");
        }
        text_free(&lines);
        return s;
    }
    return base_fail(CF_EARG, "%.300s: wanted a name that ends in .npz, .mat or .csv", path);
}

uint32_t io_next_char(const char **s)
{
    const unsigned char *p = (const unsigned char *)*s;
    const int more = *p >= 0xf0 ? 3 : *p >= 0xe0 ? 2 : *p >= 0xc0 ? 1 : 0;
    uint32_t c = more ? *p & (0x3fU >> more) : *p;
    for (int i = 1; i <= more; i++) {
        if ((p[i] & 0xc0) != 0x80) {
            (*s)++;
            return *p;
        }
        c = c << 6 | (p[i] & 0x3f);
    }
    *s += more + 1;
    return c;
}
