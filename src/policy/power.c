#include "policy/power.h"

#include <math.h>
#include <string.h>

#include "base/status.h"
#include "problem/power.h"

/* Less than this share of the unit is no power worth a link. */
static const double LEAST = 2.5e-7, MOST = 1e6;

double policy_power_unit(const cf_policy *p, const cf_power *drop)
{
    return p->class->unit(p, drop);
}

cf_status policy_power_serves(cf_power_objective objective, cf_power_limit limit)
{
    (void)limit;
    if (objective == CF_POWER_EE) return CF_OK;
    return base_fail(CF_EARG, "policies serve the %s only, and were given the %s",
                     prob_power_objective_name(CF_POWER_EE), prob_power_objective_name(objective));
}

cf_status policy_power_check(const cf_power *drop)
{
    const cf_status s = policy_power_serves(drop->objective, drop->limit);
    if (s != CF_OK || drop->mu > 0) return s;
    return base_fail(CF_EARG, "policies want power to cost something: mu is %g, wanted above 0",
                     drop->mu);
}

void policy_power_feed(const nn_plan *plan, const policy_io *io, const cf_policy *p,
                       const cf_power *drop, int32_t b)
{
    p->class->feed(plan, io, p, drop, b);
}

/* Link (l,k) of an output in lane b. */
static double at(const nn_plan *plan, const policy_io *io, nn_slice x, int32_t l, int32_t k,
                 int32_t b)
{
    return (double)nn_value(plan, x)[policy_power_at(plan, io, l, k, b)];
}

static cf_status check(const nn_plan *plan, const policy_io *io, nn_slice x, int32_t b,
                       const char *what)
{
    for (int32_t l = 0; x.C > 0 && l < io->L; l++)
        for (int32_t k = 0; k < io->K; k++)
            if (isnan(at(plan, io, x, l, k, b)))
                return base_fail(CF_ENUM, "the network's %s of AP %d for user %d is not a number",
                                 what, l, k);
    return CF_OK;
}

static float watts_of(double unit, double log_p)
{
    const double share = exp(fmin(log_p, log(MOST)));
    return share < LEAST ? 0 : (float)(unit * share);
}

/* The likeliest AP of user k, or -1 where nobody is likelier. */
static int32_t likeliest(const nn_plan *plan, const policy_io *io, int32_t k, int32_t b)
{
    const int32_t last = io->rounds - 1;
    double most = at(plan, io, io->log_off[last], 0, k, b);
    int32_t best = -1;
    for (int32_t l = 0; l < io->L; l++) {
        const double chance = at(plan, io, io->log_pi[last], l, k, b);
        if (!(chance > most)) continue;
        most = chance;
        best = l;
    }
    return best;
}

static void read_chances(const nn_plan *plan, const policy_io *io, int32_t b, float *pi, float *off)
{
    const int32_t last = io->rounds - 1;
    for (int32_t k = 0; k < io->K; k++) {
        if (off) off[k] = (float)exp(at(plan, io, io->log_off[last], 0, k, b));
        for (int32_t l = 0; pi && l < io->L; l++)
            pi[(int64_t)l * io->K + k] = (float)exp(at(plan, io, io->log_pi[last], l, k, b));
    }
}

cf_status policy_power_read(const nn_plan *plan, const policy_io *io, const cf_policy *p,
                            const cf_power *drop, int32_t b, float *watts, float *pi, float *off)
{
    const int32_t last = io->rounds - 1, K = io->K;
    const int chances = io->log_pi[last].C > 0;
    cf_status s = check(plan, io, io->log_p[last], b, "power");
    if (s == CF_OK) s = check(plan, io, io->log_pi[last], b, "chance");
    if (s == CF_OK) s = check(plan, io, io->log_off[last], b, "chance of nobody");
    if (s != CF_OK) return s;
    const double unit = policy_power_unit(p, drop);
    if (chances) memset(watts, 0, sizeof(float) * (size_t)io->L * (size_t)K);
    for (int32_t k = 0; k < K; k++) {
        const int32_t only = chances ? likeliest(plan, io, k, b) : -1;
        for (int32_t l = 0; l < io->L; l++)
            if (!chances || l == only)
                watts[(int64_t)l * K + k] = watts_of(unit, at(plan, io, io->log_p[last], l, k, b));
    }
    if (chances) read_chances(plan, io, b, pi, off);
    cf_power_project(drop, watts);
    return CF_OK;
}

void policy_power_starts(const nn_plan *plan, const policy_io *io, const cf_policy *p,
                         const cf_power *drop, int32_t b, float *watts)
{
    const nn_slice log_p = io->log_p[io->rounds - 1];
    const double unit = policy_power_unit(p, drop);
    for (int32_t l = 0; l < io->L; l++)
        for (int32_t k = 0; k < io->K; k++)
            watts[(int64_t)l * io->K + k] =
                (float)(unit * exp(fmin(at(plan, io, log_p, l, k, b), log(MOST))));
}
