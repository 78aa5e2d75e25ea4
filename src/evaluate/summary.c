#include "evaluate/summary.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/status.h"
#include "evaluate/stats.h"

#define TOLERANCE 1e-6 /* how far a feasible objective may lie above another's bound, relative */

/* A mean over draws is measured, it never measures. */
cf_status eval_reference_of(cf_result *const *r, const int32_t *drawn, int32_t count, int32_t i,
                            eval_reference *out)
{
    double best = NAN, bound = NAN;
    int32_t proven = 0, best_at = 0, bound_at = 0;
    for (int32_t m = 0; m < count; m++) {
        const double objective = r[m]->objective[i];
        const int has_bound = !isnan(r[m]->bound[i]) || r[m]->proven[i];
        const double own = isnan(r[m]->bound[i]) ? objective : r[m]->bound[i];
        if (has_bound && !(own >= bound)) bound = own, bound_at = m;
        if (drawn[m] || !r[m]->feasible[i]) continue;
        proven |= r[m]->proven[i];
        if (!(objective <= best)) best = objective, best_at = m;
    }
    if (best > bound + TOLERANCE * fmax(1, bound))
        return base_fail(CF_ENUM, "drop %d: %s reaches %.9g, but %s says no more than %.9g", i,
                         r[best_at]->method, best, r[bound_at]->method, bound);
    out->certified = proven || !isnan(bound);
    out->value = proven || isnan(bound) ? best : bound;
    return CF_OK;
}

static double share(const uint8_t *flag, int32_t n)
{
    int32_t set = 0;
    for (int32_t i = 0; i < n; i++) set += flag[i] != 0;
    return (double)set / n;
}

double eval_ratio(const cf_result *r, double objective, double best)
{
    if (r->task == CF_TASK_POWER && r->power_objective == CF_POWER_PROPORTIONAL)
        return exp((objective - best) / r->K);
    return best == 0 ? 1 : objective / best;
}

static double mean_count(const int32_t *v, int32_t n)
{
    int64_t sum = 0;
    for (int32_t i = 0; i < n; i++) sum += v[i];
    return (double)sum / n;
}

static double watts_a_drop(const cf_result *r)
{
    const size_t total = (size_t)r->n * (size_t)r->L * (size_t)r->K;
    double sum = 0;
    for (size_t i = 0; i < total; i++) sum += (double)r->watts[i];
    return sum / r->n;
}

/* ratios: of this method on every drop; sorted after. */
static void summarise_power(cf_result *r, double *ratios)
{
    r->of_best_p1 = isnan(r->of_best) ? (double)NAN : eval_quantile(ratios, r->n, 0.01);
    r->users_on_mean = mean_count(r->users_on, r->n);
    r->watts_mean = watts_a_drop(r);
    if (!(r->rate_floor > 0)) return;
    int32_t met = 0;
    for (int32_t i = 0; i < r->n; i++) met += r->below_floor[i] == 0;
    r->floor_share = (double)met / r->n;
    r->below_floor_share = mean_count(r->below_floor, r->n) / r->K;
}

static void summarise_one(cf_result *r, const eval_reference *against, int32_t certified,
                          double *scratch)
{
    const eval_mean objective = eval_mean_of(r->objective, r->n);
    r->mean = objective.mean;
    r->ci95 = objective.ci95;
    for (int32_t i = 0; i < r->n; i++)
        scratch[i] = eval_ratio(r, r->objective[i], against[i].value);
    const eval_mean of_best = eval_mean_of(scratch, r->n);
    r->of_best = of_best.mean;
    r->of_best_ci95 = of_best.ci95;
    r->of_best_p1 = r->users_on_mean = r->watts_mean = r->floor_share = r->below_floor_share = NAN;
    if (r->task == CF_TASK_POWER) summarise_power(r, scratch);
    r->certified = certified;
    r->feasible_share = share(r->feasible, r->n);
    r->broken_share = r->broken ? share(r->broken, r->n) : (double)NAN;
    r->proven_share = share(r->proven, r->n);
    r->us_per_drop = 1e6 * eval_mean_of(r->seconds, r->n).mean;
    memcpy(scratch, r->seconds, (size_t)r->n * sizeof *scratch);
    r->p50_us = 1e6 * eval_quantile(scratch, r->n, 0.5);
    r->p99_us = 1e6 * eval_quantile(scratch, r->n, 0.99);
}

cf_status eval_summarise(cf_result **r, const int32_t *drawn, int32_t count)
{
    const int32_t n = r[0]->n;
    eval_reference *references = malloc((size_t)n * sizeof *references);
    double *scratch = malloc((size_t)n * sizeof *scratch);
    cf_status s = references && scratch ? CF_OK : base_fail(CF_ENOMEM, "evaluate: no memory");
    int32_t certified = 1;
    for (int32_t i = 0; i < n && s == CF_OK; i++) {
        s = eval_reference_of(r, drawn, count, i, &references[i]);
        certified &= s == CF_OK && references[i].certified;
    }
    for (int32_t m = 0; m < count && s == CF_OK; m++)
        summarise_one(r[m], references, certified, scratch);
    free(references);
    free(scratch);
    return s;
}
