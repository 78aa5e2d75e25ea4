#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "solver/relax.h"
#include "solver/solver.h"

/* Depth first branch and bound on the relaxation (relax.h). Every linear problem on the way gives
 * an assignment, so there is no other start, and prices, so links are fixed for good wherever the
 * price of deciding otherwise exceeds what is left between bound and best: mostly all but a few,
 * after three or four linear problems. Greedy and local search come in only when a problem turns
 * out hard. All in nats. */
typedef struct branch {
    int32_t mark, l, k, value; /* the side not yet looked at */
    double bound;
} branch;

typedef struct exact {
    int32_t L, K;
    double node_limit, time_limit, gap;
    solver_relax relax;
    solver_desk desk;
    branch *stack; /* (L K) */
    int32_t depth;
    uint8_t *x, *try_x;  /* (L,K) best assignment, scratch */
    double best, closed; /* its value; the largest bound of a closed node */
    double start;
    int64_t nodes;
    int limited;
} exact;

enum { HARD = 8, CLOCK = 16, STEPS = 300 };
/* Share of bound - best below which another step is no use. At the root it is: if it comes to a
 * limit, the root's bound is the one that is reported. */
static const double SETTLED = 0.7, SETTLED_ROOT = 0.1;

static exact *lay_out(arena *a, int32_t L, int32_t K)
{
    exact unused, *e = ARENA_TAKE(a, exact, 1), *m = e ? e : &unused;
    const size_t links = (size_t)L * (size_t)K;
    m->L = L;
    m->K = K;
    solver_relax_place(&m->relax, a, L, K);
    solver_desk_place(&m->desk, a, L, K);
    m->stack = ARENA_TAKE(a, branch, links);
    m->x = ARENA_TAKE(a, uint8_t, links);
    m->try_x = ARENA_TAKE(a, uint8_t, links);
    return e;
}

static cf_status make(void **self, const char *parameters, const cf_policy *policy, int32_t L,
                      int32_t K)
{
    (void)policy;
    double node_limit = 100000, time_limit = 10, gap = 1e-9;
    const prob_method_option options[] = {
        {"node-limit", &node_limit, 1, 1e15, 1},
        {"time-limit", &time_limit, 0, 1e9, 0},
        {"gap", &gap, 1e-12, 1, 0},
    };
    cf_status s = prob_method_options("exact", parameters, options, 3);
    arena measured = {0}, a = {0};
    lay_out(&measured, L, K);
    if (s == CF_OK) s = solver_alloc(&a, "exact", measured);
    if (s != CF_OK) return s;
    exact *e = lay_out(&a, L, K);
    e->node_limit = node_limit;
    e->time_limit = time_limit;
    e->gap = gap * log(2.0);
    *self = e;
    return CF_OK;
}

static void keep_vertex(exact *e)
{
    const solver_match *m = &e->relax.match;
    if (!(e->relax.found > e->best)) return;
    e->best = e->relax.found;
    memset(e->x, 0, (size_t)e->L * (size_t)e->K);
    for (int32_t l = 0; l < e->L; l++)
        for (int32_t i = 0; i < m->slots[l]; i++)
            e->x[(int64_t)l * e->K + m->user[(int64_t)l * e->K + i]] = 1;
}

static double larger(double a, double b)
{
    return a > b ? a : b;
}

static int out_of_time(exact *e)
{
    if (!e->limited && clock_now() - e->start > e->time_limit) e->limited = 1;
    return e->limited;
}

/* Bound the node; 1: it has to be split, 0: it is closed. *bound is the best bound met. */
static int bound_node(exact *e, double *bound)
{
    solver_relax *m = &e->relax;
    const double settled = e->nodes == 0 ? SETTLED_ROOT : SETTLED;
    double reduced = INFINITY;
    for (int32_t i = 0;; i++) {
        if (!solver_relax_bound(m)) {
            *bound = 0;
            return 0;
        }
        keep_vertex(e);
        const double slack = m->bound - e->best;
        if (m->bound < *bound) *bound = m->bound;
        if (*bound <= e->best + e->gap) return 0;
        const double gap = m->bound - m->f;
        const double least = larger(1e-2 * e->gap, 2 * m->match.noise);
        const double enough = larger(least, settled * (m->f - e->best));
        if ((m->n > 0 && gap <= enough) || i == STEPS) return 1;
        if (i % CLOCK == CLOCK - 1 && out_of_time(e)) return 1;
        if (slack < 0.7 * reduced) {
            const int32_t mark = m->match.trail_len;
            solver_match_reduce(&m->match, slack);
            solver_relax_filter(m, mark);
            reduced = slack;
        }
        solver_relax_move(m);
    }
}

/* The link that is farthest from 0 and 1, weighted by what it is worth. Where all are 0 or 1 and
 * the bound is still not met, prices are so high that rounding is in the way (match.h, noise): then
 * the link that is worth most and not taken, which is what drives them up. 0: nothing is left. */
