#include <math.h>
#include <stdlib.h>

#include "base/rng.h"
#include "solver/power_solver.h"

/* The baselines that know nothing of interference: equal, random, strongest. */
typedef struct simple {
    prob_power_form form;
    double watts, draws, *p;
} simple;

static simple *lay_out(arena *a, int32_t L, int32_t K)
{
    simple unused, *s = ARENA_TAKE(a, simple, 1), *m = s ? s : &unused;
    prob_power_form_place(&m->form, a, L, K);
    m->p = ARENA_TAKE(a, double, (size_t)L *(size_t)K);
    return s;
}

static cf_status make(void **self, const char *method, const char *parameters, int32_t L, int32_t K)
{
    double watts = 1e-3 * SOLVER_POWER_START_MW, draws = 100;
    const prob_method_option options[] = {{"watts", &watts, 1e-12, 1e12, 0},
                                          {"draws", &draws, 1, 1e9, 1}};
    const int32_t count = method[0] == 'r' ? 2 : 1;
    cf_status status = prob_method_options(method, parameters, options, count);
    arena measured = {0}, a = {0};
    lay_out(&measured, L, K);
    if (status == CF_OK) status = solver_alloc(&a, method, measured);
    if (status != CF_OK) return status;
    simple *s = lay_out(&a, L, K);
    s->watts = watts;
    s->draws = draws;
    *self = s;
    return CF_OK;
}

static cf_status make_equal(void **self, const char *parameters, const cf_policy *policy, int32_t L,
                            int32_t K)
{
    (void)policy;
    return make(self, "equal", parameters, L, K);
}

static cf_status make_random(void **self, const char *parameters, const cf_policy *policy,
                             int32_t L, int32_t K)
{
    (void)policy;
    return make(self, "random", parameters, L, K);
}

static cf_status make_strongest(void **self, const char *parameters, const cf_policy *policy,
                                int32_t L, int32_t K)
{
    (void)policy;
    return make(self, "strongest", parameters, L, K);
}

static cf_status run_equal(void *self, const cf_power *p, uint64_t seed, int64_t index,
                           float *watts, cf_report *report)
{
    (void)seed, (void)index;
    simple *s = self;
    prob_power_form_fill(&s->form, p);
    solver_power_start_equal(&s->form, s->watts, s->p);
    prob_power_form_store(&s->form, s->p, watts);
    *report = PROB_REPORT_NONE;
    return CF_OK;
}

static cf_status run_strongest(void *self, const cf_power *p, uint64_t seed, int64_t index,
                               float *watts, cf_report *report)
{
    (void)seed, (void)index;
    simple *s = self;
    prob_power_form_fill(&s->form, p);
    solver_power_start_strongest(&s->form, s->watts, s->p);
    prob_power_form_store(&s->form, s->p, watts);
    *report = PROB_REPORT_NONE;
    return CF_OK;
}

static cf_status run_random(void *self, const cf_power *p, uint64_t seed, int64_t index,
                            float *watts, cf_report *report)
{
    simple *s = self;
    prob_power_form *f = &s->form;
    prob_power_form_fill(f, p);
    rng g = rng_stream(seed, RNG_METHOD, (uint64_t)index);
    double sum = 0;
    for (int32_t i = 0; i < (int32_t)s->draws; i++) {
        for (int32_t c = 0; c < f->n; c++) s->p[c] = s->watts * rng_uniform(&g);
        prob_power_form_project(f, s->p);
        sum += prob_power_form_value(f, s->p);
    }
    prob_power_form_store(f, s->p, watts);
    *report = PROB_REPORT_NONE;
    report->objective_mean = sum / s->draws;
    report->nodes = (int64_t)s->draws;
    return CF_OK;
}

const prob_power_class solver_power_equal = {
    .name = "equal",
    .about = "the same power on every link",
    .parameters = "watts=0.01",
    .serves = solver_power_serves_all,
    .make = make_equal,
    .run = run_equal,
    .free = free,
};

const prob_power_class solver_power_random = {
    .name = "random",
    .about = "powers drawn uniformly; the mean objective of many draws",
    .parameters = "watts=0.01,draws=100",
    .serves = solver_power_serves_all,
    .make = make_random,
    .run = run_random,
    .free = free,
};

const prob_power_class solver_power_strongest = {
    .name = "strongest",
    .about = "every user from the access point it hears best, all at the same power",
    .parameters = "watts=0.01",
    .serves = solver_power_serves_all,
    .make = make_strongest,
    .run = run_strongest,
    .free = free,
};
