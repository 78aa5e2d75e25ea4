#include <assert.h>
#include <string.h>

#include "nn/ops.h"

/* Sums over the others of a group: the map is symmetric, so its adjoint is itself; `add` says
 * whether y is overwritten (forward) or added to (backward). */

/* 1 over the number of others for a mean, which is 0 where there are none; or the operator's
 * own. */
static real scale_of(const nn_op *op, int32_t n)
{
    if (op->number[0] != 0) return op->number[0];
    return n > 1 ? (real)1 / (real)(n - 1) : 0;
}

/* In one lane users are rows, which the kernels sum in an order of their own. Means, by which
 * assignment is decided, keep one order for any number of lanes: one drop is decided as it is
 * among many. */
static void users(const nn_plan *p, const nn_op *op, const real *x, real *y, int add)
{
    const int64_t B = p->dims.B, row = p->dims.K * B;
    const real scale = scale_of(op, p->dims.K);
    const int rows = B == 1 && op->number[0] != 0;
    for (int32_t c = 0; c < op->out.C; c++, x += p->stride, y += p->stride) {
        if (rows)
            p->kernels->pool_rows(NN_POOL_OTHERS, p->dims.L, row, scale, x, y, add);
        else
            p->kernels->pool_others(p->dims.L, p->dims.K, B, scale, x, y, add);
    }
}

/* Features last, in place: those from number `kind` on. */
static void rows_users(const nn_plan *p, const nn_op *op)
{
    const int32_t K = p->dims.K, step = op->out.step;
    const nn_group g = {p->dims.L, (int64_t)K * step, step, K};
    real *x = nn_value(p, op->out) - op->kind;
    p->kernels->rows_others(g, op->kind, step, scale_of(op, K), x, x);
}

static void other_users_forward(const nn_plan *p, const nn_op *op, const real *params)
{
    (void)params;
    if (p->features_last)
        rows_users(p, op);
    else
        users(p, op, nn_value(p, op->in[0]), nn_value(p, op->out), 0);
}

static void other_users_backward(const nn_plan *p, const nn_op *op, const real *params,
                                 real *dparams)
{
    (void)params;
    (void)dparams;
    users(p, op, nn_grad(p, op->out), nn_grad(p, op->in[0]), 1);
}

static void aps(const nn_plan *p, const nn_op *op, const real *x, real *y, int add)
{
    const int64_t columns = (int64_t)p->dims.K * p->dims.B, step = op->out.step;
    const real scale = scale_of(op, p->dims.L);
    if (step) {
        p->kernels->pool_others(1, p->dims.L, columns * step, scale, x, y, add);
        return;
    }
    for (int32_t c = 0; c < op->out.C; c++, x += p->stride, y += p->stride)
        p->kernels->pool_others(1, p->dims.L, columns, scale, x, y, add);
}

static void exchange_forward(const nn_plan *p, const nn_op *op, const real *params)
{
    (void)params;
    aps(p, op, nn_value(p, op->in[0]), nn_value(p, op->out), 0);
}

static void exchange_backward(const nn_plan *p, const nn_op *op, const real *params, real *dparams)
{
    (void)params;
    (void)dparams;
    aps(p, op, nn_grad(p, op->out), nn_grad(p, op->in[0]), 1);
}

static int64_t pool_flops(const nn_plan *p, const nn_op *op)
{
    return 3 * (int64_t)op->out.C * p->dims.L * p->dims.K;
}

static int64_t pool_sends(const nn_plan *p, const nn_op *op)
{
    return (int64_t)op->out.C * p->dims.K;
}

static const nn_op_class OTHER_USERS = {"other users", other_users_forward, other_users_backward,
                                        pool_flops, NULL};
static const nn_op_class EXCHANGE = {"exchange", exchange_forward, exchange_backward, pool_flops,
                                     pool_sends};

static nn_slice add(nn_plan *p, const nn_op_class *class, nn_slice x, real scale)
{
    assert(!p->features_last || class == &EXCHANGE);
    nn_op *op = nn_plan_add(p, class, x.C);
    op->in[0] = x;
    op->n_in = 1;
    op->number[0] = scale;
    return op->out;
}

nn_slice nn_other_users(nn_plan *p, nn_slice x)
{
    return add(p, &OTHER_USERS, x, 0);
}

void nn_other_users_here(nn_plan *p, nn_slice x, int32_t first)
{
    assert(!p->train);
    nn_op *op = nn_plan_add(p, &OTHER_USERS, 0);
    op->in[0] = op->out = nn_channels(p, x, first, x.C - first);
    op->n_in = 1;
    op->kind = first;
}

nn_slice nn_exchange(nn_plan *p, nn_slice x)
{
    return add(p, &EXCHANGE, x, 0);
}

