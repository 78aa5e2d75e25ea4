#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/status.h"
#include "solver/solver.h"

/* Every assignment of small problems, AP by AP. It stands alone on purpose, apart from everything
 * that `exact` is made of. Two things are left out that cannot matter: slots left empty, since
 * gains are not negative, and branches that a bound rules out, either because the APs to come
 * cannot meet some user's need, or because of diminishing returns: all further links together win
 * no more than what each would win alone, now. */
typedef struct exhaustive {
    int32_t L, K;
    double limit;
    const cf_assignment *p;
    double *r;         /* (L+1,K) SNR of users when APs 0 .. l-1 have decided */
    double *win;       /* (K) scratch: what an AP would win by each user      */
    int32_t *short_of; /* (K) servers still missing                           */
    uint8_t *x, *best_x;
    double best;
    int64_t leaves;
} exhaustive;

static exhaustive *lay_out(arena *a, int32_t L, int32_t K)
{
    exhaustive unused, *e = ARENA_TAKE(a, exhaustive, 1), *m = e ? e : &unused;
    const size_t nl = (size_t)L, nk = (size_t)K;
    m->L = L;
    m->K = K;
    m->r = ARENA_TAKE(a, double, (nl + 1) * nk);
    m->win = ARENA_TAKE(a, double, nk);
    m->short_of = ARENA_TAKE(a, int32_t, nk);
    m->x = ARENA_TAKE(a, uint8_t, nl * nk);
    m->best_x = ARENA_TAKE(a, uint8_t, nl * nk);
    return e;
}

static cf_status make(void **self, const char *parameters, const cf_policy *policy, int32_t L,
                      int32_t K)
{
    (void)policy;
    double limit = 2e8;
    const prob_method_option options[] = {{"limit", &limit, 1, 1e18, 0}};
    cf_status s = prob_method_options("exhaustive", parameters, options, 1);
    arena measured = {0}, a = {0};
    lay_out(&measured, L, K);
    if (s == CF_OK) s = solver_alloc(&a, "exhaustive", measured);
    if (s != CF_OK) return s;
    exhaustive *e = lay_out(&a, L, K);
    e->limit = limit;
    *self = e;
    return CF_OK;
}

static int32_t slots(const cf_assignment *p, int32_t l)
{
    return p->max_users[l] < p->K ? p->max_users[l] : p->K;
}

/* Product over APs of the binomial coefficients (K over A_l). */
static double count_assignments(const cf_assignment *p)
{
    double count = 1;
    for (int32_t l = 0; l < p->L; l++)
        for (int32_t i = 0; i < slots(p, l); i++) count *= (double)(p->K - i) / (i + 1);
    return count;
}

/* The most that APs l .. L-1 can add to the rate, in nats, whatever they choose. */
static double most_to_win(exhaustive *e, int32_t l, const double *r)
{
    const int32_t K = e->K;
    double sum = 0;
    for (; l < e->L; l++) {
        for (int32_t k = 0; k < K; k++)
            e->win[k] = log1p(e->p->snr[(int64_t)l * K + k] / (1 + r[k]));
        for (int32_t i = 0; i < slots(e->p, l); i++) {
            int32_t best = 0;
            for (int32_t k = 1; k < K; k++)
                if (e->win[k] > e->win[best]) best = k;
            sum += e->win[best];
            e->win[best] = -1;
        }
    }
    return sum;
}

static double rate(const exhaustive *e, const double *r)
{
    double sum = 0;
    for (int32_t k = 0; k < e->K; k++) sum += log1p(r[k]);
    return sum;
}

static int hopeless(exhaustive *e, int32_t l, const double *r)
{
    for (int32_t k = 0; k < e->K; k++)
        if (e->short_of[k] > e->L - l) return 1;
    return e->best >= 0 && rate(e, r) + most_to_win(e, l, r) < e->best * (1 - 1e-14);
}

/* AP l still has `left` users to choose, from user k on. */
static void choose(exhaustive *e, int32_t l, int32_t k, int32_t left)
{
    const int32_t K = e->K;
    double *r = e->r + (int64_t)(l + 1) * K;
    if (left > 0) {
        for (; k <= K - left; k++) {
            const double before = r[k];
            r[k] += e->p->snr[(int64_t)l * K + k];
            e->x[(int64_t)l * K + k] = 1;
            e->short_of[k]--;
            choose(e, l, k + 1, left - 1);
            e->short_of[k]++;
            e->x[(int64_t)l * K + k] = 0;
            r[k] = before;
        }
        return;
    }
    if (hopeless(e, l + 1, r)) return;
    if (l + 1 < e->L) {
        memcpy(r + K, r, sizeof(double) * (size_t)K);
        choose(e, l + 1, 0, slots(e->p, l + 1));
        return;
    }
    e->leaves++;
    if (rate(e, r) <= e->best) return;
    e->best = rate(e, r);
    memcpy(e->best_x, e->x, (size_t)e->L * (size_t)K);
}

static cf_status run(void *self, const cf_assignment *p, uint64_t seed, int64_t index, uint8_t *x,
                     float *relaxed, cf_report *report)
{
    (void)seed, (void)index, (void)relaxed;
    exhaustive *e = self;
    const double count = count_assignments(p);
    if (count > e->limit)
        return base_fail(CF_EARG,
                         "exhaustive: %d access points and %d users have %.3g assignments, "
                         "more than limit=%g",
                         p->L, p->K, count, e->limit);
    e->p = p;
    e->best = -1;
    e->leaves = 0;
    memset(e->r, 0, sizeof(double) * ((size_t)e->L + 1) * (size_t)e->K);
    memset(e->x, 0, (size_t)e->L * (size_t)e->K);
    memcpy(e->short_of, p->min_aps, sizeof(int32_t) * (size_t)e->K);
    choose(e, 0, 0, slots(p, 0));
    memcpy(x, e->best_x, (size_t)e->L * (size_t)e->K);
    *report = PROB_REPORT_NONE;
    report->bound = e->best / log(2.0);
    report->proven = 1;
    report->nodes = e->leaves;
    return CF_OK;
}

const prob_method_class solver_exhaustive = {
    .name = "exhaustive",
    .about = "every assignment, for small problems: proves exact",
    .parameters = "limit=2e8",
    .make = make,
    .run = run,
    .free = free,
};
