#include "solver/power_lbfgs.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { MEMORY = SOLVER_LBFGS_MEMORY };
enum { STEPS_FIRST = 50 };
static const double MOST_STEP = 3; /* of any ln p, in one iteration */

void solver_power_lbfgs_place(solver_power_lbfgs_state *s, arena *a, int32_t L, int32_t K)
{
    s->padded = (L * K + 7) & ~7;
    const size_t n = (size_t)s->padded;
    double **const each[] = {&s->u,      &s->g,    &s->d,     &s->next_u,
                             &s->next_g, &s->plus, &s->minus, &s->p};
    for (size_t i = 0; i < sizeof each / sizeof each[0]; i++) *each[i] = ARENA_TAKE(a, double, n);
    s->scale = ARENA_TAKE(a, double, (size_t)L);
    solver_power_multiplicative_place(&s->steps, a, L, K);
    s->s = ARENA_TAKE(a, double, n *MEMORY);
    s->y = ARENA_TAKE(a, double, n *MEMORY);
}

static double dot(int32_t n, const double *a, const double *b)
{
    double sum[8] = {0};
    for (int32_t i = 0; i < n; i += 8)
        for (int32_t j = 0; j < 8; j++) sum[j] += a[i + j] * b[i + j];
    return ((sum[0] + sum[4]) + (sum[2] + sum[6])) + ((sum[1] + sum[5]) + (sum[3] + sum[7]));
}

/* p from u. Per AP: scaled so that the limit holds. */
static void powers(solver_power_lbfgs_state *s, const prob_power_form *f, const double *u)
{
    f->kernels->exps(s->padded, u, s->p);
    for (int32_t c = 0; c < f->n; c++)
        if (!f->open[c]) s->p[c] = 0;
    if (f->limit != CF_LIMIT_AP) return;
    for (int32_t l = 0; l < f->L; l++) {
        double sum = 0;
        for (int32_t c = l; c < f->n; c += f->L) sum += s->p[c];
        s->scale[l] = sum > f->limit_w ? f->limit_w / sum : 1;
        for (int32_t c = l; c < f->n; c += f->L) s->p[c] *= s->scale[l];
    }
}

/* The objective at u, and its gradient in u: p (plus - minus), through the scaling where there is
 * one: q = a p/sum(p) has du_i sum_j g_j dq_j/du_i = q_i (g_i - sum_j g_j q_j / a). */
static double evaluate(solver_power_lbfgs_state *s, prob_power_form *f, const double *u, double *g)
{
    powers(s, f, u);
    const double value = prob_power_form_gradient(f, s->p, s->plus, s->minus);
    for (int32_t c = 0; c < f->n; c++) g[c] = s->p[c] * (s->plus[c] - s->minus[c]);
    for (int32_t l = 0; f->limit == CF_LIMIT_AP && l < f->L; l++) {
        if (!(s->scale[l] < 1)) continue;
        double mean = 0;
        for (int32_t c = l; c < f->n; c += f->L) mean += g[c] / f->limit_w;
        for (int32_t c = l; c < f->n; c += f->L) g[c] -= s->p[c] * mean;
    }
    return value;
}

/* Entries at a bound with the gradient pointing out do not move. */
static void rest(const prob_power_form *f, double least, double most, const double *u, double *g)
{
    for (int32_t c = 0; c < f->n; c++)
        if ((u[c] >= most && g[c] > 0) || (u[c] <= least && g[c] < 0)) g[c] = 0;
}

