#include <stdlib.h>
#include <string.h>

#include "solver/solver.h"

static cf_status make(void **self, const char *parameters, const cf_policy *policy, int32_t L,
                      int32_t K)
{
    (void)policy;
    return solver_desk_make(self, "greedy", parameters, L, K);
}

/* What AP l would win by its best further user, as s/(1 + r): the rate grows with it. -1: none.
 * `spare` 0: only users short of U_k, since every free slot is still needed by one. */
static double best_to_add(const solver_desk *d, const cf_assignment *p, const uint8_t *x, int32_t l,
                          int64_t spare, int32_t *user)
{
    double best = -1;
    for (int32_t k = 0; k < p->K && d->load[l] < p->max_users[l]; k++) {
        const int64_t lk = (int64_t)l * p->K + k;
        if (x[lk] || (spare <= 0 && d->count[k] >= p->min_aps[k])) continue;
        const double win = p->snr[lk] / (1 + d->r[k]);
        if (win > best) {
            best = win;
            *user = k;
        }
    }
    return best;
}

static int64_t spare_slots(const cf_assignment *p)
{
    int64_t spare = 0;
    for (int32_t l = 0; l < p->L; l++) spare += p->max_users[l] < p->K ? p->max_users[l] : p->K;
    for (int32_t k = 0; k < p->K; k++) spare -= p->min_aps[k];
    return spare;
}

/* What a link would win only falls while others are added, so an AP's value found earlier is an
 * upper bound: only the AP that seems best is looked at again. */
cf_status solver_greedy_run(solver_desk *d, const cf_assignment *p, uint8_t *x, cf_report *report)
{
    memset(x, 0, (size_t)p->L * (size_t)p->K);
    solver_desk_read(d, p, x);
    int64_t spare = spare_slots(p);
    for (int32_t l = 0; l < p->L; l++) d->best[l] = best_to_add(d, p, x, l, spare, &d->order[l]);
    for (;;) {
        int32_t l = 0;
        for (int32_t m = 1; m < p->L; m++)
            if (d->best[m] > d->best[l]) l = m;
        if (d->best[l] < 0) break;
        const double before = d->best[l];
        d->best[l] = best_to_add(d, p, x, l, spare, &d->order[l]);
        if (d->best[l] < before) continue;
        const int32_t k = d->order[l];
        x[(int64_t)l * p->K + k] = 1;
        spare -= d->count[k]++ >= p->min_aps[k];
        d->r[k] += p->snr[(int64_t)l * p->K + k];
        d->load[l]++;
        d->best[l] = best_to_add(d, p, x, l, spare, &d->order[l]);
    }
    return solver_desk_repair(d, p, x, report);
}

static cf_status run(void *self, const cf_assignment *p, uint64_t seed, int64_t index, uint8_t *x,
                     float *relaxed, cf_report *report)
{
    (void)seed, (void)index, (void)relaxed;
    return solver_greedy_run(self, p, x, report);
}

const prob_method_class solver_greedy = {
    .name = "greedy",
    .about = "best marginal rate first, keeping slots for users that lack servers; then repair",
    .parameters = "",
    .make = make,
    .run = run,
    .free = free,
};
