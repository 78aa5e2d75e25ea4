#include "solver/power_surrogate.h"

#include <math.h>
#include <string.h>

enum { MOST_STEPS = 60 };

void solver_surrogate_place(solver_surrogate *s, arena *a, int32_t L, int32_t K)
{
    s->n = L * K;
    s->K = K;
    s->lanes = (K + 7) & ~7;
    const size_t n = (size_t)s->n, lanes = (size_t)s->lanes;
    double **const links[] = {&s->cost, &s->p, &s->z, &s->y, &s->dp, &s->e, &s->b, &s->slope};
    for (size_t i = 0; i < sizeof links / sizeof links[0]; i++)
        *links[i] = ARENA_TAKE(a, double, n + 8);
    s->a = ARENA_TAKE(a, double, n *lanes);
    s->u = ARENA_TAKE(a, double, lanes);
    s->T = ARENA_TAKE(a, double, lanes);
    s->heard = ARENA_TAKE(a, double, lanes);
    s->h = ARENA_TAKE(a, double, lanes);
    s->factor = ARENA_TAKE(a, double, lanes *lanes);
}

void solver_surrogate_fill(solver_surrogate *s, const prob_power_form *f)
{
    memcpy(s->a, f->cross, sizeof(double) * (size_t)s->n * (size_t)s->lanes);
    for (int32_t c = 0; c < s->n; c++) s->a[(int64_t)c * s->lanes + c / f->L] = f->own[c];
    memset(s->u, 0, sizeof(double) * (size_t)s->lanes);
}

/* heard <- M^-1 heard with M = diag(T^2/u) + A E A', in `factor` on entry, by Cholesky. Users of
 * u = 0 are left out: their entry becomes 0. */
static void solve_users(solver_surrogate *s)
{
    const int32_t K = s->K;
    double *d = s->heard;
    for (int32_t i = 0; i < K; i++) {
        double *a = s->factor + (int64_t)i * s->lanes;
        if (!(s->u[i] > 0)) {
            memset(a, 0, sizeof(double) * (size_t)i);
            a[i] = 1;
            d[i] = 0;
            continue;
        }
        a[i] += s->T[i] * s->T[i] / s->u[i];
        for (int32_t j = 0; j < i; j++) {
            const double *b = s->factor + (int64_t)j * s->lanes;
            double sum = a[j];
            for (int32_t l = 0; l < j; l++) sum -= a[l] * b[l];
            a[j] = s->u[j] > 0 ? sum * s->h[j] : 0;
        }
        double pivot = a[i], right = d[i];
        for (int32_t l = 0; l < i; l++) {
            pivot -= a[l] * a[l];
            right -= a[l] * d[l];
        }
        a[i] = sqrt(pivot > 1e-300 ? pivot : 1e-300);
        s->h[i] = 1 / a[i];
        d[i] = right * s->h[i];
    }
    for (int32_t i = K - 1; i >= 0; i--) {
        const double *a = s->factor + (int64_t)i * s->lanes;
        if (!(s->u[i] > 0)) continue;
        d[i] *= s->h[i];
        for (int32_t l = 0; l < i; l++) d[l] -= a[l] * d[i];
    }
}

/* slope = A' (u / T) - cost at p. */
static void differentiate(solver_surrogate *s, const prob_power_form *f)
{
    f->kernels->leak(s->n, s->lanes, s->a, s->p, 1, s->T);
    for (int32_t k = 0; k < s->lanes; k++) s->heard[k] = s->u[k] / s->T[k];
    f->kernels->price(s->n, s->lanes, s->a, s->heard, s->slope);
    for (int32_t c = 0; c < s->n; c++) s->slope[c] -= s->cost[c];
}

/* The Newton direction dp for the centre tau; with y the duals of p <= most, or 0 without a limit:
 *   (A' diag(u/T^2) A + diag(z/p + y/(most - p))) dp = slope + tau/p - tau/(most - p). */
