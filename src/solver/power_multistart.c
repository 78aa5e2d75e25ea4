#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/rng.h"
#include "solver/power_lbfgs.h"

/* lbfgs from many starts: equal, every user's strongest AP, then users on or off by a coin and the
 * powers of those that are on log-uniform in 1e-5 to 1e-1 W. The coin matters: the optimum switches
 * users off, and from a point where all are on the ascent does not find which. */
typedef struct multistart {
    prob_power_form form;
    solver_power_lbfgs_state state;
    int32_t starts, most;
    double tolerance, *p, *best;
} multistart;

static multistart *lay_out(arena *a, int32_t L, int32_t K)
{
    multistart unused, *b = ARENA_TAKE(a, multistart, 1), *m = b ? b : &unused;
    prob_power_form_place(&m->form, a, L, K);
    solver_power_lbfgs_place(&m->state, a, L, K);
    m->p = ARENA_TAKE(a, double, (size_t)L *(size_t)K);
    m->best = ARENA_TAKE(a, double, (size_t)L *(size_t)K);
    return b;
}

static cf_status make(void **self, const char *parameters, const cf_policy *policy, int32_t L,
                      int32_t K)
{
    (void)policy;
    double starts = 10, most = 300, tolerance = 1e-6;
    const prob_method_option options[] = {{"starts", &starts, 1, 1e9, 1},
                                          {"evaluations", &most, 1, 1e9, 1},
                                          {"tolerance", &tolerance, 0, 1, 0}};
    cf_status status = prob_method_options("multistart", parameters, options, 3);
    arena measured = {0}, a = {0};
    lay_out(&measured, L, K);
    if (status == CF_OK) status = solver_alloc(&a, "multistart", measured);
    if (status != CF_OK) return status;
    multistart *m = lay_out(&a, L, K);
    m->starts = (int32_t)starts;
    m->most = (int32_t)most;
    m->tolerance = tolerance;
    *self = m;
    return CF_OK;
}

static void start(multistart *m, rng *g, int32_t i)
{
    const prob_power_form *f = &m->form;
    if (i == 0) {
        solver_power_start_equal(f, 1e-3 * SOLVER_POWER_START_MW, m->p);
        return;
    }
    if (i == 1) {
        solver_power_start_strongest(f, 1e-3 * SOLVER_POWER_START_MW, m->p);
        return;
    }
    for (int32_t k = 0, c = 0; k < f->K; k++) {
        const int on = rng_below(g, 2) == 1;
        for (int32_t l = 0; l < f->L; l++, c++) m->p[c] = on ? pow(10, -5 + 4 * rng_uniform(g)) : 0;
    }
    prob_power_form_project(f, m->p);
}

static cf_status run(void *self, const cf_power *p, uint64_t seed, int64_t index, float *watts,
                     cf_report *report)
{
    multistart *m = self;
    rng g = rng_stream(seed, RNG_METHOD, (uint64_t)index);
    *report = PROB_REPORT_NONE;
    prob_power_form_fill(&m->form, p);
    double best = -INFINITY;
    for (int32_t i = 0; i < m->starts; i++) {
        start(m, &g, i);
        const double value = solver_power_lbfgs_run(&m->state, &m->form, m->most, m->tolerance,
                                                    m->p, &report->nodes);
        if (!(value > best) && i > 0) continue;
        best = value;
        memcpy(m->best, m->p, sizeof(double) * (size_t)m->form.n);
    }
    prob_power_form_store(&m->form, m->best, watts);
    return CF_OK;
}

static cf_status serves(cf_power_objective objective, cf_power_limit limit)
{
    return solver_power_serves_finite("multistart", objective, limit);
}

const prob_power_class solver_power_multistart = {
    .name = "multistart",
    .about = "lbfgs from equal powers, from the strongest access points, and from random starts",
    .parameters = "starts=10,evaluations=300,tolerance=1e-6",
    .serves = serves,
    .make = make,
    .run = run,
    .free = free,
};
