#include <math.h>

#include "nn/ops.h"

#define UNUSED(a) (void)(a)

static nn_slice add(nn_plan *p, const nn_op_class *class, int32_t C, const nn_slice *in, int32_t n)
{
    nn_op *op = nn_plan_add(p, class, C);
    for (int32_t i = 0; i < n; i++) op->in[i] = in[i];
    op->n_in = n;
    return op->out;
}

/* y = x1 + x2 */
static void add_forward(const nn_plan *p, const nn_op *op, const real *params)
{
    UNUSED(params);
    const real *x1 = nn_value(p, op->in[0]), *x2 = nn_value(p, op->in[1]);
    real *y = nn_value(p, op->out);
    for (int64_t i = 0; i < op->out.C * p->stride; i++) y[i] = x1[i] + x2[i];
}

static void add_backward(const nn_plan *p, const nn_op *op, const real *params, real *dparams)
{
    UNUSED(params);
    UNUSED(dparams);
    const real *dy = nn_grad(p, op->out);
    for (int32_t j = 0; j < 2; j++) {
        real *dx = nn_grad(p, op->in[j]);
        for (int64_t i = 0; i < op->out.C * p->stride; i++) dx[i] += dy[i];
    }
}

static const nn_op_class ADD = {"add", add_forward, add_backward, NULL, NULL};

nn_slice nn_add(nn_plan *p, nn_slice x1, nn_slice x2)
{
    return add(p, &ADD, x1.C, (const nn_slice[]){x1, x2}, 2);
}

/* y = a x + b */
static void scale_forward(const nn_plan *p, const nn_op *op, const real *params)
{
    UNUSED(params);
    const real *x = nn_value(p, op->in[0]);
    real *y = nn_value(p, op->out);
    for (int64_t i = 0; i < op->out.C * p->stride; i++) y[i] = op->number[0] * x[i] + op->number[1];
}

static void scale_backward(const nn_plan *p, const nn_op *op, const real *params, real *dparams)
{
    UNUSED(params);
    UNUSED(dparams);
    const real *dy = nn_grad(p, op->out);
    real *dx = nn_grad(p, op->in[0]);
    for (int64_t i = 0; i < op->out.C * p->stride; i++) dx[i] += op->number[0] * dy[i];
}

static const nn_op_class SCALE = {"scale", scale_forward, scale_backward, NULL, NULL};

nn_slice nn_scale(nn_plan *p, nn_slice x, real a, real b)
{
    const nn_slice y = add(p, &SCALE, x.C, &x, 1);
    if (!p->failed) {
        p->ops[p->n_ops - 1].number[0] = a;
        p->ops[p->n_ops - 1].number[1] = b;
    }
    return y;
}

/* y = ln max(x, least) */
static void log_forward(const nn_plan *p, const nn_op *op, const real *params)
{
    UNUSED(params);
    const real *x = nn_value(p, op->in[0]), least = op->number[0];
    real *y = nn_value(p, op->out);
    for (int64_t i = 0; i < op->out.C * p->stride; i++) y[i] = x[i] < least ? least : x[i];
    p->kernels->logs(op->out.C * p->stride, y, y);
}

static void log_backward(const nn_plan *p, const nn_op *op, const real *params, real *dparams)
{
    UNUSED(params);
    UNUSED(dparams);
    const real *x = nn_value(p, op->in[0]), *dy = nn_grad(p, op->out);
    real *dx = nn_grad(p, op->in[0]);
    for (int64_t i = 0; i < op->out.C * p->stride; i++)
        if (x[i] > op->number[0]) dx[i] += dy[i] / x[i];
}

static const nn_op_class LOG = {"log", log_forward, log_backward, NULL, NULL};

nn_slice nn_log(nn_plan *p, nn_slice x, real least)
{
    const nn_slice y = add(p, &LOG, x.C, &x, 1);
    if (!p->failed) p->ops[p->n_ops - 1].number[0] = least;
    return y;
}

/* y = 50 tanh(2 tanh(x)) */
static void squash_forward(const nn_plan *p, const nn_op *op, const real *params)
{
    UNUSED(params);
    const real *x = nn_value(p, op->in[0]);
    real *y = nn_value(p, op->out);
    const int64_t n = op->out.C * p->stride;
    p->kernels->tanhs(n, x, y);
    for (int64_t i = 0; i < n; i++) y[i] *= 2;
    p->kernels->tanhs(n, y, y);
    for (int64_t i = 0; i < n; i++) y[i] *= 50;
}

/* dy/dx = 50 (1 - (y/50)^2) 2 (1 - tanh(x)^2) */
static void squash_backward(const nn_plan *p, const nn_op *op, const real *params, real *dparams)
{
    UNUSED(params);
    UNUSED(dparams);
    const real *x = nn_value(p, op->in[0]), *y = nn_value(p, op->out), *dy = nn_grad(p, op->out);
    real *dx = nn_grad(p, op->in[0]);
    enum { CHUNK = NN_PAD }; /* a value is so many times some */
    for (int64_t at = 0; at < op->out.C * p->stride; at += CHUNK) {
        real t[CHUNK];
        p->kernels->tanhs(CHUNK, x + at, t);
        for (int64_t i = 0; i < CHUNK; i++) {
            const real u = y[at + i] / 50;
            dx[at + i] += dy[at + i] * 100 * (1 - u * u) * (1 - t[i] * t[i]);
        }
    }
}

