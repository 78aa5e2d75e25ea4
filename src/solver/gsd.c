#include <stdlib.h>
#include <string.h>

#include "solver/solver.h"

static cf_status make(void **self, const char *parameters, const cf_policy *policy, int32_t L,
                      int32_t K)
{
    (void)policy;
    return solver_desk_make(self, "gsd", parameters, L, K);
}

/* The strongest user that AP l does not serve yet and that fewer than U_k APs serve, or -1. */
static int32_t strongest(const solver_desk *d, const cf_assignment *p, const uint8_t *x, int32_t l)
{
    int32_t best = -1;
    for (int32_t k = 0; k < p->K; k++) {
        const int64_t lk = (int64_t)l * p->K + k;
        if (x[lk] || d->count[k] >= p->min_aps[k]) continue;
        if (best < 0 || p->snr[lk] > p->snr[(int64_t)l * p->K + best]) best = k;
    }
    return best;
}

static cf_status run(void *self, const cf_assignment *p, uint64_t seed, int64_t index, uint8_t *x,
                     float *relaxed, cf_report *report)
{
    (void)seed, (void)index, (void)relaxed;
    solver_desk *d = self;
    memset(x, 0, (size_t)p->L * (size_t)p->K);
    memset(d->count, 0, sizeof(int32_t) * (size_t)p->K);
    for (int32_t round = 0, picked = 1; picked; round++) {
        picked = 0;
        for (int32_t l = 0; l < p->L; l++) {
            const int32_t k = round < p->max_users[l] ? strongest(d, p, x, l) : -1;
            if (k < 0) continue;
            x[(int64_t)l * p->K + k] = 1;
            d->count[k]++;
            picked = 1;
        }
    }
    return solver_desk_repair(d, p, x, report);
}

const prob_method_class solver_gsd = {
    .name = "gsd",
    .about = "access points take turns; each picks its strongest user that still lacks servers",
    .parameters = "",
    .make = make,
    .run = run,
    .free = free,
};
