#ifndef POLICY_SAFETENSORS_H
#define POLICY_SAFETENSORS_H

#include <stddef.h>
#include <stdint.h>

#include <cellfree/status.h>

#include "nn/params.h"
#include "policy/policy.h"

/* The safetensors format: the header's length in 8 bytes (little-endian), the header (a JSON object
 * of tensors and of __metadata__ strings), the numbers of the tensors one after the other. */
enum { POLICY_MAX_RANK = 8 };

typedef struct policy_tensor {
    char *name; /* malloc'ed */
    int32_t rank;
    int64_t dim[POLICY_MAX_RANK]; /* row-major */
    int64_t count;
    double *value; /* (count) finite; malloc'ed */
} policy_tensor;

typedef struct policy_tensors {
    policy_tensor *tensor; /* by name, no name twice */
    int32_t n;
    policy_meta *meta; /* by key, no key twice */
    int32_t n_meta;
} policy_tensors;

/* Read F16, BF16, F32, F64 and I64. Taken only if the header is valid JSON of the format's own
 * keys, every tensor has as many bytes as its shape asks for, together they fill the file without
 * gap or overlap, no name comes twice and every number is finite. CF_EFORMAT names the file, the
 * tensor, what was found and what was wanted; CF_EIO: no such file. Released by
 * policy_tensors_free. */
cf_status policy_tensors_read(policy_tensors *out, const char *path);
cf_status policy_tensors_parse(policy_tensors *out, const unsigned char *data, size_t size);
void policy_tensors_free(policy_tensors *t);

const policy_tensor *policy_tensors_find(const policy_tensors *t, const char *name); /* or NULL */

/* A metadata string to write; borrowed. */
typedef struct policy_string {
    const char *key, *value;
} policy_string;

/* Write a network's tensors as F32 (F64 where `real` is double), whole or not at all. Metadata and
 * tensors are sorted by name, so equal content gives equal bytes. CF_EARG: text that is not
 * UTF-8. */
cf_status policy_tensors_write(const char *path, const nn_params *table, const real *params,
                               const policy_string *meta, int32_t n_meta);

/* Copy the tensors named prefix + (name in the policy's table) into the policy's parameters: each
 * must be there with its shape, and none beside. CF_EFORMAT names the first that is not. */
cf_status policy_fill(cf_policy *p, const policy_tensors *t, const char *prefix);

/* "(20,6,1,1)", at most `size` bytes. Returns text. */
const char *policy_shape_text(char *text, size_t size, int32_t rank, const int64_t *dim);

#endif
