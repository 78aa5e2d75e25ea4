#ifndef SOLVER_RELAX_H
#define SOLVER_RELAX_H

#include "solver/match.h"

/* The concave relaxation of the assignment problem: x[l,k] in [0,1] (and, inside branch and bound,
 * some x fixed), in nats: f(r) = sum_k ln(1 + r_k), r_k = sum_l x[l,k] s[l,k].
 *
 * Frank-Wolfe: at r linearise, w_k = 1/(1 + r_k); the best vertex v of the linear problem
 * (match.h) gives a bound for every feasible r',
 *
 *   f(r') <= f(r) + w'(r' - r) <= f(r) + w'(r_v - r);
 *
 * then r moves to the best point it can find in the convex hull of the vertices met, by pairwise
 * steps (Lacoste-Julien and Jaggi, "On the global linear convergence of Frank-Wolfe optimization
 * variants", 2015): weight goes from the vertex with the least w'r_v to that with the largest.
 * Pairwise steps cost O(K) a vertex, the linear problem O(L K), so many are made before the next,
 * with Newton steps over all weights where they do not get on. */
typedef struct solver_relax {
    solver_match match;
    int32_t cap, n; /* vertices: at most, now                                */
    uint64_t *bits; /* (cap, words) vertex j has link i = l K + k            */
    int64_t words;  /* of 64 bits, for L K links                             */
    double *vertex; /* (cap,K) r of vertex j                                 */
    double *weight; /* (cap)   convex combination                            */
    double *r, *w;  /* (K)     the point and 1/(1 + r)                       */
    double *step;   /* (K)     scratch, and so the next three                */
    double *side;   /* (cap,K)                                               */
    double *normal; /* (cap,cap)                                             */
    double *delta;  /* (cap)                                                 */
    double f;       /* f(r)                                                  */
    double bound;   /* of the last linear problem                            */
    double found;   /* f of its vertex, which is an assignment               */
} solver_relax;

void solver_relax_place(solver_relax *m, arena *a, int32_t L, int32_t K);

/* Take a problem: a first r, no vertices. */
void solver_relax_start(solver_relax *m, const cf_assignment *p);

/* One linear problem at r: sets bound and found; match has the vertex. 0: nothing is feasible. */
int solver_relax_bound(solver_relax *m);

/* Take that vertex in and move r. */
void solver_relax_move(solver_relax *m);

/* Forget vertices that disagree with fixings match.trail[mark ..]. */
void solver_relax_filter(solver_relax *m, int32_t mark);

/* The value of link (l,k) in r. */
double solver_relax_value(const solver_relax *m, int32_t l, int32_t k);

/* sum_k ln(1 + r_k) */
double solver_log_sum(const double *r, int32_t K);

#endif