/* d = H g by the two loops; `count` pairs, the newest at `last`. */
static void direct(solver_power_lbfgs_state *s, int32_t count, int32_t last)
{
    const int32_t n = s->padded;
    double alpha[MEMORY];
    memcpy(s->d, s->g, sizeof(double) * (size_t)n);
    for (int32_t i = 0, at = last; i < count; i++, at = (at + MEMORY - 1) % MEMORY) {
        const double *y = s->y + (int64_t)at * n;
        alpha[at] = s->rho[at] * dot(n, s->s + (int64_t)at * n, s->d);
        for (int32_t c = 0; c < n; c++) s->d[c] -= alpha[at] * y[c];
    }
    if (count > 0) {
        const double *y = s->y + (int64_t)last * n;
        const double size = 1 / (s->rho[last] * dot(n, y, y));
        for (int32_t c = 0; c < n; c++) s->d[c] *= size;
    }
    for (int32_t i = 0, at = (last + MEMORY - count + 1) % MEMORY; i < count;
         i++, at = (at + 1) % MEMORY) {
        const double *x = s->s + (int64_t)at * n;
        const double beta = s->rho[at] * dot(n, s->y + (int64_t)at * n, s->d);
        for (int32_t c = 0; c < n; c++) s->d[c] += (alpha[at] - beta) * x[c];
    }
}

static double clamp(double x, double least, double most)
{
    return x < least ? least : x > most ? most : x;
}

/* Keep the pair (step, minus change of gradient) if it curves the right way. */
static int remember(solver_power_lbfgs_state *s, int32_t at)
{
    const int32_t n = s->padded;
    double *x = s->s + (int64_t)at * n, *y = s->y + (int64_t)at * n;
    for (int32_t c = 0; c < n; c++) {
        x[c] = s->next_u[c] - s->u[c];
        y[c] = s->g[c] - s->next_g[c];
    }
    const double curve = dot(n, x, y), size = dot(n, x, x);
    if (!(curve > 1e-10 * size)) return 0;
    s->rho[at] = 1 / curve;
    return 1;
}

/* Largest entry of d; the step is cut so that no ln p moves by more than MOST_STEP. */
static double first_step(const solver_power_lbfgs_state *s, int32_t n, int32_t count)
{
    double largest = 1e-300;
    for (int32_t c = 0; c < n; c++) largest = fmax(largest, fabs(s->d[c]));
    const double step = count > 0 ? 1 : 1 / largest;
    return fmin(step, MOST_STEP / largest);
}

/* Backtracking on the objective along d, by the parabola through what is known. The gain, or 0. */
static double search(solver_power_lbfgs_state *s, prob_power_form *f, double value, double step,
                     double least, double most, int64_t *evaluations)
{
    const double slope = dot(s->padded, s->g, s->d);
    for (int32_t i = 0; i < 20; i++) {
        for (int32_t c = 0; c < f->n; c++)
            s->next_u[c] = f->open[c] ? clamp(s->u[c] + step * s->d[c], least, most) : 0;
        const double gain = evaluate(s, f, s->next_u, s->next_g) - value;
        ++*evaluations;
        if (gain >= 1e-4 * step * slope) return gain > 0 ? gain : 0;
        const double cut = 0.5 * step * slope / (step * slope - gain);
        step *= clamp(cut, 0.1, 0.5);
    }
    return 0;
}

static double ascend(solver_power_lbfgs_state *s, prob_power_form *f, int32_t most,
                     double tolerance, int64_t *evaluations)
{
    const double low = log(f->least_w), high = log(f->most_w);
    const int64_t end = *evaluations + most;
    int32_t count = 0, last = MEMORY - 1, quiet = 0;
    double value = evaluate(s, f, s->u, s->g);
    rest(f, low, high, s->u, s->g);
    for (++*evaluations; *evaluations < end && quiet < 2;) {
        direct(s, count, last);
        if (!(dot(s->padded, s->g, s->d) > 0)) {
            if (count == 0) break;
            count = 0;
            continue;
        }
        rest(f, low, high, s->u, s->d);
        const double gain = search(s, f, value, first_step(s, f->n, count), low, high, evaluations);
        if (gain == 0 && count == 0) break;
        if (gain == 0) {
            count = 0;
            continue;
        }
        rest(f, low, high, s->next_u, s->next_g);
        const int32_t at = (last + 1) % MEMORY;
        if (remember(s, at)) {
            last = at;
            count = count < MEMORY ? count + 1 : MEMORY;
        }
        double *const u = s->u, *const g = s->g;
        s->u = s->next_u;
        s->g = s->next_g;
        s->next_u = u;
        s->next_g = g;
        value += gain;
        quiet = gain <= tolerance * fabs(value) ? quiet + 1 : 0;
    }
    return value;
}

