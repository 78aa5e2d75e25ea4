#include "nn/op_rows.h"

#include <assert.h>

/* Features last: a layer, and one of SINRnet's. There every AP is done with before the next, so
 * that what is pooled is still in cache; in place, so that a byte says if a number was cut. */

typedef struct layer {
    int32_t K, O, I, width; /* K: users where pairs of them are pooled, else 0; width: O in octs */
    int32_t step, widest;   /* from a row of the output to the next; of the inputs, the most     */
    int64_t rows, turns;    /* links, in all lanes: of an AP, AP by AP; or all                   */
    int cut;
    real *bias, *weight; /* as kernels->rows takes them                         */
    real *factors;       /* (4, width), of a pair and of sums in what is pooled */
    real *back;          /* of each input its weights, (O, widest)              */
    int8_t *kept;        /* (turns, rows, width)                                */
} layer;

static layer layer_of(const nn_plan *p, const nn_op *op)
{
    const int32_t O = op->out.C, width = nn_octs(O);
    layer y = {.K = op->kind,
               .O = O,
               .width = width,
               .step = op->out.step ? op->out.step : 1,
               .rows = (int64_t)p->dims.K * p->dims.B * (op->kind ? 1 : p->dims.L),
               .turns = op->kind ? p->dims.L : 1,
               .cut = op->number[0] > 0};
    for (int32_t s = 0; s < op->n_in; s++) {
        y.I += op->in[s].C;
        if (op->in[s].step > y.widest) y.widest = op->in[s].step;
    }
    y.bias = p->values + op->scratch;
    y.weight = y.bias + width;
    y.factors = y.weight + (int64_t)y.I * width;
    y.back = y.factors + (y.K ? 4 * width : 0);
    y.kept = (int8_t *)(y.back + (int64_t)op->n_in * O * y.widest);
    return y;
}

static int64_t scratch_of(const nn_plan *p, const nn_op *op)
{
    const layer y = layer_of(p, op);
    const int64_t forward = (1 + y.I + (y.K ? 4 : 0)) * (int64_t)y.width;
    const int64_t bytes = y.cut ? y.turns * y.rows * y.width : 0;
    if (!p->train) return forward;
    return forward + (int64_t)op->n_in * y.O * y.widest + bytes / (int64_t)sizeof(real) + 1;
}

/* What a mean takes of a pair itself, of the sum over its column, over its row, and over all pairs,
 * by category (A11): the sums less what does not count, over the number of what does. */
static void prepare_factors(const layer *y)
{
    const real n = y->K > 1 ? (real)1 / (real)(y->K - 1) : 0, nn = n * n;
    const real category[4][4] = {{1, 0, 0, 0}, {-n, n, 0, 0}, {-n, 0, n, 0}, {nn, -nn, -nn, nn}};
    for (int32_t o = 0; o < y->O; o++)
        for (int32_t i = 0; i < 4; i++) y->factors[i * y->width + o] = category[4 * o / y->O][i];
}

/* The weights of input s for backward: O rows of its step. */
static real *back_of(const layer *y, int32_t s)
{
    return y->back + (int64_t)s * y->O * y->widest;
}

/* Bias and weights, transposed; for backward as they are, input by input. */
static void prepare(const nn_plan *p, const nn_op *op, const real *params)
{
    const layer y = layer_of(p, op);
    const real *w = params + op->weight;
    for (int32_t o = 0; o < y.O; o++) {
        y.bias[o] = params[op->bias + o];
        for (int32_t i = 0; i < y.I; i++) y.weight[i * y.width + o] = w[o * y.I + i];
    }
    if (y.K) prepare_factors(&y);
    for (int32_t s = 0; p->train && s < op->n_in; w += op->in[s++].C)
        for (int32_t o = 0; o < y.O; o++)
            for (int32_t i = 0; op->in[s].step && i < op->in[s].C; i++)
                back_of(&y, s)[o * op->in[s].step + i] = w[o * y.I + i];
}

/* The inputs from a row on. A single channel is the same in either layout. */
static void gather(const nn_plan *p, const nn_op *op, int64_t row, nn_part *part)
{
    for (int32_t s = 0; s < op->n_in; s++) {
        const nn_slice x = op->in[s];
        const int32_t step = x.step ? x.step : 1;
        part[s] = (nn_part){nn_value(p, x) + row * step, step, x.C};
    }
}

