#include "solver/relax.h"

#include <float.h>
#include <math.h>
#include <string.h>

static const double INNER = 0.1; /* share of the gap that pairwise steps leave */
static const double SINGULAR = 1e-13;
enum { VERTICES = 128, STEPS = 40, PAIRS = 3, SEARCH = 40 };

void solver_relax_place(solver_relax *m, arena *a, int32_t L, int32_t K)
{
    const size_t k = (size_t)K;
    solver_match_place(&m->match, a, L, K);
    m->cap = K + 2 < VERTICES ? K + 2 : VERTICES;
    m->words = ((int64_t)L * K + 63) / 64;
    const size_t cap = (size_t)m->cap;
    m->bits = ARENA_TAKE(a, uint64_t, cap * (size_t)m->words);
    m->vertex = ARENA_TAKE(a, double, cap *k);
    m->weight = ARENA_TAKE(a, double, cap);
    m->r = ARENA_TAKE(a, double, k);
    m->w = ARENA_TAKE(a, double, k);
    m->step = ARENA_TAKE(a, double, k);
    m->side = ARENA_TAKE(a, double, cap *k);
    m->normal = ARENA_TAKE(a, double, cap *cap);
    m->delta = ARENA_TAKE(a, double, cap);
}

/* One logarithm of a product instead of one a user, as long as the product fits. */
double solver_log_sum(const double *r, int32_t K)
{
    double sum = 0, product = 1;
    for (int32_t k = 0; k < K; k++) {
        product *= 1 + r[k];
        if (product > 1e150) {
            sum += log(product);
            product = 1;
        }
    }
    return sum + log(product);
}

/* Where to linearise first: the APs choose in turn, each knowing what users have by then. */
void solver_relax_start(solver_relax *m, const cf_assignment *p)
{
    solver_match *match = &m->match;
    solver_match_start(match, p);
    m->n = 0;
    memset(m->r, 0, sizeof(double) * (size_t)p->K);
    for (int32_t k = 0; k < p->K; k++) m->w[k] = 1;
    match->w = m->w;
    for (int32_t l = 0; l < p->L; l++) {
        solver_match_pick(match, l);
        for (int32_t i = 0; i < match->slots[l]; i++) {
            const int32_t k = match->user[(int64_t)l * p->K + i];
            m->r[k] += p->snr[(int64_t)l * p->K + k];
            m->w[k] = 1 / (1 + m->r[k]);
        }
    }
    m->f = solver_log_sum(m->r, p->K);
}

static double dot(const double *restrict a, const double *restrict b, int32_t n)
{
    double sum = 0;
#pragma omp simd reduction(+ : sum)
    for (int32_t i = 0; i < n; i++) sum += a[i] * b[i];
    return sum;
}

static int has(const solver_relax *m, int32_t vertex, int64_t link)
{
    return (int)(m->bits[vertex * m->words + link / 64] >> (link % 64) & 1);
}

int solver_relax_bound(solver_relax *m)
{
    const solver_match *match = &m->match;
    const int32_t L = match->L, K = match->K;
    if (!solver_match_solve(&m->match, m->w)) return 0;
    double *r = m->step;
    memset(r, 0, sizeof(double) * (size_t)K);
    for (int32_t l = 0; l < L; l++) {
        const uint16_t *user = match->user + (int64_t)l * K;
        for (int32_t i = 0; i < match->slots[l]; i++)
            r[user[i]] += match->snr[(int64_t)l * K + user[i]];
    }
    m->found = solver_log_sum(r, K);
    m->bound = m->f + match->noise;
    for (int32_t k = 0; k < K; k++) m->bound += m->w[k] * (r[k] - m->r[k]);
    return 1;
}

static void drop_vertex(solver_relax *m, int32_t j)
{
    const int32_t last = --m->n, K = m->match.K;
    if (j == last) return;
    memcpy(m->vertex + (int64_t)j * K, m->vertex + (int64_t)last * K, sizeof(double) * (size_t)K);
    memcpy(m->bits + j * m->words, m->bits + last * m->words, sizeof(uint64_t) * (size_t)m->words);
    m->weight[j] = m->weight[last];
}

/* r, w and f afresh from the vertices: a sum of steps would drift. */
static void settle(solver_relax *m)
{
    const int32_t K = m->match.K;
    memset(m->r, 0, sizeof(double) * (size_t)K);
    for (int32_t j = 0; j < m->n; j++) {
        const double *v = m->vertex + (int64_t)j * K;
        for (int32_t k = 0; k < K; k++) m->r[k] += m->weight[j] * v[k];
    }
    for (int32_t k = 0; k < K; k++) m->w[k] = 1 / (1 + m->r[k]);
    m->f = solver_log_sum(m->r, K);
}