static int choose(const exact *e, branch *b)
{
    const solver_relax *m = &e->relax;
    const int32_t K = e->K;
    double most = 0, most_left = -1;
    branch left = {0};
    for (int32_t l = 0; l < e->L; l++)
        for (int32_t i = m->match.one[l]; i < m->match.len[l]; i++) {
            const int32_t k = m->match.user[(int64_t)l * K + i];
            const double x = solver_relax_value(m, l, k);
            const double worth = m->match.snr[(int64_t)l * K + k] * m->w[k];
            const double score = (x < 1 - x ? x : 1 - x) * worth;
            if (score > most) {
                most = score;
                *b = (branch){.l = l, .k = k, .value = x >= 0.5};
            } else if (i >= m->match.slots[l] && worth > most_left) {
                most_left = worth;
                left = (branch){.l = l, .k = k};
            }
        }
    if (most <= 0) *b = left;
    return most > 0 || most_left >= 0;
}

static void take_side(exact *e, int32_t l, int32_t k, int32_t value)
{
    solver_match *m = &e->relax.match;
    const int32_t mark = m->trail_len;
    int32_t i = m->one[l];
    while (m->user[(int64_t)l * e->K + i] != k) i++;
    solver_match_fix(m, l, i, value);
    solver_relax_filter(&e->relax, mark);
}

/* Go to the deepest side not yet looked at that may hold something better. */
static int backtrack(exact *e, double *bound)
{
    while (e->depth > 0) {
        const branch b = e->stack[--e->depth];
        solver_match_undo(&e->relax.match, b.mark);
        if (b.bound <= e->best + e->gap) {
            if (b.bound > e->closed) e->closed = b.bound;
            continue;
        }
        *bound = b.bound;
        take_side(e, b.l, b.k, b.value);
        return 1;
    }
    return 0;
}

static cf_status search_locally(exact *e, const cf_assignment *p)
{
    cf_report unused;
    cf_status s = solver_greedy_run(&e->desk, p, e->try_x, &unused);
    if (s == CF_OK) s = solver_local_improve(&e->desk, p, e->try_x);
    if (s != CF_OK) return s;
    solver_desk_read(&e->desk, p, e->try_x);
    const double value = solver_log_sum(e->desk.r, e->K);
    if (value > e->best) {
        e->best = value;
        memcpy(e->x, e->try_x, (size_t)e->L * (size_t)e->K);
    }
    return CF_OK;
}

static cf_status search(exact *e, const cf_assignment *p)
{
    double bound = INFINITY;
    for (;;) {
        const int split = bound_node(e, &bound);
        e->nodes++;
        branch b;
        if ((double)e->nodes >= e->node_limit || (e->nodes % CLOCK == 0 && out_of_time(e)))
            e->limited = 1;
        const int hard = e->nodes == HARD || (e->limited && e->nodes < HARD);
        if (hard && split) {
            const cf_status s = search_locally(e, p);
            if (s != CF_OK) return s;
        }
        if (split && !e->limited && choose(e, &b)) {
            b.mark = e->relax.match.trail_len;
            b.bound = bound;
            e->stack[e->depth++] = (branch){b.mark, b.l, b.k, !b.value, bound};
            take_side(e, b.l, b.k, b.value);
            continue;
        }
        if (bound < INFINITY && bound > e->closed) e->closed = bound;
        if (e->limited) break;
        if (!backtrack(e, &bound)) return CF_OK;
    }
    for (int32_t i = 0; i < e->depth; i++)
        if (e->stack[i].bound > e->closed) e->closed = e->stack[i].bound;
    return CF_OK;
}

static cf_status run(void *self, const cf_assignment *p, uint64_t seed, int64_t index, uint8_t *x,
                     float *relaxed, cf_report *report)
{
    (void)seed, (void)index, (void)relaxed;
    exact *e = self;
    e->best = -1;
    e->closed = 0;
    e->depth = 0;
    e->nodes = 0;
    e->limited = 0;
    e->start = clock_now();
    solver_relax_start(&e->relax, p);
    const cf_status s = search(e, p);
    if (s != CF_OK) return s;
    memcpy(x, e->x, (size_t)e->L * (size_t)e->K);
    *report = PROB_REPORT_NONE;
    report->bound = (e->closed > e->best ? e->closed : e->best) / log(2.0);
    report->proven = e->closed <= e->best + e->gap;
    report->nodes = e->nodes;
    return CF_OK;
}

const prob_method_class solver_exact = {
    .name = "exact",
    .about = "branch and bound on the relaxation: the optimum, proven",
    .parameters = "node-limit=100000,time-limit=10,gap=1e-9",
    .make = make,
    .run = run,
    .free = free,
};
