#include <math.h>
#include <string.h>

#include "base/status.h"
#include "problem/power.h"
#include "problem/power_kernel.h"

static const double LN2 = 0.693147180559945309;
static const double LEAST_RATE = 1e-9; /* [bit/s/Hz], of the proportional objective */

const char *prob_power_objective_name(cf_power_objective objective)
{
    static const char *const NAMES[] = {"energy efficiency", "sum rate", "least rate",
                                        "proportional fairness"};
    return NAMES[objective];
}

const char *prob_power_limit_name(cf_power_limit limit)
{
    static const char *const NAMES[] = {"no power limit", "a power limit per access point",
                                        "a power limit per link"};
    return NAMES[limit];
}

void prob_power_form_place(prob_power_form *f, arena *a, int32_t L, int32_t K)
{
    f->L = L;
    f->K = K;
    f->n = K * L;
    f->lanes = (K + 7) & ~7;
    const size_t n = (size_t)f->n, lanes = (size_t)f->lanes;
    f->kernels = prob_power_kernels_best();
    f->own = ARENA_TAKE(a, double, n + 8);
    f->cross = ARENA_TAKE(a, double, n *lanes);
    f->open = ARENA_TAKE(a, uint8_t, n);
    f->S = ARENA_TAKE(a, double, lanes);
    f->I = ARENA_TAKE(a, double, lanes);
    f->T = ARENA_TAKE(a, double, lanes);
    f->D = ARENA_TAKE(a, double, lanes);
    f->R = ARENA_TAKE(a, double, lanes);
    f->weight = ARENA_TAKE(a, double, lanes);
    f->price = ARENA_TAKE(a, double, lanes);
}

static void fill_link(prob_power_form *f, const cf_power *p, int32_t k, int32_t l)
{
    const int32_t K = f->K, c = k * f->L + l;
    const float *g = p->gain + (int64_t)l * K * K + k; /* + r K: what user r hears */
    double *row = f->cross + (int64_t)c * f->lanes;
    const int heard = g[(int64_t)k * K] > 0 && (!p->serve || p->serve[(int64_t)l * K + k]);
    const double factor = heard ? 1 / p->noise_w : 0;
    for (int32_t r = 0; r < K; r++) row[r] = (double)g[(int64_t)r * K] * factor;
    for (int32_t r = K; r < f->lanes; r++) row[r] = 0;
    f->own[c] = row[k];
    f->open[c] = (uint8_t)heard;
    row[k] = 0;
}

void prob_power_form_fill(prob_power_form *f, const cf_power *p)
{
    f->objective = p->objective;
    f->limit = p->limit;
    f->limit_w = p->limit_w;
    f->mu = p->mu;
    f->static_w = p->static_w;
    f->sharpness = 0;
    f->scale = p->objective == CF_POWER_EE             ? p->bandwidth_hz / 1e6 / LN2
               : p->objective == CF_POWER_PROPORTIONAL ? 1
                                                       : 1 / LN2;
    const double usual = p->limit != CF_LIMIT_NONE                  ? p->limit_w
                         : p->objective == CF_POWER_EE && p->mu > 0 ? p->static_w / p->mu
                                                                    : 1;
    f->least_w = 1e-12 * usual;
    f->most_w = p->limit != CF_LIMIT_NONE ? p->limit_w : 1e6 * usual;
    for (int32_t k = 0; k < f->K; k++)
        for (int32_t l = 0; l < f->L; l++) fill_link(f, p, k, l);
}

void prob_power_form_load(const prob_power_form *f, const float *watts, double *p)
{
    for (int32_t k = 0; k < f->K; k++)
        for (int32_t l = 0; l < f->L; l++) {
            const double w = (double)watts[(int64_t)l * f->K + k];
            p[k * f->L + l] = w > 0 && f->open[k * f->L + l] ? w : 0;
        }
}

void prob_power_form_store(const prob_power_form *f, const double *p, float *watts)
{
    for (int32_t k = 0; k < f->K; k++)
        for (int32_t l = 0; l < f->L; l++) {
            const double w = p[k * f->L + l];
            watts[(int64_t)l * f->K + k] = w > 0 && f->open[k * f->L + l] ? (float)w : 0;
        }
}

/* S, I, T, D and R; lanes past K have R = 0. */
static void evaluate(prob_power_form *f, const double *p)
{
    f->kernels->leak(f->n, f->lanes, f->cross, p, 1, f->I);
    const double *own = f->own;
    for (int32_t k = 0; k < f->K; k++) {
        double signal = 0, sum = 0;
        for (int32_t l = 0; l < f->L; l++) {
            signal += *own++ * *p;
            sum += *p++;
        }
        f->S[k] = signal;
        f->D[k] = f->mu * sum + f->static_w;
    }
    for (int32_t k = f->K; k < f->lanes; k++) {
        f->S[k] = 0;
        f->D[k] = 1;
    }
    for (int32_t k = 0; k < f->lanes; k++) {
        f->T[k] = f->S[k] + f->I[k];
        f->price[k] = f->T[k] / f->I[k];
    }
    f->kernels->logs(f->lanes, f->price, f->R);
}

