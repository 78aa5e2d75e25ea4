#ifndef TRAIN_POWER_NET_H
#define TRAIN_POWER_NET_H

#include <stdint.h>

#include "train/loss.h"
#include "train/loss_power.h"
#include "train/power_data.h"
#include "train/tiles.h"

/* A power policy at work on one size of network. */
typedef struct train_power_net {
    train_tiles tiles;
    loss_drop *drop; /* (threads) */
    float *watts;    /* (threads,L,K) */
    void *memory;    /* theirs */
} train_power_net;

typedef struct train_power_weights {
    loss_scheme scheme; /* objective, support or labels */
    double early;       /* of the rounds before the last */
    double kappa;       /* support */
    loss_label_weights labels;
} train_power_weights;

typedef struct train_power_quality {
    double objective; /* mean J of the decisions [Mbit/J]              */
    double of_best;   /* mean over drops of J over the best that is known */
} train_power_quality;

/* batch: the most drops a step will bring. */
cf_status train_power_net_make(train_power_net *t, const cf_policy *p, int32_t L, int32_t K,
                               int32_t batch, int32_t threads);
void train_power_net_free(train_power_net *t);

/* Mean terms over the batch and the gradient g (P) of their loss, overwritten. The support's draw
 * for drop i is the stream (seed, first + i). */
cf_status train_power_net_step(train_power_net *t, const train_power_batch *b,
                               const train_power_weights *w, uint64_t seed, int64_t first, real *g,
                               loss_power_terms *out);

/* Decide every drop of a batch with values. */
cf_status train_power_net_judge(train_power_net *t, const train_power_batch *b,
                                train_power_quality *out);

#endif
