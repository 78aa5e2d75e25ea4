#ifndef SOLVER_POWER_SURROGATE_H
#define SOLVER_POWER_SURROGATE_H

#include "solver/power_solver.h"

/* The concave problem of successive convex approximation around a point P^t, in nats,
 *
 *   maximise sum_k u_k ln T_k(p) - cost' p   over 0 <= p,  [limit per link] p <= limit_w
 *
 * by a primal-dual interior point method. T = 1 + A p with A (n,lanes) all gains, own and cross, so
 * that the Hessian is a diagonal plus A' diag(u/T^2) A, and Woodbury's identity leaves K x K
 * systems. */
typedef struct solver_surrogate {
    int32_t n, K, lanes;
    double *a;                              /* (n,lanes)                                        */
    double *u, *cost;                       /* (lanes), (n)                                     */
    double *p, *z, *y, *dp, *e, *b, *slope; /* (n) point, duals of p >= 0 and p <= most, ...   */
    double *T, *heard, *h, *factor;         /* (lanes), (lanes), (lanes,lanes)                  */
} solver_surrogate;

void solver_surrogate_place(solver_surrogate *s, arena *a, int32_t L, int32_t K);

/* A of the drop. */
void solver_surrogate_fill(solver_surrogate *s, const prob_power_form *f);

/* From s->p > 0, in place, to a duality gap of `gap` times sum u; u and cost are set. */
void solver_surrogate_solve(solver_surrogate *s, const prob_power_form *f, double gap);

#endif
