#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/status.h"
#include "solver/power_lbfgs.h"

/* global: branch and bound over boxes lo <= p <= hi, best bound first. The bound is mixed-monotonic
 * (Matthiesen et al., 2020): interference at the lower corner, and for every user the best of its
 * own ratio over the sum q of its powers, with the signal at most S(lo) + g_max (q - q(lo)) and
 * S(hi):
 *
 *   sum_k max_q ln(1 + S(q) / I_k(lo)) / (mu q + P_c)
 *
 * It is exact in the limit of small boxes, and boxes shrink geometrically above 1 uW or so. */
enum { MOST_LINKS = 6 };
static const double PROVEN = 1e-6; /* an answer within this of the bound is the optimum */
static const double LARGEST = 1e5,
                    SMALLEST = 1e-7; /* of P_c/mu: the first box, and where logs start */

typedef struct box {
    double bound, lo[MOST_LINKS], hi[MOST_LINKS];
} box;

typedef struct global {
    prob_power_form form;
    solver_power_lbfgs_state ascent;
    double gap, p[MOST_LINKS + 2], best_p[MOST_LINKS], best;
    int32_t most, count;
    box *heap; /* (most + 2) largest bound first */
} global;

static global *lay_out(arena *a, int32_t L, int32_t K, int32_t most)
{
    global unused, *s = ARENA_TAKE(a, global, 1), *m = s ? s : &unused;
    prob_power_form_place(&m->form, a, L, K);
    solver_power_lbfgs_place(&m->ascent, a, L, K);
    m->heap = ARENA_TAKE(a, box, (size_t)most + 2);
    return s;
}

static cf_status make(void **self, const char *parameters, const cf_policy *policy, int32_t L,
                      int32_t K)
{
    (void)policy;
    double gap = 1e-3, most = 200000;
    const prob_method_option options[] = {{"gap", &gap, 1e-9, 1, 0},
                                          {"node-limit", &most, 1, 1e8, 1}};
    cf_status status = prob_method_options("global", parameters, options, 2);
    if (status == CF_OK && (int64_t)L * K > MOST_LINKS)
        status =
            base_fail(CF_ESHAPE, "global: %d access points and %d users, serves up to %d links", L,
                      K, MOST_LINKS);
    arena measured = {0}, a = {0};
    if (status == CF_OK) lay_out(&measured, L, K, (int32_t)most);
    if (status == CF_OK) status = solver_alloc(&a, "global", measured);
    if (status != CF_OK) return status;
    global *s = lay_out(&a, L, K, (int32_t)most);
    s->gap = gap;
    s->most = (int32_t)most;
    *self = s;
    return CF_OK;
}

/* An upper bound of ln(1 + (S + g q) / I) / (D + mu q) over 0 <= q <= most, which is quasi-concave:
 * its slope has the sign of g D' - mu (I + S') ln(..), found by bisection, and the last bracket is
 * bounded by its corners. */
static double best_ratio(double S, double g, double I, double D, double mu, double most)
{
    double a = 0, b = most;
    for (int i = 0; i < 30 && b > a * (1 + 1e-7); i++) {
        const double q = i == 0 ? most : i == 1 ? 0 : (a + b) / 2, s = S + g * q;
        if (g * (D + mu * q) >= mu * (I + s) * log1p(s / I))
            a = q;
        else
            b = q;
        if (b == 0) break;
    }
    return log1p((S + g * b) / I) / (D + mu * a);
}

static double bound_of(global *s, const double *lo, const double *hi)
{
    prob_power_form *f = &s->form;
    double sum = 0;
    f->kernels->leak(f->n, f->lanes, f->cross, lo, 1, f->I);
    for (int32_t k = 0, c = 0; k < f->K; k++) {
        double S = 0, D = f->static_w, g = 0, more = 0;
        for (int32_t l = 0; l < f->L; l++, c++) {
            S += f->own[c] * lo[c];
            D += f->mu * lo[c];
            more += f->own[c] * (hi[c] - lo[c]);
            if (hi[c] > lo[c]) g = fmax(g, f->own[c]);
        }
        sum += best_ratio(S, g, f->I[k], D, f->mu, g > 0 ? more / g : 0);
    }
    return f->scale * sum;
}

static void push(global *s, const box *b)
{
    int32_t at = s->count++;
    for (; at > 0 && s->heap[(at - 1) / 2].bound < b->bound; at = (at - 1) / 2)
        s->heap[at] = s->heap[(at - 1) / 2];
    s->heap[at] = *b;
}

