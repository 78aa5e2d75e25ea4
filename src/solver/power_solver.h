#ifndef SOLVER_POWER_SOLVER_H
#define SOLVER_POWER_SOLVER_H

#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "problem/method.h"
#include "problem/power.h"
#include "solver/solver.h"

/* Every method of power allocation in this room. */
extern const prob_power_class *const solver_power_classes[];
extern const int32_t solver_power_class_count;

extern const prob_power_class solver_power_equal, solver_power_random, solver_power_strongest,
    solver_power_multiplicative, solver_power_lbfgs, solver_power_multistart, solver_power_sca,
    solver_power_quadratic, solver_power_search, solver_power_beam, solver_power_iterated,
    solver_power_enumeration, solver_power_global, solver_power_best;

/* `serves` of methods that serve every objective and limit; those with a finite optimum (EE, or a
 * limit); the EE without a limit alone. */
cf_status solver_power_serves_all(cf_power_objective objective, cf_power_limit limit);
cf_status solver_power_serves_finite(const char *method, cf_power_objective objective,
                                     cf_power_limit limit);
cf_status solver_power_serves_ee(const char *method, cf_power_objective objective,
                                 cf_power_limit limit);

/* The two starts that everybody uses, p (K,L): `watts` on every open link; `watts` from the AP that
 * each user hears best. Both within the limits. */
enum { SOLVER_POWER_START_MW = 10 };
void solver_power_start_equal(const prob_power_form *f, double watts, double *p);
void solver_power_start_strongest(const prob_power_form *f, double watts, double *p);

/* The AP that user k hears best, or -1. */
int32_t solver_power_strongest_ap(const prob_power_form *f, int32_t k);

#endif
