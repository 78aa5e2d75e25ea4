#ifndef TRAIN_LOSS_POWER_H
#define TRAIN_LOSS_POWER_H

#include <stdint.h>

#include "base/arena.h"
#include "base/real.h"
#include "base/rng.h"
#include "problem/power.h"

/* What training of power minimises, per drop. Powers and values are in double throughout: the sums
 * of a drop span twelve decades. */

/* One drop, ready to be judged. */
typedef struct loss_drop {
    prob_power_form form;
    double *p, *plus, *minus; /* (K,L) */
    double unit;              /* what a log_p of 0 stands for [W] */
    double per_value;         /* what values are counted in, see loss_drop_fill */
} loss_drop;

/* One output of a network in one lane; value NULL: it has none. */
typedef struct loss_output {
    const real *value;
    real *grad;
} loss_output;

/* A round's outputs (policy_io). Link (l,k) stands at [l * by_ap + k * by_user] of each. */
typedef struct loss_round {
    int64_t by_ap, by_user;
    loss_output log_p, log_pi, log_off, log_support;
} loss_round;

/* What a solver found: the access point that serves each user, or -1, with which power. */
typedef struct loss_label {
    const int32_t *ap;  /* (K)     */
    const float *watts; /* (K) [W] */
} loss_label;

typedef struct loss_power_terms {
    double loss;
    double value;   /* J [Mbit/J] at what the loss looked at */
    double support; /* psi [W], of train_loss_support        */
} loss_power_terms;

/* Place for L x K links, then once a drop: fill. Losses count the value in
 *
 *   v = J / best                                 where best is above 0, the value of the label
 *   v = sum_k R_k P_c / D_k / K, R_k in nats     else: J without bandwidth, P_c and number of
 *   users */
void loss_drop_place(loss_drop *d, arena *a, int32_t L, int32_t K);
void loss_drop_fill(loss_drop *d, const cf_power *p, double unit, double best);

/* All of them add scale dloss to the gradients of the round's outputs.
 *
 * Objective: -v at p_kl = unit exp(log_p + log_pi), log_pi where there is one */
loss_power_terms train_loss_objective(loss_drop *d, const loss_round *o, double scale);

/* Support (A4 to A8): -v + kappa psi, with a = unit exp(log_p), l = unit exp(log_support),
 *
 *   p_kl = a_kl + l_kl w_kl,  w_kl uniform in [0,1): the next K L numbers of r
 *   (A5)
 *   psi = sum_kl l_kl [W]
 *   (A6) */
loss_power_terms train_loss_support(loss_drop *d, const loss_round *o, rng *r, double kappa,
                                    double scale);

typedef struct loss_label_weights {
    double value, power;
} loss_label_weights;

/* Labels: cross-entropy of {nobody, AP 1 .. L}, the mean over users of -ln q_k(label), with q the
 * chances log_off (at l = 0) and log_pi; + power times the mean over served users of (log_p -
 * ln(watts/unit))^2 at the label's link; + value (1 - v) at the powers of the objective's loss */
loss_power_terms train_loss_labels(loss_drop *d, const loss_round *o, const loss_label *label,
                                   const loss_label_weights *w, double scale);

#endif
