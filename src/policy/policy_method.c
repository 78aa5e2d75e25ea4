#include "policy/policy_method.h"

#include <stdlib.h>

#include <cellfree/assignment.h>
#include <cellfree/policy.h>

#include "base/status.h"
#include "policy/policy.h"

typedef struct method {
    int32_t L, K, lanes, repair;
    cf_runner *one, *many; /* `many` NULL where it would have one lane too */
    void *scratch;         /* of the repair */
} method;

static void method_free(void *self)
{
    method *m = self;
    if (!m) return;
    cf_runner_free(m->one);
    cf_runner_free(m->many);
    free(m->scratch);
    free(m);
}

static cf_status make_parts(method *m, const cf_policy *policy)
{
    cf_status s = cf_runner_make(&m->one, policy, m->L, m->K, 1);
    if (s == CF_OK && m->lanes > 1) s = cf_runner_make(&m->many, policy, m->L, m->K, m->lanes);
    if (s != CF_OK) return s;
    const size_t bytes = (cf_assignment_repair_workspace(m->L, m->K) + 63) / 64 * 64;
    m->scratch = aligned_alloc(64, bytes ? bytes : 64);
    return m->scratch ? CF_OK : base_fail(CF_ENOMEM, "policy: no memory for %zu bytes", bytes);
}

static cf_status method_make(void **self, const char *parameters, const cf_policy *policy,
                             int32_t L, int32_t K)
{
    double repair = 1, lanes = POLICY_LANES;
    const prob_method_option options[] = {
        {"repair", &repair, 0, 1, 1},
        {"lanes", &lanes, 1, 4096, 1},
    };
    cf_status s = prob_method_options("policy", parameters, options, 2);
    if (s != CF_OK) return s;
    if (!policy) return base_fail(CF_EARG, "policy: no policy given");
    method *m = calloc(1, sizeof *m);
    if (!m) return base_fail(CF_ENOMEM, "policy: no memory");
    *m = (method){.L = L,
                  .K = K,
                  .repair = (int32_t)repair,
                  .lanes = policy_lanes(policy, L, K, (int32_t)lanes)};
    s = make_parts(m, policy);
    if (s != CF_OK) {
        method_free(m);
        return s;
    }
    *self = m;
    return CF_OK;
}

/* What stands in x after the network: report it, and repair it. */
static cf_status finish(const method *m, const cf_assignment *p, uint8_t *x, cf_report *report)
{
    *report = PROB_REPORT_NONE;
    report->broken = cf_assignment_violations(p, x).users_short > 0;
    return m->repair ? cf_assignment_repair(p, x, m->scratch) : CF_OK;
}

static cf_status method_run(void *self, const cf_assignment *p, uint64_t seed, int64_t index,
                            uint8_t *x, float *relaxed, cf_report *report)
{
    (void)seed;
    (void)index;
    const method *m = self;
    const cf_status s = cf_runner_decide(m->one, p, 1, x, relaxed);
    return s == CF_OK ? finish(m, p, x, report) : s;
}

static cf_status method_run_many(void *self, const cf_assignment *p, int32_t n, uint64_t seed,
                                 int64_t first, uint8_t *x, float *relaxed, cf_report *report)
{
    (void)seed;
    (void)first;
    const method *m = self;
    const int64_t links = (int64_t)m->L * m->K;
    cf_assignment drop = *p;
    for (int32_t i = 0; i < n; i += m->lanes) {
        const int32_t some = n - i < m->lanes ? n - i : m->lanes;
        drop.snr = p->snr + i * links;
        cf_status s = cf_runner_decide(m->many ? m->many : m->one, &drop, some, x + i * links,
                                       relaxed ? relaxed + i * links : NULL);
        for (int32_t j = i; j < i + some && s == CF_OK; j++) {
            drop.snr = p->snr + j * links;
            s = finish(m, &drop, x + j * links, report + j);
        }
        if (s != CF_OK) return s;
    }
    return CF_OK;
}

const prob_method_class policy_method = {
    .name = "policy",
    .about = "a trained network, then repair",
    .parameters = "repair=1,lanes=16",
    .needs_policy = 1,
    .make = method_make,
    .run = method_run,
    .run_many = method_run_many,
    .free = method_free,
};
