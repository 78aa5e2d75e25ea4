#ifndef SOLVER_POWER_MULTIPLICATIVE_H
#define SOLVER_POWER_MULTIPLICATIVE_H

#include "solver/power_solver.h"

/* p <- p (grad+ / (grad- + lambda))^eta with lambda the price of the AP's limit, 0 without one: no
 * step size, positive by itself, and its fixed points are the stationary ones. For whoever has a
 * start. */
typedef struct solver_power_steps {
    double *plus, *minus, *ratio; /* (K,L) scratch */
} solver_power_steps;

void solver_power_multiplicative_place(solver_power_steps *s, arena *a, int32_t L, int32_t K);

/* `steps` of them from p (K,L), in place; powers that are 0 stay 0. Returns the objective. */
double solver_power_multiplicative_run(solver_power_steps *s, prob_power_form *f, int32_t steps,
                                       double eta, double *p);

#endif
