#ifndef SOLVER_MATCH_H
#define SOLVER_MATCH_H

#include <stdint.h>

#include <cellfree/assignment.h>

#include "base/arena.h"

typedef struct solver_fixing {
    uint16_t l, k;
    int32_t value;
} solver_fixing;

/* The linear subproblem of the relaxation, a b-matching:
 *
 *   maximise   sum_lk x[l,k] s[l,k] w[k]
 *   subject to sum_k x[l,k] = m_l = min(A_l, K),  sum_l x[l,k] >= U_k,  x[l,k] in {0,1}
 *
 * (gains are not negative, so an AP never does better with a slot empty). Its dual has one price
 * q[k] >= 0 a user, paid to whoever serves user k:
 *
 *   minimise   sum_l (sum of the m_l largest s[l,k] w[k] + q[k]) - sum_k U_k q[k].
 *
 * Given prices, every AP takes its m_l best users. Users that are then short of U_k raise their
 * price, users with a price and more than U_k servers lower it, each along one shortest path
 * (Dijkstra on reduced costs, stopped at the first end). Any prices will do to start from, so after
 * a small change of w, or of what is fixed, hardly any paths are left: that is why this is not done
 * by cancelling cycles. The answer is always a vertex, that is, an assignment. */
typedef struct solver_match {
    int32_t L, K;
    const double *snr;    /* (L,K) borrowed                                              */
    const int32_t *need;  /* (K)   U_k, borrowed                                         */
    int32_t *slots;       /* (L)   m_l                                                   */
    uint16_t *user;       /* (L,K) AP l's users, in four stretches: fixed to 1, picked   */
    int32_t *one, *len;   /* (L)   (to one[l] and slots[l]), free (to len[l]), fixed to 0 */
    uint8_t *state;       /* (K,L) which of solver_link                                  */
    double *price;        /* (K)   q                                                     */
    int32_t *count;       /* (K)   servers of user k in the answer                       */
    solver_fixing *trail; /* (L K) what was fixed, in order                             */
    int32_t trail_len;
    double noise;    /* rounding may keep the answer this far from the best             */
    const double *w; /* the rest is scratch: weights, path search */
    double *dist;
    int32_t *next, *via;
    uint8_t *settled;
} solver_match;

typedef enum solver_link { LINK_ZERO, LINK_FREE, LINK_PICKED, LINK_ONE } solver_link;

/* Scratch for L and K from the arena; with a NULL base it measures (base/arena.h). */
void solver_match_place(solver_match *m, arena *a, int32_t L, int32_t K);

/* Take a problem: nothing fixed, prices 0. */
void solver_match_start(solver_match *m, const cf_assignment *p);

/* AP l alone takes its m_l best users at weights m->w and the present prices. */
void solver_match_pick(solver_match *m, int32_t l);

/* Solve for weights w (K), >= 0. 0 if what is fixed admits no assignment. */
int solver_match_solve(solver_match *m, const double *w);

/* Fix the link at position i of AP l's users, one[l] <= i < len[l], to 0 or 1. The answer has to be
 * solved for again, unless it had that value. undo takes back all but the first `mark` fixings. */
void solver_match_fix(solver_match *m, int32_t l, int32_t i, int value);
void solver_match_undo(solver_match *m, int32_t mark);

/* Prices are optimal for w and `slack` is what may at most be lost: fix every link that no answer
 * within slack can have otherwise. */
void solver_match_reduce(solver_match *m, double slack);

#endif
