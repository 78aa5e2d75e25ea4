#ifndef POLICY_POWER_H
#define POLICY_POWER_H

#include "policy/policy.h"

/* What power policies have in common: a drop into a plan, and a plan's answer out of it. */

/* Column of link (l,k) in lane b of any slice of the plan. */
static inline int64_t policy_power_at(const nn_plan *plan, const policy_io *io, int32_t l,
                                      int32_t k, int32_t b)
{
    const int64_t K = io->K, link = (int64_t)l * K + k;
    return (io->pairs ? link * K + k : link) * plan->dims.B + b;
}

/* What a link's log_p of 0 stands for [W]: P_c / mu, or 1 W (sinrnet). */
double policy_power_unit(const cf_policy *p, const cf_power *drop);

/* The networks know the energy efficiency alone: CF_EARG where the objective is another. A limit is
 * kept by projection. */
cf_status policy_power_serves(cf_power_objective objective, cf_power_limit limit);

/* Can a policy be asked about this drop? CF_EARG where it does not serve it, or mu is 0: power is
 * free then, and the energy efficiency grows with it for ever. */
cf_status policy_power_check(const cf_power *drop);

/* Write a drop (checked, and served) into lane b of the plan's inputs. */
void policy_power_feed(const nn_plan *plan, const policy_io *io, const cf_policy *p,
                       const cf_power *drop, int32_t b);

/* The answer of lane b in the last round: watts (L,K) within every constraint but the rate floor.
 * Where the network has chances, each user is served by its likeliest AP, or by nobody; pi (L,K)
 * and off (K), or NULL, are these chances, and untouched where the network has none. CF_ENUM if an
 * output is not a number; then nothing is written. */
cf_status policy_power_read(const nn_plan *plan, const policy_io *io, const cf_policy *p,
                            const cf_power *drop, int32_t b, float *watts, float *pi, float *off);

/* Every link's power of lane b in the last round as it stands, chosen or not and however small:
 * starts for a solver, watts (L,K). After policy_power_read. */
void policy_power_starts(const nn_plan *plan, const policy_io *io, const cf_policy *p,
                         const cf_power *drop, int32_t b, float *watts);

#endif