static const nn_op_class SQUASH = {"squash", squash_forward, squash_backward, NULL, NULL};

nn_slice nn_squash(nn_plan *p, nn_slice x)
{
    return add(p, &SQUASH, x.C, &x, 1);
}

/* Calls `row` for every (c,l,b): offset of user 0, and users B apart. */
#define EACH_ROW(p, op, at)                                                              \
    for (int64_t c_ = 0; c_ < (op)->out.C; c_++)                                         \
        for (int64_t l_ = 0; l_ < (p)->dims.L; l_++)                                     \
            for (int64_t b_ = 0, at = c_ * (p)->stride + l_ * (p)->dims.K * (p)->dims.B; \
                 b_ < (p)->dims.B; b_++, at++)

/* y_k = exp(x_k - max x) / sum_k' exp(x_k' - max x), e^-87 being the least of these exponentials */
static void softmax_forward(const nn_plan *p, const nn_op *op, const real *params)
{
    UNUSED(params);
    const real *x = nn_value(p, op->in[0]);
    real *y = nn_value(p, op->out);
    const int64_t B = p->dims.B, K = p->dims.K;
    EACH_ROW(p, op, at)
    {
        real most = x[at];
        for (int64_t k = 1; k < K; k++) most = x[at + k * B] > most ? x[at + k * B] : most;
        for (int64_t k = 0; k < K; k++) y[at + k * B] = x[at + k * B] - most;
    }
    const int64_t columns = p->dims.L * K * B;
    for (int32_t c = 0; c < op->out.C; c++)
        p->kernels->exps(columns, y + c * p->stride, y + c * p->stride);
    EACH_ROW(p, op, at)
    {
        real sum = 0;
        for (int64_t k = 0; k < K; k++) sum += y[at + k * B];
        for (int64_t k = 0; k < K; k++) y[at + k * B] /= sum;
    }
}

/* dx_k = y_k (dy_k - sum_k' y_k' dy_k') */
static void softmax_backward(const nn_plan *p, const nn_op *op, const real *params, real *dparams)
{
    UNUSED(params);
    UNUSED(dparams);
    const real *y = nn_value(p, op->out), *dy = nn_grad(p, op->out);
    real *dx = nn_grad(p, op->in[0]);
    const int64_t B = p->dims.B, K = p->dims.K;
    EACH_ROW(p, op, at)
    {
        real dot = 0;
        for (int64_t k = 0; k < K; k++) dot += y[at + k * B] * dy[at + k * B];
        for (int64_t k = 0; k < K; k++) dx[at + k * B] += y[at + k * B] * (dy[at + k * B] - dot);
    }
}

static const nn_op_class SOFTMAX = {"softmax users", softmax_forward, softmax_backward, NULL, NULL};

nn_slice nn_softmax_users(nn_plan *p, nn_slice x)
{
    return add(p, &SOFTMAX, x.C, &x, 1);
}

/* Does x1 win? A NaN does, on either side, so that none is lost. */
static int first(real x1, real x2)
{
    return x1 >= x2 || isnan(x1);
}

/* y = max(x1, x2) */
static void max_forward(const nn_plan *p, const nn_op *op, const real *params)
{
    UNUSED(params);
    const real *x1 = nn_value(p, op->in[0]), *x2 = nn_value(p, op->in[1]);
    real *y = nn_value(p, op->out);
    for (int64_t i = 0; i < op->out.C * p->stride; i++) y[i] = first(x1[i], x2[i]) ? x1[i] : x2[i];
}

static void max_backward(const nn_plan *p, const nn_op *op, const real *params, real *dparams)
{
    UNUSED(params);
    UNUSED(dparams);
    const real *x1 = nn_value(p, op->in[0]), *x2 = nn_value(p, op->in[1]);
    const real *dy = nn_grad(p, op->out);
    real *d1 = nn_grad(p, op->in[0]), *d2 = nn_grad(p, op->in[1]);
    for (int64_t i = 0; i < op->out.C * p->stride; i++)
        *(first(x1[i], x2[i]) ? d1 + i : d2 + i) += dy[i];
}

static const nn_op_class MAX = {"max", max_forward, max_backward, NULL, NULL};

nn_slice nn_max(nn_plan *p, nn_slice x1, nn_slice x2)
{
    return add(p, &MAX, x1.C, (const nn_slice[]){x1, x2}, 2);
}

/* y[l,k] = need[l,k] - sum_l' x[l',k] */
static void gap_forward(const nn_plan *p, const nn_op *op, const real *params)
{
    UNUSED(params);
    const int64_t row = (int64_t)p->dims.K * p->dims.B;
    for (int32_t c = 0; c < op->out.C; c++) {
        const real *need = nn_value(p, op->in[0]) + c * p->stride;
        const real *x = nn_value(p, op->in[1]) + c * p->stride;
        real *y = nn_value(p, op->out) + c * p->stride;
        for (int64_t i = 0; i < row; i++) {
            real sum = 0;
            for (int32_t l = 0; l < p->dims.L; l++) sum += x[l * row + i];
            for (int32_t l = 0; l < p->dims.L; l++) y[l * row + i] = need[l * row + i] - sum;
        }
    }
}

