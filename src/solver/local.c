#include <math.h>
#include <stdlib.h>

#include "solver/solver.h"

/* A swap has to win this share of (1 + r_j)(1 + r_k): below it is rounding, and might never end. */
static const double WORTHWHILE = 1e-12;

static cf_status make(void **self, const char *parameters, const cf_policy *policy, int32_t L,
                      int32_t K)
{
    (void)policy;
    return solver_desk_make(self, "local", parameters, L, K);
}

/* Does the rate grow when user j's SNR changes by dj and user k's by dk?
 * (1 + r_j + dj)(1 + r_k + dk) > (1 + r_j)(1 + r_k), divided by the right side. */
static int helps(const solver_desk *d, int32_t j, double dj, int32_t k, double dk)
{
    const double a = dj / (1 + d->r[j]), b = dk / (1 + d->r[k]);
    return a + b + a * b > WORTHWHILE * (fabs(a) + fabs(b));
}

static void pass_slot(solver_desk *d, const cf_assignment *p, uint8_t *x, int32_t l, int32_t from,
                      int32_t to)
{
    int32_t *left = d->server + (int64_t)from * p->L, *taken = d->server + (int64_t)to * p->L;
    int32_t i = 0;
    while (left[i] != l) i++;
    left[i] = left[--d->count[from]];
    taken[d->count[to]++] = l;
    x[(int64_t)l * p->K + from] = 0;
    x[(int64_t)l * p->K + to] = 1;
}

/* Sums afresh: a difference would keep the rounding of what has left. */
static void add_up(solver_desk *d, const cf_assignment *p, int32_t k)
{
    d->r[k] = 0;
    for (int32_t i = 0; i < d->count[k]; i++)
        d->r[k] += p->snr[(int64_t)d->server[(int64_t)k * p->L + i] * p->K + k];
}

/* Another AP that serves k and not j, with which AP l may trade its user j for k and win. */
static int32_t find_trade(const solver_desk *d, const cf_assignment *p, const uint8_t *x, int32_t l,
                          int32_t j, int32_t k)
{
    const double *mine = p->snr + (int64_t)l * p->K;
    for (int32_t i = 0; i < d->count[k]; i++) {
        const int32_t m = d->server[(int64_t)k * p->L + i];
        const double *theirs = p->snr + (int64_t)m * p->K;
        if (!x[(int64_t)m * p->K + j] && helps(d, j, theirs[j] - mine[j], k, mine[k] - theirs[k]))
            return m;
    }
    return -1;
}

/* AP l serves j: is there a user k it should rather serve? Alone, if j has servers to spare, or in
 * a trade with another AP, which leaves the numbers of servers as they are. */
static int improve_link(solver_desk *d, const cf_assignment *p, uint8_t *x, int32_t l, int32_t j)
{
    const double *s = p->snr + (int64_t)l * p->K;
    for (int32_t k = 0; k < p->K; k++) {
        if (x[(int64_t)l * p->K + k]) continue;
        const int alone = d->count[j] > p->min_aps[j] && helps(d, j, -s[j], k, s[k]);
        const int32_t m = alone ? -1 : find_trade(d, p, x, l, j, k);
        if (!alone && m < 0) continue;
        pass_slot(d, p, x, l, j, k);
        if (m >= 0) pass_slot(d, p, x, m, k, j);
        add_up(d, p, j);
        add_up(d, p, k);
        return 1;
    }
    return 0;
}

cf_status solver_local_improve(solver_desk *d, const cf_assignment *p, uint8_t *x)
{
    solver_desk_read(d, p, x);
    for (int improved = 1; improved;) {
        improved = 0;
        for (int32_t l = 0; l < p->L; l++)
            for (int32_t k = 0; k < p->K; k++)
                if (x[(int64_t)l * p->K + k]) improved |= improve_link(d, p, x, l, k);
    }
    return CF_OK;
}

static cf_status run(void *self, const cf_assignment *p, uint64_t seed, int64_t index, uint8_t *x,
                     float *relaxed, cf_report *report)
{
    (void)seed, (void)index, (void)relaxed;
    const cf_status s = solver_greedy_run(self, p, x, report);
    return s == CF_OK ? solver_local_improve(self, p, x) : s;
}

const prob_method_class solver_local = {
    .name = "local",
    .about = "greedy, then swaps of users between access points until none helps",
    .parameters = "",
    .make = make,
    .run = run,
    .free = free,
};