static void rows_forward(const nn_plan *p, const nn_op *op, const real *params)
{
    (void)params;
    const layer y = layer_of(p, op);
    const int64_t n = y.rows * y.step;
    for (int64_t l = 0; l < y.turns; l++) {
        nn_part part[NN_MAX_SLICES];
        real *to = nn_value(p, op->out) + l * n;
        gather(p, op, l * y.rows, part);
        p->kernels->rows(y.rows, y.O, op->n_in, part, y.weight, y.bias, y.cut, to);
        if (p->train && y.cut) p->kernels->positive(n, to, y.kept + l * n);
        if (y.K) p->kernels->pool_pairs(y.K, p->dims.B, y.width, y.factors, nn_work(p), to);
    }
}

/* Pooling is symmetric, so gradients pass through it as values do; then dy <- dy where y was kept,
 * dW += dy x', db += sum dy, dx += W' dy. */
static void rows_backward(const nn_plan *p, const nn_op *op, const real *params, real *dparams)
{
    (void)params;
    const layer y = layer_of(p, op);
    const int64_t n = y.rows * y.step;
    for (int64_t l = 0; l < y.turns; l++) {
        nn_part part[NN_MAX_SLICES];
        real *dy = nn_grad(p, op->out) + l * n;
        const nn_part out = {dy, y.step, y.O};
        if (y.K) p->kernels->pool_pairs(y.K, p->dims.B, y.width, y.factors, nn_work(p), dy);
        if (y.cut) p->kernels->keep(n, y.kept + l * n, dy);
        gather(p, op, l * y.rows, part);
        p->kernels->rows_weights(y.rows, y.O, dy, op->n_in, part, dparams + op->weight,
                                 dparams + op->bias);
        for (int32_t s = 0; s < op->n_in; s++)
            if (op->in[s].step)
                p->kernels->rows(y.rows, op->in[s].C, 1, &out, back_of(&y, s), NULL, 0,
                                 nn_grad(p, op->in[s]) + l * y.rows * op->in[s].step);
    }
}

/* The product; pooling adds each number to two sums, multiplies it, and adds what is common. */
static int64_t rows_flops(const nn_plan *p, const nn_op *op)
{
    int64_t I = 0;
    for (int32_t s = 0; s < op->n_in; s++) I += op->in[s].C;
    return (2 * I + (op->kind ? 5 : 0)) * op->out.C * p->dims.L * p->dims.K;
}

static const nn_op_class ROWS = {"linear", rows_forward, rows_backward, rows_flops, NULL};
static const nn_op_class PAIRS = {"linear, pairs", rows_forward, rows_backward, rows_flops, NULL};

static nn_slice add(nn_plan *p, const nn_op_class *class, const nn_slice *in, int32_t n_in,
                    int32_t O, int32_t weight, int32_t bias, int32_t K, int cut)
{
    assert(n_in <= NN_MAX_SLICES && p->features_last);
    nn_op *op = nn_plan_add(p, class, O);
    for (int32_t i = 0; i < n_in; i++) op->in[i] = in[i];
    op->n_in = n_in;
    op->weight = weight;
    op->bias = bias;
    op->kind = K;
    op->number[0] = (real)cut;
    nn_plan_prepared(p, op, prepare, scratch_of(p, op), !p->train);
    return op->out;
}

nn_slice nn_rows(nn_plan *p, const nn_slice *in, int32_t n_in, int32_t O, int32_t weight,
                 int32_t bias, nn_activation act)
{
    assert(act != NN_TANH);
    return add(p, &ROWS, in, n_in, O, weight, bias, 0, act == NN_RELU);
}

nn_slice nn_pairs(nn_plan *p, const nn_slice *in, int32_t n_in, int32_t K, int32_t F,
                  int32_t weight, int32_t bias)
{
    assert(p->dims.K == K * K);
    nn_plan_work(p, 2 * K * (4 * (int64_t)F + NN_OCT));
    return add(p, &PAIRS, in, n_in, 4 * F, weight, bias, K, 1);
}
