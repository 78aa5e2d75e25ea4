#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "solver/relax.h"
#include "solver/solver.h"

typedef struct relaxation {
    double gap, iterations;
    solver_relax relax;
    solver_desk desk;
    double *x; /* (K) one AP's row of the relaxed answer */
} relaxation;

static relaxation *lay_out(arena *a, int32_t L, int32_t K)
{
    relaxation unused, *e = ARENA_TAKE(a, relaxation, 1), *m = e ? e : &unused;
    solver_relax_place(&m->relax, a, L, K);
    solver_desk_place(&m->desk, a, L, K);
    m->x = ARENA_TAKE(a, double, (size_t)K);
    return e;
}

static cf_status make(void **self, const char *parameters, const cf_policy *policy, int32_t L,
                      int32_t K)
{
    (void)policy;
    double gap = 1e-9, iterations = 1000;
    const prob_method_option options[] = {
        {"gap", &gap, 0, 1, 0},
        {"iteration-limit", &iterations, 1, 1e9, 1},
    };
    cf_status s = prob_method_options("relaxation", parameters, options, 2);
    arena measured = {0}, a = {0};
    lay_out(&measured, L, K);
    if (s == CF_OK) s = solver_alloc(&a, "relaxation", measured);
    if (s != CF_OK) return s;
    relaxation *e = lay_out(&a, L, K);
    e->gap = gap;
    e->iterations = iterations;
    *self = e;
    return CF_OK;
}

/* Every AP takes the largest of its row, ties to the larger gain. */
static void round_row(const double *row, const double *snr, int32_t K, int32_t slots, uint8_t *x)
{
    memset(x, 0, (size_t)K);
    for (int32_t i = 0; i < slots; i++) {
        int32_t best = -1;
        for (int32_t k = 0; k < K; k++)
            if (!x[k] &&
                (best < 0 || row[k] > row[best] || (row[k] >= row[best] && snr[k] > snr[best])))
                best = k;
        x[best] = 1;
    }
}

static cf_status run(void *self, const cf_assignment *p, uint64_t seed, int64_t index, uint8_t *x,
                     float *relaxed, cf_report *report)
{
    (void)seed, (void)index;
    relaxation *e = self;
    solver_relax *m = &e->relax;
    double bound = INFINITY;
    int64_t iterations = 0;
    solver_relax_start(m, p);
    do {
        solver_relax_bound(m);
        if (m->bound < bound) bound = m->bound;
        solver_relax_move(m);
        iterations++;
    } while (bound - m->f > e->gap * (m->f > 1 ? m->f : 1) && (double)iterations < e->iterations);

    for (int32_t l = 0; l < p->L; l++) {
        const int64_t row = (int64_t)l * p->K;
        for (int32_t k = 0; k < p->K; k++) e->x[k] = solver_relax_value(m, l, k);
        for (int32_t k = 0; relaxed && k < p->K; k++) relaxed[row + k] = (float)e->x[k];
        round_row(e->x, p->snr + row, p->K, m->match.slots[l], x + row);
    }
    const cf_status s = solver_desk_repair(&e->desk, p, x, report);
    report->bound = bound / log(2.0);
    report->nodes = iterations;
    return s;
}

const prob_method_class solver_relaxation = {
    .name = "relaxation",
    .about = "Frank-Wolfe on the concave relaxation: an upper bound; rounded and repaired",
    .parameters = "gap=1e-9,iteration-limit=1000",
    .make = make,
    .run = run,
    .free = free,
};
