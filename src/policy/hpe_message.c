#include "policy/hpe_message.h"

#include <assert.h>
#include <string.h>

enum { INNER, INNER_BIAS, OUTER, OUTER_BIAS };

/* What is prepared, at op->scratch. For the products: [-M0, W_x], M0, M1, b'' and as many zeros;
 * (O, inputs), or transposed, features last, with `width` O in whole octs. For backward: W_m (O,C),
 * and G0, G1 (C, Cp) and M0, M1 (O, Cp), Cp = C padded by zeros. */
typedef struct maps {
    int32_t L, K, O, C, X, Cp, width;
    real *own, *aps, *users, *bias, *zeros;
    real *message, *g0, *g1, *m0, *m1;
} maps;

static maps shape_of(const nn_plan *p, const nn_tensor *t)
{
    const int32_t O = t[OUTER].dim[0], C = t[INNER].dim[0];
    return (maps){.L = p->dims.L,
                  .K = p->dims.K,
                  .O = O,
                  .C = C,
                  .X = t[OUTER].dim[1] - C,
                  .Cp = (int32_t)nn_padded(C),
                  .width = p->features_last ? nn_octs(O) : O};
}

static int64_t maps_size(const maps *m)
{
    return (int64_t)m->width * (3 * m->C + m->X + 2) + (int64_t)m->O * m->C +
           2 * (int64_t)(m->C + m->O) * m->Cp;
}

static maps maps_of(const nn_plan *p, const nn_op *op)
{
    maps m = shape_of(p, op->context);
    m.own = p->values + op->scratch;
    m.aps = m.own + (int64_t)m.width * (m.C + m.X);
    m.users = m.aps + (int64_t)m.width * m.C;
    m.bias = m.users + (int64_t)m.width * m.C;
    m.zeros = m.bias + m.width;
    m.message = m.zeros + m.width;
    m.g0 = m.message + (int64_t)m.O * m.C;
    m.g1 = m.g0 + (int64_t)m.C * m.Cp;
    m.m0 = m.g1 + (int64_t)m.C * m.Cp;
    m.m1 = m.m0 + (int64_t)m.O * m.Cp;
    return m;
}

/* Of n rows, one behind the other. */
static void point(real **rows, int32_t n, real *first, int64_t step)
{
    for (int32_t i = 0; i < n; i++) rows[i] = first + i * step;
}

static real of_others(int32_t n)
{
    return n > 1 ? (real)1 / (real)(n - 1) : 0;
}

/* G0 and G1 at (j,i), as factors of W'[j,i]. */
static void factors(const maps *m, int32_t j, int32_t i, real *q0, real *q1)
{
    const real s = of_others(m->K), t = of_others(m->L);
    const int out = j >= m->C / 2, in = i >= m->C / 2; /* pooled? */
    const real a = out ? -s : 1, b = in ? -s : 1;
    *q0 = t * a * b;
    *q1 = t * s * (a * (real)in + b * (real)out + s * (real)(m->K * out * in));
}

/* A mean of equal numbers is that number: 1, or 0 where there are no others. */
static int reaches(const maps *m, int32_t j)
{
    return m->L > 1 && (j < m->C / 2 || m->K > 1);
}

static void multiply_out(const nn_plan *p, const nn_tensor *t, const maps *m, const real *params)
{
    const real *inner = params + t[INNER].at, *outer = params + t[OUTER].at + m->X;
    real *rows[NN_MAX_ROWS], q0, q1;
    for (int32_t o = 0; o < m->O; o++)
        memcpy(m->message + (int64_t)o * m->C, outer + (int64_t)o * (m->X + m->C),
               (size_t)m->C * sizeof *outer);
    for (int32_t j = 0; j < m->C; j++)
        for (int32_t i = 0; i < m->C; i++) {
            factors(m, j, i, &q0, &q1);
            m->g0[j * m->Cp + i] = q0 * inner[j * m->C + i];
            m->g1[j * m->Cp + i] = q1 * inner[j * m->C + i];
        }
    const real *const *x = (const real *const *)rows;
    point(rows, m->C, m->g0, m->Cp);
    p->kernels->forward(m->O, m->C, m->Cp, m->message, m->zeros, x, 0, m->m0);
    point(rows, m->C, m->g1, m->Cp);
    p->kernels->forward(m->O, m->C, m->Cp, m->message, m->zeros, x, 0, m->m1);
}