/* The vertex of the last linear problem joins, without weight unless it is the only one. */
static void add_vertex(solver_relax *m)
{
    const solver_match *match = &m->match;
    const int32_t L = match->L, K = match->K;
    for (int32_t j = 0; j < m->n; j++)
        if (memcmp(m->vertex + (int64_t)j * K, m->step, sizeof(double) * (size_t)K) == 0) return;
    if (m->n == m->cap) {
        int32_t least = 0;
        for (int32_t j = 1; j < m->n; j++)
            if (m->weight[j] < m->weight[least]) least = j;
        const double rest = 1 - m->weight[least];
        drop_vertex(m, least);
        for (int32_t j = 0; j < m->n; j++) m->weight[j] /= rest;
        settle(m);
    }
    uint64_t *bits = m->bits + m->n * m->words;
    memset(bits, 0, sizeof(uint64_t) * (size_t)m->words);
    memcpy(m->vertex + (int64_t)m->n * K, m->step, sizeof(double) * (size_t)K);
    for (int32_t l = 0; l < L; l++)
        for (int32_t i = 0; i < match->slots[l]; i++) {
            const int64_t link = (int64_t)l * K + match->user[(int64_t)l * K + i];
            bits[link / 64] |= UINT64_C(1) << (link % 64);
        }
    m->weight[m->n] = m->n == 0;
    m->n++;
}

/* argmax over 0 <= t <= most of sum_k ln(1 + r_k + t d_k): Newton on the derivative, which falls,
 * kept inside a bracket. */
static double line_search(const double *restrict r, const double *restrict d, int32_t K,
                          double most)
{
    double low = 0, high = most, t = most;
    for (int i = 0; i < SEARCH; i++) {
        double slope = 0, curve = 0;
#pragma omp simd reduction(+ : slope, curve)
        for (int32_t k = 0; k < K; k++) {
            const double g = d[k] / (1 + r[k] + t * d[k]);
            slope += g;
            curve += g * g;
        }
        if (slope >= 0 && t >= most) return most;
        if (slope > 0)
            low = t;
        else
            high = t;
        const double newton = t + slope / curve;
        const double next = newton > low && newton < high ? newton : 0.5 * (low + high);
        if (fabs(next - t) <= 1e-13 * most || !(curve > 0)) return next;
        t = next;
    }
    return t;
}

/* One pairwise step; returns w'(r_best - r_worst) before it. */
static double shift_weight(solver_relax *m, double enough)
{
    const int32_t K = m->match.K;
    int32_t best = 0, worst = 0;
    double most = -INFINITY, least = INFINITY;
    for (int32_t j = 0; j < m->n; j++) {
        const double g = dot(m->w, m->vertex + (int64_t)j * K, K);
        if (g > most) {
            most = g;
            best = j;
        }
        if (m->weight[j] > 0 && g < least) {
            least = g;
            worst = j;
        }
    }
    if (!(most - least > enough)) return most - least;
    const double *to = m->vertex + (int64_t)best * K, *from = m->vertex + (int64_t)worst * K;
    for (int32_t k = 0; k < K; k++) m->step[k] = to[k] - from[k];
    const double t = line_search(m->r, m->step, K, m->weight[worst]);
    m->weight[best] += t;
    m->weight[worst] -= t;
    for (int32_t k = 0; k < K; k++) {
        m->r[k] += t * m->step[k];
        m->w[k] = 1 / (1 + m->r[k]);
    }
    if (m->weight[worst] <= 0) drop_vertex(m, worst);
    return most - least;
}

static void solve_upper(const double *M, double *y, int32_t n, int32_t size)
{
    for (int32_t i = n - 1; i >= 0; i--) {
        y[i] *= M[(int64_t)i * size + i];
        for (int32_t j = 0; j < i; j++) y[j] -= M[(int64_t)i * size + j] * y[i];
    }
}

/* M y = g for a symmetric positive M (n,n), its lower triangle given: Cholesky in place (with the
 * diagonal inverted), g becomes y. Where M is singular, y is instead a direction that M does not
 * see, uphill on g, and 1 is returned. */
static int solve_normal(double *M, double *g, int32_t n)
{
    for (int32_t i = 0; i < n; i++) {
        double *row = M + (int64_t)i * n;
        const double diagonal = row[i];
        for (int32_t j = 0; j < i; j++)
            row[j] = (row[j] - dot(row, M + (int64_t)j * n, j)) * M[(int64_t)j * n + j];
        const double left = diagonal - dot(row, row, i), slope = g[i] - dot(row, g, i);
        if (diagonal > 0 && left <= SINGULAR * diagonal) {
            for (int32_t j = 0; j < n; j++) g[j] = j >= i ? 0 : slope < 0 ? row[j] : -row[j];
            solve_upper(M, g, i, n);
            g[i] = slope < 0 ? -1 : 1;
            return 1;
        }
        row[i] = diagonal > 0 ? 1 / sqrt(left) : 0;
        g[i] = slope * row[i];
    }
    solve_upper(M, g, n, n);
    return 0;
}

