#include "train/loss_power.h"

#include <math.h>

void loss_drop_place(loss_drop *d, arena *a, int32_t L, int32_t K)
{
    const size_t n = (size_t)L * (size_t)K;
    prob_power_form_place(&d->form, a, L, K);
    d->p = ARENA_TAKE(a, double, n);
    d->plus = ARENA_TAKE(a, double, n);
    d->minus = ARENA_TAKE(a, double, n);
}

void loss_drop_fill(loss_drop *d, const cf_power *p, double unit, double best)
{
    prob_power_form_fill(&d->form, p);
    d->unit = unit;
    d->per_value = best > 0 ? 1 / best : d->form.static_w / (d->form.scale * d->form.K);
}

static int64_t at(const loss_round *o, int32_t l, int32_t k)
{
    return l * o->by_ap + k * o->by_user;
}

/* J at d->p, and -scale dv/dp_kl for all links into d->plus. */
static double value_slopes(loss_drop *d, double scale)
{
    const double value = prob_power_form_gradient(&d->form, d->p, d->plus, d->minus);
    for (int32_t c = 0; c < d->form.n; c++)
        d->plus[c] = -scale * d->per_value * (d->plus[c] - d->minus[c]);
    return value;
}

loss_power_terms train_loss_objective(loss_drop *d, const loss_round *o, double scale)
{
    const int32_t L = d->form.L, K = d->form.K;
    for (int32_t k = 0, c = 0; k < K; k++)
        for (int32_t l = 0; l < L; l++, c++) {
            const int64_t i = at(o, l, k);
            const double log_p =
                (double)o->log_p.value[i] + (o->log_pi.value ? (double)o->log_pi.value[i] : 0);
            d->p[c] = d->form.open[c] ? d->unit * exp(log_p) : 0;
        }
    const double value = value_slopes(d, scale);
    for (int32_t k = 0, c = 0; k < K; k++)
        for (int32_t l = 0; l < L; l++, c++) {
            const real slope = (real)(d->plus[c] * d->p[c]);
            o->log_p.grad[at(o, l, k)] += slope;
            if (o->log_pi.value) o->log_pi.grad[at(o, l, k)] += slope;
        }
    return (loss_power_terms){.loss = -value * d->per_value, .value = value};
}

loss_power_terms train_loss_support(loss_drop *d, const loss_round *o, rng *r, double kappa,
                                    double scale)
{
    const int32_t L = d->form.L, K = d->form.K;
    const rng first = *r;
    double psi = 0;
    for (int32_t k = 0, c = 0; k < K; k++)
        for (int32_t l = 0; l < L; l++, c++) {
            const int64_t i = at(o, l, k);
            const double width = d->unit * exp((double)o->log_support.value[i]);
            const double p = d->unit * exp((double)o->log_p.value[i]) + width * rng_uniform(r);
            psi += width;
            d->p[c] = d->form.open[c] ? p : 0;
        }
    const double value = value_slopes(d, scale);
    *r = first; /* the same numbers again */
    for (int32_t k = 0, c = 0; k < K; k++)
        for (int32_t l = 0; l < L; l++, c++) {
            const int64_t i = at(o, l, k);
            const double slope = d->form.open[c] ? d->plus[c] : 0;
            const double a = d->unit * exp((double)o->log_p.value[i]);
            const double width = d->unit * exp((double)o->log_support.value[i]);
            o->log_p.grad[i] += (real)(slope * a);
            o->log_support.grad[i] += (real)((slope * rng_uniform(r) + scale * kappa) * width);
        }
    return (loss_power_terms){-value * d->per_value + kappa * psi, value, psi};
}

loss_power_terms train_loss_labels(loss_drop *d, const loss_round *o, const loss_label *label,
                                   const loss_label_weights *w, double scale)
{
    const int32_t K = d->form.K;
    int32_t served = 0;
    for (int32_t k = 0; k < K; k++) served += label->ap[k] >= 0;
    loss_power_terms t = train_loss_objective(d, o, scale * w->value);
    t.loss = w->value * (1 + t.loss);
    for (int32_t k = 0; k < K; k++) {
        const int32_t l = label->ap[k];
        const loss_output *chance = l < 0 ? &o->log_off : &o->log_pi;
        const int64_t i = at(o, l < 0 ? 0 : l, k);
        t.loss -= (double)chance->value[i] / K;
        chance->grad[i] -= (real)(scale / K);
        if (l < 0) continue;
        const double miss = (double)o->log_p.value[i] - log((double)label->watts[k] / d->unit);
        t.loss += w->power * miss * miss / served;
        o->log_p.grad[i] += (real)(2 * scale * w->power * miss / served);
    }
    return t;
}
