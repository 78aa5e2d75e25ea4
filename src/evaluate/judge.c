#include "evaluate/judge.h"

#include <math.h>

#include "base/status.h"
#include "evaluate/check.h"
#include "evaluate/check_power.h"

#define TOLERANCE 1e-6 /* how far an objective may lie above a bound, relative */

cf_status eval_judge(cf_result *r, const cf_drops *d, int32_t i, const cf_report *report)
{
    const size_t at = (size_t)i * (size_t)d->L * (size_t)d->K;
    const eval_verdict v =
        eval_check(d->L, d->K, d->gain_dbm + at, d->noise_dbm, d->max_users, d->min_aps, r->x + at);
    const int drawn = !isnan(report->objective_mean);
    const double objective = drawn ? report->objective_mean : v.rate;
    if (!isfinite(objective) || objective < 0 || objective > v.most * (1 + TOLERANCE) + TOLERANCE)
        return base_fail(CF_ENUM, "objective is %g, possible is 0 to %g", objective, v.most);
    const uint8_t feasible = !v.not_binary && !v.aps_over && (drawn || !v.users_short);
    if (feasible && report->bound < objective - TOLERANCE * fmax(1, objective))
        return base_fail(CF_ENUM, "bound %.9g is below the objective %.9g", report->bound,
                         objective);
    r->objective[i] = objective;
    r->bound[i] = report->bound;
    r->feasible[i] = feasible;
    r->broken[i] = report->broken != 0;
    r->proven[i] = report->proven && feasible;
    return CF_OK;
}

cf_status eval_judge_power(cf_result *r, const cf_power *p, int32_t i, const cf_report *report)
{
    const float *watts = r->watts + (size_t)i * (size_t)p->L * (size_t)p->K;
    const eval_power_verdict v = eval_check_power(p, watts);
    const double objective = isnan(report->objective_mean) ? v.value : report->objective_mean;
    if (!isfinite(v.value) || !isfinite(objective))
        return base_fail(CF_ENUM, "objective is %g, or a power is not finite", objective);
    if (objective > v.most * (1 + TOLERANCE) + TOLERANCE)
        return base_fail(CF_ENUM, "objective is %g, possible is at most %g", objective, v.most);
    const uint8_t feasible = !v.bad_entries && !v.over;
    if (feasible && report->bound < objective - TOLERANCE * fmax(1, fabs(objective)))
        return base_fail(CF_ENUM, "bound %.9g is below the objective %.9g", report->bound,
                         objective);
    r->objective[i] = objective;
    r->bound[i] = report->bound;
    r->feasible[i] = feasible;
    r->proven[i] = report->proven && feasible;
    r->below_floor[i] = v.below_floor;
    r->users_on[i] = v.users_on;
    return CF_OK;
}
