/* Signal, interference and what a watt costs, from powers. */
#include <string.h>

#include "policy/power_op.h"

/* Per link: p, and a second array for what is worked on; per user S, I, T, D, c, q, and as many for
 * their gradients. */
typedef struct arrays {
    int64_t n, users; /* L K B, K B */
    const real *g, *own;
    real *p, *link, *S, *I, *T, *D, *c, *q;
} arrays;

enum { USER_ARRAYS = 12 };

static int64_t user_room(const nn_plan *p)
{
    return nn_padded((int64_t)p->dims.K * p->dims.B);
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

static const nn_op_class STATE = {"power state", state_forward, state_backward, state_flops,
                                  power_sends};

nn_slice power_state(nn_plan *plan, const power_known *known, nn_slice u)
{
    nn_op *op = nn_plan_add(plan, &STATE, POWER_STATE);
    op->kind = 3;
    op->in[0] = known->cross;
    op->in[1] = known->own;
    op->in[2] = u;
    op->n_in = 3;
    op->scratch = nn_plan_scratch(plan, 2 * plan->stride + USER_ARRAYS * user_room(plan));
    return op->out;
}
