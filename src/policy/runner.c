#include <stdlib.h>
#include <string.h>

#include "base/status.h"
#include "policy/policy.h"
#include "policy/power.h"

struct cf_runner {
    const cf_policy *policy;
    nn_plan plan;
    policy_io io;
    /* (lanes,L,K) decided before anything is handed out */
    uint8_t *x;   /* assignment */
    float *watts; /* power      */
};

static cf_status take_answers(cf_runner *r, size_t links)
{
    if (cf_policy_task(r->policy) == CF_TASK_POWER)
        r->watts = malloc(links * sizeof *r->watts);
    else
        r->x = malloc(links);
    return r->x || r->watts ? CF_OK : base_fail(CF_ENOMEM, "no memory for a runner");
}

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
    cf_status s = policy_plan(&r->plan, &r->io, p, (nn_dims){L, K, lanes}, POLICY_DECIDE);
    if (s == CF_OK) s = take_answers(r, (size_t)lanes * (size_t)L * (size_t)K);
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
    free(r->watts);
    free(r);
}

static cf_status check_shape(const cf_runner *r, int32_t L, int32_t K, int32_t n)
{
    const policy_io *io = &r->io;
    const int32_t lanes = r->plan.dims.B;
    if (L == io->L && K == io->K && n >= 1 && n <= lanes) return CF_OK;
    return base_fail(CF_ESHAPE, "runner is for (%d,%d) and up to %d drops, got (%d,%d) and %d",
                     io->L, io->K, lanes, L, K, n);
}

cf_status cf_runner_decide(cf_runner *r, const cf_assignment *p, int32_t n, uint8_t *x,
                           float *relaxed)
{
    if (!r || !p || !p->snr || !p->max_users || !p->min_aps || !x)
        return base_fail(CF_EARG, "cf_runner_decide: a pointer is NULL");
    const nn_dims d = r->plan.dims;
    cf_status status = policy_check_task(r->policy, CF_TASK_ASSIGNMENT);
    if (status == CF_OK) status = check_shape(r, p->L, p->K, n);
    if (status != CF_OK) return status;
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

cf_status cf_runner_power(cf_runner *r, const cf_power *p, int32_t n, float *watts)
{
    if (!r || !p || !watts) return base_fail(CF_EARG, "cf_runner_power: a pointer is NULL");
    cf_status s = policy_check_task(r->policy, CF_TASK_POWER);
    if (s == CF_OK) s = check_shape(r, r->io.L, r->io.K, n);
    for (int32_t b = 0; b < n && s == CF_OK; b++) {
        if (!p[b].gain) return base_fail(CF_EARG, "cf_runner_power: drop %d has no gains", b);
        s = check_shape(r, p[b].L, p[b].K, n);
        if (s == CF_OK) s = policy_power_check(&p[b]);
    }
    if (s != CF_OK) return s;
    const int64_t links = (int64_t)r->io.L * r->io.K;
    for (int32_t b = 0; b < r->plan.dims.B; b++) /* idle lanes repeat the last drop */
        policy_power_feed(&r->plan, &r->io, r->policy, &p[b < n ? b : n - 1], b);
    nn_plan_forward(&r->plan, r->policy->params);
    for (int32_t b = 0; b < n && s == CF_OK; b++)
        s = policy_power_read(&r->plan, &r->io, r->policy, &p[b], b, r->watts + b * links, NULL,
                              NULL);
    if (s == CF_OK) memcpy(watts, r->watts, sizeof *watts * (size_t)(n * links));
    return s;
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

size_t cf_runner_bytes(const cf_runner *r)
{
    return nn_plan_bytes(&r->plan);
}
