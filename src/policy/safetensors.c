#include "policy/safetensors.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/status.h"
#include "policy/safetensors_header.h"

enum { MOST_HEADER_BYTES = 100000000 };

/* A sign, an exponent and a fraction of so many bits, as a number. */
static double small_float(uint64_t bits, int32_t exponent_bits, int32_t fraction_bits)
{
    const int64_t fraction = (int64_t)(bits & ((UINT64_C(1) << fraction_bits) - 1));
    const int32_t most = (1 << exponent_bits) - 1, bias = most / 2;
    const int32_t exponent = (int32_t)(bits >> fraction_bits) & most;
    const double sign = bits >> (exponent_bits + fraction_bits) ? -1 : 1;
    if (exponent == most) return fraction ? NAN : sign * INFINITY;
    if (exponent == 0) return sign * ldexp((double)fraction, 1 - bias - fraction_bits);
    return sign * ldexp((double)(fraction + (INT64_C(1) << fraction_bits)),
                        exponent - bias - fraction_bits);
}

static double from_f16(uint64_t bits)
{
    return small_float(bits, 5, 10);
}

static double from_bf16(uint64_t bits)
{
    return small_float(bits, 8, 7);
}

static double from_f32(uint64_t bits)
{
    const uint32_t low = (uint32_t)bits;
    float f;
    memcpy(&f, &low, sizeof f);
    return (double)f;
}

static double from_f64(uint64_t bits)
{
    double d;
    memcpy(&d, &bits, sizeof d);
    return d;
}

static double from_i64(uint64_t bits)
{
    return (double)(int64_t)bits;
}

static const policy_dtype DTYPES[] = {
    {"F16", 2, from_f16}, {"BF16", 2, from_bf16}, {"F32", 4, from_f32},
    {"F64", 8, from_f64}, {"I64", 8, from_i64},
};

const policy_dtype *policy_dtype_named(const char *name, int32_t n)
{
    for (size_t i = 0; i < sizeof DTYPES / sizeof *DTYPES; i++)
        if (strlen(DTYPES[i].name) == (size_t)n && memcmp(DTYPES[i].name, name, (size_t)n) == 0)
            return &DTYPES[i];
    return NULL;
}

static int by_begin(const void *a, const void *b)
{
    const policy_entry *x = a, *y = b;
    if (x->begin != y->begin) return x->begin < y->begin ? -1 : 1;
    return (x->end > y->end) - (x->end < y->end);
}

static int by_name(const void *a, const void *b)
{
    return strcmp(((const policy_tensor *)a)->name, ((const policy_tensor *)b)->name);
}

static int by_key(const void *a, const void *b)
{
    return strcmp(((const policy_meta *)a)->key, ((const policy_meta *)b)->key);
}

/* The product of the shape, kept within what the file could hold. */
static cf_status count_numbers(policy_entry *e, int64_t data_size)
{
    policy_tensor *t = &e->tensor;
    char shape[160];
    policy_shape_text(shape, sizeof shape, t->rank, t->dim);
    int32_t empty = 0;
    for (int32_t i = 0; i < t->rank; i++) empty |= t->dim[i] == 0;
    t->count = !empty;
    for (int32_t i = 0; i < t->rank && !empty; i++) {
        if (t->dim[i] > data_size / t->count)
            return base_fail(CF_EFORMAT, "%s is %s: more than the file's %lld bytes", t->name,
                             shape, (long long)data_size);
        t->count *= t->dim[i];
    }
    if (e->end - e->begin == t->count * e->type->bytes) return CF_OK;
    return base_fail(CF_EFORMAT, "%s has %lld bytes, wanted %lld for %s of %s", t->name,
                     (long long)(e->end - e->begin), (long long)(t->count * e->type->bytes), shape,
                     e->type->name);
}

static cf_status read_numbers(policy_entry *e, const unsigned char *data)
{
    policy_tensor *t = &e->tensor;
    const int32_t bytes = e->type->bytes;
    t->value = malloc(t->count ? (size_t)t->count * sizeof *t->value : 1);
    if (!t->value) return base_fail(CF_ENOMEM, "no memory for %lld numbers", (long long)t->count);
    for (int64_t i = 0; i < t->count; i++) {
        const unsigned char *at = data + e->begin + i * bytes;
        uint64_t bits = 0;
        for (int32_t j = bytes - 1; j >= 0; j--) bits = bits << 8 | at[j];
        t->value[i] = e->type->number(bits);
        if (!isfinite(t->value[i]))
            return base_fail(CF_EFORMAT, "%s: number %lld of %lld is %g, wanted a finite one",
                             t->name, (long long)i, (long long)t->count, t->value[i]);
    }
    return CF_OK;
}

