#ifndef PROBLEM_POWER_H
#define PROBLEM_POWER_H

#include <stddef.h>
#include <stdint.h>

#include <cellfree/method.h>
#include <cellfree/power.h>

#include "base/arena.h"
#include "problem/power_kernel.h"

/* What a method of power allocation is made of, as prob_method_class is for assignment. */
typedef struct prob_power_class {
    const char *name, *about, *parameters;
    int32_t needs_policy;
    int32_t
        numbered; /* 1: the name ends in N, which stands for any number; `parameters` of make are
                         then "NUMBER[:KEY=VALUE,...]"                                       */
    /* CF_OK, or CF_EARG and a message that names the method and what it does serve. */
    cf_status (*serves)(cf_power_objective objective, cf_power_limit limit);
    cf_status (*make)(void **self, const char *parameters, const cf_policy *policy, int32_t L,
                      int32_t K);
    /* p was checked and is served; watts (L,K) is written on CF_OK only. Allocates nothing. */
    cf_status (*run)(void *self, const cf_power *p, uint64_t seed, int64_t index, float *watts,
                     cf_report *report);
    void (*free)(void *self);
} prob_power_class;

/* "energy efficiency", ...; "no power limit", ... */
const char *prob_power_objective_name(cf_power_objective objective);
const char *prob_power_limit_name(cf_power_limit limit);

/* One drop made ready for objective and gradient in double, powers ordered (K,L): link (k,l) is
 * c = k L + l. Rows of `cross` are beams, and their lanes the users that hear them:
 *
 *   own[c]      = g[l,k,k] / noise                  [1/W]
 *   cross[c, r] = g[l,r,k] / noise, 0 for r = k     [1/W]
 *   I_r = 1 + sum_c cross[c,r] p[c],  S_k = sum_l own[k,l] p[k,l],  T = S + I
 *
 * so that interference and prices are the two products with one matrix. Links that may not serve
 * have own = cross = open = 0. Users past K and up to `lanes` hear nothing. */
typedef struct prob_power_form {
    const prob_power_kernels *kernels;
    int32_t L, K, n, lanes; /* n = K L; lanes: K rounded up to a multiple of 8 */
    cf_power_objective objective;
    cf_power_limit limit;
    double limit_w, mu, static_w;
    double scale;              /* EE: B / (1e6 ln 2); else 1 / ln 2, or 1        */
    double sharpness;          /* 0, or b: least rate as -ln(sum exp(-b R)) / b   */
    double least_w, most_w;    /* what a link that is on is kept within [W]       */
    double *own, *cross;       /* (n), (n,lanes)                                  */
    uint8_t *open;             /* (n)     1: the link may serve and is heard      */
    double *S, *I, *T, *D, *R; /* (lanes) of the last evaluation; R in nats       */
    double *weight, *price;    /* (lanes) scratch: dF/dR_k, and -dF/dI_k          */
} prob_power_form;

/* Lay the arrays out for L x K links; then once for every drop: fill. */
void prob_power_form_place(prob_power_form *f, arena *a, int32_t L, int32_t K);
void prob_power_form_fill(prob_power_form *f, const cf_power *p);

/* watts (L,K) of a drop to and from p (K,L); closed links and negative powers become 0. */
void prob_power_form_load(const prob_power_form *f, const float *watts, double *p);
void prob_power_form_store(const prob_power_form *f, const double *p, float *watts);

/* S, I, T, D, R at p (K,L), and the objective. It is cf_power_value, except that the smooth least
 * rate (sharpness above 0) leaves out the users that nobody can serve. */
double prob_power_form_value(prob_power_form *f, const double *p);

/* The same, and its gradient as plus - minus, both (K,L) and nowhere negative:
 *
 *   plus[k,l] = v_k own[k,l] / T_k,   v_k = dF/dR_k
 *   minus[k,l] = sum_r v_r S_r / (I_r T_r) cross[k,l,r] + [EE] mu scale R_k / D_k^2
 *
 * For the least rate it is the subgradient of the first user that has it; R_k below the floor of
 * the proportional objective gives 0. */
double prob_power_form_gradient(prob_power_form *f, const double *p, double *plus, double *minus);

/* Nearest p (K,L) within the drop's limits, least_w and most_w aside (cf_power_project). */
void prob_power_form_project(const prob_power_form *f, double *p);

#endif
