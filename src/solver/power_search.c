#include <stdlib.h>

#include "solver/power_sets.h"

/* search: local search over sets from every user's strongest AP; with two starts also from a set
 * grown greedily, and the better of both. */
typedef struct search {
    solver_sets sets;
    solver_set x, y, trial;
    int32_t tries, starts;
    double *scratch;
} search;

static search *lay_out(arena *a, int32_t L, int32_t K, int32_t aps)
{
    search unused, *s = ARENA_TAKE(a, search, 1), *m = s ? s : &unused;
    solver_sets_place(&m->sets, a, L, K, aps);
    solver_set_place(&m->sets, a, &m->x);
    solver_set_place(&m->sets, a, &m->y);
    solver_set_place(&m->sets, a, &m->trial);
    m->scratch = ARENA_TAKE(a, double, SOLVER_NEWTON_SCRATCH(K));
    return s;
}

static cf_status make(void **self, const char *parameters, const cf_policy *policy, int32_t L,
                      int32_t K)
{
    (void)policy;
    double aps = 4, tries = 10, starts = 2;
    const prob_method_option options[] = {{"aps", &aps, 1, 1e6, 1},
                                          {"tries", &tries, 1, SOLVER_SETS_MOST_MOVES, 1},
                                          {"starts", &starts, 1, 2, 1}};
    cf_status status = prob_method_options("search", parameters, options, 3);
    if (status == CF_OK) status = solver_sets_check("search", K);
    arena measured = {0}, a = {0};
    lay_out(&measured, L, K, (int32_t)aps);
    if (status == CF_OK) status = solver_alloc(&a, "search", measured);
    if (status != CF_OK) return status;
    search *s = lay_out(&a, L, K, (int32_t)aps);
    s->tries = (int32_t)tries;
    s->starts = (int32_t)starts;
    *self = s;
    return CF_OK;
}

static cf_status run(void *self, const cf_power *p, uint64_t seed, int64_t index, float *watts,
                     cf_report *report)
{
    (void)seed, (void)index;
    search *s = self;
    *report = PROB_REPORT_NONE;
    solver_sets_fill(&s->sets, p);
    solver_set_search(&s->sets, &s->x, &s->y, &s->trial, s->starts, s->tries, NULL, &report->nodes);
    solver_set_polish(&s->sets, &s->x, 5, s->scratch);
    solver_set_store(&s->sets, &s->x, watts);
    return CF_OK;
}

static cf_status serves(cf_power_objective objective, cf_power_limit limit)
{
    return solver_power_serves_ee("search", objective, limit);
}

const prob_power_class solver_power_search = {
    .name = "search",
    .about = "local search over who is served by which access point, from the strongest and from a "
             "grown set",
    .parameters = "aps=4,tries=10,starts=2",
    .serves = serves,
    .make = make,
    .run = run,
    .free = free,
};
