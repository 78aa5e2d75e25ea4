#ifndef CHANNEL_SHADOWING_H
#define CHANNEL_SHADOWING_H

#include <stdint.h>

#include "base/rng.h"
#include "channel/scenario.h"

/* factor (K,K), lower triangle: T with T T' = R, R[i,j] = exp(-d_ij / decorrelation), the
 * autocorrelation of TR 38.901, eq. (7.4-5), over the users' distances on the ground. Where R is
 * singular (users at one place, or distances on a torus, for which it need not be positive) a row
 * keeps what can be had of it, scaled to variance 1. */
void chan_shadow_factor(const cf_scenario *s, const float *ue_position, double *factor);

/* K values of variance 1, correlated by the factor. */
void chan_shadow_draw(const double *factor, int32_t K, rng *r, double *white, double *shadow);

#endif
