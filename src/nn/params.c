#include "nn/params.h"

#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/rng.h"

int32_t nn_params_add(nn_params *t, const char *name, int32_t rank, const int32_t *dim)
{
    assert(t->count < NN_MAX_TENSORS && rank >= 1 && rank <= 4);
    nn_tensor *a = &t->tensor[t->count++];
    snprintf(a->name, sizeof a->name, "%s", name);
    a->rank = rank;
    a->size = 1;
    for (int32_t i = 0; i < rank; i++) {
        a->dim[i] = dim[i];
        a->size *= dim[i];
    }
    a->at = t->size;
    t->size += a->size;
    return a->at;
}

const nn_tensor *nn_params_find(const nn_params *t, const char *name)
{
    for (int32_t i = 0; i < t->count; i++)
        if (strcmp(t->tensor[i].name, name) == 0) return &t->tensor[i];
    return NULL;
}

void nn_params_init(const nn_params *t, uint64_t seed, real *params)
{
    double bound = 1;
    for (int32_t i = 0; i < t->count; i++) {
        const nn_tensor *a = &t->tensor[i];
        rng r = rng_stream(seed, RNG_INIT, (uint64_t)i);
        if (a->rank > 1) bound = 1 / sqrt((double)(a->size / a->dim[0]));
        for (int32_t j = 0; j < a->size; j++)
            params[a->at + j] = (real)(bound * (2 * rng_uniform(&r) - 1));
    }
}
