#include "policy/hpe_message.h"

#include <assert.h>

enum { INNER, INNER_BIAS, OUTER, OUTER_BIAS };

/* What is prepared, at op->scratch: the map of [r, x] at each link, M0 and M1, and b''. In many lanes
 * they are (O, columns); features last, transposed, and `width` is O in whole octs. */
typedef struct maps {
    int32_t O, C, X, width;
    int64_t own, aps, users, bias;
} maps;

static int32_t octs(int32_t n)
{
    return (n + NN_OCT - 1) / NN_OCT * NN_OCT;
}

static int64_t padded(int64_t n)
{
    return (n + NN_PAD - 1) / NN_PAD * NN_PAD;
}

static maps maps_of(const nn_plan *p, const nn_op *op)
{
    const nn_tensor *t = op->context;
    const int32_t O = t[OUTER].dim[0], C = t[INNER].dim[0];
    maps m = {.O = O, .C = C, .X = t[OUTER].dim[1] - C, .width = p->features_last ? octs(O) : O};
    m.own = op->scratch;
    m.aps = m.own + (int64_t)m.width * (C + m.X);
    m.users = m.aps + (int64_t)m.width * C;
    m.bias = m.users + (int64_t)m.width * C;
    return m;
}

static double of_others(int32_t n)
{
    return n > 1 ? 1.0 / (n - 1) : 0;
}

/* Q0 and Q1 at (o,i), as factors of W'[o,i]. */
static void factors(int32_t C, int32_t K, int32_t o, int32_t i, double *q0, double *q1)
{
    const double s = of_others(K);
    const int out = o >= C / 2, in = i >= C / 2; /* pooled? */
    const double a = out ? -s : 1, b = in ? -s : 1;
    *q0 = a * b;
    *q1 = s * (a * in + b * out + s * K * out * in);
}

static void prepare(const nn_plan *p, const nn_op *op, const real *params)
{
    const maps m = maps_of(p, op);
    const nn_tensor *t = op->context;
    const real *inner = params + t[INNER].at, *inner_bias = params + t[INNER_BIAS].at;
    const int32_t across = m.X + m.C; /* from one row of W to the next */
    const double others = of_others(p->dims.L);
    const int64_t to_o = p->features_last ? 1 : m.C, to_i = p->features_last ? m.width : 1;
    const int64_t own_o = p->features_last ? 1 : m.C + m.X;
    for (int32_t o = 0; o < m.O; o++) {
        const real *outer = params + t[OUTER].at + (int64_t)o * across, *message = outer + m.X;
        real *own = p->values + m.own + o * own_o;
        double bias = (double)params[t[OUTER_BIAS].at + o];
        for (int32_t i = 0; i < m.C; i++) {
            double m0 = 0, m1 = 0, q0, q1;
            for (int32_t j = 0; j < m.C; j++) {
                const double w = (double)message[j] * (double)inner[(int64_t)j * m.C + i];
                factors(m.C, p->dims.K, j, i, &q0, &q1);
                m0 += w * q0;
                m1 += w * q1;
            }
            own[i * to_i] = (real)(-others * m0);
            p->values[m.aps + o * to_o + i * to_i] = (real)(others * m0);
            p->values[m.users + o * to_o + i * to_i] = (real)(others * m1);
            if (p->dims.L > 1 && (i < m.C / 2 || p->dims.K > 1)) /* a mean of equal numbers */
                bias += (double)message[i] * (double)inner_bias[i];
        }
        for (int32_t i = 0; i < m.X; i++) own[(m.C + i) * to_i] = outer[i];
        p->values[m.bias + o] = (real)bias;
    }
}

/* The sums S and R of r, and what they add to a row and to a column of links: (C,L,B), (C,K,B), (O,L,B)
 * and (O,K,B). Nobody needs them afterwards. */
typedef struct common {
    int64_t l, k; /* from one channel to the next */
    real *sum_l, *sum_k, *add_l, *add_k;
} common;

static int64_t common_size(const nn_plan *p, int32_t C, int32_t O)
{
    const int64_t B = p->dims.B, columns = padded(p->dims.L * B) + padded(p->dims.K * B);
    if (p->features_last) return (int64_t)(p->dims.L + p->dims.K) * (octs(C) + octs(O));
    return columns * (C + O);
}

static common common_of(const nn_plan *p, const nn_op *op, const maps *m)
{
    common c = {padded(p->dims.L * p->dims.B), padded(p->dims.K * p->dims.B), 0, 0, 0, 0};
    int64_t in = m->C, out = m->O;
    if (p->features_last) c.l = p->dims.L, c.k = p->dims.K, in = octs(m->C), out = octs(m->O);
    c.sum_l = nn_value(p, op->in[NN_MAX_SLICES - 1]);
    c.sum_k = c.sum_l + in * c.l;
    c.add_l = c.sum_k + in * c.k;
    c.add_k = c.add_l + out * c.l;
    return c;
}

