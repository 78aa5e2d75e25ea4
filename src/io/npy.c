#include "io/npy.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/status.h"
#include "io/source.h"

/* What a header says: NumPy, lib/format.py. */
typedef struct header {
    char kind;    /* b i u f c */
    int32_t item; /* bytes of a number; of a complex one's half */
    int32_t big_endian, fortran;
    size_t data_at;
} header;

/* What follows `'key':` and blanks, or NULL. */
static const char *value_of(const char *dict, const char *key)
{
    char quoted[32];
    snprintf(quoted, sizeof quoted, "'%s'", key);
    const char *p = strstr(dict, quoted);
    if (!p) return NULL;
    p += strlen(quoted);
    p += strspn(p, " ");
    if (*p != ':') return NULL;
    return p + 1 + strspn(p + 1, " ");
}

/* '<f8', '|b1': byte order, kind, bytes an item. */
static int read_dtype(const char *p, header *h, char dtype[24])
{
    if (!p || *p != '\'') return 0;
    const size_t n = strcspn(p + 1, "'");
    if (n < 3 || n > 7) return 0;
    memcpy(dtype, p + 1, n);
    dtype[n] = 0;
    h->big_endian = dtype[0] == '>';
    h->kind = dtype[1];
    h->item = n == 3 ? dtype[2] - '0' : 0;
    if (h->kind == 'c') h->item = strcmp(dtype + 2, "16") == 0 ? 8 : h->item == 8 ? 4 : 0;
    if (!strchr("<>|=", dtype[0])) return 0;
    switch (h->kind) {
    case 'b': return h->item == 1;
    case 'i':
    case 'u': return h->item == 1 || h->item == 2 || h->item == 4 || h->item == 8;
    case 'f': return h->item == 2 || h->item == 4 || h->item == 8;
    case 'c': return h->item == 4 || h->item == 8;
    default: return 0;
    }
}

/* "(50, 64, 40)", "(7,)", "()" */
static int read_shape(const char *p, io_array *a)
{
    if (!p || *p++ != '(') return 0;
    int64_t count = 1;
    a->ndim = 0;
    for (p += strspn(p, " "); *p != ')'; p += strspn(p, " ")) {
        if (a->ndim == IO_MAX_DIMS || *p < '0' || *p > '9') return 0;
        char *end;
        const int64_t v = strtoll(p, &end, 10);
        if (v > 0 && count > INT64_MAX / v) return 0;
        count *= v;
        a->dims[a->ndim++] = v;
        p = end + strspn(end, " ");
        if (*p == ',') p++;
    }
    a->count = count;
    return 1;
}

static int read_header(const unsigned char *data, size_t size, header *h, io_array *a)
{
    if (size < 12 || memcmp(data, "\x93NUMPY", 6) != 0 || data[6] < 1 || data[6] > 3) return 0;
    const int wide = data[6] > 1;
    const size_t start = wide ? 12 : 10;
    const size_t n = wide ? (size_t)data[8] | (size_t)data[9] << 8 | (size_t)data[10] << 16 |
                                (size_t)data[11] << 24
                          : (size_t)data[8] | (size_t)data[9] << 8;
    if (n > size - start || n > 65536) return 0;
    char *dict = strndup((const char *)data + start, n);
    if (!dict) return 0;
    const char *order = value_of(dict, "fortran_order");
    h->fortran = order && strncmp(order, "True", 4) == 0;
    h->data_at = start + n;
    h->kind = 0;
    const int known = read_dtype(value_of(dict, "descr"), h, a->dtype);
    a->is_complex = known && h->kind == 'c';
    const size_t item = known ? (size_t)h->item << a->is_complex : 1, left = size - h->data_at;
    const int good = order && (h->fortran || strncmp(order, "False", 5) == 0) &&
                     read_shape(value_of(dict, "shape"), a);
    if (!known) h->item = 0;
    free(dict);
    return good && (!known || ((uint64_t)a->count == left / item && left % item == 0));
}

static double half_of(uint64_t bits)
{
    const int exponent = (int)(bits >> 10 & 31);
    const double fraction = (double)(bits & 1023), sign = bits >> 15 ? -1 : 1;
    if (exponent == 31) return fraction > 0 ? (double)NAN : sign * (double)INFINITY;
    if (exponent == 0) return sign * ldexp(fraction, -24);
    return sign * ldexp(1024 + fraction, exponent - 25);
}

static double signed_of(uint64_t bits, int32_t item)
{
    const int shift = 64 - 8 * item;
    int64_t v;
    bits <<= shift;
    memcpy(&v, &bits, sizeof v);
    return (double)(v >> shift);
}

