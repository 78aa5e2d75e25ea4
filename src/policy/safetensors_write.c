#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/status.h"
#include "base/text.h"
#include "policy/safetensors.h"

static cf_status add_string(text *t, const char *s)
{
    const unsigned char *u = (const unsigned char *)s;
    size_t n = strlen(s);
    text_add(t, "\"");
    while (n > 0) {
        const int32_t length = text_utf8_length(u, n);
        if (length == 0) return base_fail(CF_EARG, "metadata \"%.60s\" is not UTF-8", s);
        if (*u == '"' || *u == '\\')
            text_add(t, "\\%c", *u);
        else if (*u < 32)
            text_add(t, "\\u%04x", *u);
        else
            text_add(t, "%.*s", length, (const char *)u);
        u += length;
        n -= (size_t)length;
    }
    text_add(t, "\"");
    return CF_OK;
}

static int by_key(const void *a, const void *b)
{
    return strcmp(((const policy_string *)a)->key, ((const policy_string *)b)->key);
}

static int by_name(const void *a, const void *b)
{
    return strcmp((*(const nn_tensor *const *)a)->name, (*(const nn_tensor *const *)b)->name);
}

static cf_status add_metadata(text *t, const policy_string *meta, int32_t n)
{
    text_add(t, "\"__metadata__\":{");
    for (int32_t i = 0; i < n; i++) {
        if (i) text_add(t, ",");
        cf_status s = add_string(t, meta[i].key);
        text_add(t, ":");
        if (s == CF_OK) s = add_string(t, meta[i].value);
        if (s != CF_OK) return s;
    }
    text_add(t, "}");
    return CF_OK;
}

static void add_tensor(text *t, const nn_tensor *a, size_t begin)
{
    text_add(t, ",\"%s\":{\"dtype\":\"%s\",\"shape\":[", a->name,
             sizeof(real) == 4 ? "F32" : "F64");
    for (int32_t i = 0; i < a->rank; i++) text_add(t, i ? ",%d" : "%d", a->dim[i]);
    text_add(t, "],\"data_offsets\":[%zu,%zu]}", begin, begin + (size_t)a->size * sizeof(real));
}

static void put_little_endian(unsigned char *at, uint64_t bits, size_t bytes)
{
    for (size_t i = 0; i < bytes; i++) at[i] = (unsigned char)(bits >> 8 * i);
}

static void put_real(unsigned char *at, real x)
{
    uint64_t bits = 0;
#ifdef CF_REAL_DOUBLE
    memcpy(&bits, &x, sizeof x);
#else
    uint32_t low;
    memcpy(&low, &x, sizeof x);
    bits = low;
#endif
    put_little_endian(at, bits, sizeof x);
}

/* The header, padded to a multiple of 8 bytes. */
static cf_status lay_out(text *t, const nn_tensor *const *tensor, int32_t n,
                         const policy_string *meta, int32_t n_meta)
{
    text_add(t, "{");
    const cf_status s = add_metadata(t, meta, n_meta);
    if (s != CF_OK) return s;
    size_t begin = 0;
    for (int32_t i = 0; i < n; i++) {
        add_tensor(t, tensor[i], begin);
        begin += (size_t)tensor[i]->size * sizeof(real);
    }
    text_add(t, "}");
    while (t->n % 8 && !t->failed) text_add(t, " ");
    return t->failed ? base_fail(CF_ENOMEM, "no memory for a header") : CF_OK;
}

static cf_status write_file(const char *path, const text *header, const nn_tensor *const *tensor,
                            int32_t n, int32_t numbers, const real *params)
{
    const size_t size = 8 + header->n + (size_t)numbers * sizeof(real);
    unsigned char *file = malloc(size);
    if (!file) return base_fail(CF_ENOMEM, "no memory for %zu bytes", size);
    put_little_endian(file, header->n, 8);
    memcpy(file + 8, header->s, header->n);
    unsigned char *at = file + 8 + header->n;
    for (int32_t i = 0; i < n; i++)
        for (int32_t j = 0; j < tensor[i]->size; j++, at += sizeof(real))
            put_real(at, params[tensor[i]->at + j]);
    const cf_status s = file_write(path, file, size);
    free(file);
    return s;
}

cf_status policy_tensors_write(const char *path, const nn_params *table, const real *params,
                               const policy_string *meta, int32_t n_meta)
{
    const nn_tensor *tensor[NN_MAX_TENSORS];
    for (int32_t i = 0; i < table->count; i++) tensor[i] = &table->tensor[i];
    qsort(tensor, (size_t)table->count, sizeof *tensor, by_name);
    policy_string *sorted = malloc(((size_t)n_meta + 1) * sizeof *sorted);
    if (!sorted) return base_fail(CF_ENOMEM, "no memory for metadata");
    for (int32_t i = 0; i < n_meta; i++) sorted[i] = meta[i];
    qsort(sorted, (size_t)n_meta, sizeof *sorted, by_key);
    text header = {0};
    cf_status s = lay_out(&header, tensor, table->count, sorted, n_meta);
    if (s == CF_OK) s = write_file(path, &header, tensor, table->count, table->size, params);
    text_free(&header);
    free(sorted);
    return s;
}
