#ifndef POLICY_POWER_OP_H
#define POLICY_POWER_OP_H

#include "nn/plan.h"
#include "policy/power.h"

/* What unrolled and setnet are made of. Units: powers in P_c / mu, gains over noise in mu / P_c, so
 * that the energy efficiency is sum_k R_k / D_k over P_c, D_k = 1 + sum_l p_kl, and no parameter of
 * the problem is left:
 *
 *   T = S + I,  R = ln(T / I),  c_j = S_j / (I_j T_j D_j)
 *   z_lk = sum_{j != k} c_j g_ljk + R_k / D_k^2          what a watt of link (l,k) costs
 *   g_lk / (T_k D_k)                                      what it brings
 *
 * Everything that is common to all links of a user is repeated over l. */

/* What an access point sends for an operator here: op->kind vectors over users. */
int64_t power_sends(const nn_plan *p, const nn_op *op);

/* What is known of links beforehand. Closed links have no gains at all. */
typedef struct power_known {
    nn_slice cross; /* (K) what user j hears of beam (l,k), 0 for j = k         */
    nn_slice own;   /* (1) own gain; 0: the link is closed                      */
    nn_slice fact;  /* (POWER_FACTS)                                            */
} power_known;

enum {
    POWER_LOG_OWN = 0,   /* ln own gain, at least POWER_LOG_LEAST                */
    POWER_START,         /* ln of the first powers                               */
    POWER_SHARE,         /* share of a user's first power that this link has     */
    POWER_GAIN,          /* features, all of order 1: ln own gain                */
    POWER_MARGIN,        /* less that of the user's best AP                      */
    POWER_LEAKAGE,       /* ln sum of what others hear of the beam               */
    POWER_PURITY,        /* ln own gain over that sum                            */
    POWER_PURITY_MARGIN, /* less the most of the user's APs                    */
    POWER_FACTS,
    POWER_SEEN = POWER_FACTS - POWER_GAIN
};
#define POWER_LOG_LEAST    (-20.0)
#define POWER_START_LOG    (-5.3) /* ln of what a user's first power is in all: 20 mW of 4 W */
#define POWER_MARGIN_SCALE 4.0    /* channel POWER_MARGIN is ln over this                    */

/* The input (K + 1 channels, which power_feed fills) and its facts. An AP sends 2 K numbers. */
power_known power_take(nn_plan *plan, policy_io *io);
nn_slice power_fact(const nn_plan *plan, const power_known *known, int32_t which);

/* The first ln p, 20 mW of 4 W a user over its APs by their gain, and the share of each link in
 * it. */
nn_slice power_start(const nn_plan *plan, const power_known *known);
nn_slice power_start_share(const nn_plan *plan, const power_known *known);
double power_unit(const cf_policy *p, const cf_power *drop);
void power_feed(const nn_plan *plan, const policy_io *io, const cf_policy *p, const cf_power *drop,
                int32_t b);

/* Powers are kept to ln p from -20 to 4; NaN stays. */
static inline real power_cut(real log_p)
{
    return log_p < -20 ? -20 : log_p > 4 ? 4 : log_p;
}

static inline int power_is_cut(real log_p)
{
    return !(log_p > -20 && log_p < 4);
}

/* From u = ln p: [ln z, ln I, ln T, ln D]. An AP sends 3 K numbers. */
enum { POWER_LOG_Z = 0, POWER_LOG_I, POWER_LOG_T, POWER_LOG_D, POWER_STATE };
nn_slice power_state(nn_plan *plan, const power_known *known, nn_slice u);

/* Features of a link, all of order 1: r = ln(what it brings / what it costs), tanh r,
 * q = ln(g / (z D I)), the condition for a user to be on, tanh(q/2), e = ln(g/z) less the most of
 * the user's APs, R, ln I, ln(g/I), u, tanh R, ln z. An AP sends K numbers. */
enum { POWER_RATIO = 0, POWER_VIEW = 11 };
#define POWER_RATIO_SCALE 4.0 /* channel POWER_RATIO is r over this */
nn_slice power_view(nn_plan *plan, const power_known *known, nn_slice state, nn_slice u);

/* What a round says is its answer, kept where a plan trains; else nobody reads it but the next
 * round. */
static inline void power_answered(nn_plan *plan, nn_slice x)
{
    if (!plan->train) nn_plan_drop(plan, x);
}

/* A round of both networks has POWER_TENSORS tensors: W1, b1 ("in"), W2, b2 ("out"), and its
 * head's; C channels h of each link:
 *
 *   y = relu(W1 [facts seen, view, more, h] + b1), 5 C channels
 *   h + W2 [y1, sum over other users of y2 / 8, over other APs of y3 / 4, mean of y4, max over
 *   users of y5]
 *     + b2
 *
 * `more` and h may have C = 0; h is not read again. t: the round's first tensor. */
enum { POWER_TENSORS = 6 };
void power_declare(nn_params *t, int32_t rounds, int32_t C, int32_t more, int32_t heads);
void power_init(const nn_params *t, const double *size, uint64_t seed, real *params);
nn_slice power_block(nn_plan *plan, const power_known *known, nn_slice view, nn_slice more,
                     nn_slice h, int32_t C, const nn_tensor *t);

/* u' = u + x1 + (1 + x2) r, cut to [-20, 4]; x (2 channels), r from view: with x = 0 one
 * multiplicative step p <- p (brings / costs). */
nn_slice power_advance(nn_plan *plan, nn_slice view, nn_slice u, nn_slice x);

/* x = [a, o, v]: chances of a user over {off, AP 1..L} by softmax of o (its mean over l) and
 * a_l + ln own gain less that of the best AP; closed links have none. Gives [ln pi, ln off, v', u,
 * pi], v' = v + POWER_START_LOG cut to [-20, 4], u = ln pi + v'. An AP sends 2 K numbers. */
enum { POWER_LOG_PI = 0, POWER_LOG_OFF, POWER_LOG_P, POWER_SOFT_U, POWER_PI, POWER_CHOICE };
nn_slice power_choose(nn_plan *plan, const power_known *known, nn_slice x);

#endif
