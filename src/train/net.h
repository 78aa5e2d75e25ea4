#ifndef TRAIN_NET_H
#define TRAIN_NET_H

#include <stdint.h>

#include "policy/policy.h"
#include "train/data.h"
#include "train/loss.h"

/* A policy's plans for one size of network: one plan a thread, each over a tile of lanes. The
 * gradient of a batch is the sum over its tiles in their order, so it does not depend on threads. */
typedef struct train_net {
    const cf_policy *policy;
    nn_dims dims; /* B: lanes of a tile */
    int32_t threads;
    nn_plan *plan;         /* (threads) */
    policy_io *io;         /* (threads) */
    uint8_t *x;            /* (threads,L,K) */
    unsigned char *repair; /* (threads, repair_size) */
    size_t repair_size;
    real *tiles; /* (tiles,P) gradients of the batch's tiles */
    int32_t n_tiles;
} train_net;

typedef struct train_means { /* over the drops of a batch */
    double loss, rate, shortage, entropy;
} train_means;

typedef struct train_quality {
    double objective;         /* mean rate of the decisions after repair  [bit/s/Hz]  */
    double of_best;           /* mean over drops of that rate over the optimum        */
    double broken;            /* share of drops that break B2d before repair          */
    double feasible;          /* of_best with the broken drops counted as 0           */
    double shortage, entropy; /* means of the relaxed assignment               */
    double relaxed;           /* mean rate of the relaxed assignment                  */
} train_quality;

/* batch: the most drops a step will bring. */
cf_status train_net_make(train_net *t, const cf_policy *p, int32_t L, int32_t K, int32_t batch,
                         int32_t threads);
void train_net_free(train_net *t);

/* Mean loss over the batch and its gradient g (P), overwritten. early: weight of the rounds before
 * the last. */
cf_status train_net_step(train_net *t, const train_batch *b, const loss_weights *w, double early,
                         real *g, train_means *out);

/* Decide every drop of a labelled batch. */
cf_status train_net_judge(train_net *t, const train_batch *b, train_quality *out);

#endif
