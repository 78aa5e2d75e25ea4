#ifndef IO_CONVERT_H
#define IO_CONVERT_H

#include <cellfree/convert.h>

#include "policy/policy.h"
#include "policy/safetensors.h"

enum { IO_PREFIX_SIZE = 64 };

/* What stands before every name, "module." say: before the name of the first tensor wanted. */
cf_status io_convert_prefix(const policy_tensors *t, const char *first, char *prefix);

/* size[i] of the key; there is one. */
void io_convert_size(const policy_class *class, double *size, const char *key, double value);

/* A policy of the network a, or a and b, of SINRnet's published ancestor. */
cf_status io_convert_sinrnet(cf_policy **out, const policy_tensors *t, const cf_convert *o);

#endif
