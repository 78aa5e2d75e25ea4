#include <stdlib.h>
#include <string.h>

#include "base/status.h"
#include "evaluate/power_policy.h"
#include "solver/power_lbfgs.h"

/* policy+N and policy+lbfgs: from the network's answer up to a local optimum, or towards it. */
typedef struct ascent {
    eval_network net;
    prob_power_form form;
    solver_power_steps steps;       /* policy+N     */
    solver_power_lbfgs_state state; /* policy+lbfgs */
    int32_t count, most;
    double eta, tolerance, *p;
} ascent;

static ascent *lay_out(arena *a, int32_t L, int32_t K, int lbfgs)
{
    ascent unused, *s = ARENA_TAKE(a, ascent, 1), *m = s ? s : &unused;
    eval_network_place(&m->net, a, L, K);
    prob_power_form_place(&m->form, a, L, K);
    m->p = ARENA_TAKE(a, double, (size_t)L *(size_t)K);
    if (lbfgs)
        solver_power_lbfgs_place(&m->state, a, L, K);
    else
        solver_power_multiplicative_place(&m->steps, a, L, K);
    return s;
}

static cf_status take(ascent **out, const char *method, int32_t L, int32_t K, int lbfgs)
{
    arena measured = {0}, a = {0};
    lay_out(&measured, L, K, lbfgs);
    const cf_status s = solver_alloc(&a, method, measured);
    if (s == CF_OK) *out = lay_out(&a, L, K, lbfgs);
    return s;
}

/* "50" or "50:eta=2". */
static cf_status make_steps(void **self, const char *text, const cf_policy *policy, int32_t L,
                            int32_t K)
{
    enum { MOST = 100000 };
    double eta = 1;
    const prob_method_option options[] = {{"eta", &eta, 0.01, 2, 0}};
    char *end;
    const unsigned long long count = strtoull(text, &end, 10);
    if (end == text || count < 1 || count > MOST)
        return base_fail(CF_EARG, "policy+N: N is '%.*s', wanted 1 to %d steps, as in policy+50",
                         (int)strcspn(text, ":"), text, MOST);
    ascent *m = NULL;
    cf_status s = prob_method_options("policy+N", *end ? end + 1 : NULL, options, 1);
    if (s == CF_OK) s = take(&m, "policy+N", L, K, 0);
    if (s != CF_OK) return s;
    m->count = (int32_t)count;
    m->eta = eta;
    return eval_network_open(self, m, policy, L, K);
}

static cf_status make_lbfgs(void **self, const char *parameters, const cf_policy *policy, int32_t L,
                            int32_t K)
{
    double most = 300, tolerance = 1e-6;
    const prob_method_option options[] = {{"evaluations", &most, 1, 1e9, 1},
                                          {"tolerance", &tolerance, 0, 1, 0}};
    ascent *m = NULL;
    cf_status s = prob_method_options("policy+lbfgs", parameters, options, 2);
    if (s == CF_OK) s = take(&m, "policy+lbfgs", L, K, 1);
    if (s != CF_OK) return s;
    m->most = (int32_t)most;
    m->tolerance = tolerance;
    return eval_network_open(self, m, policy, L, K);
}

/* A power of 0 is where it stays. A network that chose a set is taken at its word; any other says
 * of no link that it is off, and its least powers are starts as well. */
static cf_status start(ascent *m, const cf_power *p)
{
    eval_network *n = &m->net;
    const cf_status s = eval_network_ask(n, p);
    if (s != CF_OK) return s;
    if (!n->chances) policy_power_starts(&n->plan, &n->io, n->policy, p, 0, n->watts);
    prob_power_form_fill(&m->form, p);
    prob_power_form_load(&m->form, n->watts, m->p);
    return CF_OK;
}

static cf_status run_steps(void *self, const cf_power *p, uint64_t seed, int64_t index,
                           float *watts, cf_report *report)
{
    (void)seed, (void)index;
    ascent *m = self;
    const cf_status s = start(m, p);
    if (s != CF_OK) return s;
    solver_power_multiplicative_run(&m->steps, &m->form, m->count, m->eta, m->p);
    prob_power_form_store(&m->form, m->p, watts);
    *report = PROB_REPORT_NONE;
    report->nodes = m->count;
    return CF_OK;
}

static cf_status run_lbfgs(void *self, const cf_power *p, uint64_t seed, int64_t index,
                           float *watts, cf_report *report)
{
    (void)seed, (void)index;
    ascent *m = self;
    const cf_status s = start(m, p);
    if (s != CF_OK) return s;
    *report = PROB_REPORT_NONE;
    solver_power_lbfgs_run(&m->state, &m->form, m->most, m->tolerance, m->p, &report->nodes);
    prob_power_form_store(&m->form, m->p, watts);
    return CF_OK;
}

const prob_power_class eval_power_policy_steps = {
    .name = "policy+N",
    .about = "N multiplicative steps from the policy's answer, as in policy+50",
    .parameters = "eta=1",
    .needs_policy = 1,
    .numbered = 1,
    .serves = policy_power_serves,
    .make = make_steps,
    .run = run_steps,
    .free = eval_network_free,
};

const prob_power_class eval_power_policy_lbfgs = {
    .name = "policy+lbfgs",
    .about = "quasi-Newton ascent from the policy's answer",
    .parameters = "evaluations=300,tolerance=1e-6",
    .needs_policy = 1,
    .serves = policy_power_serves,
    .make = make_lbfgs,
    .run = run_lbfgs,
    .free = eval_network_free,
};
