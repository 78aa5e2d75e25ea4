#include <stdlib.h>
#include <string.h>

#include "solver/solver.h"

static cf_status make(void **self, const char *parameters, const cf_policy *policy, int32_t L,
                      int32_t K)
{
    (void)policy;
    return solver_desk_make(self, "top", parameters, L, K);
}

/* The `slots` largest of snr (K), ties to the lower index: insertion into a sorted list. */
static void take_best(const double *snr, int32_t K, int32_t slots, int32_t *order, uint8_t *x)
{
    int32_t n = 0;
    for (int32_t k = 0; k < K; k++) {
        if (n == slots && (n == 0 || snr[k] <= snr[order[n - 1]])) continue;
        int32_t i = n < slots ? n++ : n - 1;
        for (; i > 0 && snr[order[i - 1]] < snr[k]; i--) order[i] = order[i - 1];
        order[i] = k;
    }
    for (int32_t i = 0; i < n; i++) x[order[i]] = 1;
}

static cf_status run(void *self, const cf_assignment *p, uint64_t seed, int64_t index, uint8_t *x,
                     float *relaxed, cf_report *report)
{
    (void)seed, (void)index, (void)relaxed;
    solver_desk *d = self;
    memset(x, 0, (size_t)p->L * (size_t)p->K);
    for (int32_t l = 0; l < p->L; l++) {
        const int64_t row = (int64_t)l * p->K;
        take_best(p->snr + row, p->K, p->max_users[l], d->order, x + row);
    }
    return solver_desk_repair(d, p, x, report);
}

const prob_method_class solver_top = {
    .name = "top",
    .about = "every access point takes its strongest users; then repair",
    .parameters = "",
    .make = make,
    .run = run,
    .free = free,
};
