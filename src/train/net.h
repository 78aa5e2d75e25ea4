#ifndef TRAIN_NET_H
#define TRAIN_NET_H

#include <stdint.h>

#include "train/data.h"
#include "train/loss.h"
#include "train/tiles.h"

/* An assignment policy at work on one size of network. */
typedef struct train_net {
    train_tiles tiles;
    uint8_t *x;            /* (threads,L,K) */
    unsigned char *repair; /* (threads, repair_size) */
    size_t repair_size;
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
