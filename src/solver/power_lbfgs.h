#ifndef SOLVER_POWER_LBFGS_H
#define SOLVER_POWER_LBFGS_H

#include "solver/power_multiplicative.h"
#include "solver/power_solver.h"

/* Quasi-Newton ascent (Liu and Nocedal, 1989) on u = ln p. Limits of links are bounds on u, at
 * which entries rest while the gradient points out; limits of APs are kept by p = exp(u) scaled
 * down where an AP's sum is over, after a few multiplicative steps (least rate aside). The least
 * rate is made smooth, in stages (form.sharpness). */
enum { SOLVER_LBFGS_MEMORY = 8 };

typedef struct solver_power_lbfgs_state {
    int32_t padded;                      /* n rounded up to a multiple of 8                 */
    double *u, *g, *d, *next_u, *next_g; /* (padded) point, gradient, direction, next point */
    double *p, *plus, *minus, *scale;    /* (padded), scale (L)                              */
    double *s, *y;                       /* (MEMORY, padded) the last steps and changes of g */
    solver_power_steps steps;
    double rho[SOLVER_LBFGS_MEMORY];
} solver_power_lbfgs_state;

void solver_power_lbfgs_place(solver_power_lbfgs_state *s, arena *a, int32_t L, int32_t K);

/* From p (K,L) to a local optimum, in place: until the gain of an iteration is below `tolerance` of
 * the objective, at most `most` evaluations. Powers of 0 start at the form's least_w. Returns the
 * objective;
 * *evaluations is added to. */
double solver_power_lbfgs_run(solver_power_lbfgs_state *s, prob_power_form *f, int32_t most,
                              double tolerance, double *p, int64_t *evaluations);

#endif
