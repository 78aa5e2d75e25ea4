/* Included by one source per instruction set, which defines KERNELS, the table's symbol. Vectors
 * are 16 floats everywhere; the compiler splits them where registers are shorter. Every function
 * takes the number of vectors nv, and is compiled for nv = 1 and 2 apart from the general one. */
#include <stdint.h>

#include "solver/power_sets.h"

#pragma GCC diagnostic ignored "-Wpsabi" /* vectors are passed to inlined functions only */

typedef float vec __attribute__((vector_size(64), aligned(4), may_alias));
typedef int32_t ivec __attribute__((vector_size(64)));

enum { V = SOLVER_SETS_LANES, MOST = SOLVER_SETS_MOST_USERS / V };

#define LOAD(p)     (*(const vec *)(p))
#define STORE(p, v) (*(vec *)(p) = (v))
#define INLINE      static inline __attribute__((always_inline))

typedef float vec8 __attribute__((vector_size(32), may_alias));
typedef float vec4 __attribute__((vector_size(16), may_alias));

/* Sum over the lanes, as a tree. */
INLINE float sum(vec a)
{
    const vec8 b = __builtin_shufflevector(a, a, 0, 1, 2, 3, 4, 5, 6, 7) +
                   __builtin_shufflevector(a, a, 8, 9, 10, 11, 12, 13, 14, 15);
    const vec4 c =
        __builtin_shufflevector(b, b, 0, 1, 2, 3) + __builtin_shufflevector(b, b, 4, 5, 6, 7);
    const vec4 d = c + __builtin_shufflevector(c, c, 2, 3, 0, 1);
    return d[0] + d[1];
}

/* ln x of normal positive x, to 2e-7: x = 2^e (1 + f) with 1 + f in [0.707, 1.414], and
 * ln(1 + f) = f - f^2/2 + f^3 q(f), q fitted by least squares. */
INLINE vec ln(vec x)
{
    const ivec above = (ivec)x - 0x3f3504f3, e = above >> 23;
    const vec f = (vec)((above & 0x7fffff) + 0x3f3504f3) - 1;
    const vec whole = __builtin_convertvector(e, vec);
    vec q = (vec){0} + -0.0736286034f;
    q = q * f + 0.126203233f;
    q = q * f + -0.132021054f;
    q = q * f + 0.142271148f;
    q = q * f + -0.166213699f;
    q = q * f + 0.199998265f;
    q = q * f + -0.250008519f;
    q = q * f + 0.33333354f;
    return whole * 0.693147180559945309f + (f + f * f * (q * f - 0.5f));
}

INLINE const float *column(const solver_sets *s, const solver_set *x, int32_t k)
{
    return s->column + ((int64_t)k * s->m + x->choice[k]) * s->lanes;
}

/* I = 1 + sum over the users that are on of p times their beam. */
INLINE void leak(const solver_sets *s, const solver_set *x, vec *I, int nv)
{
    vec odd[MOST];
    for (int v = 0; v < nv; v++) {
        I[v] = (vec){0} + 1;
        odd[v] = (vec){0};
    }
    int32_t a = 0;
    for (; a + 2 <= x->count; a += 2) {
        const int32_t k = x->user[a], j = x->user[a + 1];
        const float *g = column(s, x, k), *h = column(s, x, j);
        for (int v = 0; v < nv; v++) {
            I[v] += x->p[k] * LOAD(g + V * v);
            odd[v] += x->p[j] * LOAD(h + V * v);
        }
    }
    if (a < x->count) {
        const float *g = column(s, x, x->user[a]);
        for (int v = 0; v < nv; v++) I[v] += x->p[x->user[a]] * LOAD(g + V * v);
    }
    for (int v = 0; v < nv; v++) I[v] += odd[v];
}

INLINE float dot(const vec *c, const float *g, int nv)
{
    vec a = c[0] * LOAD(g);
    for (int v = 1; v < nv; v++) a += c[v] * LOAD(g + V * v);
    return sum(a);
}