/* dx[l,k] = - sum_l' dy[l',k]; need is an input, without gradient */
static void gap_backward(const nn_plan *p, const nn_op *op, const real *params, real *dparams)
{
    UNUSED(params);
    UNUSED(dparams);
    const int64_t row = (int64_t)p->dims.K * p->dims.B;
    for (int32_t c = 0; c < op->out.C; c++) {
        const real *dy = nn_grad(p, op->out) + c * p->stride;
        real *dx = nn_grad(p, op->in[1]) + c * p->stride;
        for (int64_t i = 0; i < row; i++) {
            real sum = 0;
            for (int32_t l = 0; l < p->dims.L; l++) sum += dy[l * row + i];
            for (int32_t l = 0; l < p->dims.L; l++) dx[l * row + i] -= sum;
        }
    }
}

static int64_t gap_sends(const nn_plan *p, const nn_op *op)
{
    return (int64_t)op->out.C * p->dims.K;
}

static const nn_op_class GAP = {"gap", gap_forward, gap_backward, NULL, gap_sends};

nn_slice nn_gap(nn_plan *p, nn_slice need, nn_slice x)
{
    return add(p, &GAP, x.C, (const nn_slice[]){need, x}, 2);
}

/* Index of the largest of K numbers B apart that comes after number `last` in falling order (-1: of
 * all); equal numbers stand by index. */
static int64_t next_largest(const real *x, int64_t K, int64_t B, int64_t last)
{
    int64_t best = -1;
    for (int64_t k = 0; k < K; k++) {
        const real v = x[k * B];
        const int after = last < 0 || v < x[last * B] || (v == x[last * B] && k > last);
        if (after && (best < 0 || v > x[best * B])) best = k;
    }
    return best;
}

/* Indices of the A-th and the (A+1)-th largest, 1 <= A < K. */
static void edge(const real *x, int64_t K, int64_t B, int64_t A, int64_t *in, int64_t *out)
{
    *out = -1;
    for (int64_t a = 0; a <= A; a++) {
        *in = *out;
        *out = next_largest(x, K, B, *out);
    }
}

/* y = sigma((x - t)/tau), t = (x_(A) + x_(A+1))/2 */
static void soft_top_forward(const nn_plan *p, const nn_op *op, const real *params)
{
    UNUSED(params);
    const real *x = nn_value(p, op->in[0]), *limit = nn_value(p, op->in[1]);
    real *y = nn_value(p, op->out);
    const real tau = *(const real *)op->context;
    const int64_t B = p->dims.B, K = p->dims.K;
    EACH_ROW(p, op, at)
    {
        const int64_t A = (int64_t)limit[at - c_ * p->stride];
        int64_t in = 0, out = 0;
        if (A > 0 && A < K) edge(x + at, K, B, A, &in, &out);
        const real t = (x[at + in * B] + x[at + out * B]) / 2;
        for (int64_t k = 0; k < K; k++) {
            const double z = (double)((x[at + k * B] - t) / tau);
            y[at + k * B] = A <= 0 ? 0 : A >= K ? 1 : (real)(1 / (1 + exp(-z)));
        }
    }
}

/* g_k = dy_k y_k (1 - y_k) / tau;  dx_k += g_k;  both edges: dx -= (sum g)/2 */
static void soft_top_backward(const nn_plan *p, const nn_op *op, const real *params, real *dparams)
{
    UNUSED(params);
    UNUSED(dparams);
    const real *x = nn_value(p, op->in[0]), *limit = nn_value(p, op->in[1]);
    const real *y = nn_value(p, op->out), *dy = nn_grad(p, op->out);
    real *dx = nn_grad(p, op->in[0]);
    const real tau = *(const real *)op->context;
    const int64_t B = p->dims.B, K = p->dims.K;
    EACH_ROW(p, op, at)
    {
        const int64_t A = (int64_t)limit[at - c_ * p->stride];
        if (A <= 0 || A >= K) continue;
        int64_t in = 0, out = 0;
        edge(x + at, K, B, A, &in, &out);
        real sum = 0;
        for (int64_t k = 0; k < K; k++) {
            const int64_t i = at + k * B;
            const real g = dy[i] * y[i] * (1 - y[i]) / tau;
            dx[i] += g;
            sum += g;
        }
        dx[at + in * B] -= sum / 2;
        dx[at + out * B] -= sum / 2;
    }
}

static const nn_op_class SOFT_TOP = {"soft top", soft_top_forward, soft_top_backward, NULL, NULL};

nn_slice nn_soft_top(nn_plan *p, nn_slice x, nn_slice limit, const real *tau)
{
    const nn_slice y = add(p, &SOFT_TOP, x.C, (const nn_slice[]){x, limit}, 2);
    if (!p->failed) p->ops[p->n_ops - 1].context = tau;
    return y;
}
