/* Features of links, and the step that unrolled takes from them. */
#include "policy/power_op.h"

/* tanh of n numbers in place: 1 - 2 / (exp 2x + 1). */
static void tanhs(const nn_plan *plan, int64_t n, real *x)
{
    for (int64_t i = 0; i < n; i++) x[i] *= 2;
    plan->kernels->exps(n, x, x);
    for (int64_t i = 0; i < n; i++) x[i] = 1 - 2 / (x[i] + 1);
}

/* Where e = ln(g/z) is largest over the access points of the user at column k. */
static int64_t best_ap(const real *log_own, const real *log_z, int64_t n, int64_t users, int64_t k)
{
    int64_t best = k;
    for (int64_t i = k + users; i < n; i += users)
        if (log_own[i] - log_z[i] > log_own[best] - log_z[best]) best = i;
    return best;
}

static void view_forward(const nn_plan *plan, const nn_op *op, const real *params)
{
    (void)params;
    const int64_t s = plan->stride, users = (int64_t)plan->dims.K * plan->dims.B;
    const int64_t n = users * plan->dims.L;
    const real *lg = nn_value(plan, op->in[0]), *z = nn_value(plan, op->in[1]);
    const real *log_I = z + s, *log_T = z + 2 * s, *log_D = z + 3 * s;
    const real *u = nn_value(plan, op->in[2]);
    real *restrict y = nn_value(plan, op->out);
    for (int64_t i = 0; i < n; i++) {
        const real e = lg[i] - z[i], R = log_T[i] - log_I[i];
        const real r = e - log_T[i] - log_D[i], q = e - log_D[i] - log_I[i];
        y[i] = r / (real)POWER_RATIO_SCALE;
        y[i + s] = r;
        y[i + 2 * s] = q / 4;
        y[i + 3 * s] = q / 2;
        y[i + 5 * s] = R / 4;
        y[i + 6 * s] = log_I[i] / 4;
        y[i + 7 * s] = (lg[i] - log_I[i]) / 6;
        y[i + 8 * s] = (u[i] + 6) / 4;
        y[i + 9 * s] = R;
        y[i + 10 * s] = z[i] / 4;
    }
    for (int64_t k = 0; k < users; k++) {
        const int64_t best = best_ap(lg, z, n, users, k);
        const real most = lg[best] - z[best];
        for (int64_t i = k; i < n; i += users) y[i + 4 * s] = (lg[i] - z[i] - most) / 4;
    }
    tanhs(plan, n, y + s);
    tanhs(plan, n, y + 3 * s);
    tanhs(plan, n, y + 9 * s);
}

static void view_backward(const nn_plan *plan, const nn_op *op, const real *params, real *dparams)
{
    (void)params;
    (void)dparams;
    const int64_t s = plan->stride, users = (int64_t)plan->dims.K * plan->dims.B;
    const int64_t n = users * plan->dims.L;
    const real *lg = nn_value(plan, op->in[0]), *z = nn_value(plan, op->in[1]);
    const real *y = nn_value(plan, op->out), *d = nn_grad(plan, op->out);
    real *restrict dz = nn_grad(plan, op->in[1]), *restrict du = nn_grad(plan, op->in[2]);
    for (int64_t i = 0; i < n; i++) {
        const real t1 = y[i + s], t3 = y[i + 3 * s], t9 = y[i + 9 * s];
        const real dr = d[i] / (real)POWER_RATIO_SCALE + d[i + s] * (1 - t1 * t1);
        const real dq = d[i + 2 * s] / 4 + d[i + 3 * s] * (1 - t3 * t3) / 2;
        const real dR = d[i + 5 * s] / 4 + d[i + 9 * s] * (1 - t9 * t9);
        dz[i] += d[i + 10 * s] / 4 - dr - dq - d[i + 4 * s] / 4;
        dz[i + s] += d[i + 6 * s] / 4 - d[i + 7 * s] / 6 - dq - dR;
        dz[i + 2 * s] += dR - dr;
        dz[i + 3 * s] -= dr + dq;
        du[i] += d[i + 8 * s] / 4;
    }
    for (int64_t k = 0; k < users; k++) {
        real sum = 0;
        for (int64_t i = k; i < n; i += users) sum += d[i + 4 * s] / 4;
        dz[best_ap(lg, z, n, users, k)] += sum;
    }
}

static int64_t view_flops(const nn_plan *p, const nn_op *op)
{
    (void)op;
    return 60 * (int64_t)p->dims.L * p->dims.K;
}

static const nn_op_class VIEW = {"power view", view_forward, view_backward, view_flops,
                                 power_sends};

nn_slice power_view(nn_plan *plan, const power_known *known, nn_slice state, nn_slice u)
{
    nn_op *op = nn_plan_add(plan, &VIEW, POWER_VIEW);
    op->kind = 1;
    op->in[0] = power_fact(plan, known, POWER_LOG_OWN);
    op->in[1] = state;
    op->in[2] = u;
    op->n_in = 3;
    return op->out;
}

static void advance_forward(const nn_plan *plan, const nn_op *op, const real *params)
{
    (void)params;
    const real *r = nn_value(plan, op->in[0]), *u = nn_value(plan, op->in[1]);
    const real *x = nn_value(plan, op->in[2]);
    real *y = nn_value(plan, op->out);
    for (int64_t i = 0; i < plan->stride; i++) {
        const real next = u[i] + x[i] + (1 + x[i + plan->stride]) * (real)POWER_RATIO_SCALE * r[i];
        y[i] = power_cut(next);
    }
}

static void advance_backward(const nn_plan *plan, const nn_op *op, const real *params,
                             real *dparams)
{
    (void)params;
    (void)dparams;
    const real *r = nn_value(plan, op->in[0]), *x = nn_value(plan, op->in[2]);
    const real *y = nn_value(plan, op->out), *dy = nn_grad(plan, op->out);
    real *dr = nn_grad(plan, op->in[0]), *du = nn_grad(plan, op->in[1]);
    real *dx = nn_grad(plan, op->in[2]);
    for (int64_t i = 0; i < plan->stride; i++) {
        const real d = power_is_cut(y[i]) ? 0 : dy[i];
        du[i] += d;
        dx[i] += d;
        dx[i + plan->stride] += d * (real)POWER_RATIO_SCALE * r[i];
        dr[i] += d * (1 + x[i + plan->stride]) * (real)POWER_RATIO_SCALE;
    }
}

static const nn_op_class ADVANCE = {"power advance", advance_forward, advance_backward, NULL, NULL};

nn_slice power_advance(nn_plan *plan, nn_slice view, nn_slice u, nn_slice x)
{
    nn_op *op = nn_plan_add(plan, &ADVANCE, 1);
    op->in[0] = nn_channels(plan, view, POWER_RATIO, 1);
    op->in[1] = u;
    op->in[2] = x;
    op->n_in = 3;
    return op->out;
}
