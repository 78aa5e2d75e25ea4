#include "policy/power_op.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "nn/ops.h"

static const real LOW = -20, HIGH = 4; /* of ln p */

double power_unit(const cf_policy *p, const cf_power *drop)
{
    (void)p;
    return drop->static_w / drop->mu;
}

/* Gains are cut at 150 dB per unit of power: float holds their products. */
static real heard(float gain, double factor)
{
    const double g = (double)gain * factor;
    return (real)(g < 1e15 ? g : 1e15);
}

void power_feed(const nn_plan *plan, const policy_io *io, const cf_policy *p, const cf_power *drop,
                int32_t b)
{
    const double factor = power_unit(p, drop) / drop->noise_w;
    const int64_t K = io->K, B = plan->dims.B, s = plan->stride;
    for (int64_t l = 0; l < io->L; l++) {
        const float *g = drop->gain + l * K * K;
        real *cross = nn_value(plan, io->input) + l * K * B + b, *own = cross + K * s;
        for (int64_t j = 0; j < K; j++)
            for (int64_t k = 0; k < K; k++) cross[j * s + k * B] = heard(g[j * K + k], factor);
        for (int64_t k = 0; k < K; k++) {
            const int open = !drop->serve || drop->serve[l * K + k];
            own[k * B] = open ? cross[k * s + k * B] : 0;
            cross[k * s + k * B] = 0;
            for (int64_t j = 0; j < K && own[k * B] == 0; j++) cross[j * s + k * B] = 0;
        }
    }
}

/* ---- facts ---- */

/* y = x less the most of the user over its access points, over `scale`. */
static void margins(int64_t n, int64_t users, const real *x, real scale, real *restrict y)
{
    for (int64_t k = 0; k < users; k++) y[k] = x[k];
    for (int64_t i = users; i < n; i += users)
        for (int64_t k = 0; k < users; k++) y[k] = x[i + k] > y[k] ? x[i + k] : y[k];
    for (int64_t i = n - users; i >= 0; i -= users)
        for (int64_t k = 0; k < users; k++) y[i + k] = (x[i + k] - y[k]) / scale;
}

/* exp of the margin, over its sum over the access points: shares of the first power. */
static void shares(const nn_plan *plan, int64_t n, int64_t users, const real *margin,
                   real *restrict share, real *restrict start)
{
    real *restrict sum = start; /* of the user, in the first AP's columns, until the end */
    for (int64_t i = 0; i < n; i++) share[i] = margin[i] * (real)POWER_MARGIN_SCALE;
    plan->kernels->exps(n, share, share);
    for (int64_t k = 0; k < users; k++) sum[k] = share[k];
    for (int64_t i = users; i < n; i += users)
        for (int64_t k = 0; k < users; k++) sum[k] += share[i + k];
    for (int64_t i = 0; i < n; i += users)
        for (int64_t k = 0; k < users; k++) share[i + k] /= sum[k];
    plan->kernels->logs(n, share, start);
    for (int64_t i = 0; i < n; i++) start[i] += (real)POWER_START_LOG;
}

static void facts_forward(const nn_plan *plan, const nn_op *op, const real *params)
{
    (void)params;
    const int64_t s = plan->stride, users = (int64_t)plan->dims.K * plan->dims.B;
    const int64_t n = users * plan->dims.L;
    const real *cross = nn_value(plan, op->in[0]), *own = nn_value(plan, op->in[1]);
    const real least = (real)exp(POWER_LOG_LEAST);
    real *y = nn_value(plan, op->out), *log_own = y + POWER_LOG_OWN * s;
    real *restrict leakage = y + POWER_LEAKAGE * s, *restrict purity = y + POWER_PURITY * s;
    for (int64_t i = 0; i < n; i++) log_own[i] = own[i] > least ? own[i] : least;
    plan->kernels->logs(n, log_own, log_own);
    for (int64_t i = 0; i < n; i++) leakage[i] = least;
    for (int32_t j = 0; j < op->in[0].C; j++)
        for (int64_t i = 0; i < n; i++) leakage[i] += cross[j * s + i];
    plan->kernels->logs(n, leakage, leakage);
    for (int64_t i = 0; i < n; i++) {
        y[POWER_GAIN * s + i] = (log_own[i] - 8) / 4;
        purity[i] = (log_own[i] - leakage[i]) / 4;
        leakage[i] = (leakage[i] - 8) / 4;
    }
    margins(n, users, log_own, (real)POWER_MARGIN_SCALE, y + POWER_MARGIN * s);
    margins(n, users, purity, 1, y + POWER_PURITY_MARGIN * s);
    shares(plan, n, users, y + POWER_MARGIN * s, y + POWER_SHARE * s, y + POWER_START * s);
}