INLINE vec smaller(vec a, vec b)
{
    const ivec below = a < b;
    return (vec)(((ivec)a & below) | ((ivec)b & ~below));
}

INLINE vec larger(vec a, vec b)
{
    const ivec above = a > b;
    return (vec)(((ivec)a & above) | ((ivec)b & ~above));
}

/* One step; off users keep p = 0, since they are clipped to [0, 0]. */
INLINE void step(const solver_sets *s, solver_set *x, int nv)
{
    vec I[MOST], c[MOST], cost[MOST], over_D[MOST];
    float z[MOST * V];
    leak(s, x, I, nv);
    for (int v = 0; v < nv; v++) {
        const vec p = LOAD(x->p + V * v), S = LOAD(x->own + V * v) * p, T = I[v] + S;
        const vec over = 1 / (I[v] * T);
        over_D[v] = 1 / (s->static_w + s->mu * p);
        c[v] = S * over * over_D[v];
        cost[v] = s->mu * ln(T * T * over) * over_D[v] * over_D[v];
        STORE(z + V * v, (vec){0} + 1);
    }
    for (int32_t a = 0; a < x->count; a++) z[x->user[a]] = dot(c, column(s, x, x->user[a]), nv);
    for (int v = 0; v < nv; v++) {
        const vec p = LOAD(x->p + V * v), price = LOAD(z + V * v) + cost[v];
        const vec next = over_D[v] / price - I[v] * LOAD(x->inverse + V * v);
        const vec most = smaller(5 * p, (vec){0} + s->most_w);
        STORE(x->p + V * v, larger(smaller(next, most), 0.2f * p));
    }
}

INLINE double refit_by(const solver_sets *s, solver_set *x, int32_t steps, int nv)
{
    for (int32_t i = 0; i < steps; i++) step(s, x, nv);
    vec I[MOST], total = {0};
    leak(s, x, I, nv);
    for (int v = 0; v < nv; v++) {
        const vec p = LOAD(x->p + V * v), S = LOAD(x->own + V * v) * p;
        total += ln(1 + S / I[v]) / (s->static_w + s->mu * p);
    }
    return x->value = (double)sum(total);
}

static double refit(const solver_sets *s, solver_set *x, int32_t steps)
{
    switch (s->lanes / V) {
    case 1: return refit_by(s, x, steps, 1);
    case 2: return refit_by(s, x, steps, 2);
    default: return refit_by(s, x, steps, s->lanes / V);
    }
}

/* What screen keeps of x: signals, inverse of D, and I without the user that is to go off. */
typedef struct view {
    vec S[MOST], over_D[MOST], I[MOST];
} view;

/* A candidate that may come on: its signal, and what its power does to the inverse of its D. */
typedef struct comer {
    float p, signal, over_D;
} comer;

INLINE comer arrive(const solver_sets *s, const solver_set *x, int32_t q, float price)
{
    const int32_t k = q / s->m;
    const float cost = s->static_w * (price + 0.3f * s->mu);
    const float wanted = 1 / cost, p = wanted < s->most_w ? wanted : s->most_w;
    return (comer){.p = p,
                   .signal = p * s->own[q],
                   .over_D = 1 / (s->static_w + s->mu * p) - 1 / (s->static_w + s->mu * x->p[k])};
}

/* The objective of the view after a candidate has come on. */
INLINE float judge(const solver_sets *s, const view *w, int32_t q, const comer *c, int nv)
{
    vec total = {0};
    const float *g = s->column + (int64_t)q * s->lanes, *e = s->unit + s->lanes - q / s->m;
    for (int v = 0; v < nv; v++) {
        const vec unit = LOAD(e + V * v), I = w->I[v] + c->p * LOAD(g + V * v);
        const vec S = w->S[v] + c->signal * unit;
        total += ln(1 + S / I) * (w->over_D[v] + c->over_D * unit);
    }
    return sum(total);
}

