#include <stdlib.h>

#include "base/rng.h"
#include "solver/power_sets.h"

/* iterated: search, then kicks: up to three users of the best set go off, or to another of their
 * APs, or come on, local search from there, and the best is kept. */
typedef struct iterated {
    solver_sets sets;
    solver_set best, x, trial;
    int32_t tries, kicks;
    solver_visits visits;
    double *scratch;
} iterated;

enum { VISITS = 1024 };

static iterated *lay_out(arena *a, int32_t L, int32_t K, int32_t aps)
{
    iterated unused, *s = ARENA_TAKE(a, iterated, 1), *m = s ? s : &unused;
    solver_sets_place(&m->sets, a, L, K, aps);
    solver_set_place(&m->sets, a, &m->best);
    solver_set_place(&m->sets, a, &m->x);
    solver_set_place(&m->sets, a, &m->trial);
    m->visits.most = VISITS;
    m->visits.hash = ARENA_TAKE(a, uint64_t, VISITS);
    m->scratch = ARENA_TAKE(a, double, SOLVER_NEWTON_SCRATCH(K));
    return s;
}

static cf_status make(void **self, const char *parameters, const cf_policy *policy, int32_t L,
                      int32_t K)
{
    (void)policy;
    double aps = 5, tries = 10, kicks = 30;
    const prob_method_option options[] = {{"kicks", &kicks, 0, 1e9, 1},
                                          {"aps", &aps, 1, 1e6, 1},
                                          {"tries", &tries, 1, SOLVER_SETS_MOST_MOVES, 1}};
    cf_status status = prob_method_options("iterated", parameters, options, 3);
    if (status == CF_OK) status = solver_sets_check("iterated", K);
    arena measured = {0}, a = {0};
    lay_out(&measured, L, K, (int32_t)aps);
    if (status == CF_OK) status = solver_alloc(&a, "iterated", measured);
    if (status != CF_OK) return status;
    iterated *s = lay_out(&a, L, K, (int32_t)aps);
    s->tries = (int32_t)tries;
    s->kicks = (int32_t)kicks;
    *self = s;
    return CF_OK;
}

/* User k: off if it is on and the coin says so, else to a candidate drawn uniformly. */
static void kick(const solver_sets *s, solver_set *x, rng *g, int32_t k)
{
    const int32_t i = (int32_t)rng_below(g, (uint32_t)s->m);
    const int on = x->choice[k] >= 0, coin = rng_below(g, 2) == 1;
    const int served = s->own[(int64_t)k * s->m + i] > 0;
    const solver_move move = {.p = on ? x->p[k] : 1e-3f * SOLVER_POWER_START_MW,
                              .off = on ? k : -1,
                              .on = (on && coin) || !served ? -1 : k,
                              .i = i};
    solver_set_move(s, x, &move);
}

static cf_status run(void *self, const cf_power *p, uint64_t seed, int64_t index, float *watts,
                     cf_report *report)
{
    iterated *t = self;
    const solver_sets *s = &t->sets;
    rng g = rng_stream(seed, RNG_METHOD, (uint64_t)index);
    *report = PROB_REPORT_NONE;
    solver_sets_fill(&t->sets, p);
    t->visits.count = 0;
    solver_set_search(s, &t->best, &t->x, &t->trial, 2, t->tries, &t->visits, &report->nodes);
    for (int32_t i = 0; i < t->kicks; i++) {
        solver_set_copy(s, &t->x, &t->best);
        const uint32_t users = 1 + rng_below(&g, 3);
        for (uint32_t j = 0; j < users; j++)
            kick(s, &t->x, &g, (int32_t)rng_below(&g, (uint32_t)s->K));
        solver_set_refit(s, &t->x, 6);
        solver_set_improve(s, &t->x, &t->trial, t->tries, &t->visits, &report->nodes);
        if (t->x.value > t->best.value) solver_set_copy(s, &t->best, &t->x);
    }
    solver_set_polish(s, &t->best, 5, t->scratch);
    solver_set_store(s, &t->best, watts);
    return CF_OK;
}

static cf_status serves(cf_power_objective objective, cf_power_limit limit)
{
    return solver_power_serves_ee("iterated", objective, limit);
}

const prob_power_class solver_power_iterated = {
    .name = "iterated",
    .about = "search, again after each of many random kicks",
    .parameters = "kicks=30,aps=5,tries=10",
    .serves = serves,
    .make = make,
    .run = run,
    .free = free,
};
