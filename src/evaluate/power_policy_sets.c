#include <math.h>
#include <stdlib.h>

#include "base/rng.h"
#include "base/status.h"
#include "evaluate/power_policy.h"
#include "solver/power_beam.h"

enum { VISITS_OF_A_SEARCH = 16, MOST_VISITS = 4096 };

/* policy+search and policy+beam: the network proposes, a search over sets finishes. Where the
 * network gives chances, only links with more than `threshold` are candidates; where it does not,
 * only the start is its. */
typedef struct guided {
    eval_network net;
    solver_sets sets;
    solver_set best, x, trial;
    solver_beam beam; /* policy+beam                                               */
    int32_t tries, samples;
    double least;          /* ln of the threshold                                       */
    uint8_t *open;         /* (L,K) links that are candidates                           */
    float *chance, *power; /* (K m) of each candidate: what the network says, for draws */
    solver_visits visits;  /* of the searches of this drop                              */
    double *scratch;
} guided;

typedef struct shape {
    int32_t L, K, aps, samples, width, children; /* width 0: no beam */
} shape;

static guided *lay_out(arena *a, const shape *z)
{
    guided unused, *s = ARENA_TAKE(a, guided, 1), *m = s ? s : &unused;
    eval_network_place(&m->net, a, z->L, z->K);
    solver_sets_place(&m->sets, a, z->L, z->K, z->aps);
    solver_set_place(&m->sets, a, &m->best);
    solver_set_place(&m->sets, a, &m->x);
    solver_set_place(&m->sets, a, &m->trial);
    if (z->width > 0) solver_beam_place(&m->beam, &m->sets, a, z->width, z->children);
    const size_t candidates = (size_t)z->K * (size_t)m->sets.m;
    m->open = ARENA_TAKE(a, uint8_t, (size_t)z->L * (size_t)z->K);
    m->chance = ARENA_TAKE(a, float, candidates);
    m->power = ARENA_TAKE(a, float, candidates);
    m->visits.most = z->samples < MOST_VISITS / VISITS_OF_A_SEARCH ? VISITS_OF_A_SEARCH * z->samples
                                                                   : MOST_VISITS;
    m->visits.hash = ARENA_TAKE(a, uint64_t, (size_t)m->visits.most);
    m->scratch = ARENA_TAKE(a, double, SOLVER_NEWTON_SCRATCH(z->K));
    return s;
}

static cf_status take(guided **out, const char *method, const shape *z)
{
    arena measured = {0}, a = {0};
    cf_status s = solver_sets_check(method, z->K);
    lay_out(&measured, z);
    if (s == CF_OK) s = solver_alloc(&a, method, measured);
    if (s == CF_OK) *out = lay_out(&a, z);
    return s;
}

/* Four searches are better than `search` alone at every size tried; a network without
 * chances gives one start. */
enum { SAMPLES = 4 };

static cf_status make_search(void **self, const char *parameters, const cf_policy *policy,
                             int32_t L, int32_t K)
{
    double samples = 0, threshold = 0.01, aps = 4, tries = 10; /* 0: not given */
    const prob_method_option options[] = {{"samples", &samples, 1, 1e6, 1},
                                          {"threshold", &threshold, 0, 1, 0},
                                          {"aps", &aps, 1, 1e6, 1},
                                          {"tries", &tries, 1, SOLVER_SETS_MOST_MOVES, 1}};
    guided *m = NULL;
    cf_status s = prob_method_options("policy+search", parameters, options, 4);
    const shape z = {
        .L = L, .K = K, .aps = (int32_t)aps, .samples = samples > 0 ? (int32_t)samples : SAMPLES};
    if (s == CF_OK) s = take(&m, "policy+search", &z);
    if (s != CF_OK) return s;
    m->tries = (int32_t)tries;
    m->samples = z.samples;
    m->least = log(threshold);
    s = eval_network_open(self, m, policy, L, K);
    if (samples == 0 && s == CF_OK && !m->net.chances) m->samples = 1;
    if (s != CF_OK || m->net.chances || m->samples == 1) return s;
    eval_network_free(m);
    *self = NULL;
    return base_fail(CF_EARG,
                     "policy+search: samples is %d, and the network (%s) gives no chances to draw "
                     "from",
                     z.samples, cf_policy_architecture(policy));
}

static cf_status make_beam(void **self, const char *parameters, const cf_policy *policy, int32_t L,
                           int32_t K)
{
    double width = 8, children = 2, threshold = 0.001, aps = 5, tries = 10;
    const prob_method_option options[] = {{"width", &width, 1, 1e5, 1},
                                          {"children", &children, 1, 1e5, 1},
                                          {"threshold", &threshold, 0, 1, 0},
                                          {"aps", &aps, 1, 1e6, 1},
                                          {"tries", &tries, 1, SOLVER_SETS_MOST_MOVES, 1}};
    guided *m = NULL;
    cf_status s = prob_method_options("policy+beam", parameters, options, 5);
    const shape z = {L, K, (int32_t)aps, 1, (int32_t)width, (int32_t)children};
    if (s == CF_OK) s = take(&m, "policy+beam", &z);
    if (s != CF_OK) return s;
    m->tries = (int32_t)tries;
    m->least = log(threshold);
    return eval_network_open(self, m, policy, L, K);
}

/* What the network says of link (l,k), as it stands in an output of the last round. */
static double said(const eval_network *n, const nn_slice *rounds, int32_t l, int32_t k)
{
    const nn_slice last = rounds[n->io.rounds - 1];
    return (double)nn_value(&n->plan, last)[policy_power_at(&n->plan, &n->io, l, k, 0)];
}

