#ifndef BASE_RNG_H
#define BASE_RNG_H

#include <stdint.h>

/* Counter-based random numbers (Philox4x32-10, Salmon et al., SC 2011): the n-th number of a stream
 * is a function of (seed, purpose, index, n) alone. Drop i, step t or tile j each own a stream, so
 * nothing depends on the order or the number of threads. */
typedef enum rng_purpose {                   /* never renumber: files and results depend on it */
                           RNG_DROP = 1,     /* index: drop                          */
                           RNG_METHOD = 2,   /* index: drop                          */
                           RNG_INIT = 3,     /* index: tensor of a network           */
                           RNG_TRAIN = 4,    /* index: step                          */
                           RNG_SCENARIO = 5, /* index: 0, what a whole dataset shares */
                           RNG_TEST = 6,
                           RNG_CHANNEL = 7,  /* index: drop                          */
                           RNG_PHASE = 8,    /* index: drop                          */
                           RNG_SHADOW = 9,   /* index: drop                          */
                           RNG_POOL = 10,    /* index: pass over a pool and chunk    */
                           RNG_SUPPORT = 11, /* index: drop of all batches          */
} rng_purpose;

typedef struct rng {
    uint32_t key[2], counter[4], out[4];
    int left;      /* numbers of `out` not yet given */
    int has_spare; /* Box-Muller makes two normals at a time */
    double spare;
} rng;

rng rng_stream(uint64_t seed, rng_purpose purpose, uint64_t index);
uint32_t rng_u32(rng *r);
double rng_uniform(rng *r);             /* in [0,1), 53 bits             */
double rng_normal(rng *r);              /* mean 0, variance 1            */
uint32_t rng_below(rng *r, uint32_t n); /* 0 .. n-1, unbiased; n >= 1    */

#endif