static void lanes_common(const nn_plan *p, const nn_op *op, const maps *m, const common *c)
{
    const int32_t L = p->dims.L, K = p->dims.K, B = p->dims.B;
    const real *x[NN_MAX_ROWS] = {0}, *r = nn_value(p, op->in[0]),
               *zero = p->values + m->bias + m->O;
    for (int32_t i = 0; i < m->C; i++, r += p->stride) {
        real *sum_l = c->sum_l + i * c->l;
        p->kernels->pool_sums(L, K, B, r, sum_l);
        p->kernels->pool_sums(1, L, (int64_t)K * B, r, c->sum_k + i * c->k);
        p->kernels->pool_others(1, L, B, 1, sum_l, sum_l, 0);
    }
    for (int32_t i = 0; i < m->C; i++) x[i] = c->sum_l + i * c->l;
    p->kernels->forward(m->O, m->C, c->l, p->values + m->users, p->values + m->bias, x, 0,
                        c->add_l);
    for (int32_t i = 0; i < m->C; i++) x[i] = c->sum_k + i * c->k;
    p->kernels->forward(m->O, m->C, c->k, p->values + m->aps, zero, x, 0, c->add_k);
}

/* y is what is common to its row and to its column, then the product is added. */
static void lanes_forward(const nn_plan *p, const nn_op *op, const real *params)
{
    (void)params;
    const maps m = maps_of(p, op);
    const common c = common_of(p, op, &m);
    const real *x[NN_MAX_ROWS];
    real *y = nn_value(p, op->out);
    int32_t I = 0;
    lanes_common(p, op, &m, &c);
    for (int32_t o = 0; o < m.O; o++)
        p->kernels->spread(p->dims.L, p->dims.K, p->dims.B, c.add_l + o * c.l, c.add_k + o * c.k,
                           y + o * p->stride);
    for (int32_t s = 0; s < op->n_in; s++)
        for (int32_t i = 0; i < op->in[s].C; i++) x[I++] = nn_value(p, op->in[s]) + i * p->stride;
    p->kernels->forward(m.O, I, p->stride, p->values + m.own, NULL, x, 1, y);
}

/* One drop: the same, a link's features side by side. */
static void rows_forward(const nn_plan *p, const nn_op *op, const real *params)
{
    (void)params;
    const maps m = maps_of(p, op);
    const common c = common_of(p, op, &m);
    const int32_t L = p->dims.L, K = p->dims.K, C = op->in[0].step;
    const real *r = nn_value(p, op->in[0]), *bias = p->values + m.bias, *zero = bias + m.width;
    const nn_part part_l = {c.sum_l, C, m.C}, part_k = {c.sum_k, C, m.C};
    p->kernels->pool_sums(L, K, C, r, c.sum_l);
    p->kernels->pool_sums(1, L, (int64_t)K * C, r, c.sum_k);
    p->kernels->pool_others(1, L, C, 1, c.sum_l, c.sum_l, 0);
    p->kernels->rows(L, m.O, 1, &part_l, p->values + m.users, bias, 0, c.add_l);
    p->kernels->rows(K, m.O, 1, &part_k, p->values + m.aps, zero, 0, c.add_k);
    nn_part part[NN_MAX_SLICES];
    for (int32_t s = 0; s < op->n_in; s++) {
        const nn_slice x = op->in[s]; /* a single channel is the same in either layout */
        part[s] = (nn_part){nn_value(p, x), x.step ? x.step : 1, x.C};
    }
    p->kernels->spread(L, K, m.width, c.add_l, c.add_k, nn_value(p, op->out));
    p->kernels->rows((int64_t)L * K, m.O, op->n_in, part, p->values + m.own, NULL, 1,
                     nn_value(p, op->out));
}

static int64_t flops(const nn_plan *p, const nn_op *op)
{
    const maps m = maps_of(p, op);
    const int64_t L = p->dims.L, K = p->dims.K;
    return 2 * (int64_t)m.O * ((m.C + m.X) * L * K + m.C * (L + K)) + 2 * m.C * L * K;
}

static int64_t sends(const nn_plan *p, const nn_op *op)
{
    return (int64_t)op->in[0].C * p->dims.K;
}

static const nn_op_class LANES = {"message", lanes_forward, NULL, flops, sends};
static const nn_op_class ROWS = {"message", rows_forward, NULL, flops, sends};

/* Runs of one network share what is prepared for the first. */
static void find_prepared(nn_plan *p, nn_op *op)
{
    for (const nn_op *o = p->ops; o < p->ops + p->n_ops; o++)
        if (o != op && o->prepare == prepare && o->context == op->context) {
            op->scratch = o->scratch;
            return;
        }
    const maps m = maps_of(p, op);
    op->scratch = nn_plan_scratch(p, m.bias + 2 * (int64_t)m.width - m.own);
    op->prepare = prepare;
}

nn_slice hpe_message(nn_plan *p, nn_slice r, const nn_slice *x, int32_t n_x,
                     const nn_tensor *tensor)
{
    assert(!p->train && 1 + n_x < NN_MAX_SLICES);
    const int32_t O = tensor[OUTER].dim[0], C = tensor[INNER].dim[0];
    const int64_t room = common_size(p, C, O);
    const nn_slice sums = nn_plan_take(p, (int32_t)((room + p->stride - 1) / p->stride));
    nn_op *op = nn_plan_add(p, p->features_last ? &ROWS : &LANES, O);
    op->in[0] = r;
    for (int32_t i = 0; i < n_x; i++) op->in[1 + i] = x[i];
    op->n_in = 1 + n_x;
    op->in[NN_MAX_SLICES - 1] = sums;
    op->context = tensor;
    find_prepared(p, op);
    nn_plan_drop(p, sums);
    return op->out;
}