/* Insert into moves, best first. */
INLINE int32_t insert(solver_move *moves, int32_t count, int32_t most, solver_move move)
{
    if (count == most && !(move.value > moves[count - 1].value)) return count;
    int32_t at = count < most ? count : most - 1;
    for (; at > 0 && moves[at - 1].value < move.value; at--) moves[at] = moves[at - 1];
    moves[at] = move;
    return count < most ? count + 1 : count;
}

/* I, S, 1/D of x; returns what a watt of interference costs, c. */
INLINE void look(const solver_sets *s, const solver_set *x, view *w, vec *c, int nv)
{
    leak(s, x, w->I, nv);
    for (int v = 0; v < nv; v++) {
        const vec p = LOAD(x->p + V * v);
        w->S[v] = LOAD(x->own + V * v) * p;
        w->over_D[v] = 1 / (s->static_w + s->mu * p);
        c[v] = w->S[v] * w->over_D[v] / (w->I[v] * (w->I[v] + w->S[v]));
    }
}

/* User k off: its signal and its interference. */
INLINE void leave(const solver_sets *s, const solver_set *x, int32_t k, const view *w, view *u,
                  int nv)
{
    const float *g = column(s, x, k), *e = s->unit + s->lanes - k;
    for (int v = 0; v < nv; v++) {
        u->I[v] = larger(w->I[v] - x->p[k] * LOAD(g + V * v), (vec){0} + 1);
        u->S[v] = w->S[v] * (1 - LOAD(e + V * v));
        u->over_D[v] = w->over_D[v];
    }
}

INLINE int32_t screen_by(const solver_sets *s, const solver_set *x, int32_t adds_only, int32_t most,
                         solver_move *moves, int nv)
{
    view w, u;
    vec c[MOST];
    look(s, x, &w, c, nv);
    int32_t count = 0, adds = 0;
    solver_move *add = s->candidates;
    for (int32_t k = 0; k < s->K; k++)
        for (int32_t q = k * s->m; x->choice[k] < 0 && q < (k + 1) * s->m && s->own[q] > 0; q++) {
            const comer in = arrive(s, x, q, dot(c, s->column + (int64_t)q * s->lanes, nv));
            add[adds] = (solver_move){judge(s, &w, q, &in, nv), in.p, -1, k, q - k * s->m};
            count = insert(moves, count, most, add[adds++]);
        }
    for (int32_t a = 0; !adds_only && a < x->count; a++) {
        const int32_t k = x->user[a];
        const comer nobody = {0};
        leave(s, x, k, &w, &u, nv);
        count = insert(moves, count, most,
                       (solver_move){judge(s, &u, k * s->m, &nobody, nv), 0, k, -1, 0});
        for (int32_t i = 0; i < adds; i++) {
            const int32_t q = add[i].on * s->m + add[i].i;
            const comer in = {.p = add[i].p,
                              .signal = add[i].p * s->own[q],
                              .over_D = 1 / (s->static_w + s->mu * add[i].p) - 1 / s->static_w};
            const solver_move swap = {judge(s, &u, q, &in, nv), in.p, k, add[i].on, add[i].i};
            count = insert(moves, count, most, swap);
        }
        for (int32_t q = k * s->m; q < (k + 1) * s->m && s->own[q] > 0; q++) {
            if (q - k * s->m == x->choice[k]) continue;
            const comer in = arrive(s, x, q, dot(c, s->column + (int64_t)q * s->lanes, nv));
            const solver_move to = {judge(s, &u, q, &in, nv), in.p, k, k, q - k * s->m};
            count = insert(moves, count, most, to);
        }
    }
    return count;
}

static int32_t screen(const solver_sets *s, const solver_set *x, int32_t adds_only, int32_t most,
                      solver_move *moves)
{
    switch (s->lanes / V) {
    case 1: return screen_by(s, x, adds_only, most, moves, 1);
    case 2: return screen_by(s, x, adds_only, most, moves, 2);
    default: return screen_by(s, x, adds_only, most, moves, s->lanes / V);
    }
}

const solver_sets_kernels KERNELS = {refit, screen};
