#include <math.h>
#include <string.h>

#include "solver/power_sets.h"

/* The n users that are on, as a dense problem: g (n,n) with g[k n + j] what k hears of j's beam and
 * its own gain on the diagonal. */
typedef struct dense {
    int32_t n;
    double mu, static_w;
    double *g, *h; /* (n,n) gains, minus the Hessian and its factor  */
    double *p, *next, *I, *T, *D, *R, *slope, *d; /* (n)                                       */
} dense;

static void place(dense *q, int32_t n, double *scratch)
{
    double **const rows[] = {&q->p, &q->next, &q->I, &q->T, &q->D, &q->R, &q->slope, &q->d};
    q->n = n;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++, scratch += n) *rows[i] = scratch;
    q->g = scratch;
    q->h = scratch + (int64_t)n * n;
}

static double evaluate(dense *q, const double *p)
{
    double value = 0;
    for (int32_t k = 0; k < q->n; k++) {
        const double *g = q->g + (int64_t)k * q->n;
        double heard = 1;
        for (int32_t j = 0; j < q->n; j++) heard += g[j] * p[j];
        q->T[k] = heard;
        q->I[k] = heard - g[k] * p[k];
    }
    for (int32_t k = 0; k < q->n; k++) {
        const double *g = q->g + (int64_t)k * q->n;
        q->D[k] = q->static_w + q->mu * p[k];
        q->I[k] = fmax(q->I[k], 1);
        q->R[k] = log1p(g[k] * p[k] / q->I[k]);
        value += q->R[k] / q->D[k];
    }
    return value;
}

/* slope = dJ/du and h = -d2J/du2 for u = ln p, at the point that was evaluated:
 *   dR_k/du_j = p_j (t_kj / T_k - i_kj / I_k), with t the gains and i those off the diagonal. */
static void differentiate(dense *q)
{
    const int32_t n = q->n;
    memset(q->slope, 0, sizeof(double) * (size_t)n);
    memset(q->h, 0, sizeof(double) * (size_t)n * (size_t)n);
    for (int32_t k = 0; k < n; k++) {
        const double *g = q->g + (int64_t)k * n;
        const double w = 1 / q->D[k], t = 1 / q->T[k], i = 1 / q->I[k], m = q->mu * q->p[k] * w;
        for (int32_t j = 0; j < n; j++) {
            const double x = g[j] * q->p[j] * t, y = j == k ? 0 : g[j] * q->p[j] * i;
            double *h = q->h + (int64_t)j * n;
            q->slope[j] += w * (x - y);
            h[j] -= w * (x - y);
            for (int32_t l = 0; l <= j; l++) {
                const double z = g[l] * q->p[l];
                h[l] += w * z * (x * t - (l == k ? 0 : y * i));
            }
            if (j >= k) h[k] += w * m * (x - y);
            if (j <= k) q->h[(int64_t)k * n + j] += w * m * (x - y);
        }
        q->slope[k] -= m * w * q->R[k];
        q->h[(int64_t)k * n + k] += m * w * q->R[k] * (1 - 2 * m);
    }
}

/* d with (h + shift) d = slope by Cholesky's factor; h holds the lower half, and keeps its diagonal
 * in `diagonal`. 0 where h + shift is not positive definite. */
static int solve(const dense *q, double shift, double *factor, double *d)
{
    const int32_t n = q->n;
    for (int32_t i = 0; i < n; i++) {
        double *a = factor + (int64_t)i * n;
        memcpy(a, q->h + (int64_t)i * n, sizeof(double) * (size_t)(i + 1));
        a[i] += shift;
        for (int32_t j = 0; j < i; j++) {
            const double *b = factor + (int64_t)j * n;
            double sum = a[j];
            for (int32_t l = 0; l < j; l++) sum -= a[l] * b[l];
            a[j] = sum / b[j];
        }
        double pivot = a[i];
        for (int32_t l = 0; l < i; l++) pivot -= a[l] * a[l];
        if (!(pivot > 1e-14)) return 0;
        a[i] = sqrt(pivot);
    }
    for (int32_t i = 0; i < n; i++) {
        double sum = q->slope[i];
        for (int32_t l = 0; l < i; l++) sum -= factor[(int64_t)i * n + l] * d[l];
        d[i] = sum / factor[(int64_t)i * n + i];
    }
    for (int32_t i = n - 1; i >= 0; i--) {
        double sum = d[i];
        for (int32_t l = i + 1; l < n; l++) sum -= factor[(int64_t)l * n + i] * d[l];
        d[i] = sum / factor[(int64_t)i * n + i];
    }
    return 1;
}

/* One step, shorter and steeper until the objective rises. The gain, or 0. */
static double climb(dense *q, double value, double most_w, double *factor)
{
    differentiate(q);
    double shift = 0;
    for (int32_t i = 0; i<12; i++, shift = shift> 0 ? 10 * shift : 1e-3 * value) {
        if (!solve(q, shift, factor, q->d)) continue;
        double longest = 0;
        for (int32_t k = 0; k < q->n; k++) longest = fmax(longest, fabs(q->d[k]));
        const double cut = longest > 1 ? 1 / longest : 1;
        for (int32_t k = 0; k < q->n; k++) q->next[k] = fmin(q->p[k] * exp(cut * q->d[k]), most_w);
        const double next = evaluate(q, q->next);
        if (!(next > value)) continue;
        double *const swap = q->p;
        q->p = q->next;
        q->next = swap;
        return next - value;
    }
    return 0;
}

void solver_set_polish(const solver_sets *s, solver_set *x, int32_t steps, double *scratch)
{
    dense q = {.mu = (double)s->mu, .static_w = (double)s->static_w};
    place(&q, x->count, scratch);
    for (int32_t j = 0; j < q.n; j++) {
        const int32_t user = x->user[j];
        const int64_t at = (int64_t)user * s->m + x->choice[user];
        for (int32_t k = 0; k < q.n; k++)
            q.g[(int64_t)k * q.n + j] = (double)s->column[at * s->lanes + x->user[k]];
        q.g[(int64_t)j * q.n + j] = (double)s->own[at];
        q.p[j] = (double)x->p[user];
    }
    double *factor = scratch + 8 * (int64_t)q.n + 2 * (int64_t)q.n * q.n;
    double value = evaluate(&q, q.p);
    for (int32_t i = 0; i < steps; i++) {
        const double gain = climb(&q, value, (double)s->most_w, factor);
        value += gain;
        if (!(gain > 1e-10 * value)) break;
    }
    x->value = value;
    for (int32_t j = 0; j < q.n; j++) x->p[x->user[j]] = (float)q.p[j];
}