static void prepare(const nn_plan *p, const nn_op *op, const real *params)
{
    const maps m = maps_of(p, op);
    const nn_tensor *t = op->context;
    multiply_out(p, t, &m, params);
    const int64_t by_o = p->features_last ? 1 : m.C, by_i = p->features_last ? m.width : 1;
    for (int32_t o = 0; o < m.O; o++) {
        const real *outer = params + t[OUTER].at + (int64_t)o * (m.X + m.C);
        real *own = m.own + (p->features_last ? o : (int64_t)o * (m.C + m.X));
        real bias = params[t[OUTER_BIAS].at + o];
        for (int32_t i = 0; i < m.C; i++) {
            own[i * by_i] = -m.m0[o * m.Cp + i];
            m.aps[o * by_o + i * by_i] = m.m0[o * m.Cp + i];
            m.users[o * by_o + i * by_i] = m.m1[o * m.Cp + i];
            if (reaches(&m, i)) bias += outer[m.X + i] * params[t[INNER_BIAS].at + i];
        }
        for (int32_t i = 0; i < m.X; i++) own[(m.C + i) * by_i] = outer[i];
        m.bias[o] = bias;
    }
}

/* Sums of r over users, then over the other APs, and over APs, (C,l) and (C,k); and what is added
 * for them, (O,l) and (O,k). Lanes: l = L B and k = K B, padded. Features last: (L,C) and so on.
 * Backward: the same of dy, and what is added for them to dr; then the gradients of M0, M1, W_m, a
 * G, b'' and the map of [r, x]. Where a plan trains, sums have zeros for padding, and those of r
 * stay until backward; all else is the plan's work. */
typedef struct common {
    int32_t l, k, in, out;
    real *sum_l, *sum_k;
    real *add_l, *add_k, *dsum_l, *dsum_k, *dadd_l, *dadd_k;
    real *dm0, *dm1, *dmessage, *dg, *dbias, *down;
} common;

enum { SUMS = NN_MAX_SLICES - 1 };

static common columns_of(const nn_plan *p, const maps *m)
{
    if (p->features_last)
        return (common){.l = m->L, .k = m->K, .in = nn_octs(m->C), .out = nn_octs(m->O)};
    return (common){.l = (int32_t)nn_padded(m->L * p->dims.B),
                    .k = (int32_t)nn_padded(m->K * p->dims.B),
                    .in = m->C,
                    .out = m->O};
}

static int64_t sums_size(const common *c)
{
    return (int64_t)c->in * (c->l + c->k);
}

static int64_t work_size(const nn_plan *p, const maps *m, const common *c)
{
    const int64_t forward = (int64_t)c->out * (c->l + c->k), O = m->O, C = m->C;
    if (!p->train) return forward;
    return 2 * forward + sums_size(c) + (2 * O + C) * m->Cp + O * (1 + 2 * C + m->X);
}

static common common_of(const nn_plan *p, const nn_op *op, const maps *m)
{
    common c = columns_of(p, m);
    c.sum_l = nn_value(p, op->in[SUMS]);
    c.sum_k = c.sum_l + (int64_t)c.in * c.l;
    c.add_l = nn_work(p);
    c.add_k = c.add_l + (int64_t)c.out * c.l;
    if (!p->train) return c;
    c.dsum_l = c.add_k + (int64_t)c.out * c.k;
    c.dsum_k = c.dsum_l + (int64_t)c.out * c.l;
    c.dadd_l = c.dsum_k + (int64_t)c.out * c.k;
    c.dadd_k = c.dadd_l + (int64_t)c.in * c.l;
    c.dm0 = c.dadd_k + (int64_t)c.in * c.k;
    c.dm1 = c.dm0 + (int64_t)m->O * m->Cp;
    c.dmessage = c.dm1 + (int64_t)m->O * m->Cp;
    c.dg = c.dmessage + (int64_t)m->O * m->C;
    c.dbias = c.dg + (int64_t)m->C * m->Cp;
    c.down = c.dbias + m->O;
    return c;
}

