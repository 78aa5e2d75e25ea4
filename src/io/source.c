#include "io/source.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/status.h"
#include "base/text.h"

struct io_source {
    const io_format *format;
    void *state;
    char *path;
};

static const io_format *const FORMATS[] = {&io_npz, &io_npy, &io_mat, &io_csv, &io_hdf5};
enum { N_FORMATS = sizeof FORMATS / sizeof *FORMATS };

static const io_format *by_ending(const char *path)
{
    const size_t n = strlen(path);
    for (int i = 0; i < N_FORMATS; i++) {
        const size_t m = strlen(FORMATS[i]->ending);
        if (n > m && strcmp(path + n - m, FORMATS[i]->ending) == 0) return FORMATS[i];
    }
    return NULL;
}

/* The first bytes of a regular file; none of one that is missing, empty, a folder or a pipe. */
static size_t read_head(const char *path, char *head, size_t size)
{
    struct stat st;
    if (stat(path, &st) != 0 || !S_ISREG(st.st_mode)) return 0; /* a pipe would be waited for */
    FILE *f = fopen(path, "rb");
    const size_t n = f ? fread(head, 1, size, f) : 0;
    if (f) fclose(f);
    return n;
}

static cf_status choose_format(const io_format **out, const char *path)
{
    char head[16];
    const io_format *format = by_ending(path);
    const size_t n = format ? 0 : read_head(path, head, sizeof head);
    for (int i = 0; i < N_FORMATS && !format; i++) {
        const char *magic = FORMATS[i]->magic;
        if (magic && n >= strlen(magic) && memcmp(head, magic, strlen(magic)) == 0)
            format = FORMATS[i];
    }
    if (!format && n > 0)
        return base_fail(CF_EFORMAT, "%.300s: wanted a .npz, .npy, .mat, .csv or .h5 file", path);
    *out = format ? format : &io_npz; /* which says why there is nothing to read */
    return CF_OK;
}

static cf_status make_source(io_source **out, const io_format *format, const char *path)
{
    io_source *s = calloc(1, sizeof *s);
    if (!s || !(s->path = strdup(path))) {
        free(s);
        return base_fail(CF_ENOMEM, "%.300s: no memory", path);
    }
    s->format = format;
    *out = s;
    return CF_OK;
}

cf_status io_source_open(io_source **out, const char *path)
{
    const io_format *format = NULL;
    io_source *s = NULL;
    cf_status failed = choose_format(&format, path);
    if (failed == CF_OK) failed = make_source(&s, format, path);
    if (failed == CF_OK) failed = format->open(&s->state, path);
    if (failed == CF_OK)
        *out = s;
    else
        io_source_close(s);
    return failed;
}

cf_status io_source_memory(io_source **out, const char *name, const cf_array *arrays, int32_t count)
{
    io_source *s = NULL;
    cf_status failed = make_source(&s, &io_memory, name);
    if (failed == CF_OK) failed = io_memory_open(&s->state, name, arrays, count);
    if (failed == CF_OK)
        *out = s;
    else
        io_source_close(s);
    return failed;
}

void io_source_close(io_source *s)
{
    if (!s) return;
    s->format->close(s->state);
    free(s->path);
    free(s);
}

int32_t io_source_count(const io_source *s)
{
    return s->format->count(s->state);
}

const char *io_source_name(const io_source *s, int32_t i)
{
    return s->format->name(s->state, i);
}

cf_status io_source_find_any(const io_source *s, const char *name, io_array *out)
{
    const int32_t count = io_source_count(s);
    for (int32_t i = 0; i < count; i++)
        if (strcmp(io_source_name(s, i), name) == 0) return s->format->read(s->state, i, out);
    text names = {0};
    for (int32_t i = 0; i < count && names.n < 300; i++)
        text_add(&names, "%s%.60s", i ? ", " : "", io_source_name(s, i));
    const cf_status failed = base_fail(CF_EARG, "%.300s: no array %.60s; it has %s", s->path, name,
                                       names.s ? names.s : "none");
    text_free(&names);
    return failed;
}

cf_status io_source_find(const io_source *s, const char *name, io_array *out)
{
    io_array a = {0};
    const cf_status failed = io_source_find_any(s, name, &a);
    if (failed != CF_OK) return failed;
    if (!a.is_complex) {
        *out = a;
        return CF_OK;
    }
    base_fail(CF_EFORMAT, "%.300s: %.60s: dtype %s: " IO_COMPLEX, s->path, name, a.dtype);
    io_array_free(&a);
    return CF_EFORMAT;
}

char *io_source_stem(const char *path)
{
    const char *slash = strrchr(path, '/'), *base = slash ? slash + 1 : path;
    const char *dot = strrchr(base, '.');
    return dot && dot > base ? strndup(base, (size_t)(dot - base)) : strdup(base);
}