static int64_t facts_flops(const nn_plan *p, const nn_op *op)
{
    return (op->in[0].C + 40) * (int64_t)p->dims.L * p->dims.K;
}

static int64_t two_per_user(const nn_plan *p, const nn_op *op)
{
    (void)op;
    return 2 * (int64_t)p->dims.K;
}

static const nn_op_class FACTS = {"power facts", facts_forward, NULL, facts_flops, two_per_user};

power_known power_take(nn_plan *plan, policy_io *io)
{
    power_known known;
    io->input = nn_plan_take(plan, io->K + 1);
    io->input.constant = 1;
    known.cross = nn_channels(plan, io->input, 0, io->K);
    known.own = nn_channels(plan, io->input, io->K, 1);
    nn_op *op = nn_plan_add(plan, &FACTS, POWER_FACTS);
    op->in[0] = known.cross;
    op->in[1] = known.own;
    op->n_in = 2;
    known.fact = op->out;
    known.fact.constant = 1;
    return known;
}

static nn_slice fact(const nn_plan *plan, const power_known *known, int32_t which)
{
    return nn_channels(plan, known->fact, which, 1);
}

nn_slice power_start(const nn_plan *plan, const power_known *known)
{
    return fact(plan, known, POWER_START);
}

nn_slice power_start_share(const nn_plan *plan, const power_known *known)
{
    return fact(plan, known, POWER_SHARE);
}

/* ---- state ---- */

/* Per link: p, and a second array for what is worked on; per user S, I, T, D, c, q, and as many for their
 * gradients. */
typedef struct arrays {
    int64_t n, users; /* L K B, K B */
    const real *g, *own;
    real *p, *link, *S, *I, *T, *D, *c, *q;
} arrays;

enum { USER_ARRAYS = 12 };

static int64_t user_room(const nn_plan *p)
{
    return ((int64_t)p->dims.K * p->dims.B + NN_PAD - 1) / NN_PAD * NN_PAD;
}

static arrays arrays_of(const nn_plan *plan, const nn_op *op)
{
    const int64_t room = user_room(plan);
    real *s = plan->values + op->scratch, *u = s + 2 * plan->stride;
    return (arrays){.n = (int64_t)plan->dims.L * plan->dims.K * plan->dims.B,
                    .users = (int64_t)plan->dims.K * plan->dims.B,
                    .g = nn_value(plan, op->in[0]),
                    .own = nn_value(plan, op->in[1]),
                    .p = s,
                    .link = s + plan->stride,
                    .S = u,
                    .I = u + room,
                    .T = u + 2 * room,
                    .D = u + 3 * room,
                    .c = u + 4 * room,
                    .q = u + 5 * room};
}

/* Its second half of user arrays. */
static arrays gradients_of(const nn_plan *plan, const nn_op *op)
{
    arrays d = arrays_of(plan, op);
    const int64_t skip = 6 * user_room(plan);
    d.S += skip, d.I += skip, d.T += skip, d.D += skip, d.c += skip, d.q += skip;
    return d;
}