/* Past an AP's limit the objective does not change with the AP's sum, and the ascent would never
 * find that the AP had better send less. Multiplicative steps do. */
double solver_power_lbfgs_run(solver_power_lbfgs_state *s, prob_power_form *f, int32_t most,
                              double tolerance, double *p, int64_t *evaluations)
{
    for (int32_t c = 0; c < s->padded; c++) s->g[c] = s->next_g[c] = s->d[c] = s->next_u[c] = 0;
    if (f->limit == CF_LIMIT_AP && f->objective != CF_POWER_MIN_RATE) {
        solver_power_multiplicative_run(&s->steps, f, STEPS_FIRST, 1, p);
        *evaluations += STEPS_FIRST;
    }
    for (int32_t c = 0; c < s->padded; c++)
        s->u[c] = c < f->n && f->open[c] ? log(clamp(p[c], f->least_w, f->most_w)) : 0;
    if (f->objective == CF_POWER_MIN_RATE)
        for (f->sharpness = 4; f->sharpness < 5000; f->sharpness *= 4)
            ascend(s, f, most, tolerance, evaluations);
    else
        ascend(s, f, most, tolerance, evaluations);
    f->sharpness = 0;
    powers(s, f, s->u);
    for (int32_t c = 0; c < f->n; c++) p[c] = s->p[c] > 1.5 * f->least_w ? s->p[c] : 0;
    return prob_power_form_value(f, p);
}

typedef struct lbfgs {
    prob_power_form form;
    solver_power_lbfgs_state state;
    double most, tolerance, *p;
} lbfgs;

static lbfgs *lay_out(arena *a, int32_t L, int32_t K)
{
    lbfgs unused, *b = ARENA_TAKE(a, lbfgs, 1), *m = b ? b : &unused;
    prob_power_form_place(&m->form, a, L, K);
    solver_power_lbfgs_place(&m->state, a, L, K);
    m->p = ARENA_TAKE(a, double, (size_t)L *(size_t)K);
    return b;
}

static cf_status make(void **self, const char *parameters, const cf_policy *policy, int32_t L,
                      int32_t K)
{
    (void)policy;
    double most = 300, tolerance = 1e-6;
    const prob_method_option options[] = {{"evaluations", &most, 1, 1e9, 1},
                                          {"tolerance", &tolerance, 0, 1, 0}};
    cf_status status = prob_method_options("lbfgs", parameters, options, 2);
    arena measured = {0}, a = {0};
    lay_out(&measured, L, K);
    if (status == CF_OK) status = solver_alloc(&a, "lbfgs", measured);
    if (status != CF_OK) return status;
    lbfgs *b = lay_out(&a, L, K);
    b->most = most;
    b->tolerance = tolerance;
    *self = b;
    return CF_OK;
}

static cf_status run(void *self, const cf_power *p, uint64_t seed, int64_t index, float *watts,
                     cf_report *report)
{
    (void)seed, (void)index;
    lbfgs *b = self;
    *report = PROB_REPORT_NONE;
    prob_power_form_fill(&b->form, p);
    solver_power_start_equal(&b->form, 1e-3 * SOLVER_POWER_START_MW, b->p);
    solver_power_lbfgs_run(&b->state, &b->form, (int32_t)b->most, b->tolerance, b->p,
                           &report->nodes);
    prob_power_form_store(&b->form, b->p, watts);
    return CF_OK;
}

static cf_status serves(cf_power_objective objective, cf_power_limit limit)
{
    return solver_power_serves_finite("lbfgs", objective, limit);
}

const prob_power_class solver_power_lbfgs = {
    .name = "lbfgs",
    .about = "quasi-Newton ascent on the logarithms of the powers, from equal powers",
    .parameters = "evaluations=300,tolerance=1e-6",
    .serves = serves,
    .make = make,
    .run = run,
    .free = free,
};
