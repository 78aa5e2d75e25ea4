#ifndef TRAIN_DATA_H
#define TRAIN_DATA_H

#include <stdint.h>

#include <cellfree/assignment.h>

#include "train/source.h"

/* A batch of assignment, with everything that the loss and the validation want to know. */
typedef struct train_batch {
    int32_t n, L, K;
    double *snr;        /* (n,L,K) */
    int32_t *max_users; /* (L) */
    int32_t *min_aps;   /* (K) */
    uint8_t *label;     /* (n,L,K) an optimal assignment, where asked for */
    double *optimum;    /* (n)     its rate */
} train_batch;

/* The drops of train_draw_make; labels by the exact solver if `labelled`. */
cf_status train_batch_make(train_batch *b, const train_source *s, uint64_t seed, int64_t first,
                           int64_t step, int32_t n, int32_t labelled, int32_t threads);
void train_batch_free(train_batch *b);

/* Drop i of the batch as a problem. */
cf_assignment train_batch_drop(const train_batch *b, int32_t i);

#endif