static cf_status read_data(policy_header *h, const unsigned char *data, int64_t size)
{
    int64_t end = 0;
    if (h->n_entries) qsort(h->entry, (size_t)h->n_entries, sizeof *h->entry, by_begin);
    for (int32_t i = 0; i < h->n_entries; i++) {
        policy_entry *e = &h->entry[i];
        if (e->begin != end || e->end < e->begin || e->end > size)
            return base_fail(CF_EFORMAT,
                             "%s is at bytes %lld to %lld of %lld, wanted it to start at %lld",
                             e->tensor.name, (long long)e->begin, (long long)e->end,
                             (long long)size, (long long)end);
        cf_status s = count_numbers(e, size);
        if (s == CF_OK) s = read_numbers(e, data);
        if (s != CF_OK) return s;
        end = e->end;
    }
    if (end == size) return CF_OK;
    return base_fail(CF_EFORMAT, "its tensors end at byte %lld of %lld bytes of data",
                     (long long)end, (long long)size);
}

/* Sort, refuse doubles, and move everything over. */
static cf_status hand_over(policy_header *h, policy_tensors *out)
{
    policy_tensors t = {.n = h->n_entries, .n_meta = h->n_meta};
    t.tensor = malloc(((size_t)t.n + 1) * sizeof *t.tensor);
    if (!t.tensor) return base_fail(CF_ENOMEM, "no memory for %d tensors", t.n);
    for (int32_t i = 0; i < t.n; i++) t.tensor[i] = h->entry[i].tensor;
    qsort(t.tensor, (size_t)t.n, sizeof *t.tensor, by_name);
    if (h->n_meta) qsort(h->meta, (size_t)h->n_meta, sizeof *h->meta, by_key);
    const char *twice = NULL;
    for (int32_t i = 1; i < t.n; i++)
        if (by_name(&t.tensor[i - 1], &t.tensor[i]) == 0) twice = t.tensor[i].name;
    for (int32_t i = 1; i < h->n_meta; i++)
        if (by_key(&h->meta[i - 1], &h->meta[i]) == 0) twice = h->meta[i].key;
    if (twice) {
        free(t.tensor);
        return base_fail(CF_EFORMAT, "%s is there twice", twice);
    }
    t.meta = h->meta;
    h->n_entries = h->n_meta = 0;
    h->meta = NULL;
    *out = t;
    return CF_OK;
}

cf_status policy_tensors_parse(policy_tensors *out, const unsigned char *data, size_t size)
{
    if (size < 8) return base_fail(CF_EFORMAT, "%zu bytes, too short for a safetensors file", size);
    uint64_t length = 0;
    for (int32_t i = 7; i >= 0; i--) length = length << 8 | data[i];
    if (length > size - 8 || length > MOST_HEADER_BYTES)
        return base_fail(
            CF_EFORMAT,
            "not a safetensors file, or cut short: its header would be %llu bytes, and "
            "%zu are there (at most %d wanted)",
            (unsigned long long)length, size - 8, MOST_HEADER_BYTES);
    policy_header h = {0};
    cf_status s = policy_header_read(&h, (const char *)data + 8, (int32_t)length);
    if (s == CF_OK) s = read_data(&h, data + 8 + length, (int64_t)(size - 8 - length));
    if (s == CF_OK) s = hand_over(&h, out);
    policy_header_free(&h);
    return s;
}

cf_status policy_tensors_read(policy_tensors *out, const char *path)
{
    unsigned char *data;
    size_t size;
    cf_status s = file_read(path, &data, &size);
    if (s != CF_OK) return s;
    s = policy_tensors_parse(out, data, size);
    free(data);
    return s == CF_OK ? s : base_fail_in(s, "%s", path);
}

void policy_tensors_free(policy_tensors *t)
{
    for (int32_t i = 0; i < t->n; i++) {
        free(t->tensor[i].name);
        free(t->tensor[i].value);
    }
    for (int32_t i = 0; i < t->n_meta; i++) {
        free(t->meta[i].key);
        free(t->meta[i].value);
    }
    free(t->tensor);
    free(t->meta);
    *t = (policy_tensors){0};
}

const policy_tensor *policy_tensors_find(const policy_tensors *t, const char *name)
{
    for (int32_t i = 0; i < t->n; i++)
        if (strcmp(t->tensor[i].name, name) == 0) return &t->tensor[i];
    return NULL;
}

const char *policy_shape_text(char *text, size_t size, int32_t rank, const int64_t *dim)
{
    size_t n = (size_t)snprintf(text, size, "(");
    for (int32_t i = 0; i < rank && n < size; i++)
        n += (size_t)snprintf(text + n, size - n, i ? ",%lld" : "%lld", (long long)dim[i]);
    if (n < size) snprintf(text + n, size - n, ")");
    return text;
}