static int served(const prob_power_form *f, int32_t k)
{
    const uint8_t *open = f->open + (int64_t)k * f->L;
    for (int32_t l = 0; l < f->L; l++)
        if (open[l]) return 1;
    return 0;
}

/* The first user of the least rate; `among_served`: that somebody can serve, or -1. */
static int32_t worst_user(const prob_power_form *f, int among_served)
{
    int32_t worst = -1;
    for (int32_t k = 0; k < f->K; k++)
        if ((!among_served || served(f, k)) && (worst < 0 || f->R[k] < f->R[worst])) worst = k;
    return worst;
}

/* The least rate made smooth: -ln(sum_k exp(-b (R_k - R_worst))) / b + R_worst, over the users that
 * somebody can serve: the others hold it at 0, whatever the answer. */
static double soft_worst(prob_power_form *f)
{
    const int32_t worst = worst_user(f, 1);
    double sum = 0;
    if (worst < 0) return 0;
    for (int32_t k = 0; k < f->K; k++) {
        f->weight[k] = served(f, k) ? exp(-f->sharpness * (f->R[k] - f->R[worst])) : 0;
        sum += f->weight[k];
    }
    for (int32_t k = 0; k < f->K; k++) f->weight[k] *= f->scale / sum;
    return f->scale * (f->R[worst] - log(sum) / f->sharpness);
}

/* The objective from R and D, and v_k = dF/dR_k into weight. */
static double judge(prob_power_form *f)
{
    double sum = 0;
    const double least = LEAST_RATE * LN2;
    switch (f->objective) {
    case CF_POWER_EE:
        for (int32_t k = 0; k < f->lanes; k++) {
            f->weight[k] = f->scale / f->D[k];
            sum += f->R[k] * f->weight[k];
        }
        break;
    case CF_POWER_SUM_RATE:
        for (int32_t k = 0; k < f->lanes; k++) {
            f->weight[k] = f->scale;
            sum += f->R[k] * f->scale;
        }
        break;
    case CF_POWER_MIN_RATE: {
        const int32_t worst = worst_user(f, 0);
        memset(f->weight, 0, sizeof(double) * (size_t)f->lanes);
        if (f->sharpness > 0) return soft_worst(f);
        f->weight[worst] = f->scale;
        sum = f->R[worst] * f->scale;
        break;
    }
    case CF_POWER_PROPORTIONAL:
        memset(f->weight, 0, sizeof(double) * (size_t)f->lanes);
        for (int32_t k = 0; k < f->K; k++) {
            const double r = f->R[k] > least ? f->R[k] : least;
            f->weight[k] = f->R[k] > least ? 1 / r : 0;
            sum += log(r / LN2);
        }
        break;
    }
    return sum;
}

double prob_power_form_value(prob_power_form *f, const double *p)
{
    evaluate(f, p);
    return judge(f);
}

double prob_power_form_gradient(prob_power_form *f, const double *p, double *plus, double *minus)
{
    evaluate(f, p);
    const double value = judge(f);
    for (int32_t k = 0; k < f->lanes; k++)
        f->price[k] = f->weight[k] * f->S[k] / (f->I[k] * f->T[k]);
    f->kernels->price(f->n, f->lanes, f->cross, f->price, minus);
    for (int32_t k = 0, c = 0; k < f->K; k++) {
        const double gain = f->weight[k] / f->T[k];
        const double cost =
            f->objective == CF_POWER_EE ? f->scale * f->mu * f->R[k] / (f->D[k] * f->D[k]) : 0;
        for (int32_t l = 0; l < f->L; l++, c++) {
            plus[c] = gain * f->own[c];
            minus[c] += cost;
        }
    }
    return value;
}

/* As cf_power_project does it, with the APs' entries L apart. */
static void project_ap(const prob_power_form *f, double *p)
{
    double t = 0;
    for (int32_t step = 0; step <= f->K; step++) {
        double sum = 0;
        int32_t on = 0;
        for (int32_t c = 0; c < f->n; c += f->L)
            if (p[c] > t) {
                sum += p[c] - t;
                on++;
            }
        if (!(sum > f->limit_w) || on == 0) break;
        const double next = t + (sum - f->limit_w) / on;
        if (!(next > t)) break;
        t = next;
    }
    for (int32_t c = 0; t > 0 && c < f->n; c += f->L) p[c] = fmax(p[c] - t, 0);
}

void prob_power_form_project(const prob_power_form *f, double *p)
{
    for (int32_t c = 0; c < f->n; c++) {
        if (!(p[c] > 0) || !f->open[c]) p[c] = 0;
        if (f->limit == CF_LIMIT_LINK && p[c] > f->limit_w) p[c] = f->limit_w;
    }
    for (int32_t l = 0; f->limit == CF_LIMIT_AP && l < f->L; l++) project_ap(f, p + l);
}
