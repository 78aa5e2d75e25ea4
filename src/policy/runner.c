#include <stdlib.h>
#include <string.h>

#include "base/status.h"
#include "policy/policy.h"

struct cf_runner {
    const cf_policy *policy;
    nn_plan plan;
    policy_io io;
    uint8_t *x; /* (lanes,L,K) decided before anything is handed out */
};

cf_status cf_runner_make(cf_runner **out, const cf_policy *p, int32_t L, int32_t K, int32_t lanes)
{
    if (!out || !p) return base_fail(CF_EARG, "cf_runner_make: a pointer is NULL");
    if (L < 1 || L > CF_MAX_DIM || K < 1 || K > CF_MAX_DIM || lanes < 1 || lanes > 4096)
        return base_fail(CF_EARG,
                         "a runner for %d access points, %d users, %d lanes; wanted 1 to %d, 1 to "
                         "%d, 1 to 4096",
                         L, K, lanes, CF_MAX_DIM, CF_MAX_DIM);
    if ((int64_t)L * K * lanes > CF_MAX_LINKS)
        return base_fail(CF_EARG,
                         "%d access points by %d users by %d lanes, wanted at most %d links", L, K,
                         lanes, CF_MAX_LINKS);
    cf_runner *r = calloc(1, sizeof *r);
    if (!r) return base_fail(CF_ENOMEM, "no memory for a runner");
    r->policy = p;
    cf_status s = policy_plan(&r->plan, &r->io, p, (nn_dims){L, K, lanes}, 0);
    if (s == CF_OK) {
        r->x = malloc((size_t)lanes * (size_t)L * (size_t)K);
        if (!r->x) s = base_fail(CF_ENOMEM, "no memory for a runner");
    }
    if (s != CF_OK) {
        cf_runner_free(r);
        return s;
    }
    *out = r;
    return CF_OK;
}

void cf_runner_free(cf_runner *r)
{
    if (!r) return;
    nn_plan_free(&r->plan);
    free(r->x);
    free(r);
}

cf_status cf_runner_decide(cf_runner *r, const cf_assignment *p, int32_t n, uint8_t *x,
                           float *relaxed)
{
    if (!r || !p || !p->snr || !p->max_users || !p->min_aps || !x)
        return base_fail(CF_EARG, "cf_runner_decide: a pointer is NULL");
    const nn_dims d = r->plan.dims;
    if (p->L != d.L || p->K != d.K || n < 1 || n > d.B)
        return base_fail(CF_ESHAPE, "runner is for (%d,%d) and up to %d drops, got (%d,%d) and %d",
                         d.L, d.K, d.B, p->L, p->K, n);
    const int64_t links = (int64_t)d.L * d.K;
    for (int32_t b = 0; b < d.B; b++) /* idle lanes repeat the last drop */
        policy_feed(&r->plan, &r->io, r->policy, p, p->snr + links * (b < n ? b : n - 1), b);
    nn_plan_forward(&r->plan, r->policy->params);
    const nn_slice score = r->io.score[r->io.rounds - 1];
    for (int32_t b = 0; b < n; b++) {
        const cf_status s = policy_decode(&r->plan, score, p->max_users, b, r->x + b * links);
        if (s != CF_OK) return s;
    }
    memcpy(x, r->x, (size_t)(n * links));
    const real *last = nn_value(&r->plan, r->io.relaxed[r->io.rounds - 1]);
    for (int64_t b = 0; relaxed && b < n; b++)
        for (int64_t i = 0; i < links; i++) relaxed[b * links + i] = (float)last[i * d.B + b];
    return CF_OK;
}

size_t cf_runner_describe(const cf_runner *r, char *text, size_t size)
{
    return nn_plan_describe(&r->plan, text, size);
}

int64_t cf_runner_fronthaul_floats(const cf_runner *r)
{
    return nn_plan_sends(&r->plan);
}

int64_t cf_runner_flops(const cf_runner *r)
{
    return nn_plan_flops(&r->plan);
}
