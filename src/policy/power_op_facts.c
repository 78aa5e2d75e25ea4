/* A drop as gains, and what is known of its links before any power is. */
#include <math.h>

#include "nn/ops.h"
#include "policy/power_op.h"

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

int64_t power_sends(const nn_plan *p, const nn_op *op)
{
    return op->kind * (int64_t)p->dims.K;
}

static const nn_op_class FACTS = {"power facts", facts_forward, NULL, facts_flops, power_sends};

power_known power_take(nn_plan *plan, policy_io *io)
{
    power_known known;
    io->input = nn_plan_take(plan, io->K + 1);
    io->input.constant = 1;
    known.cross = nn_channels(plan, io->input, 0, io->K);
    known.own = nn_channels(plan, io->input, io->K, 1);
    nn_op *op = nn_plan_add(plan, &FACTS, POWER_FACTS);
    op->kind = 2;
    op->in[0] = known.cross;
    op->in[1] = known.own;
    op->n_in = 2;
    known.fact = op->out;
    known.fact.constant = 1;
    return known;
}

nn_slice power_fact(const nn_plan *plan, const power_known *known, int32_t which)
{
    return nn_channels(plan, known->fact, which, 1);
}

nn_slice power_start(const nn_plan *plan, const power_known *known)
{
    return power_fact(plan, known, POWER_START);
}

nn_slice power_start_share(const nn_plan *plan, const power_known *known)
{
    return power_fact(plan, known, POWER_SHARE);
}
