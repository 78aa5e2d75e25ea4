#include "solver/solver.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/status.h"

const prob_method_class *const solver_classes[] = {
    &solver_random, &solver_gsd,        &solver_greedy,     &solver_top,
    &solver_local,  &solver_exhaustive, &solver_relaxation, &solver_exact,
};
const int32_t solver_class_count = sizeof solver_classes / sizeof solver_classes[0];

cf_status solver_alloc(arena *out, const char *method, arena measured)
{
    const size_t size = measured.used ? measured.used : 64;
    void *base = measured.overflow ? NULL : aligned_alloc(64, size);
    if (!base) return base_fail(CF_ENOMEM, "%s: no memory for %zu bytes of scratch", method, size);
    *out = (arena){.base = base, .cap = size};
    return CF_OK;
}

void solver_desk_place(solver_desk *d, arena *a, int32_t L, int32_t K)
{
    const size_t nl = (size_t)L, nk = (size_t)K, most = nl > nk ? nl : nk;
    d->L = L;
    d->K = K;
    d->r = ARENA_TAKE(a, double, nk);
    d->best = ARENA_TAKE(a, double, most);
    d->count = ARENA_TAKE(a, int32_t, nk);
    d->server = ARENA_TAKE(a, int32_t, nk * nl);
    d->load = ARENA_TAKE(a, int32_t, nl);
    d->order = ARENA_TAKE(a, int32_t, most);
    d->repair = ARENA_TAKE(a, uint8_t, cf_assignment_repair_workspace(L, K));
}

static solver_desk *lay_out(arena *a, int32_t L, int32_t K)
{
    solver_desk unused, *d = ARENA_TAKE(a, solver_desk, 1);
    solver_desk_place(d ? d : &unused, a, L, K);
    return d;
}

cf_status solver_desk_make(void **self, const char *method, const char *parameters, int32_t L,
                           int32_t K)
{
    cf_status s = prob_method_options(method, parameters, NULL, 0);
    arena measured = {0}, a = {0};
    lay_out(&measured, L, K);
    if (s == CF_OK) s = solver_alloc(&a, method, measured);
    if (s != CF_OK) return s;
    *self = lay_out(&a, L, K);
    return CF_OK;
}

void solver_desk_read(solver_desk *d, const cf_assignment *p, const uint8_t *x)
{
    const int32_t L = p->L, K = p->K;
    memset(d->r, 0, sizeof(double) * (size_t)K);
    memset(d->count, 0, sizeof(int32_t) * (size_t)K);
    memset(d->load, 0, sizeof(int32_t) * (size_t)L);
    for (int32_t l = 0; l < L; l++)
        for (int32_t k = 0; k < K; k++) {
            if (!x[(int64_t)l * K + k]) continue;
            d->r[k] += p->snr[(int64_t)l * K + k];
            d->server[(int64_t)k * L + d->count[k]++] = l;
            d->load[l]++;
        }
}

cf_status solver_desk_repair(solver_desk *d, const cf_assignment *p, uint8_t *x, cf_report *report)
{
    *report = PROB_REPORT_NONE;
    report->broken = cf_assignment_violations(p, x).users_short > 0;
    return report->broken ? cf_assignment_repair(p, x, d->repair) : CF_OK;
}