static void direct(solver_surrogate *s, const prob_power_form *f, int bounded, double tau)
{
    for (int32_t c = 0; c < s->n; c++) {
        const double room = f->most_w - s->p[c];
        const double curve = s->z[c] / s->p[c] + (bounded ? s->y[c] / room : 0);
        s->e[c] = f->open[c] ? 1 / curve : 0;
        s->b[c] = s->e[c] * (s->slope[c] + tau / s->p[c] - (bounded ? tau / room : 0));
    }
    f->kernels->gram(s->n, s->lanes, s->a, s->e, s->factor);
    f->kernels->leak(s->n, s->lanes, s->a, s->b, 0, s->heard);
    solve_users(s);
    f->kernels->price(s->n, s->lanes, s->a, s->heard, s->dp);
    for (int32_t c = 0; c < s->n; c++) s->dp[c] = s->b[c] - s->e[c] * s->dp[c];
}

/* The longest step at which x + step dx keeps 0.5 % of x. */
static double shorten(double step, double x, double dx)
{
    return step * dx < -0.995 * x ? -0.995 * x / dx : step;
}

/* Move p, z and y along the direction, as far as they stay positive. */
static double advance(solver_surrogate *s, const prob_power_form *f, int bounded, double tau)
{
    double step = 1;
    for (int32_t c = 0; c < s->n; c++) {
        if (!f->open[c]) continue;
        const double room = f->most_w - s->p[c];
        s->b[c] = (tau - s->z[c] * (s->p[c] + s->dp[c])) / s->p[c];
        s->e[c] = bounded ? (tau - s->y[c] * (room - s->dp[c])) / room : 0;
        step = shorten(shorten(step, s->p[c], s->dp[c]), s->z[c], s->b[c]);
        if (bounded) step = shorten(shorten(step, room, -s->dp[c]), s->y[c], s->e[c]);
    }
    for (int32_t c = 0; c < s->n; c++) {
        if (!f->open[c]) continue;
        s->p[c] += step * s->dp[c];
        s->z[c] += step * s->b[c];
        s->y[c] += step * s->e[c];
    }
    return step;
}

/* Sum of the products that an optimum has at 0. */
static double gap_of(const solver_surrogate *s, const prob_power_form *f, int bounded)
{
    double sum = 0;
    for (int32_t c = 0; c < s->n; c++)
        if (f->open[c]) sum += s->p[c] * s->z[c] + (bounded ? s->y[c] * (f->most_w - s->p[c]) : 0);
    return sum;
}

void solver_surrogate_solve(solver_surrogate *s, const prob_power_form *f, double gap)
{
    const int bounded = f->limit == CF_LIMIT_LINK;
    double total = 0, last = 1;
    int32_t pairs = 0;
    for (int32_t k = 0; k < s->K; k++) total += s->u[k];
    for (int32_t c = 0; c < s->n; c++) pairs += f->open[c] ? 1 + bounded : 0;
    if (pairs == 0 || !(total > 0)) return;
    differentiate(s, f);
    const double start = 1e-2 * total / pairs;
    for (int32_t c = 0; c < s->n; c++) {
        if (!f->open[c]) s->p[c] = 1;
        s->z[c] = fmax(-s->slope[c], 0) + start / s->p[c];
        s->y[c] = bounded ? fmax(s->slope[c], 0) + start / (f->most_w - s->p[c]) : 0;
    }
    for (int32_t i = 0; i < MOST_STEPS; i++) {
        const double now = gap_of(s, f, bounded);
        double off = 0;
        for (int32_t c = 0; c < s->n; c++)
            if (f->open[c]) off = fmax(off, fabs(s->slope[c] + s->z[c] - s->y[c]) * s->p[c]);
        if (now < gap * total && off < gap * total) break;
        const double tau = (last > 0.9 ? 0.1 : last > 0.5 ? 0.3 : 0.8) * now / pairs;
        direct(s, f, bounded, tau);
        last = advance(s, f, bounded, tau);
        differentiate(s, f);
    }
}