static void sum_lanes(const nn_plan *p, int32_t C, const real *x, const common *c, real *sum_l,
                      real *sum_k)
{
    const int32_t L = p->dims.L, K = p->dims.K, B = p->dims.B;
    for (int32_t i = 0; i < C; i++, x += p->stride) {
        p->kernels->pool_sums(L, K, B, x, sum_l + i * c->l);
        p->kernels->pool_sums(1, L, (int64_t)K * B, x, sum_k + i * c->k);
    }
}

static void over_other_aps(const nn_plan *p, int32_t C, const common *c, real *sum_l)
{
    for (int32_t i = 0; i < C; i++, sum_l += c->l)
        p->kernels->pool_others(1, p->dims.L, p->dims.B, 1, sum_l, sum_l, 0);
}

static void clear(real *x, int64_t n)
{
    memset(x, 0, (size_t)n * sizeof *x);
}

/* What is in y is added to: padding starts at 0, or it would grow from run to run. */
static void spread(const nn_plan *p, int32_t C, const common *c, const real *add_l,
                   const real *add_k, real *y)
{
    const int64_t n = (int64_t)p->dims.L * p->dims.K * p->dims.B;
    for (int32_t i = 0; i < C; i++, y += p->stride) {
        p->kernels->spread(p->dims.L, p->dims.K, p->dims.B, add_l + i * c->l, add_k + i * c->k, y);
        clear(y + n, p->stride - n);
    }
}

static int32_t gather(const nn_plan *p, const nn_op *op, real **rows)
{
    int32_t I = 0;
    for (int32_t s = 0; s < op->n_in; I += op->in[s++].C)
        point(rows + I, op->in[s].C, nn_value(p, op->in[s]), p->stride);
    return I;
}

/* y is what is common to its row and to its column, then the product is added. */
static void lanes_forward(const nn_plan *p, const nn_op *op, const real *params)
{
    (void)params;
    const maps m = maps_of(p, op);
    const common c = common_of(p, op, &m);
    real *rows[NN_MAX_ROWS] = {0}, *y = nn_value(p, op->out);
    const real *const *x = (const real *const *)rows;
    sum_lanes(p, m.C, nn_value(p, op->in[0]), &c, c.sum_l, c.sum_k);
    over_other_aps(p, m.C, &c, c.sum_l);
    point(rows, m.C, c.sum_l, c.l);
    p->kernels->forward(m.O, m.C, c.l, m.users, m.bias, x, 0, c.add_l);
    point(rows, m.C, c.sum_k, c.k);
    p->kernels->forward(m.O, m.C, c.k, m.aps, m.zeros, x, 0, c.add_k);
    spread(p, m.O, &c, c.add_l, c.add_k, y);
    const int32_t I = gather(p, op, rows);
    p->kernels->forward(m.O, I, p->stride, m.own, NULL, x, 1, y);
}

/* One drop: the same, a link's features side by side. */
static void rows_forward(const nn_plan *p, const nn_op *op, const real *params)
{
    (void)params;
    const maps m = maps_of(p, op);
    const common c = common_of(p, op, &m);
    const int32_t L = m.L, K = m.K, C = op->in[0].step;
    const real *r = nn_value(p, op->in[0]);
    const nn_part part_l = {c.sum_l, C, m.C}, part_k = {c.sum_k, C, m.C};
    p->kernels->pool_sums(L, K, C, r, c.sum_l);
    p->kernels->pool_sums(1, L, (int64_t)K * C, r, c.sum_k);
    p->kernels->pool_others(1, L, C, 1, c.sum_l, c.sum_l, 0);
    p->kernels->rows(L, m.O, 1, &part_l, m.users, m.bias, 0, c.add_l);
    p->kernels->rows(K, m.O, 1, &part_k, m.aps, m.zeros, 0, c.add_k);
    nn_part part[NN_MAX_SLICES];
    for (int32_t s = 0; s < op->n_in; s++) {
        const nn_slice x = op->in[s]; /* a single channel is the same in either layout */
        part[s] = (nn_part){nn_value(p, x), x.step ? x.step : 1, x.C};
    }
    p->kernels->spread(L, K, m.width, c.add_l, c.add_k, nn_value(p, op->out));
    p->kernels->rows((int64_t)L * K, m.O, op->n_in, part, m.own, NULL, 1, nn_value(p, op->out));
}