static void state_forward(const nn_plan *plan, const nn_op *op, const real *params)
{
    (void)params;
    const nn_kernels *kernels = plan->kernels;
    const int32_t K = plan->dims.K, B = plan->dims.B;
    arrays v = arrays_of(plan, op);
    real *y = nn_value(plan, op->out);
    real *log_z = y, *log_I = y + plan->stride, *log_T = log_I + plan->stride;
    real *log_D = log_T + plan->stride;
    kernels->exps(v.n, nn_value(plan, op->in[2]), v.p);
    for (int64_t i = 0; i < v.n; i++) v.p[i] = v.own[i] > 0 ? v.p[i] : 0;
    kernels->leak(K, v.n / B, B, v.g, plan->stride, v.p, v.I);
    memset(v.S, 0, (size_t)v.users * sizeof(real));
    memset(v.D, 0, (size_t)v.users * sizeof(real));
    for (int64_t i = 0; i < v.n; i += v.users)
        for (int64_t k = 0; k < v.users; k++) {
            v.S[k] += v.own[i + k] * v.p[i + k];
            v.D[k] += v.p[i + k];
        }
    for (int64_t k = 0; k < v.users; k++) {
        v.I[k] += 1;
        v.D[k] += 1;
        v.T[k] = v.S[k] + v.I[k];
        v.c[k] = v.S[k] / (v.I[k] * v.T[k] * v.D[k]);
    }
    kernels->logs(v.users, v.I, log_I);
    kernels->logs(v.users, v.T, log_T);
    kernels->logs(v.users, v.D, log_D);
    for (int64_t k = 0; k < v.users; k++) v.q[k] = (log_T[k] - log_I[k]) / (v.D[k] * v.D[k]);
    kernels->price(K, v.n / B, B, v.g, plan->stride, v.c, v.link);
    for (int64_t i = 0; i < v.n; i += v.users)
        for (int64_t k = 0; k < v.users; k++) v.link[i + k] += v.q[k];
    kernels->logs(v.n, v.link, log_z);
    for (int64_t i = v.users; i < v.n; i += v.users) {
        memcpy(log_I + i, log_I, (size_t)v.users * sizeof(real));
        memcpy(log_T + i, log_T, (size_t)v.users * sizeof(real));
        memcpy(log_D + i, log_D, (size_t)v.users * sizeof(real));
    }
}

static void sum_over_aps(const arrays *v, const real *dy, real *sum)
{
    memcpy(sum, dy, (size_t)v->users * sizeof(real));
    for (int64_t i = v->users; i < v->n; i += v->users)
        for (int64_t k = 0; k < v->users; k++) sum[k] += dy[i + k];
}

/* v.link <- dz = dln z / z; then the users' gradients, in d: dS, dI, dD of the loss. */
static void user_gradients(const nn_plan *plan, const nn_op *op, arrays *v, arrays *d)
{
    const real *dy = nn_grad(plan, op->out), *y = nn_value(plan, op->out);
    const real *log_I = y + plan->stride, *log_T = log_I + plan->stride;
    const int32_t B = plan->dims.B;
    real *dz = v->link;
    for (int64_t i = 0; i < v->n; i++) dz[i] = dy[i] / v->link[i];
    plan->kernels->leak(plan->dims.K, v->n / B, B, v->g, plan->stride, dz, d->c);
    sum_over_aps(v, dz, d->q);
    sum_over_aps(v, dy + plan->stride, d->I);
    sum_over_aps(v, dy + 2 * plan->stride, d->T);
    sum_over_aps(v, dy + 3 * plan->stride, d->D);
    for (int64_t k = 0; k < v->users; k++) {
        const real I = v->I[k], T = v->T[k], D = v->D[k], R = log_T[k] - log_I[k];
        const real dR = d->q[k] / (D * D), dc = d->c[k];
        const real dT = d->T[k] / T + dR / T + dc / (T * T * D);
        d->D[k] = d->D[k] / D - 2 * R * d->q[k] / (D * D * D) - dc * v->c[k] / D;
        d->I[k] = d->I[k] / I - dR / I - dc / (I * I * D) + dT;
        d->S[k] = dT;
    }
}

static void state_backward(const nn_plan *plan, const nn_op *op, const real *params, real *dparams)
{
    (void)params;
    (void)dparams;
    const int32_t K = plan->dims.K, B = plan->dims.B;
    arrays v = arrays_of(plan, op), d = gradients_of(plan, op);
    real *du = nn_grad(plan, op->in[2]);
    user_gradients(plan, op, &v, &d);
    plan->kernels->price(K, v.n / B, B, v.g, plan->stride, d.I, v.link);
    for (int64_t i = 0; i < v.n; i += v.users)
        for (int64_t k = 0; k < v.users; k++)
            du[i + k] += v.p[i + k] * (v.link[i + k] + d.S[k] * v.own[i + k] + d.D[k]);
}

static int64_t state_flops(const nn_plan *p, const nn_op *op)
{
    (void)op;
    const int64_t K = p->dims.K, links = (int64_t)p->dims.L * K;
    return 4 * K * links + 5 * links + 12 * K;
}

static int64_t state_sends(const nn_plan *p, const nn_op *op)
{
    (void)op;
    return 3 * (int64_t)p->dims.K;
}

