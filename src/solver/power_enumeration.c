#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/status.h"
#include "solver/power_solver.h"

/* Every map user -> {off, AP}, for small problems. It shares nothing with `search` and its
 * relatives but the theorem (power_sets.h) and the fixed point for the powers of one map, here in
 * double:
 *   p_k <- 1/(D_k z_k) - I_k/own_k,  z_k = mu R_k/D_k^2 + sum_{j != k} S_j/(I_j T_j D_j) g_j(beam
 *   of k). */
typedef struct enumeration {
    prob_power_form form;
    int32_t steps, *ap; /* (K) AP of user k, L: off */
    double *p, *best, *minus;
} enumeration;

static enumeration *lay_out(arena *a, int32_t L, int32_t K)
{
    const size_t n = (size_t)L * (size_t)K;
    enumeration unused, *e = ARENA_TAKE(a, enumeration, 1), *m = e ? e : &unused;
    prob_power_form_place(&m->form, a, L, K);
    m->ap = ARENA_TAKE(a, int32_t, (size_t)K);
    m->p = ARENA_TAKE(a, double, n);
    m->best = ARENA_TAKE(a, double, n);
    m->minus = ARENA_TAKE(a, double, n + 8);
    return e;
}

static cf_status make(void **self, const char *parameters, const cf_policy *policy, int32_t L,
                      int32_t K)
{
    (void)policy;
    double limit = 1e6, steps = 60;
    const prob_method_option options[] = {{"limit", &limit, 1, 1e15, 0},
                                          {"steps", &steps, 1, 1e6, 1}};
    cf_status status = prob_method_options("enumeration", parameters, options, 2);
    if (status == CF_OK && pow(L + 1.0, K) > limit)
        status = base_fail(CF_EARG,
                           "enumeration: %d access points and %d users make %.3g sets, more than "
                           "limit=%g",
                           L, K, pow(L + 1.0, K), limit);
    arena measured = {0}, a = {0};
    lay_out(&measured, L, K);
    if (status == CF_OK) status = solver_alloc(&a, "enumeration", measured);
    if (status != CF_OK) return status;
    enumeration *e = lay_out(&a, L, K);
    e->steps = (int32_t)steps;
    *self = e;
    return CF_OK;
}

static void refit(enumeration *e)
{
    prob_power_form *f = &e->form;
    prob_power_form_value(f, e->p);
    for (int32_t k = 0; k < f->lanes; k++) f->price[k] = f->S[k] / (f->I[k] * f->T[k] * f->D[k]);
    f->kernels->price(f->n, f->lanes, f->cross, f->price, e->minus);
    for (int32_t k = 0; k < f->K; k++) {
        if (e->ap[k] == f->L) continue;
        const int64_t c = (int64_t)k * f->L + e->ap[k];
        const double D = f->D[k], z = f->mu * f->R[k] / (D * D) + e->minus[c];
        const double wanted = 1 / (D * z) - f->I[k] / f->own[c], p = e->p[c];
        e->p[c] = fmin(fmax(wanted, p / 5), fmin(5 * p, f->most_w));
    }
}

/* The next map; 0 after the last. Users skip APs that may not serve them. */
static int advance(enumeration *e)
{
    const prob_power_form *f = &e->form;
    for (int32_t k = 0; k < f->K; k++) {
        do e->ap[k] = (e->ap[k] + 1) % (f->L + 1);
        while (e->ap[k] < f->L && !f->open[(int64_t)k * f->L + e->ap[k]]);
        if (e->ap[k] < f->L) return 1;
    }
    return 0;
}

static cf_status run(void *self, const cf_power *p, uint64_t seed, int64_t index, float *watts,
                     cf_report *report)
{
    (void)seed, (void)index;
    enumeration *e = self;
    prob_power_form *f = &e->form;
    *report = PROB_REPORT_NONE;
    prob_power_form_fill(f, p);
    for (int32_t k = 0; k < f->K; k++) e->ap[k] = f->L;
    memset(e->best, 0, sizeof(double) * (size_t)f->n);
    for (double best = 0; advance(e); report->nodes++) {
        memset(e->p, 0, sizeof(double) * (size_t)f->n);
        for (int32_t k = 0; k < f->K; k++)
            if (e->ap[k] < f->L) e->p[(int64_t)k * f->L + e->ap[k]] = 1e-3 * SOLVER_POWER_START_MW;
        for (int32_t i = 0; i < e->steps; i++) refit(e);
        const double value = prob_power_form_value(f, e->p);
        if (!(value > best)) continue;
        best = value;
        memcpy(e->best, e->p, sizeof(double) * (size_t)f->n);
    }
    prob_power_form_store(f, e->best, watts);
    return CF_OK;
}

static cf_status serves(cf_power_objective objective, cf_power_limit limit)
{
    return solver_power_serves_ee("enumeration", objective, limit);
}

const prob_power_class solver_power_enumeration = {
    .name = "enumeration",
    .about = "every choice of who is served by which access point, for small problems",
    .parameters = "limit=1e6,steps=60",
    .serves = serves,
    .make = make,
    .run = run,
    .free = free,
};
