/* What setnet says of a user: chances of nobody and of each access point. */
#include <math.h>
#include <string.h>

#include "policy/power_op.h"

static const real CLOSED = -60; /* logit of a closed link */

/* ln of the chances of all links and, in the first AP's columns, of nobody; scratch: most and sum
 * (users). */
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
        log_p[i] = power_cut(v);
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
            if (!power_is_cut(v)) dx[i + 2 * s] += dy[i + 2 * s] + dy[i + 3 * s];
        }
    }
}

static const nn_op_class CHOOSE = {"power choice", choose_forward, choose_backward, NULL,
                                   power_sends};

nn_slice power_choose(nn_plan *plan, const power_known *known, nn_slice x)
{
    nn_op *op = nn_plan_add(plan, &CHOOSE, POWER_CHOICE);
    op->kind = 2;
    op->in[0] = known->own;
    op->in[1] = power_fact(plan, known, POWER_MARGIN);
    op->in[2] = x;
    op->n_in = 3;
    return op->out;
}
