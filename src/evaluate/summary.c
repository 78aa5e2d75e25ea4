#include "evaluate/summary.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/status.h"
#include "evaluate/stats.h"

#define TOLERANCE 1e-6 /* how far a feasible objective may lie above another's bound, relative */

typedef struct reference {
    double value;      /* NaN: no method of the call gives one */
    int32_t certified; /* it is an optimum, or no smaller than it */
} reference;

/* A mean over draws is measured, it never measures. */
static cf_status reference_of(cf_result *const *r, const int32_t *drawn, int32_t count, int32_t i,
                              reference *out)
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

static void summarise_one(cf_result *r, const reference *against, int32_t certified,
                          double *scratch)
{
    const eval_mean objective = eval_mean_of(r->objective, r->n);
    r->mean = objective.mean;
    r->ci95 = objective.ci95;
    for (int32_t i = 0; i < r->n; i++)
        scratch[i] = against[i].value == 0 ? 1 : r->objective[i] / against[i].value;
    const eval_mean ratio = eval_mean_of(scratch, r->n);
    r->of_best = ratio.mean;
    r->of_best_ci95 = ratio.ci95;
    r->certified = certified;
    r->feasible_share = share(r->feasible, r->n);
    r->broken_share = share(r->broken, r->n);
    r->proven_share = share(r->proven, r->n);
    r->us_per_drop = 1e6 * eval_mean_of(r->seconds, r->n).mean;
    memcpy(scratch, r->seconds, (size_t)r->n * sizeof *scratch);
    r->p50_us = 1e6 * eval_quantile(scratch, r->n, 0.5);
    r->p99_us = 1e6 * eval_quantile(scratch, r->n, 0.99);
}

cf_status eval_summarise(cf_result **r, const int32_t *drawn, int32_t count)
{
    const int32_t n = r[0]->n;
    reference *references = malloc((size_t)n * sizeof *references);
    double *scratch = malloc((size_t)n * sizeof *scratch);
    cf_status s = references && scratch ? CF_OK : base_fail(CF_ENOMEM, "evaluate: no memory");
    int32_t certified = 1;
    for (int32_t i = 0; i < n && s == CF_OK; i++) {
        s = reference_of(r, drawn, count, i, &references[i]);
        certified &= s == CF_OK && references[i].certified;
    }
    for (int32_t m = 0; m < count && s == CF_OK; m++)
        summarise_one(r[m], references, certified, scratch);
    free(references);
    free(scratch);
    return s;
}