/* Newton's direction for the weights: with u_j = w (v_j - v_base), elementwise, f has the gradient
 * sum_k u_jk and the Hessian -u_i'u_j; the base takes what the others leave. How far to go: at most
 * twice the step or, where vertices depend on each other, until one is out. */
static double newton_direction(solver_relax *m, int32_t base)
{
    const int32_t K = m->match.K, n = m->n;
    const double *b = m->vertex + (int64_t)base * K;
    for (int32_t j = 0; j < n; j++) {
        const double *v = m->vertex + (int64_t)j * K;
        double *u = m->side + (int64_t)j * K;
        m->delta[j] = 0;
        for (int32_t k = 0; k < K; k++) {
            u[k] = m->weight[j] > 0 ? m->w[k] * (v[k] - b[k]) : 0;
            m->delta[j] += u[k];
        }
        for (int32_t i = 0; i <= j; i++)
            m->normal[(int64_t)j * n + i] = dot(u, m->side + (int64_t)i * K, K);
    }
    const int dependent = solve_normal(m->normal, m->delta, n);
    m->delta[base] = 0;
    for (int32_t j = 0; j < n; j++)
        if (j != base) m->delta[base] -= m->delta[j];
    return dependent ? INFINITY : 2;
}

/* Pairwise steps crawl where vertices hardly differ; Newton's step over all weights does not. It
 * ends where a weight would fall below 0. */
static void newton_step(solver_relax *m)
{
    const int32_t K = m->match.K;
    int32_t base = 0, stop = -1;
    for (int32_t j = 1; j < m->n; j++)
        if (m->weight[j] > m->weight[base]) base = j;
    double most = newton_direction(m, base);
    memset(m->step, 0, sizeof(double) * (size_t)K);
    for (int32_t j = 0; j < m->n; j++) {
        if (m->delta[j] < 0 && m->weight[j] < most * -m->delta[j]) {
            most = m->weight[j] / -m->delta[j];
            stop = j;
        }
        const double *v = m->vertex + (int64_t)j * K;
        for (int32_t k = 0; k < K; k++) m->step[k] += m->delta[j] * v[k];
    }
    const double t = line_search(m->r, m->step, K, most);
    for (int32_t j = m->n - 1; j >= 0; j--) {
        const double weight = m->weight[j] + t * m->delta[j];
        const int gone = m->weight[j] > 0 && (weight <= 0 || (j == stop && t >= most));
        m->weight[j] = weight > 0 ? weight : 0;
        if (gone) drop_vertex(m, j);
    }
    settle(m);
}

void solver_relax_move(solver_relax *m)
{
    const double gap = m->bound > m->f ? m->bound - m->f : 0;
    const double enough = INNER * gap + 8 * DBL_EPSILON * m->f;
    add_vertex(m);
    for (int i = 0; i < STEPS && m->n > 1; i++) {
        if (shift_weight(m, enough) <= enough) break;
        if (i >= PAIRS && m->n > 2) newton_step(m);
    }
    settle(m);
}

static int agrees(const solver_relax *m, int32_t vertex, int32_t mark)
{
    for (int32_t t = mark; t < m->match.trail_len; t++) {
        const solver_fixing e = m->match.trail[t];
        if (has(m, vertex, (int64_t)e.l * m->match.K + e.k) != e.value) return 0;
    }
    return 1;
}

/* Without any vertex left r stays: where to linearise is free, the bound holds anyway. */
void solver_relax_filter(solver_relax *m, int32_t mark)
{
    double left = 0;
    const int32_t before = m->n;
    for (int32_t j = m->n - 1; j >= 0; j--)
        if (!agrees(m, j, mark)) drop_vertex(m, j);
    for (int32_t j = 0; j < m->n; j++) left += m->weight[j];
    if (m->n == before || m->n == 0) return;
    for (int32_t j = 0; j < m->n; j++) m->weight[j] = left > 0 ? m->weight[j] / left : 1.0 / m->n;
    settle(m);
}

double solver_relax_value(const solver_relax *m, int32_t l, int32_t k)
{
    double x = 0;
    for (int32_t j = 0; j < m->n; j++)
        if (has(m, j, (int64_t)l * m->match.K + k)) x += m->weight[j];
    return x;
}