static box pop(global *s)
{
    const box top = s->heap[0], moved = s->heap[--s->count];
    int32_t at = 0;
    for (int32_t child = 1; child < s->count; child = 2 * at + 1) {
        if (child + 1 < s->count && s->heap[child + 1].bound > s->heap[child].bound) child++;
        if (!(s->heap[child].bound > moved.bound)) break;
        s->heap[at] = s->heap[child];
        at = child;
    }
    s->heap[at] = moved;
    return top;
}

/* The halves of b at link c, in the geometric middle. */
static void halve(global *s, const box *b, int32_t c, box *low, box *high)
{
    const double shift = SMALLEST * s->form.static_w / s->form.mu;
    const double middle = sqrt((b->lo[c] + shift) * (b->hi[c] + shift)) - shift;
    *low = *high = *b;
    low->hi[c] = high->lo[c] = fmin(fmax(middle, b->lo[c]), b->hi[c]);
    low->bound = fmin(b->bound, bound_of(s, low->lo, low->hi));
    high->bound = fmin(b->bound, bound_of(s, high->lo, high->hi));
}

/* Where the larger of the two bounds comes out least, and then the smaller. */
static void split(global *s, const box *b, box *low, box *high)
{
    double least = INFINITY;
    for (int32_t c = 0; c < s->form.n; c++) {
        box l, h;
        if (!s->form.open[c]) continue;
        halve(s, b, c, &l, &h);
        const double worst = fmax(l.bound, h.bound) + 0.2 * fmin(l.bound, h.bound);
        if (!(worst < least)) continue;
        least = worst;
        *low = l;
        *high = h;
    }
}

static void try_point(global *s, const double *p)
{
    memcpy(s->p, p, sizeof(double) * (size_t)s->form.n);
    const double value = prob_power_form_value(&s->form, s->p);
    if (!(value > s->best)) return;
    s->best = value;
    memcpy(s->best_p, s->p, sizeof(double) * (size_t)s->form.n);
}

/* Incumbents: local optima from equal powers on every set of links. */
static void start(global *s, cf_report *report)
{
    prob_power_form *f = &s->form;
    s->best = -1;
    memset(s->best_p, 0, sizeof s->best_p);
    for (int32_t set = 0; set < 1 << f->n; set++) {
        double p[MOST_LINKS];
        for (int32_t c = 0; c < f->n; c++) p[c] = set >> c & 1 ? 1e-2 : 0;
        prob_power_form_project(f, p);
        solver_power_lbfgs_run(&s->ascent, f, 200, 1e-10, p, &report->nodes);
        try_point(s, p);
    }
}

static cf_status run(void *self, const cf_power *p, uint64_t seed, int64_t index, float *watts,
                     cf_report *report)
{
    (void)seed, (void)index;
    global *s = self;
    prob_power_form *f = &s->form;
    if (!(p->mu > 0)) return base_fail(CF_EARG, "global: mu is %g, wanted a number above 0", p->mu);
    *report = PROB_REPORT_NONE;
    prob_power_form_fill(f, p);
    start(s, report);
    const double most = LARGEST * f->static_w / f->mu;
    box b = {0}, low, high;
    double tail = 0;
    for (int32_t k = 0, c = 0; k < f->K; k++) {
        double g = 0;
        for (int32_t l = 0; l < f->L; l++, c++) {
            b.hi[c] = f->open[c] ? most : 0;
            g = fmax(g, f->own[c]);
        }
        tail += f->scale * log1p(g * most) / (f->mu * most + f->static_w);
    }
    b.bound = bound_of(s, b.lo, b.hi);
    s->count = 0;
    report->nodes = 0;
    push(s, &b);
    while (s->count > 0 && s->count < s->most && report->nodes < s->most) {
        if (s->heap[0].bound <= s->best * (1 + s->gap)) break;
        b = pop(s);
        split(s, &b, &low, &high);
        try_point(s, high.lo);
        push(s, &low);
        push(s, &high);
        report->nodes++;
    }
    report->bound = fmax(s->best, s->count > 0 ? s->heap[0].bound : 0) + tail;
    report->proven = report->bound <= s->best * (1 + PROVEN);
    prob_power_form_store(f, s->best_p, watts);
    return CF_OK;
}

static cf_status serves(cf_power_objective objective, cf_power_limit limit)
{
    return solver_power_serves_ee("global", objective, limit);
}

const prob_power_class solver_power_global = {
    .name = "global",
    .about = "branch and bound with a mixed-monotonic bound, up to 6 links: bounds the others",
    .parameters = "gap=1e-3,node-limit=200000",
    .serves = serves,
    .make = make,
    .run = run,
    .free = free,
};
