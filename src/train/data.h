#ifndef TRAIN_DATA_H
#define TRAIN_DATA_H

#include <stdint.h>

#include <cellfree/drops.h>

#include "problem/method.h"

/* Drops to train on: a scenario that makes them, or a dataset that is there. One size each. */
typedef struct train_source {
    cf_scenario *scenario; /* or NULL */
    const cf_drops *fixed; /* borrowed, or NULL */
    int32_t held_out;      /* fixed: its last drops, kept for validation */
    int32_t L, K;
    char *name;
} train_source;

/* A batch, with everything that the loss and the validation want to know. */
typedef struct train_batch {
    int32_t n, L, K;
    double *snr;        /* (n,L,K) */
    int32_t *max_users; /* (L) */
    int32_t *min_aps;   /* (K) */
    uint8_t *label;     /* (n,L,K) an optimal assignment, where asked for */
    double *optimum;    /* (n)     its rate */
} train_batch;

cf_status train_source_open(train_source *s, const char *scenario); /* name or file */
cf_status train_source_fixed(train_source *s, const cf_drops *d, int32_t held_out);
void train_source_close(train_source *s);

/* Where a run's drops stand in the scenario's endless sequence: far from those of `generate`. */
#define TRAIN_FIRST_DROP  ((int64_t)1 << 40)
#define TRAIN_FIRST_VALID ((int64_t)1 << 50)

/* Batch number `step` of n drops: fresh ones from `first` on, or drawn from the fixed ones; labels by
 * the exact solver if `labelled`. step < 0: for validation, fresh drops `first` .. first + n - 1, or
 * the first n of those held out. */
cf_status train_batch_make(train_batch *b, const train_source *s, uint64_t seed, int64_t first,
                           int64_t step, int32_t n, int32_t labelled, int32_t threads);
void train_batch_free(train_batch *b);

/* Drop i of the batch as a problem. */
cf_assignment train_batch_drop(const train_batch *b, int32_t i);

#endif
