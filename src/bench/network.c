/* Decisions of a policy: by a runner, as a user's program does it; or, with sinrnet's second
 * network too, by a plan that says all. */
#include <math.h>
#include <stdlib.h>

#include "base/status.h"
#include "bench/setting.h"
#include "policy/power.h"

enum { DROPS = 256 };

typedef struct network {
    bench_setting setting;
    cf_policy *policy;
    cf_runner *runner;
    nn_plan plan; /* in place of a runner */
    policy_io io;
    int32_t n, lanes;
} network;

static void close_network(void *self)
{
    network *w = self;
    if (!w) return;
    cf_runner_free(w->runner);
    nn_plan_free(&w->plan);
    cf_policy_free(w->policy);
    bench_setting_close(&w->setting);
    free(w);
}

static cf_status decide_plan(network *w, const cf_power *p, int32_t n, float *watts)
{
    const int64_t links = (int64_t)w->io.L * w->io.K;
    for (int32_t b = 0; b < w->lanes; b++)
        policy_power_feed(&w->plan, &w->io, w->policy, &p[b < n ? b : n - 1], b);
    nn_plan_forward(&w->plan, w->policy->params);
    cf_status s = CF_OK;
    for (int32_t b = 0; b < n && s == CF_OK; b++)
        s = policy_power_read(&w->plan, &w->io, w->policy, &p[b], b, watts + b * links, NULL, NULL);
    return s;
}

/* n drops, not more than there are lanes, from number i on. */
static cf_status decide(network *w, int64_t i, int32_t n)
{
    const bench_setting *s = &w->setting;
    const int64_t at = i * s->drops->L * s->drops->K;
    if (!w->runner) return decide_plan(w, s->power + i, n, s->watts + at);
    if (s->power) return cf_runner_power(w->runner, s->power + i, n, s->watts + at);
    const cf_assignment p = bench_assignment(s, i);
    return cf_runner_decide(w->runner, &p, n, s->x + at, NULL);
}

static cf_status call(void *self, int64_t i)
{
    network *w = self;
    const int64_t first = i * w->n % w->setting.drops->n;
    cf_status s = CF_OK;
    for (int32_t b = 0; b < w->n && s == CF_OK; b += w->lanes)
        s = decide(w, first + b, w->n - b < w->lanes ? w->n - b : w->lanes);
    return s;
}

static cf_status make(network *w, const bench_row *row, bench_work *work)
{
    const int32_t L = w->setting.drops->L, K = w->setting.drops->K;
    w->lanes = row->n > 1 ? policy_lanes(w->policy, L, K, POLICY_LANES) : 1;
    cf_status s;
    if (row->support) {
        s = policy_plan(&w->plan, &w->io, w->policy, (nn_dims){L, K, w->lanes}, POLICY_SAY_ALL);
        if (s != CF_OK) return s;
        work->flops = (double)nn_plan_flops(&w->plan) * row->n;
        work->bytes = (double)nn_plan_bytes(&w->plan);
        return CF_OK;
    }
    s = cf_runner_make(&w->runner, w->policy, L, K, w->lanes);
    if (s != CF_OK) return s;
    work->flops = (double)cf_runner_flops(w->runner) * row->n;
    work->bytes = (double)cf_runner_bytes(w->runner);
    return CF_OK;
}

cf_status bench_open_network(bench_work *work, const bench_row *row, int32_t threads)
{
    (void)threads;
    network *w = calloc(1, sizeof *w);
    if (!w) return base_fail(CF_ENOMEM, "bench: no memory");
    w->n = row->n;
    *work = (bench_work){.drops = row->n,
                         .kinds = 1,
                         .single = row->n == 1,
                         .threads = 1,
                         .call = call,
                         .close = close_network,
                         .self = w};
    cf_status s = bench_setting_open(&w->setting, row, row->n > DROPS ? row->n : DROPS);
    if (s == CF_OK) s = bench_policy(&w->policy, row);
    return s == CF_OK ? make(w, row, work) : s;
}
