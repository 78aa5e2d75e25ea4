#include "train/schedule.h"

#include <math.h>

double train_rate(const cf_train_config *c, int64_t step, double done, int64_t halvings)
{
    const double rise = step < c->warmup ? (double)(step + 1) / (double)c->warmup : 1;
    const double pi = 3.14159265358979323846;
    double share = 1;
    if (c->schedule == TRAIN_COSINE)
        share = c->last_rate + (1 - c->last_rate) * (1 + cos(pi * fmin(done, 1))) / 2;
    if (c->schedule == TRAIN_PLATEAU) share = fmax(pow(0.5, (double)halvings), c->last_rate);
    return c->rate * rise * share;
}

static void grow(double *lambda, double *mu, double residual, double step, double cap)
{
    *lambda = fmin(*lambda + *mu * residual, cap);
    *mu = fmin(*mu + step, cap);
}

void train_lagrangian_update(train_lagrangian *a, const cf_train_config *c, int64_t step,
                             const train_means *m)
{
    const int64_t gap_at = (int64_t)(c->scale * (double)c->rate_phase);
    const int64_t discrete_at = gap_at + (int64_t)(c->scale * (double)c->gap_phase);
    if (step + 1 < gap_at) return;
    if (a->w.mu_c == 0) a->w.mu_c = fmin(c->mu_c_step, c->mu_c_cap);
    const int discrete = step + 1 >= discrete_at;
    if (discrete && a->w.mu_d == 0) a->w.mu_d = fmin(c->mu_d_step, c->mu_d_cap);

    a->loss += m->loss;
    a->shortage += m->shortage;
    a->entropy += m->entropy;
    if (++a->n < c->window) return;
    const double n = (double)a->n;
    const int stuck = m->loss >= a->loss / n;
    if (stuck && m->shortage >= a->shortage / n)
        grow(&a->w.lambda_c, &a->w.mu_c, a->shortage / n, c->mu_c_step, c->mu_c_cap);
    if (stuck && discrete && m->entropy >= a->entropy / n)
        grow(&a->w.lambda_d, &a->w.mu_d, a->entropy / n, c->mu_d_step, c->mu_d_cap);
    a->loss = a->shortage = a->entropy = 0;
    a->n = 0;
}

void train_kappa_update(train_kappa *k, const cf_train_config *c, double psi)
{
    if (k->n >= c->window) {
        double mean = 0;
        for (int64_t i = 0; i < c->window; i++) mean += k->psi[i] / (double)c->window;
        k->value = psi > mean * (1 + 1e-9) ? k->value + c->kappa_step
                                           : fmax(k->value - c->kappa_step / 2, 0);
    }
    k->psi[k->n++ % c->window] = psi;
}
