#include "evaluate/check_power.h"

#include <math.h>
#include <stddef.h>

#include <cellfree/evaluate.h>

#define SLACK      1e-6
#define LEAST_RATE 1e-9 /* of the proportional objective */

static double log2_1p(double x)
{
    return log1p(x) / 0.69314718055994530942;
}

/* g[l,k,j] */
static double gain(const cf_power *p, int32_t l, int32_t k, int32_t j)
{
    const size_t K = (size_t)p->K;
    return (double)p->gain[((size_t)l * K + (size_t)k) * K + (size_t)j];
}

static double watt(const cf_power *p, const float *watts, int32_t l, int32_t j)
{
    return (double)watts[(size_t)l * (size_t)p->K + (size_t)j];
}

/* What user k hears of the beams of all access points for user j. */
static double heard(const cf_power *p, const float *watts, int32_t k, int32_t j)
{
    double sum = 0;
    for (int32_t l = 0; l < p->L; l++) sum += gain(p, l, k, j) * watt(p, watts, l, j);
    return sum;
}

static double rate_of(const cf_power *p, const float *watts, int32_t k)
{
    double noise = p->noise_w;
    for (int32_t j = 0; j < p->K; j++)
        if (j != k) noise += heard(p, watts, k, j);
    return log2_1p(heard(p, watts, k, k) / noise);
}

/* max over P >= 0 of ln(1 + g P) / (mu P + c). Where the derivative is 0, u = 1 + g P solves
 * u ln u - u = c g / mu - 1, and the quotient is g / (mu u). The left side is convex and rises:
 * Newton's steps from above stay above. */
static double best_alone(double g, double mu, double c)
{
    if (g <= 0) return 0;
    if (mu <= 0) return INFINITY;
    const double want = c * g / mu - 1;
    double u = fmax(8, want), step;
    do {
        step = (u * log(u) - u - want) / log(u);
        u -= step;
    } while (step > 1e-9 * u);
    return g / (mu * u);
}

static double most_of(const cf_power *p, int32_t k)
{
    double strongest = 0;
    for (int32_t l = 0; l < p->L; l++) strongest = fmax(strongest, gain(p, l, k, k));
    return best_alone(strongest / p->noise_w, p->mu, p->static_w) / 0.69314718055994530942;
}

static double add(const cf_power *p, double value, double rate, double spent)
{
    switch (p->objective) {
    case CF_POWER_EE: return value + p->bandwidth_hz * 1e-6 * rate / spent;
    case CF_POWER_SUM_RATE: return value + rate;
    case CF_POWER_MIN_RATE: return rate < value ? rate : value;
    default: return value + log(fmax(rate, LEAST_RATE));
    }
}

static void count_user(const cf_power *p, const float *watts, int32_t k, eval_power_verdict *v)
{
    const double rate = rate_of(p, watts, k);
    double spent = p->static_w;
    for (int32_t l = 0; l < p->L; l++) spent += p->mu * watt(p, watts, l, k);
    v->value = isnan(rate) ? (double)NAN : add(p, v->value, rate, spent);
    if (p->objective == CF_POWER_EE) v->most += p->bandwidth_hz * 1e-6 * most_of(p, k);
    v->below_floor += rate < p->rate_floor * (1 - SLACK);
    v->users_on += rate >= CF_RATE_ON;
}

static void count_ap(const cf_power *p, const float *watts, int32_t l, eval_power_verdict *v)
{
    const double most = p->limit_w * (1 + SLACK);
    double sum = 0;
    for (int32_t k = 0; k < p->K; k++) {
        const double w = watt(p, watts, l, k);
        const int closed = p->serve && !p->serve[(size_t)l * (size_t)p->K + (size_t)k];
        if (!isfinite(w)) v->value = (double)NAN;
        if (!isfinite(w) || w < 0 || (closed && w != 0)) v->bad_entries++;
        if (p->limit == CF_LIMIT_LINK && w > most) v->over++;
        sum += w;
    }
    if (p->limit == CF_LIMIT_AP && sum > most) v->over++;
    v->watts += sum;
}

eval_power_verdict eval_check_power(const cf_power *p, const float *watts)
{
    eval_power_verdict v = {.value = p->objective == CF_POWER_MIN_RATE ? INFINITY : 0,
                            .most = p->objective == CF_POWER_EE ? 0 : INFINITY};
    for (int32_t k = 0; k < p->K; k++) count_user(p, watts, k, &v);
    for (int32_t l = 0; l < p->L; l++) count_ap(p, watts, l, &v);
    return v;
}
