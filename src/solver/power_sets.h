#ifndef SOLVER_POWER_SETS_H
#define SOLVER_POWER_SETS_H

#include "solver/power_solver.h"

/* Set search: at an optimum of the EE without a limit one AP a user is enough. Fix all other powers
 * and user k's signal s = sum_l g p: R_k is then constant, R_k / D_k convex in p_k, and so is every
 * other user's term; a convex function on the simplex {sum_l g p = s, p >= 0} is largest at a
 * vertex. So these methods search over maps user -> {off, AP}, each with at most K powers.
 *
 * All in float and in vectors over users ("lanes"): a column is a beam, its own lane 0. Candidates
 * are the m APs that a user hears best: candidate q = k m + i is user k from its i-th. */
enum { SOLVER_SETS_MOST_USERS = 1024, SOLVER_SETS_LANES = 16, SOLVER_SETS_MOST_MOVES = 32 };

typedef struct solver_set {
    double value;             /* the objective in nats: sum_k ln(1 + S/I) / D                */
    uint64_t hash;            /* of who is served by whom                                     */
    int32_t count;            /* users that are on                                            */
    int32_t *choice;          /* (lanes) candidate i of user k, -1: off                       */
    int32_t *user;            /* (lanes) the users that are on, the first `count`             */
    float *p, *own, *inverse; /* (lanes) power [W], own gain and its inverse; 0 where off     */
} solver_set;

/* A change of set: user `off` goes off (-1: nobody), then user `on` goes on (-1: nobody) from its
 * i-th AP with power p; off = on moves a user to another AP. */
typedef struct solver_move {
    float value, p;
    int32_t off, on, i;
} solver_move;

typedef struct solver_sets {
    int32_t L, K, m, lanes;
    float mu, static_w, least_w, most_w;
    float *column;           /* (K m, lanes) g / noise                                       */
    float *own;              /* (K m) 0: no such candidate                                   */
    int32_t *ap;             /* (K m)                                                        */
    float *unit;             /* (2 lanes) 0 but for a 1 at `lanes`: unit + lanes - k is e_k  */
    solver_move *candidates; /* (K m) scratch of screen                                      */
    const struct solver_sets_kernels *kernels;
} solver_sets;

typedef struct solver_sets_kernels {
    /* `steps` of p_k <- 1/(D_k z_k) - I_k/own_k within [p/5, 5p], which solves k's condition of
     * optimality for p_k with the others' prices held:
     *   z_k = mu ln(T_k/I_k)/D_k^2 + sum_{j != k} c_j g_j(beam of k),  c_j = S_j/(I_j T_j D_j).
     * Sets and returns x->value. */
    double (*refit)(const solver_sets *s, solver_set *x, int32_t steps);

    /* The best `most` moves from x, by their objective with all other powers held, best first; with
     * `adds_only` users only come on. The power of who comes on is 1/(P_c (price of its leakage
     * + 0.3 mu)). Returns how many. */
    int32_t (*screen)(const solver_sets *s, const solver_set *x, int32_t adds_only, int32_t most,
                      solver_move *moves);
} solver_sets_kernels;

/* Sets, by hash, that searches of this drop have been at. */
typedef struct solver_visits {
    uint64_t *hash; /* (most) */
    int32_t count, most;
} solver_visits;

extern const solver_sets_kernels solver_sets_kernels_portable;
#if defined(__x86_64__)
extern const solver_sets_kernels solver_sets_kernels_v3, solver_sets_kernels_v4;
#endif

/* Lay out for L x K links with m candidates a user (cut to L); then fill for every drop. CF_EARG
 * where K is more than SOLVER_SETS_MOST_USERS. */
cf_status solver_sets_check(const char *method, int32_t K);
void solver_sets_place(solver_sets *s, arena *a, int32_t L, int32_t K, int32_t m);
void solver_sets_fill(solver_sets *s, const cf_power *p);

void solver_set_place(const solver_sets *s, arena *a, solver_set *x);
void solver_set_copy(const solver_sets *s, solver_set *to, const solver_set *from);
void solver_set_clear(const solver_sets *s, solver_set *x);
void solver_set_move(const solver_sets *s, solver_set *x, const solver_move *move);

/* The hash that x would have after the move. */
uint64_t solver_set_hash(const solver_sets *s, const solver_set *x, const solver_move *move);

/* Refit, then switch off users whose power has gone below least_w. */
double solver_set_refit(const solver_sets *s, solver_set *x, int32_t steps);

/* Every user at its strongest AP, 10 mW, 12 refits. */
void solver_set_strongest(const solver_sets *s, solver_set *x);

/* The set that watts (L,K) come nearest to: every user at the candidate with most of its power, if
 * that is not below least_w; then refits. */
void solver_set_load(const solver_sets *s, solver_set *x, const float *watts, int32_t steps);

/* From the empty set, the best screened addition and 3 refits, as long as that helps; trial is
 * scratch. */
void solver_set_grow(const solver_sets *s, solver_set *x, solver_set *trial);

/* From x to a set that none of its `tries` best screened moves improves, in place; trial is
 * scratch.
 * *moves_made is added to. With visits it ends early at a set that an earlier search has been at:
 * that one has found what follows; as many sets as there is room for are added. */
void solver_set_improve(const solver_sets *s, solver_set *x, solver_set *trial, int32_t tries,
                        solver_visits *visits, int64_t *moves_made);

/* Local search from every user's strongest AP, and with two starts from a grown set too: the better
 * is left in x; other and trial are scratch. */
void solver_set_search(const solver_sets *s, solver_set *x, solver_set *other, solver_set *trial,
                       int32_t starts, int32_t tries, solver_visits *visits, int64_t *moves_made);

/* watts (L,K) of x. */
void solver_set_store(const solver_sets *s, const solver_set *x, float *watts);

/* Damped Newton in ln p on the links of x, in double: at most `steps`, each with its value known to
 * rise. scratch: SOLVER_NEWTON_SCRATCH(K) doubles. Updates x->p and x->value. */
#define SOLVER_NEWTON_SCRATCH(K) (3 * (size_t)(K) * (size_t)(K) + 8 * (size_t)(K))
void solver_set_polish(const solver_sets *s, solver_set *x, int32_t steps, double *scratch);

#endif
