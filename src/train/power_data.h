#ifndef TRAIN_POWER_DATA_H
#define TRAIN_POWER_DATA_H

#include <stdint.h>

#include <cellfree/power.h>

#include "train/source.h"

/* What a solver found for n drops. */
typedef struct train_labels {
    int32_t *ap;   /* (n,K) the access point that gives user k most, or -1 */
    float *watts;  /* (n,K) [W] how much                                   */
    double *value; /* (n)   J of the whole answer [Mbit/J]                 */
} train_labels;

/* Drops that batches come from again and again: `size` of the scenario made once, or the fixed ones
 * that are not held out. size 0: every batch is fresh. */
typedef struct train_pool {
    const train_source *source;
    uint64_t seed;
    int32_t threads, size, chunk;
    int32_t width; /* of the beam that finds labels; 0: none wanted */
    const cf_drops *drops;
    cf_drops *made;
    train_labels labels; /* of all of them, where wanted */
    int32_t *order;      /* (chunk) the order of the chunk that was asked of last */
    int64_t ordered;     /* which that is, counted over all passes; -1: none      */
} train_pool;

/* chunk: as in the configuration, 0: the whole pool. CF_EARG where the task's networks or, with
 * labels, the beam do not serve these drops. */
cf_status train_pool_open(train_pool *p, const train_source *s, uint64_t seed, int64_t size,
                          int64_t chunk, int64_t width, int32_t threads);
void train_pool_close(train_pool *p);

/* The drop at a position of the endless sequence of passes over the pool. A pass takes chunk after
 * chunk, each in an order of its own: a function of seed, pass and chunk. */
int32_t train_pool_at(train_pool *p, int64_t position);

/* A batch of power. Labels' pointers are NULL where none were wanted; a validation has values. */
typedef struct train_power_batch {
    int32_t n, L, K;
    cf_power *drop;      /* (n)       borrow from gain and draw */
    float *gain;         /* (n,L,K,K)                           */
    train_labels labels; /* (n,...)                             */
    train_draw draw;
} train_power_batch;

/* Batch of n drops number `step` of the run and `turn` of this source: fresh ones, the pool's
 * positions turn n .. turn n + n - 1, or, of fixed drops, some drawn with replacement. */
cf_status train_power_batch_make(train_power_batch *b, train_pool *p, int64_t step, int64_t turn,
                                 int32_t n);

/* n drops to validate on, with the best values that are known: of a beam, or, where sets do not
 * serve, of multistart. */
cf_status train_power_batch_valid(train_power_batch *b, const train_pool *p, int32_t n);
void train_power_batch_free(train_power_batch *b);

#endif
