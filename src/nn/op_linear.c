#include <assert.h>

#include "nn/op_rows.h"

/* The input's rows of values. */
static int32_t gather(const nn_plan *p, const nn_op *op, real **rows)
{
    int32_t I = 0;
    for (int32_t s = 0; s < op->n_in; s++)
        for (int32_t c = 0; c < op->in[s].C; c++)
            rows[I++] = nn_value(p, op->in[s]) + c * p->stride;
    return I;
}

/* Those of gradients; NULL where nobody wants them. */
static void gather_grads(const nn_plan *p, const nn_op *op, real **rows)
{
    for (int32_t s = 0; s < op->n_in; s++)
        for (int32_t c = 0; c < op->in[s].C; c++)
            *rows++ = op->in[s].constant ? NULL : nn_grad(p, op->in[s]) + c * p->stride;
}

/* y = act(W x + b). The input is rows by pointer, so that [own, others] or [x_n, m_n] are never
 * copied together. */
static void linear_forward(const nn_plan *p, const nn_op *op, const real *params)
{
    real *x[NN_MAX_ROWS], *y = nn_value(p, op->out);
    const int32_t I = gather(p, op, x);
    p->kernels->forward(op->out.C, I, p->stride, params + op->weight, params + op->bias,
                        (const real *const *)x, op->kind == NN_RELU, y);
    if (op->kind == NN_TANH) p->kernels->tanhs(op->out.C * p->stride, y, y);
}

/* dy <- dy act'(y), both activations being known from their output; then
 * dx += W' dy,  dW += dy x',  db += sum dy. */
static void linear_backward(const nn_plan *p, const nn_op *op, const real *params, real *dparams)
{
    real *x[NN_MAX_ROWS], *dx[NN_MAX_ROWS];
    const real *y = nn_value(p, op->out);
    real *dy = nn_grad(p, op->out);
    const int32_t I = gather(p, op, x);
    gather_grads(p, op, dx);
    const int64_t n = op->out.C * p->stride;
    if (op->kind == NN_RELU) p->kernels->backward_cut(n, y, dy);
    if (op->kind == NN_TANH)
        for (int64_t i = 0; i < n; i++) dy[i] *= 1 - y[i] * y[i];
    p->kernels->backward_weights(op->out.C, I, p->stride, dy, (const real *const *)x,
                                 dparams + op->weight, dparams + op->bias);
    p->kernels->backward_data(op->out.C, I, p->stride, params + op->weight, dy, dx);
}

static int32_t inputs(const nn_op *op)
{
    int32_t I = 0;
    for (int32_t s = 0; s < op->n_in; s++) I += op->in[s].C;
    return I;
}

static int64_t linear_flops(const nn_plan *p, const nn_op *op)
{
    return 2 * (int64_t)inputs(op) * op->out.C * p->dims.L * p->dims.K;
}

static const nn_op_class LINEAR = {"linear", linear_forward, linear_backward, linear_flops, NULL};

nn_slice nn_linear(nn_plan *p, const nn_slice *in, int32_t n_in, int32_t O, int32_t weight,
                   int32_t bias, nn_activation act)
{
    if (p->features_last) return nn_rows(p, in, n_in, O, weight, bias, act);
    assert(n_in <= NN_MAX_SLICES);
    nn_op *op = nn_plan_add(p, &LINEAR, O);
    for (int32_t i = 0; i < n_in; i++) op->in[i] = in[i];
    op->n_in = n_in;
    op->weight = weight;
    op->bias = bias;
    op->kind = (int32_t)act;
    assert(inputs(op) <= NN_MAX_ROWS);
    return op->out;
}
