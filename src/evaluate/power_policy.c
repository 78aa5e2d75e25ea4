#include "evaluate/power_policy.h"

#include <stdlib.h>
#include <string.h>

#include "solver/power_sets.h"

const prob_power_class *const eval_power_policy_classes[] = {
    &eval_power_policy,        &eval_power_policy_steps, &eval_power_policy_lbfgs,
    &eval_power_policy_search, &eval_power_policy_beam,
};
const int32_t eval_power_policy_class_count =
    sizeof eval_power_policy_classes / sizeof eval_power_policy_classes[0];

void eval_network_place(eval_network *n, arena *a, int32_t L, int32_t K)
{
    n->watts = ARENA_TAKE(a, float, (size_t)L *(size_t)K);
}

cf_status eval_network_open(void **self, void *state, const cf_policy *policy, int32_t L, int32_t K)
{
    eval_network *n = state;
    n->policy = policy;
    const cf_status s = policy_plan(&n->plan, &n->io, policy, (nn_dims){L, K, 1}, POLICY_DECIDE);
    if (s != CF_OK) {
        free(state);
        return s;
    }
    n->chances = n->io.log_pi[n->io.rounds - 1].C > 0;
    *self = state;
    return CF_OK;
}

void eval_network_free(void *state)
{
    if (!state) return;
    nn_plan_free(&((eval_network *)state)->plan);
    free(state);
}

cf_status eval_network_ask(eval_network *n, const cf_power *p)
{
    const cf_status s = policy_power_check(p);
    if (s != CF_OK) return s;
    policy_power_feed(&n->plan, &n->io, n->policy, p, 0);
    nn_plan_forward(&n->plan, n->policy->params);
    return policy_power_read(&n->plan, &n->io, n->policy, p, 0, n->watts, NULL, NULL);
}

/* policy: the network's answer. Where it chose a set, the powers of the set are refitted. */
typedef struct answer {
    eval_network net;
    int32_t refits;
    uint8_t *chosen;  /* (L,K)                                          */
    solver_sets sets; /* of one candidate a user: the link that was chosen */
    solver_set x;
} answer;

static answer *lay_out(arena *a, int32_t L, int32_t K)
{
    answer unused, *s = ARENA_TAKE(a, answer, 1), *m = s ? s : &unused;
    eval_network_place(&m->net, a, L, K);
    m->chosen = ARENA_TAKE(a, uint8_t, (size_t)L * (size_t)K);
    solver_sets_place(&m->sets, a, L, K, 1);
    solver_set_place(&m->sets, a, &m->x);
    return s;
}

static cf_status make(void **self, const char *parameters, const cf_policy *policy, int32_t L,
                      int32_t K)
{
    double refits = 8;
    const prob_method_option options[] = {{"refits", &refits, 0, 1e6, 1}};
    cf_status status = prob_method_options("policy", parameters, options, 1);
    arena measured = {0}, a = {0};
    lay_out(&measured, L, K);
    if (status == CF_OK) status = solver_alloc(&a, "policy", measured);
    if (status != CF_OK) return status;
    answer *m = lay_out(&a, L, K);
    m->refits = K > SOLVER_SETS_MOST_USERS ? 0 : (int32_t)refits;
    return eval_network_open(self, m, policy, L, K);
}

/* The chosen set with its powers refitted, unless the network's own are better. */
static void refit(answer *m, const cf_power *p)
{
    cf_power drop = *p;
    drop.serve = m->chosen;
    for (int64_t i = 0; i < (int64_t)p->L * p->K; i++) m->chosen[i] = m->net.watts[i] > 0;
    solver_sets_fill(&m->sets, &drop);
    solver_set_load(&m->sets, &m->x, m->net.watts, 0);
    const double own = m->x.value;
    if (solver_set_refit(&m->sets, &m->x, m->refits) > own)
        solver_set_store(&m->sets, &m->x, m->net.watts);
}

static cf_status run(void *self, const cf_power *p, uint64_t seed, int64_t index, float *watts,
                     cf_report *report)
{
    (void)seed, (void)index;
    answer *m = self;
    const cf_status s = eval_network_ask(&m->net, p);
    if (s != CF_OK) return s;
    if (m->net.chances && m->refits > 0 && p->limit == CF_LIMIT_NONE) refit(m, p);
    memcpy(watts, m->net.watts, sizeof *watts * (size_t)p->L * (size_t)p->K);
    *report = PROB_REPORT_NONE;
    return CF_OK;
}

const prob_power_class eval_power_policy = {
    .name = "policy",
    .about = "a trained network; the powers of a set that it chose are refitted",
    .parameters = "refits=8",
    .needs_policy = 1,
    .serves = policy_power_serves,
    .make = make,
    .run = run,
    .free = eval_network_free,
};