static const nn_op_class STATE = {"power state", state_forward, state_backward, state_flops,
                                  state_sends};

nn_slice power_state(nn_plan *plan, const power_known *known, nn_slice u)
{
    nn_op *op = nn_plan_add(plan, &STATE, POWER_STATE);
    op->in[0] = known->cross;
    op->in[1] = known->own;
    op->in[2] = u;
    op->n_in = 3;
    op->scratch = plan->size;
    plan->size += 2 * plan->stride + USER_ARRAYS * user_room(plan);
    return op->out;
}

/* ---- view ---- */

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

static int64_t one_per_user(const nn_plan *p, const nn_op *op)
{
    (void)op;
    return p->dims.K;
}

static const nn_op_class VIEW = {"power view", view_forward, view_backward, view_flops,
                                 one_per_user};

nn_slice power_view(nn_plan *plan, const power_known *known, nn_slice state, nn_slice u)
{
    nn_op *op = nn_plan_add(plan, &VIEW, POWER_VIEW);
    op->in[0] = fact(plan, known, POWER_LOG_OWN);
    op->in[1] = state;
    op->in[2] = u;
    op->n_in = 3;
    return op->out;
}

/* ---- layer ---- */

void power_declare(nn_params *t, int32_t round, const char *part, int32_t O, int32_t I)
{
    char name[NN_MAX_NAME];
    snprintf(name, sizeof name, "round%d.%s.weight", round + 1, part);
    nn_params_add(t, name, 2, (const int32_t[]){O, I});
    snprintf(name, sizeof name, "round%d.%s.bias", round + 1, part);
    nn_params_add(t, name, 1, (const int32_t[]){O});
}

void power_zero_heads(const nn_params *t, int32_t rounds, real *params)
{
    for (int32_t r = 0; r < rounds; r++)
        for (int32_t i = POWER_TENSORS * r + 4; i < POWER_TENSORS * (r + 1); i++)
            memset(params + t->tensor[i].at, 0, (size_t)t->tensor[i].size * sizeof(real));
}

nn_slice power_block(nn_plan *plan, const power_known *known, nn_slice view, nn_slice more,
                     nn_slice h, int32_t C, const nn_tensor *t)
{
    nn_slice in[4] = {nn_channels(plan, known->fact, POWER_GAIN, POWER_SEEN), view};
    int32_t n = 2;
    if (more.C > 0) in[n++] = more;
    if (h.C > 0) in[n++] = h;
    const nn_slice y = nn_linear(plan, in, n, 5 * C, t[0].at, t[1].at, NN_RELU);
    const nn_slice pooled[] = {nn_channels(plan, y, 0, C),
                               nn_sum_users(plan, nn_channels(plan, y, C, C), 8),
                               nn_sum_aps(plan, nn_channels(plan, y, 2 * C, C), 4),
                               nn_mean_all(plan, nn_channels(plan, y, 3 * C, C)),
                               nn_max_users(plan, nn_channels(plan, y, 4 * C, C))};
    const nn_slice next = nn_linear(plan, pooled, 5, C, t[2].at, t[3].at, NN_NONE);
    return h.C > 0 ? nn_add(plan, next, h) : next;
}

/* ---- advance ---- */