static double value_from(const unsigned char *p, const header *h)
{
    uint64_t bits = 0;
    for (int32_t i = 0; i < h->item; i++)
        bits |= (uint64_t)p[h->big_endian ? h->item - 1 - i : i] << 8 * i;
    if (h->kind == 'b') return bits != 0;
    if (h->kind == 'u') return (double)bits;
    if (h->kind == 'i') return signed_of(bits, h->item);
    if (h->item == 2) return half_of(bits);
    if (h->item == 4) {
        const uint32_t word = (uint32_t)bits;
        float v;
        memcpy(&v, &word, sizeof v);
        return (double)v;
    }
    double v;
    memcpy(&v, &bits, sizeof v);
    return v;
}

static void fill(const unsigned char *p, const header *h, io_array *a)
{
    io_turn turn = io_turn_begin(a);
    for (int64_t j = 0; j < a->count; j++) {
        double *out = a->data + ((h->fortran ? turn.at : j) << a->is_complex);
        for (int32_t i = 0; i <= a->is_complex; i++, p += h->item) out[i] = value_from(p, h);
        if (h->fortran) io_turn_next(&turn, a);
    }
}

static cf_status fail_dtype(const char *path, const char *name, const char *dtype)
{
    return base_fail(
        CF_EFORMAT,
        "%.300s: %.60s: dtype %s, wanted a real number of 8 to 64 bits or a complex one "
        "of 64 or 128",
        path, name, dtype[0] ? dtype : "of several fields");
}

cf_status io_npy_take(const cf_array *array, const char *from, io_array *out)
{
    header h = {0};
    io_array a = {.ndim = array->ndim};
    char quoted[16];
    snprintf(quoted, sizeof quoted, "'%s'", array->type);
    if (!read_dtype(quoted, &h, a.dtype)) return fail_dtype(from, array->name, array->type);
    if (a.ndim < 0 || a.ndim > IO_MAX_DIMS)
        return base_fail(CF_EFORMAT, "%.300s: %.60s has %d axes, wanted at most %d", from,
                         array->name, a.ndim, IO_MAX_DIMS);
    for (int32_t i = 0; i < a.ndim; i++) {
        a.dims[i] = array->dims[i];
        if (a.dims[i] < 0)
            return base_fail(CF_EARG, "%.300s: %.60s has %lld along axis %d", from, array->name,
                             (long long)a.dims[i], i);
    }
    a.is_complex = h.kind == 'c';
    const cf_status s = io_array_room(&a, from, array->name);
    if (s != CF_OK) return s;
    fill(array->data, &h, &a);
    *out = a;
    return CF_OK;
}

cf_status io_npy_parse(const unsigned char *bytes, size_t size, const char *path, const char *name,
                       io_array *out)
{
    header h = {0};
    io_array a = {0};
    if (!read_header(bytes, size, &h, &a))
        return base_fail(
            CF_EFORMAT,
            "%.300s: %.60s: not a .npy array of version 1 to 3, at most %d dimensions and "
            "as long as it says",
            path, name, IO_MAX_DIMS);
    if (h.item == 0) return fail_dtype(path, name, a.dtype);
    a.column_major = h.fortran;
    const cf_status s = io_array_room(&a, path, name);
    if (s != CF_OK) return s;
    fill(bytes + h.data_at, &h, &a);
    *out = a;
    return CF_OK;
}

/* ---- a file of one array ---- */

typedef struct file {
    char *path, *name;
    unsigned char *data;
    size_t size;
} file;

static void close_file(void *state)
{
    file *f = state;
    if (!f) return;
    free(f->path);
    free(f->name);
    free(f->data);
    free(f);
}

static cf_status open_file(void **state, const char *path)
{
    file *f = calloc(1, sizeof *f);
    if (!f || !(f->path = strdup(path)) || !(f->name = io_source_stem(path))) {
        close_file(f);
        return base_fail(CF_ENOMEM, "%.300s: no memory", path);
    }
    cf_status s = file_read(path, &f->data, &f->size);
    if (s == CF_OK && f->size == 0) s = base_fail(CF_EFORMAT, "%.300s: empty", path);
    if (s == CF_OK)
        *state = f;
    else
        close_file(f);
    return s;
}

static int32_t one(const void *state)
{
    (void)state;
    return 1;
}

static const char *name_of(const void *state, int32_t i)
{
    (void)i;
    return ((const file *)state)->name;
}

static cf_status read_file(const void *state, int32_t i, io_array *out)
{
    const file *f = state;
    (void)i;
    return io_npy_parse(f->data, f->size, f->path, f->name, out);
}

const io_format io_npy = {".npy", "\x93NUMPY", open_file, one, name_of, read_file, close_file};
