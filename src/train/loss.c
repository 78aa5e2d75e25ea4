#include "train/loss.h"

#include <math.h>

/* x is kept this far from 0 and 1 in logarithms of labels: float knows no nearer. */
static const double NEAR = 1e-6;

typedef struct column {
    double snr;     /* sum_l x s: at the decision where rounding is straight-through, else at x */
    double servers; /* sum_l x: at the decision if there is one                                */
} column;

static column sum_user(const loss_weights *w, const cf_assignment *p, const uint8_t *own,
                       const real *x, int64_t step, int32_t k)
{
    column sum = {0, 0};
    for (int64_t i = k; i < (int64_t)p->L * p->K; i += p->K) {
        const double v = (double)x[i * step], hard = own ? (double)own[i] : v;
        sum.snr += (w->scheme == LOSS_STRAIGHT_THROUGH ? hard : v) * p->snr[i];
        sum.servers += hard;
    }
    return sum;
}

/* Cross-entropy of a link and its slope. */
static double cross_entropy(uint8_t label, double x, double *slope)
{
    const double v = x < NEAR ? NEAR : x > 1 - NEAR ? 1 - NEAR : x;
    *slope = v != x ? 0 : label ? -1 / v : 1 / (1 - v);
    return label ? -log(v) : -log1p(-v);
}

loss_terms train_loss(const loss_weights *w, const cf_assignment *p, const uint8_t *label,
                      const uint8_t *own, const real *x, int64_t step, double scale, real *dx)
{
    const int64_t links = (int64_t)p->L * p->K;
    const int labels = w->scheme == LOSS_LABELS, lagrangian = w->scheme == LOSS_LAGRANGIAN;
    loss_terms t = {0};
    for (int32_t k = 0; k < p->K; k++) {
        const column sum = sum_user(w, p, own, x, step, k);
        t.rate += log2(1 + sum.snr);
        t.shortage += fmax(p->min_aps[k] - sum.servers, 0);
    }
    for (int64_t i = 0; i < links; i++) {
        const double v = (double)x[i * step];
        t.entropy -= v * log(v + 1e-6);
    }

    /* dloss/dR, dloss/dc, dloss/de */
    const double by_rate = labels ? 0 : -1;
    const double by_shortage = lagrangian ? w->lambda_c + w->mu_c * t.shortage : w->penalty;
    const double by_entropy = lagrangian ? w->lambda_d + w->mu_d * t.entropy : 0;
    t.loss = by_rate * t.rate;
    if (lagrangian)
        t.loss += (w->lambda_c + w->mu_c * t.shortage / 2) * t.shortage +
                  (w->lambda_d + w->mu_d * t.entropy / 2) * t.entropy;
    else
        t.loss += w->penalty * t.shortage;

    for (int32_t k = 0; k < p->K; k++) {
        const column sum = sum_user(w, p, own, x, step, k);
        const double rate = by_rate / ((1 + sum.snr) * log(2));
        const double lack = sum.servers < p->min_aps[k] ? -by_shortage : 0;
        for (int64_t i = k; i < links; i += p->K) {
            const double v = (double)x[i * step];
            double slope = rate * p->snr[i] + lack - by_entropy * (log(v + 1e-6) + v / (v + 1e-6));
            if (labels) {
                double d;
                t.loss += cross_entropy(label[i], v, &d);
                slope += d;
            }
            dx[i * step] += (real)(scale * slope);
        }
    }
    return t;
}