static void advance_forward(const nn_plan *plan, const nn_op *op, const real *params)
{
    (void)params;
    const real *r = nn_value(plan, op->in[0]), *u = nn_value(plan, op->in[1]);
    const real *x = nn_value(plan, op->in[2]);
    real *y = nn_value(plan, op->out);
    for (int64_t i = 0; i < plan->stride; i++) {
        const real next = u[i] + x[i] + (1 + x[i + plan->stride]) * (real)POWER_RATIO_SCALE * r[i];
        y[i] = next < LOW ? LOW : next > HIGH ? HIGH : next; /* NaN stays */
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
        const real d = y[i] > LOW && y[i] < HIGH ? dy[i] : 0;
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

/* ---- choice ---- */

static const real CLOSED = -60; /* logit of a closed link */

/* ln of the chances of all links and, in the first AP's columns, of nobody; scratch: most and sum (users). */
static void chances(const nn_plan *plan, int64_t n, int64_t users, real *restrict log_pi,
                    real *restrict off, real *restrict pi, real *restrict most, real *restrict sum)
{
    memcpy(most, off, (size_t)users * sizeof(real));
    for (int64_t i = 0; i < n; i += users)
        for (int64_t k = 0; k < users; k++)
            most[k] = log_pi[i + k] > most[k] ? log_pi[i + k] : most[k];
    for (int64_t k = 0; k < users; k++) off[k] -= most[k];
    for (int64_t i = 0; i < n; i += users)
        for (int64_t k = 0; k < users; k++) log_pi[i + k] -= most[k];
    plan->kernels->exps(users, off, sum);
    plan->kernels->exps(n, log_pi, pi);
    for (int64_t i = 0; i < n; i += users)
        for (int64_t k = 0; k < users; k++) sum[k] += pi[i + k];
    plan->kernels->logs(users, sum, most);
    for (int64_t k = 0; k < users; k++) off[k] -= most[k];
    for (int64_t i = 0; i < n; i += users)
        for (int64_t k = 0; k < users; k++) {
            log_pi[i + k] -= most[k];
            pi[i + k] /= sum[k];
        }
}

static void choose_forward(const nn_plan *plan, const nn_op *op, const real *params)
{
    (void)params;
    const int64_t s = plan->stride, users = (int64_t)plan->dims.K * plan->dims.B;
    const int64_t n = users * plan->dims.L;
    const real *own = nn_value(plan, op->in[0]), *margin = nn_value(plan, op->in[1]);
    const real *x = nn_value(plan, op->in[2]);
    real *y = nn_value(plan, op->out);
    real *off = y + POWER_LOG_OFF * s, *log_p = y + POWER_LOG_P * s, *soft = y + POWER_SOFT_U * s;
    memset(off, 0, (size_t)users * sizeof(real));
    for (int64_t i = 0; i < n; i += users)
        for (int64_t k = 0; k < users; k++) {
            y[i + k] =
                own[i + k] > 0 ? x[i + k] + (real)POWER_MARGIN_SCALE * margin[i + k] : CLOSED;
            off[k] += x[i + k + s] / (real)plan->dims.L;
        }
    chances(plan, n, users, y, off, y + POWER_PI * s, log_p, soft);
    for (int64_t i = users; i < n; i += users) memcpy(off + i, off, (size_t)users * sizeof(real));
    for (int64_t i = 0; i < n; i++) {
        const real v = x[i + 2 * s] + (real)POWER_START_LOG;
        log_p[i] = v < LOW ? LOW : v > HIGH ? HIGH : v;
        soft[i] = y[i] + log_p[i];
    }
}

/* d logit = d ln - chance * sum of all d ln of the user. */
static void choose_backward(const nn_plan *plan, const nn_op *op, const real *params, real *dparams)
{
    (void)params;
    (void)dparams;
    const int64_t s = plan->stride, users = (int64_t)plan->dims.K * plan->dims.B;
    const int64_t n = users * plan->dims.L;
    const real *own = nn_value(plan, op->in[0]), *y = nn_value(plan, op->out);
    const real *dy = nn_grad(plan, op->out), *pi = y + 4 * s;
    real *dx = nn_grad(plan, op->in[2]);
    for (int64_t k = 0; k < users; k++) {
        real off = 0, all = 0;
        for (int64_t i = k; i < n; i += users) {
            off += dy[i + s];
            all += dy[i] + dy[i + 3 * s] + pi[i] * dy[i + 4 * s];
        }
        all += off;
        const real d_off = off - (real)exp((double)y[k + s]) * all;
        for (int64_t i = k; i < n; i += users) {
            const real d = dy[i] + dy[i + 3 * s] + pi[i] * dy[i + 4 * s];
            const real v = y[i + 2 * s];
            if (own[i] > 0) dx[i] += d - pi[i] * all;
            dx[i + s] += d_off / (real)plan->dims.L;
            if (v > LOW && v < HIGH) dx[i + 2 * s] += dy[i + 2 * s] + dy[i + 3 * s];
        }
    }
}

static const nn_op_class CHOOSE = {"power choice", choose_forward, choose_backward, NULL,
                                   two_per_user};

nn_slice power_choose(nn_plan *plan, const power_known *known, nn_slice x)
{
    nn_op *op = nn_plan_add(plan, &CHOOSE, POWER_CHOICE);
    op->in[0] = known->own;
    op->in[1] = fact(plan, known, POWER_MARGIN);
    op->in[2] = x;
    op->n_in = 3;
    return op->out;
}
