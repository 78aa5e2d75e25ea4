#include <math.h>
#include <stdlib.h>

#include "solver/power_solver.h"

/* quadratic: fractional programming by Shen and Yu (2018). Around P^t, with gamma_k = S_k/I_k,
 * w_k^2 = S_k/(I_k T_k), u_k = 1/D_k and q_k = R_k/D_k, the objective becomes
 *
 *   sum_k 2 a_k sqrt(S_k(p)) - cost' p,  a_k = u_k w_k sqrt(1 + gamma_k),
 *   cost[k,l] = sum_r u_r w_r^2 g[l,r,k] + mu u_k q_k
 *
 * whose optimum is closed: user k from the AP of largest own/cost, with p = a_k^2 own/cost^2. It is
 * approached by backtracking on the objective, which therefore only rises. */
typedef struct quadratic {
    prob_power_form form;
    int32_t iterations;
    double tolerance, *p, *next, *answer, *cost;
} quadratic;

static quadratic *lay_out(arena *a, int32_t L, int32_t K)
{
    const size_t n = (size_t)L * (size_t)K;
    quadratic unused, *s = ARENA_TAKE(a, quadratic, 1), *m = s ? s : &unused;
    prob_power_form_place(&m->form, a, L, K);
    m->p = ARENA_TAKE(a, double, n);
    m->next = ARENA_TAKE(a, double, n);
    m->answer = ARENA_TAKE(a, double, n);
    m->cost = ARENA_TAKE(a, double, n + 8);
    return s;
}

static cf_status make(void **self, const char *parameters, const cf_policy *policy, int32_t L,
                      int32_t K)
{
    (void)policy;
    double iterations = 200, tolerance = 1e-6;
    const prob_method_option options[] = {{"iterations", &iterations, 1, 1e9, 1},
                                          {"tolerance", &tolerance, 0, 1, 0}};
    cf_status status = prob_method_options("quadratic", parameters, options, 2);
    arena measured = {0}, a = {0};
    lay_out(&measured, L, K);
    if (status == CF_OK) status = solver_alloc(&a, "quadratic", measured);
    if (status != CF_OK) return status;
    quadratic *s = lay_out(&a, L, K);
    s->iterations = (int32_t)iterations;
    s->tolerance = tolerance;
    *self = s;
    return CF_OK;
}

/* The answer around the point that the form was evaluated at last. */
static void answer(quadratic *s)
{
    prob_power_form *f = &s->form;
    for (int32_t k = 0; k < f->lanes; k++) f->price[k] = f->S[k] / (f->I[k] * f->T[k] * f->D[k]);
    f->kernels->price(f->n, f->lanes, f->cross, f->price, s->cost);
    for (int32_t k = 0; k < f->K; k++) {
        const double *own = f->own + (int64_t)k * f->L, u = 1 / f->D[k];
        const double spent = f->mu * u * u * f->R[k], a = u * sqrt(f->S[k]) / f->I[k];
        double *cost = s->cost + (int64_t)k * f->L, *to = s->answer + (int64_t)k * f->L;
        int32_t best = 0;
        for (int32_t l = 0; l < f->L; l++) {
            cost[l] += f->price[k] * own[l] + spent;
            to[l] = 0;
            if (own[l] * cost[best] > own[best] * cost[l]) best = l;
        }
        if (cost[best] > 0)
            to[best] = fmin(a * a * own[best] / (cost[best] * cost[best]), f->most_w);
    }
}

static double approach(quadratic *s, double value)
{
    prob_power_form *f = &s->form;
    double step = 1;
    for (int32_t i = 0; i < 20; i++, step /= 2) {
        for (int32_t c = 0; c < f->n; c++) s->next[c] = s->p[c] + step * (s->answer[c] - s->p[c]);
        const double next = prob_power_form_value(f, s->next);
        if (!(next > value)) continue;
        double *const swap = s->p;
        s->p = s->next;
        s->next = swap;
        return next - value;
    }
    return 0;
}

static cf_status run(void *self, const cf_power *p, uint64_t seed, int64_t index, float *watts,
                     cf_report *report)
{
    (void)seed, (void)index;
    quadratic *s = self;
    *report = PROB_REPORT_NONE;
    prob_power_form_fill(&s->form, p);
    solver_power_start_equal(&s->form, 1e-3 * SOLVER_POWER_START_MW, s->p);
    double value = prob_power_form_value(&s->form, s->p);
    for (int32_t i = 0; i < s->iterations; i++) {
        answer(s);
        const double gain = approach(s, value);
        report->nodes++;
        value += gain;
        if (!(gain > s->tolerance * value)) break;
    }
    prob_power_form_store(&s->form, s->p, watts);
    return CF_OK;
}

static cf_status serves(cf_power_objective objective, cf_power_limit limit)
{
    return solver_power_serves_ee("quadratic", objective, limit);
}

const prob_power_class solver_power_quadratic = {
    .name = "quadratic",
    .about = "fractional programming with the quadratic transform, from equal powers",
    .parameters = "iterations=200,tolerance=1e-6",
    .serves = serves,
    .make = make,
    .run = run,
    .free = free,
};
