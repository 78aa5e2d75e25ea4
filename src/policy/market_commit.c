#include "policy/market_commit.h"

#include <math.h>

enum { PASSES = 2 };

/* One lane of the market: link (l,k) at [(l K + k) B]. */
typedef struct lane {
    int32_t L, K;
    int64_t B;
    const real *z, *need;
    real *x;
    real *servers;          /* (K) */
    real *from, *to, *gain; /* (L) proposals; to < 0: none */
} lane;

static void propose(lane *m, int32_t l)
{
    const real *z = m->z + l * m->K * m->B;
    const real *x = m->x + l * m->K * m->B;
    int32_t j = -1, k = -1;
    for (int32_t i = 0; i < m->K; i++) {
        if (x[i * m->B] > 0 && (j < 0 || z[i * m->B] < z[j * m->B])) j = i;
        if (x[i * m->B] == 0 && (k < 0 || z[i * m->B] > z[k * m->B])) k = i;
    }
    const int swaps = j >= 0 && k >= 0 && z[k * m->B] > z[j * m->B];
    m->from[l] = swaps ? (real)j : -1;
    m->to[l] = swaps ? (real)k : -1;
    m->gain[l] = swaps ? z[k * m->B] - z[j * m->B] : 0;
}

static real lack(const lane *m, int32_t k)
{
    return m->need[k * m->B] - m->servers[k];
}

/* Do fewer than `most` proposals stand before AP l's, of those that agree with it in `side` (the
 * user they come from, or go to)? only_short: of those that go to a user who is short. */
static int among(const lane *m, const real *side, int32_t l, real most, int only_short)
{
    real before = 0;
    for (int32_t i = 0; i < m->L; i++) {
        if (side[i] != side[l] || (only_short && lack(m, (int32_t)m->to[i]) <= 0)) continue;
        before += m->gain[i] > m->gain[l] || (m->gain[i] == m->gain[l] && i < l);
    }
    return before < most;
}

static int agreed(const lane *m, int32_t l)
{
    if (m->to[l] < 0) return 0;
    const real wants = lack(m, (int32_t)m->to[l]), loses = lack(m, (int32_t)m->from[l]);
    if (!among(m, m->to, l, wants > 1 ? wants : 1, 0)) return 0;
    if (loses < 0) return among(m, m->from, l, -loses, 0);
    return loses == 0 && wants > 0 && among(m, m->from, l, 1, 1);
}

static void pass(lane *m)
{
    for (int32_t k = 0; k < m->K; k++) m->servers[k] = 0;
    for (int32_t l = 0; l < m->L; l++)
        for (int32_t k = 0; k < m->K; k++) m->servers[k] += m->x[(l * m->K + k) * m->B];
    for (int32_t l = 0; l < m->L; l++) propose(m, l);
    for (int32_t l = 0; l < m->L; l++) {
        if (!agreed(m, l)) continue;
        m->x[(l * m->K + (int32_t)m->from[l]) * m->B] = 0;
        m->x[(l * m->K + (int32_t)m->to[l]) * m->B] = 1;
    }
}

static void commit_forward(const nn_plan *p, const nn_op *op, const real *params)
{
    (void)params;
    const nn_dims d = p->dims;
    const real *picks = nn_value(p, op->in[0]), *z = nn_value(p, op->in[2]);
    real *scratch = p->values + op->scratch, *x = nn_value(p, op->out);
    for (int64_t i = 0; i < (int64_t)d.L * d.K * d.B; i++) x[i] = isnan(z[i]) ? z[i] : picks[i];
    for (int32_t b = 0; b < d.B; b++) {
        lane m = {.L = d.L,
                  .K = d.K,
                  .B = d.B,
                  .z = nn_value(p, op->in[2]) + b,
                  .need = nn_value(p, op->in[1]) + b,
                  .x = x + b,
                  .servers = scratch,
                  .from = scratch + d.K,
                  .to = scratch + d.K + d.L,
                  .gain = scratch + d.K + 2 * (int64_t)d.L};
        for (int i = 0; i < PASSES; i++) pass(&m);
    }
}

/* In each pass an AP names two users and a gain. */
static int64_t commit_sends(const nn_plan *p, const nn_op *op)
{
    (void)p;
    (void)op;
    return 3 * PASSES;
}

static const nn_op_class COMMIT = {"commit", commit_forward, NULL, NULL, commit_sends};

nn_slice market_commit(nn_plan *p, nn_slice picks, nn_slice need, nn_slice z)
{
    nn_op *op = nn_plan_add(p, &COMMIT, 1);
    op->in[0] = picks;
    op->in[1] = need;
    op->in[2] = z;
    op->n_in = 3;
    op->out.constant = 1;
    op->scratch = nn_plan_scratch(p, p->dims.K + 3 * (int64_t)p->dims.L);
    return op->out;
}
