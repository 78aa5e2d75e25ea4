#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/status.h"
#include "solver/power_surrogate.h"

/* sca: successive convex approximation with Jong's (2012) transform of a sum of ratios. At P^t,
 * -ln I_k is replaced by its tangent, which lies below, and R_k/D_k by u_k (R_k - q_k D_k) with
 * u_k = 1/D_k and q_k = R_k/D_k; the concave problem is solved, to a part of what the last round
 * gained, and a line search towards its answer is on the objective itself, which therefore only
 * rises. u and q move with every P^t. */
static const double WIDEST_GAP = 1e-3; /* of the concave problem's weights */

typedef struct sca {
    prob_power_form form;
    solver_surrogate surrogate;
    int32_t iterations;
    double tolerance, *p, *next, *best;
} sca;

static sca *lay_out(arena *a, int32_t L, int32_t K)
{
    sca unused, *s = ARENA_TAKE(a, sca, 1), *m = s ? s : &unused;
    prob_power_form_place(&m->form, a, L, K);
    solver_surrogate_place(&m->surrogate, a, L, K);
    m->p = ARENA_TAKE(a, double, (size_t)L *(size_t)K);
    m->next = ARENA_TAKE(a, double, (size_t)L *(size_t)K);
    m->best = ARENA_TAKE(a, double, (size_t)L *(size_t)K);
    return s;
}

static cf_status make(void **self, const char *parameters, const cf_policy *policy, int32_t L,
                      int32_t K)
{
    (void)policy;
    double iterations = 100, tolerance = 3e-5;
    const prob_method_option options[] = {{"iterations", &iterations, 1, 1e9, 1},
                                          {"tolerance", &tolerance, 0, 1, 0}};
    cf_status status = prob_method_options("sca", parameters, options, 2);
    arena measured = {0}, a = {0};
    lay_out(&measured, L, K);
    if (status == CF_OK) status = solver_alloc(&a, "sca", measured);
    if (status != CF_OK) return status;
    sca *s = lay_out(&a, L, K);
    s->iterations = (int32_t)iterations;
    s->tolerance = tolerance;
    *self = s;
    return CF_OK;
}

/* The problem around the point that the form was evaluated at last:
 *   u_k = 1/D_k,  cost = A-cross' (u/I) + mu u q,  all in nats. */
static void approximate(sca *s)
{
    prob_power_form *f = &s->form;
    solver_surrogate *q = &s->surrogate;
    for (int32_t k = 0; k < f->lanes; k++) {
        q->u[k] = k < f->K ? 1 / f->D[k] : 0;
        f->price[k] = q->u[k] / f->I[k];
    }
    f->kernels->price(f->n, f->lanes, f->cross, f->price, q->cost);
    for (int32_t k = 0, c = 0; k < f->K; k++)
        for (int32_t l = 0; l < f->L; l++, c++) q->cost[c] += f->mu * f->R[k] * q->u[k] * q->u[k];
}

/* Inside the constraints, where an interior point method can start. */
static void centre(sca *s)
{
    const prob_power_form *f = &s->form;
    const double usual = f->limit == CF_LIMIT_NONE ? f->static_w / fmax(f->mu, 1e-6) : f->limit_w;
    const double least = 1e-4 * usual, most = f->limit == CF_LIMIT_LINK ? 0.99 * f->limit_w : 1e300;
    for (int32_t c = 0; c < f->n; c++) s->surrogate.p[c] = fmin(s->p[c] + least, most);
}

/* Is the point `step` of the way from p to the surrogate's answer better than the best so far? */
static int better(sca *s, double step, double *best)
{
    prob_power_form *f = &s->form;
    for (int32_t c = 0; c < f->n; c++)
        s->next[c] =
            f->open[c] ? fmin(s->p[c] + step * (s->surrogate.p[c] - s->p[c]), f->most_w) : 0;
    if (step > 1) prob_power_form_project(f, s->next);
    const double next = prob_power_form_value(f, s->next);
    if (!(next > *best)) return 0;
    double *const swap = s->best;
    s->best = s->next;
    s->next = swap;
    *best = next;
    return 1;
}

/* From p to the surrogate's answer, or less far until the objective rises, or farther while it
 * does: the surrogate is careful, and twice and four times its step save two rounds of three. The
 * gain, or 0. */
static double approach(sca *s, double value)
{
    double best = value, step = 1;
    prob_power_form_project(&s->form, s->surrogate.p);
    while (!better(s, step, &best) && step > 1e-6) step /= 2;
    if (!(best > value)) return 0;
    if (step == 1)
        while (step < 1e6 && better(s, 2 * step, &best)) step *= 2;
    double *const swap = s->p;
    s->p = s->best;
    s->best = swap;
    prob_power_form_value(&s->form, s->p); /* what the next round is made around */
    return best - value;
}

static cf_status run(void *self, const cf_power *p, uint64_t seed, int64_t index, float *watts,
                     cf_report *report)
{
    (void)seed, (void)index;
    sca *s = self;
    *report = PROB_REPORT_NONE;
    prob_power_form_fill(&s->form, p);
    solver_surrogate_fill(&s->surrogate, &s->form);
    solver_power_start_equal(&s->form, 1e-3 * SOLVER_POWER_START_MW, s->p);
    double value = prob_power_form_value(&s->form, s->p), gap = WIDEST_GAP;
    for (int32_t i = 0; i < s->iterations; i++) {
        approximate(s);
        centre(s);
        solver_surrogate_solve(&s->surrogate, &s->form, gap);
        const double gain = approach(s, value);
        report->nodes++;
        value += gain;
        gap = fmax(1e-7, fmin(WIDEST_GAP, 0.03 * gain / value));
        if (!(gain > s->tolerance * value)) break;
    }
    prob_power_form_store(&s->form, s->p, watts);
    return CF_OK;
}

/* Limits of links are in the concave problem; its answer is projected on those of APs. */
static cf_status serves(cf_power_objective objective, cf_power_limit limit)
{
    if (objective == CF_POWER_EE) return CF_OK;
    return base_fail(CF_EARG, "sca serves %s only, and was given %s with %s",
                     prob_power_objective_name(CF_POWER_EE), prob_power_objective_name(objective),
                     prob_power_limit_name(limit));
}

const prob_power_class solver_power_sca = {
    .name = "sca",
    .about = "successive convex approximation with Dinkelbach's transform, from equal powers",
    .parameters = "iterations=100,tolerance=3e-5",
    .serves = serves,
    .make = make,
    .run = run,
    .free = free,
};
