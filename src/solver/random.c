#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/rng.h"
#include "solver/solver.h"

typedef struct draws {
    int32_t K, count;
    double *r;     /* (K)                              */
    int32_t *user; /* (K) a permutation, shuffled on */
} draws;

static draws *lay_out(arena *a, int32_t K)
{
    draws unused, *d = ARENA_TAKE(a, draws, 1), *m = d ? d : &unused;
    m->K = K;
    m->r = ARENA_TAKE(a, double, (size_t)K);
    m->user = ARENA_TAKE(a, int32_t, (size_t)K);
    return d;
}

static cf_status make(void **self, const char *parameters, const cf_policy *policy, int32_t L,
                      int32_t K)
{
    (void)policy, (void)L;
    double count = 100;
    const prob_method_option options[] = {{"draws", &count, 1, 1e9, 1}};
    cf_status s = prob_method_options("random", parameters, options, 1);
    arena measured = {0}, a = {0};
    lay_out(&measured, K);
    if (s == CF_OK) s = solver_alloc(&a, "random", measured);
    if (s != CF_OK) return s;
    draws *d = lay_out(&a, K);
    d->count = (int32_t)count;
    *self = d;
    return CF_OK;
}

/* A_l distinct users for every AP: the first steps of Fisher and Yates' shuffle. */
static double draw(draws *d, const cf_assignment *p, rng *g, uint8_t *x)
{
    const int32_t K = d->K;
    memset(d->r, 0, sizeof(double) * (size_t)K);
    for (int32_t l = 0; l < p->L; l++)
        for (int32_t i = 0; i < p->max_users[l] && i < K; i++) {
            const int32_t j = i + (int32_t)rng_below(g, (uint32_t)(K - i)), k = d->user[j];
            d->user[j] = d->user[i];
            d->user[i] = k;
            d->r[k] += p->snr[(int64_t)l * K + k];
            if (x) x[(int64_t)l * K + k] = 1;
        }
    double nats = 0;
    for (int32_t k = 0; k < K; k++) nats += log1p(d->r[k]);
    return nats / log(2.0);
}

static cf_status run(void *self, const cf_assignment *p, uint64_t seed, int64_t index, uint8_t *x,
                     float *relaxed, cf_report *report)
{
    (void)relaxed;
    draws *d = self;
    rng g = rng_stream(seed, RNG_METHOD, (uint64_t)index);
    double sum = 0;
    memset(x, 0, (size_t)p->L * (size_t)p->K);
    for (int32_t k = 0; k < d->K; k++) d->user[k] = k;
    for (int32_t i = 1; i <= d->count; i++) sum += draw(d, p, &g, i == d->count ? x : NULL);
    *report = PROB_REPORT_NONE;
    report->objective_mean = sum / d->count;
    report->broken = cf_assignment_violations(p, x).users_short > 0;
    report->nodes = d->count;
    return CF_OK;
}

const prob_method_class solver_random = {
    .name = "random",
    .about = "users drawn uniformly for every access point; the mean rate of many draws",
    .parameters = "draws=100",
    .make = make,
    .run = run,
    .free = free,
};
