#include "solver/power_multiplicative.h"

#include <math.h>
#include <stdlib.h>

#include "base/status.h"

void solver_power_multiplicative_place(solver_power_steps *s, arena *a, int32_t L, int32_t K)
{
    const size_t n = (size_t)L * (size_t)K;
    s->plus = ARENA_TAKE(a, double, n + 8);
    s->minus = ARENA_TAKE(a, double, n + 8);
    s->ratio = ARENA_TAKE(a, double, n + 8);
}

/* The price lambda of AP l's limit: sum_k p (plus / (minus + lambda))^eta = limit. The sum falls in
 * lambda and is convex, so that Newton's method from 0 climbs to the root. */
static void keep_ap(const prob_power_form *f, solver_power_steps *s, double eta, int32_t l,
                    double *p)
{
    double lambda = 0;
    for (int32_t step = 0; step < 50; step++) {
        double sum = 0, slope = 0;
        for (int32_t c = l; c < f->n; c += f->L) {
            if (!(p[c] > 0)) continue;
            const double cost = s->minus[c] + lambda;
            const double w = fmin(p[c] * pow(s->plus[c] / cost, eta), f->most_w);
            sum += w;
            slope += eta * w / cost;
        }
        if (!(sum > f->limit_w * (1 + 1e-9)) || !(slope > 0)) break;
        lambda += (sum - f->limit_w) / slope;
    }
    double sum = 0;
    for (int32_t c = l; c < f->n; c += f->L) {
        if (p[c] > 0) p[c] = fmin(p[c] * pow(s->plus[c] / (s->minus[c] + lambda), eta), f->most_w);
        sum += p[c];
    }
    for (int32_t c = l; sum > f->limit_w && c < f->n; c += f->L) p[c] *= f->limit_w / sum;
}

static void keep_links(const prob_power_form *f, solver_power_steps *s, double eta, double *p)
{
    for (int32_t c = 0; c < f->n; c++) s->ratio[c] = s->plus[c] / s->minus[c];
    for (int32_t c = 0; eta != 1 && c < f->n; c++) s->ratio[c] = pow(s->ratio[c], eta);
    for (int32_t c = 0; c < f->n; c++) {
        if (!f->open[c] || !(p[c] > 0)) continue;
        const double w = p[c] * s->ratio[c];
        p[c] = w < f->most_w ? (w > f->least_w ? w : f->least_w) : f->most_w;
    }
}

double solver_power_multiplicative_run(solver_power_steps *s, prob_power_form *f, int32_t steps,
                                       double eta, double *p)
{
    for (int32_t step = 0; step < steps; step++) {
        prob_power_form_gradient(f, p, s->plus, s->minus);
        for (int32_t c = 0; c < f->n; c++) s->minus[c] += 1e-300;
        if (f->limit == CF_LIMIT_AP)
            for (int32_t l = 0; l < f->L; l++) keep_ap(f, s, eta, l, p);
        else
            keep_links(f, s, eta, p);
    }
    return prob_power_form_value(f, p);
}

typedef struct multiplicative {
    prob_power_form form;
    solver_power_steps steps;
    int32_t count;
    double eta, *p;
} multiplicative;

static multiplicative *lay_out(arena *a, int32_t L, int32_t K)
{
    multiplicative unused, *m = ARENA_TAKE(a, multiplicative, 1), *t = m ? m : &unused;
    prob_power_form_place(&t->form, a, L, K);
    solver_power_multiplicative_place(&t->steps, a, L, K);
    t->p = ARENA_TAKE(a, double, (size_t)L *(size_t)K);
    return m;
}

static cf_status make(void **self, const char *parameters, const cf_policy *policy, int32_t L,
                      int32_t K)
{
    (void)policy;
    double steps = 50, eta = 1;
    const prob_method_option options[] = {{"steps", &steps, 1, 1e9, 1}, {"eta", &eta, 0.01, 2, 0}};
    cf_status status = prob_method_options("multiplicative", parameters, options, 2);
    arena measured = {0}, a = {0};
    lay_out(&measured, L, K);
    if (status == CF_OK) status = solver_alloc(&a, "multiplicative", measured);
    if (status != CF_OK) return status;
    multiplicative *m = lay_out(&a, L, K);
    m->count = (int32_t)steps;
    m->eta = eta;
    *self = m;
    return CF_OK;
}

static cf_status run(void *self, const cf_power *p, uint64_t seed, int64_t index, float *watts,
                     cf_report *report)
{
    (void)seed, (void)index;
    multiplicative *m = self;
    prob_power_form_fill(&m->form, p);
    solver_power_start_equal(&m->form, 1e-3 * SOLVER_POWER_START_MW, m->p);
    solver_power_multiplicative_run(&m->steps, &m->form, m->count, m->eta, m->p);
    prob_power_form_store(&m->form, m->p, watts);
    *report = PROB_REPORT_NONE;
    report->nodes = m->count;
    return CF_OK;
}

/* Steps against the least rate jump from user to user. */
static cf_status serves(cf_power_objective objective, cf_power_limit limit)
{
    if (objective == CF_POWER_MIN_RATE)
        return base_fail(CF_EARG, "multiplicative does not serve the %s; lbfgs does",
                         prob_power_objective_name(objective));
    return solver_power_serves_finite("multiplicative", objective, limit);
}

const prob_power_class solver_power_multiplicative = {
    .name = "multiplicative",
    .about = "every power times gain of the objective over its cost, again and again",
    .parameters = "steps=50,eta=1",
    .serves = serves,
    .make = make,
    .run = run,
    .free = free,
};
