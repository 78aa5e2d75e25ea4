#ifndef TRAIN_SCHEDULE_H
#define TRAIN_SCHEDULE_H

#include <stdint.h>

#include "train/config.h"
#include "train/net.h"

/* Step size of a batch: linear warm-up, then by c->schedule. `done`: share of the run that is over,
 * 0 to 1; `halvings`: how often plateau has lowered it. */
double train_rate(const cf_train_config *c, int64_t step, double done, int64_t halvings);

/* B's augmented Lagrangian (algorithm 1), with caps. Three phases: the rate alone, with the
 * connection penalty, with discreteness too. Every `window` batches of a phase, where the last loss
 * and the last residual are no better than their means over the window:
 *
 *   lambda += mu mean(residual),  mu += step,  both at most the cap.
 *
 * The authors have no cap; then the multipliers grow until the rate does not matter any more. */
typedef struct train_lagrangian {
    loss_weights w;
    double loss, shortage, entropy; /* sums over the window so far */
    int64_t n;                      /* batches in it               */
} train_lagrangian;

/* After the batch `step` had these means: the multipliers for the next. */
void train_lagrangian_update(train_lagrangian *a, const cf_train_config *c, int64_t step,
                             const train_means *m);

/* A's weight of the support's size psi (A8): from batch number `window` on, counted from 0,
 *
 *   kappa += step               where psi is larger (by 1e-9 of it, which is rounding) than its
 *   mean over
 *                               the window of batches before,
 *   kappa = max(0, kappa - step/2)   else.
 *
 * A asks for "at least as large". But a support that has collapsed stays the same from batch to
 * batch, and kappa then rises for ever; so a tie lowers it here. */
typedef struct train_kappa {
    double value;
    double psi[TRAIN_MAX_WINDOW]; /* of batch i at i % window */
    int64_t n;                    /* batches so far           */
} train_kappa;

void train_kappa_update(train_kappa *k, const cf_train_config *c, double psi);

#endif