nn_slice nn_sum_users(nn_plan *p, nn_slice x, real divisor)
{
    return add(p, &OTHER_USERS, x, 1 / divisor);
}

nn_slice nn_sum_aps(nn_plan *p, nn_slice x, real divisor)
{
    return add(p, &EXCHANGE, x, 1 / divisor);
}

/* y = mean over all links of the lane, repeated; its adjoint is itself. */
static void mean_all(const nn_plan *p, const nn_op *op, const real *x, real *y, int add)
{
    const int64_t B = p->dims.B, n = (int64_t)p->dims.L * p->dims.K;
    real *mean = nn_work(p);
    for (int32_t c = 0; c < op->out.C; c++, x += p->stride, y += p->stride) {
        if (B == 1) {
            p->kernels->pool_rows(NN_POOL_SUM, 1, n, 1 / (real)n, x, y, add);
            continue;
        }
        p->kernels->pool_sums(1, (int32_t)n, B, x, mean);
        for (int64_t b = 0; b < B; b++) mean[b] /= (real)n;
        for (int64_t i = 0; i < n; i++)
            for (int64_t b = 0; b < B; b++) y[i * B + b] = (add ? y[i * B + b] : 0) + mean[b];
    }
}

static void mean_all_forward(const nn_plan *p, const nn_op *op, const real *params)
{
    (void)params;
    mean_all(p, op, nn_value(p, op->in[0]), nn_value(p, op->out), 0);
}

static void mean_all_backward(const nn_plan *p, const nn_op *op, const real *params, real *dparams)
{
    (void)params;
    (void)dparams;
    mean_all(p, op, nn_grad(p, op->out), nn_grad(p, op->in[0]), 1);
}

/* The sum over its own links is all that an access point sends. */
static int64_t mean_all_sends(const nn_plan *p, const nn_op *op)
{
    (void)p;
    return op->out.C;
}

static const nn_op_class MEAN_ALL = {"mean of all", mean_all_forward, mean_all_backward, pool_flops,
                                     mean_all_sends};

nn_slice nn_mean_all(nn_plan *p, nn_slice x)
{
    nn_plan_work(p, p->dims.B);
    return add(p, &MEAN_ALL, x, 0);
}

/* Index of the largest of K numbers B apart, the first of equal ones; a NaN is the largest. */
static int64_t largest(const real *x, int64_t K, int64_t B)
{
    int64_t best = 0;
    for (int64_t k = 1; k < K; k++)
        if (x[k * B] > x[best * B] || x[k * B] != x[k * B]) best = k;
    return best;
}

/* y[l,k] = max over k' of x[l,k'], in lanes: found in the first user's, and copied to the
 * others'. */
static void most_of_lanes(int64_t K, int64_t B, const real *restrict x, real *restrict y)
{
    memcpy(y, x, (size_t)B * sizeof *y);
    for (int64_t k = 1; k < K; k++)
        for (int64_t b = 0; b < B; b++) {
            const real v = x[k * B + b]; /* a NaN is the largest */
            y[b] = v > y[b] || v != v ? v : y[b];
        }
    for (int64_t k = 1; k < K; k++) memcpy(y + k * B, y, (size_t)B * sizeof *y);
}

static void max_users_forward(const nn_plan *p, const nn_op *op, const real *params)
{
    (void)params;
    const int64_t B = p->dims.B, K = p->dims.K;
    for (int32_t c = 0; c < op->out.C; c++) {
        const real *x = nn_value(p, op->in[0]) + c * p->stride;
        real *y = nn_value(p, op->out) + c * p->stride;
        if (B == 1) p->kernels->pool_rows(NN_POOL_MOST, p->dims.L, K, 0, x, y, 0);
        for (int64_t l = 0; B > 1 && l < p->dims.L; l++)
            most_of_lanes(K, B, x + l * K * B, y + l * K * B);
    }
}

static void max_users_backward(const nn_plan *p, const nn_op *op, const real *params, real *dparams)
{
    (void)params;
    (void)dparams;
    const int64_t B = p->dims.B, K = p->dims.K;
    for (int32_t c = 0; c < op->out.C; c++)
        for (int64_t l = 0; l < p->dims.L; l++)
            for (int64_t b = 0; b < B; b++) {
                const int64_t at = c * p->stride + l * K * B + b;
                const real *x = nn_value(p, op->in[0]) + at, *dy = nn_grad(p, op->out) + at;
                real sum = 0;
                for (int64_t k = 0; k < K; k++) sum += dy[k * B];
                nn_grad(p, op->in[0])[at + largest(x, K, B) * B] += sum;
            }
}

static const nn_op_class MAX_USERS = {"max over users", max_users_forward, max_users_backward,
                                      pool_flops, NULL};

nn_slice nn_max_users(nn_plan *p, nn_slice x)
{
    return add(p, &MAX_USERS, x, 0);
}