/* dr = what is common + own' dy: the sums' maps are their own adjoints but for transposed matrices.
 * No other operator reads r. */
static void data_backward(const nn_plan *p, const nn_op *op, const maps *m, const common *c)
{
    real *rows[NN_MAX_ROWS];
    clear(c->dadd_l, sums_size(c));
    over_other_aps(p, m->O, c, c->dsum_l);
    point(rows, m->C, c->dadd_l, c->l);
    p->kernels->backward_data(m->O, m->C, c->l, m->users, c->dsum_l, rows);
    point(rows, m->C, c->dadd_k, c->k);
    p->kernels->backward_data(m->O, m->C, c->k, m->aps, c->dsum_k, rows);
    spread(p, m->C, c, c->dadd_l, c->dadd_k, nn_grad(p, op->in[0]));
    int32_t I = 0;
    for (int32_t s = 0; s < op->n_in; I += op->in[s++].C)
        if (op->in[s].constant)
            for (int32_t i = 0; i < op->in[s].C; i++) rows[I + i] = NULL;
        else
            point(rows + I, op->in[s].C, nn_grad(p, op->in[s]), p->stride);
    p->kernels->backward_data(m->O, I, p->stride, m->own, nn_grad(p, op->out), rows);
}

/* dM += dy's sums by r's, as rows of C numbers with Cp from one to the next. */
static void sums_backward(const nn_plan *p, const maps *m, const common *c, int32_t columns,
                          const real *dsum, real *sum, real *dm)
{
    real *rows[NN_MAX_ROWS];
    clear(c->dmessage, (int64_t)m->O * m->C);
    point(rows, m->C, sum, columns);
    p->kernels->backward_weights(m->O, m->C, columns, dsum, (const real *const *)rows, c->dmessage,
                                 NULL);
    for (int32_t o = 0; o < m->O; o++)
        for (int32_t i = 0; i < m->C; i++) dm[o * m->Cp + i] += c->dmessage[o * m->C + i];
}

/* From M = W_m G to W_m and W'. */
static void product_backward(const nn_plan *p, const maps *m, const common *c, int which,
                             real *dinner)
{
    const real *dm = which ? c->dm1 : c->dm0;
    real *rows[NN_MAX_ROWS], q[2];
    point(rows, m->C, which ? m->g1 : m->g0, m->Cp);
    p->kernels->backward_weights(m->O, m->C, m->Cp, dm, (const real *const *)rows, c->dmessage,
                                 NULL);
    clear(c->dg, (int64_t)m->C * m->Cp);
    point(rows, m->C, c->dg, m->Cp);
    p->kernels->backward_data(m->O, m->C, m->Cp, m->message, dm, rows);
    for (int32_t j = 0; j < m->C; j++)
        for (int32_t i = 0; i < m->C; i++) {
            factors(m, j, i, &q[0], &q[1]);
            dinner[j * m->C + i] += q[which] * c->dg[j * m->Cp + i];
        }
}