/* Ask the network, and make the sets ready for the links that it leaves open. */
static cf_status prepare(guided *m, const cf_power *p)
{
    eval_network *n = &m->net;
    const cf_status s = eval_network_ask(n, p);
    if (s != CF_OK) return s;
    cf_power drop = *p;
    for (int32_t l = 0; n->chances && l < p->L; l++)
        for (int32_t k = 0; k < p->K; k++) {
            const int64_t i = (int64_t)l * p->K + k;
            const int likely = said(n, n->io.log_pi, l, k) > m->least || n->watts[i] > 0;
            m->open[i] = likely && (!p->serve || p->serve[i]);
        }
    if (n->chances) drop.serve = m->open;
    solver_sets_fill(&m->sets, &drop);
    return CF_OK;
}

static void read_chances(guided *m, const cf_power *p)
{
    const solver_sets *s = &m->sets;
    const eval_network *n = &m->net;
    const double unit = policy_power_unit(n->policy, p);
    for (int32_t q = 0; q < s->K * s->m; q++) {
        if (!(s->own[q] > 0)) continue;
        const int32_t k = q / s->m, l = s->ap[q];
        const double watts = unit * exp(said(n, n->io.log_p, l, k));
        m->chance[q] = (float)exp(said(n, n->io.log_pi, l, k));
        m->power[q] = (float)fmin(fmax(watts, (double)s->least_w), (double)s->most_w);
    }
}

/* A set drawn from the chances, user by user. */
static void draw(const guided *m, rng *g, solver_set *x)
{
    const solver_sets *s = &m->sets;
    solver_set_clear(s, x);
    for (int32_t k = 0; k < s->K; k++) {
        double left = rng_uniform(g);
        for (int32_t i = 0, q = k * s->m; i < s->m && s->own[q] > 0; i++, q++) {
            left -= (double)m->chance[q];
            if (left >= 0) continue;
            solver_set_move(s, x, &(solver_move){.p = m->power[q], .off = -1, .on = k, .i = i});
            break;
        }
    }
}

/* Local search from further sets that the network's chances give; the best stays in m->best. */
static void sample(guided *m, const cf_power *p, rng *g, int64_t *moves)
{
    const solver_sets *s = &m->sets;
    read_chances(m, p);
    for (int32_t i = 1; i < m->samples; i++) {
        draw(m, g, &m->x);
        solver_set_refit(s, &m->x, 12);
        solver_set_improve(s, &m->x, &m->trial, m->tries, &m->visits, moves);
        if (m->x.value > m->best.value) solver_set_copy(s, &m->best, &m->x);
    }
}

static void finish(guided *m, float *watts)
{
    solver_set_polish(&m->sets, &m->best, 5, m->scratch);
    solver_set_store(&m->sets, &m->best, watts);
}

static cf_status run_search(void *self, const cf_power *p, uint64_t seed, int64_t index,
                            float *watts, cf_report *report)
{
    guided *m = self;
    const cf_status s = prepare(m, p);
    if (s != CF_OK) return s;
    *report = PROB_REPORT_NONE;
    solver_set_load(&m->sets, &m->best, m->net.watts, 12);
    m->visits.count = 0;
    solver_set_improve(&m->sets, &m->best, &m->trial, m->tries, &m->visits, &report->nodes);
    if (m->samples > 1) {
        rng g = rng_stream(seed, RNG_METHOD, (uint64_t)index);
        sample(m, p, &g, &report->nodes);
    }
    finish(m, watts);
    return CF_OK;
}

static cf_status run_beam(void *self, const cf_power *p, uint64_t seed, int64_t index, float *watts,
                          cf_report *report)
{
    (void)seed, (void)index;
    guided *m = self;
    const cf_status s = prepare(m, p);
    if (s != CF_OK) return s;
    *report = PROB_REPORT_NONE;
    solver_beam_run(&m->beam, &m->sets, &report->nodes);
    solver_set_copy(&m->sets, &m->best, &m->beam.best[0]);
    m->visits.count = 0;
    solver_set_improve(&m->sets, &m->best, &m->trial, m->tries, &m->visits, &report->nodes);
    solver_set_load(&m->sets, &m->x, m->net.watts, 12);
    solver_set_improve(&m->sets, &m->x, &m->trial, m->tries, &m->visits, &report->nodes);
    if (m->x.value > m->best.value) solver_set_copy(&m->sets, &m->best, &m->x);
    finish(m, watts);
    return CF_OK;
}

static cf_status serves_search(cf_power_objective objective, cf_power_limit limit)
{
    return solver_power_serves_ee("policy+search", objective, limit);
}

static cf_status serves_beam(cf_power_objective objective, cf_power_limit limit)
{
    return solver_power_serves_ee("policy+beam", objective, limit);
}

const prob_power_class eval_power_policy_search = {
    .name = "policy+search",
    .about = "local search from the policy's answer over the links it finds likely, and from sets "
             "drawn from its chances",
    .parameters = "samples=4,threshold=0.01,aps=4,tries=10",
    .needs_policy = 1,
    .serves = serves_search,
    .make = make_search,
    .run = run_search,
    .free = eval_network_free,
};

const prob_power_class eval_power_policy_beam = {
    .name = "policy+beam",
    .about = "beam search over the links that the policy finds likely, then local search",
    .parameters = "width=8,children=2,threshold=0.001,aps=5,tries=10",
    .needs_policy = 1,
    .serves = serves_beam,
    .make = make_beam,
    .run = run_beam,
    .free = eval_network_free,
};
