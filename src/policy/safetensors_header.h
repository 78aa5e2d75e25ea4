#ifndef POLICY_SAFETENSORS_HEADER_H
#define POLICY_SAFETENSORS_HEADER_H

#include <stdint.h>

#include <cellfree/status.h>

#include "policy/safetensors.h"

typedef struct policy_dtype {
    const char *name;
    int32_t bytes;
    double (*number)(uint64_t bits);
} policy_dtype;

const policy_dtype *policy_dtype_named(const char *name, int32_t n); /* n bytes; NULL: unknown */

/* A tensor as the header describes it: bytes begin .. end of the data; count and value unset. */
typedef struct policy_entry {
    policy_tensor tensor;
    const policy_dtype *type;
    int64_t begin, end;
    int32_t has_shape, has_offsets;
} policy_entry;

/* A header, entries and metadata in the order of the file. */
typedef struct policy_header {
    policy_entry *entry;
    policy_meta *meta;
    int32_t n_entries, cap_entries, n_meta, cap_meta;
} policy_header;

/* Read `length` bytes of JSON. CF_EFORMAT says where it is not JSON or not a header. *h starts as
 * {0} and is freed by policy_header_free, whatever this returns. */
cf_status policy_header_read(policy_header *h, const char *json, int32_t length);
void policy_header_free(policy_header *h);

#endif