static void chain(const nn_plan *p, const nn_op *op, const maps *m, const common *c,
                  const real *params, real *dparams)
{
    const nn_tensor *t = op->context;
    const real *inner_bias = params + t[INNER_BIAS].at;
    clear(c->dmessage, (int64_t)m->O * m->C);
    product_backward(p, m, c, 0, dparams + t[INNER].at);
    product_backward(p, m, c, 1, dparams + t[INNER].at);
    for (int32_t o = 0; o < m->O; o++) {
        real *dx = dparams + t[OUTER].at + (int64_t)o * (m->X + m->C), *dmessage = dx + m->X;
        const real *down = c->down + (int64_t)o * (m->C + m->X) + m->C;
        for (int32_t i = 0; i < m->X; i++) dx[i] += down[i];
        dparams[t[OUTER_BIAS].at + o] += c->dbias[o];
        for (int32_t j = 0; j < m->C; j++) {
            dmessage[j] += c->dmessage[o * m->C + j];
            if (!reaches(m, j)) continue;
            dmessage[j] += c->dbias[o] * inner_bias[j];
            dparams[t[INNER_BIAS].at + j] += c->dbias[o] * m->message[o * m->C + j];
        }
    }
}

static void lanes_backward(const nn_plan *p, const nn_op *op, const real *params, real *dparams)
{
    const maps m = maps_of(p, op);
    const common c = common_of(p, op, &m);
    real *rows[NN_MAX_ROWS], *dy = nn_grad(p, op->out);
    const int32_t I = gather(p, op, rows);
    p->kernels->backward_cut(m.O * p->stride, nn_value(p, op->out), dy);
    clear(c.dsum_l, (int64_t)c.out * (c.l + c.k));
    sum_lanes(p, m.O, dy, &c, c.dsum_l, c.dsum_k);
    clear(c.dm0, c.down + m.O * I - c.dm0);
    p->kernels->backward_weights(m.O, I, p->stride, dy, (const real *const *)rows, c.down, c.dbias);
    for (int32_t o = 0; o < m.O; o++)
        for (int32_t i = 0; i < m.C; i++) c.dm0[o * m.Cp + i] = -c.down[o * I + i];
    sums_backward(p, &m, &c, c.k, c.dsum_k, c.sum_k, c.dm0);
    sums_backward(p, &m, &c, c.l, c.dsum_l, c.sum_l, c.dm1);
    chain(p, op, &m, &c, params, dparams);
    data_backward(p, op, &m, &c);
}

static int64_t flops(const nn_plan *p, const nn_op *op)
{
    const nn_tensor *t = op->context;
    const int64_t L = p->dims.L, K = p->dims.K, O = t[OUTER].dim[0], C = t[INNER].dim[0];
    return 2 * O * (t[OUTER].dim[1] * L * K + C * (L + K)) + 2 * C * L * K;
}

static int64_t sends(const nn_plan *p, const nn_op *op)
{
    return (int64_t)op->in[0].C * p->dims.K;
}

static const nn_op_class LANES = {"message", lanes_forward, lanes_backward, flops, sends};
static const nn_op_class ROWS = {"message", rows_forward, NULL, flops, sends};

/* Where nothing is trained, later values may stand where the sums are. */
static void take_memory(nn_plan *p, nn_op *op)
{
    const maps m = shape_of(p, op->context);
    const common c = columns_of(p, &m);
    nn_plan_prepared(p, op, prepare, maps_size(&m), 1);
    nn_plan_work(p, work_size(p, &m, &c));
    op->in[SUMS] = nn_plan_take(p, (int32_t)((sums_size(&c) + p->stride - 1) / p->stride));
    nn_plan_drop(p, op->in[SUMS]);
}

nn_slice hpe_message(nn_plan *p, nn_slice r, const nn_slice *x, int32_t n_x,
                     const nn_tensor *tensor)
{
    assert(1 + n_x <= SUMS);
    nn_op *op = nn_plan_add(p, p->features_last ? &ROWS : &LANES, tensor[OUTER].dim[0]);
    op->in[0] = r;
    for (int32_t i = 0; i < n_x; i++) op->in[1 + i] = x[i];
    op->n_in = 1 + n_x;
    op->context = tensor;
    op->weight = tensor[OUTER].at;
    take_memory(p, op);
    return op->out;
}
