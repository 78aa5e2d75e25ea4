#ifndef NN_PARAMS_H
#define NN_PARAMS_H

#include <stdint.h>

#include <cellfree/status.h>

#include "base/real.h"

/* The parameters of a network: one flat vector, and a table of named slices of it. Adam, clipping
 * and the policy file all work on the vector. */
enum { NN_MAX_TENSORS = 512, NN_MAX_NAME = 48 };

typedef struct nn_tensor {
    char name[NN_MAX_NAME];
    int32_t rank, dim[4]; /* row-major */
    int32_t at, size;     /* offset and length in the vector */
} nn_tensor;

typedef struct nn_params {
    nn_tensor tensor[NN_MAX_TENSORS];
    int32_t count, size;
} nn_params;

/* Append a tensor; returns its offset. */
int32_t nn_params_add(nn_params *t, const char *name, int32_t rank, const int32_t *dim);

const nn_tensor *nn_params_find(const nn_params *t, const char *name); /* NULL: no such tensor */

/* Each tensor uniform in +-1/sqrt(fan in), weights and biases alike, as PyTorch's layers start; the
 * fan-in of a bias is that of the weight before it. */
void nn_params_init(const nn_params *t, uint64_t seed, real *params);

#endif
