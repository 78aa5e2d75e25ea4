#include <float.h>
#include <math.h>

#include <cellfree/power.h>

#include "base/status.h"

static const double LN2 = 0.693147180559945309;
static const double TOLERANCE = 1e-6; /* relative, of limits */
static const double LEAST_RATE = 1e-9;

static cf_status check_number(const char *what, double value, int positive)
{
    if (isfinite(value) && value >= 0 && !(positive && value == 0)) return CF_OK;
    return base_fail(isfinite(value) ? CF_EARG : CF_ENUM, "%s is %g, wanted a number %s 0", what,
                     value, positive ? "above" : "of at least");
}

static cf_status check_numbers(const cf_power *p)
{
    cf_status s = check_number("the noise power", p->noise_w, 1);
    if (s == CF_OK) s = check_number("mu", p->mu, 0);
    if (s == CF_OK) s = check_number("the static power", p->static_w, p->objective == CF_POWER_EE);
    if (s == CF_OK) s = check_number("the bandwidth", p->bandwidth_hz, 1);
    if (s == CF_OK) s = check_number("the rate floor", p->rate_floor, 0);
    if (s == CF_OK && p->limit != CF_LIMIT_NONE) s = check_number("the power limit", p->limit_w, 1);
    return s;
}

/* One pass without a branch, which is vectorised: a method of a microsecond must not wait for
 * it. */
static int all_are_gains(const float *g, size_t n)
{
    int bad = 0;
    for (size_t i = 0; i < n; i++) bad |= !(g[i] >= 0) | !(g[i] <= FLT_MAX);
    return !bad;
}

cf_status cf_power_check(const cf_power *p)
{
    if (!p || !p->gain) return base_fail(CF_EARG, "the gains are missing");
    const int32_t L = p->L, K = p->K;
    if (L < 1 || K < 1 || (int64_t)L * K > CF_MAX_POWER_LINKS)
        return base_fail(CF_ESHAPE, "%d access points and %d users, wanted 1 to %d links", L, K,
                         CF_MAX_POWER_LINKS);
    if (p->objective < CF_POWER_EE || p->objective > CF_POWER_PROPORTIONAL)
        return base_fail(CF_EARG, "objective %d is none of 0 to 3", (int)p->objective);
    if (p->limit < CF_LIMIT_NONE || p->limit > CF_LIMIT_LINK)
        return base_fail(CF_EARG, "power limit %d is none of 0 to 2", (int)p->limit);
    const cf_status s = check_numbers(p);
    const float *g = p->gain;
    if (s != CF_OK || all_are_gains(g, (size_t)L * (size_t)K * (size_t)K)) return s;
    for (int32_t l = 0; l < L; l++)
        for (int32_t k = 0; k < K; k++)
            for (int32_t j = 0; j < K; j++, g++)
                if (!(*g >= 0 && isfinite(*g)))
                    return base_fail(CF_ENUM,
                                     "gain of access point %d to user %d of the beam for user %d "
                                     "is %g, wanted a number of at least 0",
                                     l, k, j, (double)*g);
    return CF_OK;
}

/* R_k, in nats: log1p keeps rates below 1e-16. */
static double rate_of(const cf_power *p, const float *watts, int32_t k)
{
    const int32_t K = p->K;
    double signal = 0, interference = 0;
    for (int32_t l = 0; l < p->L; l++) {
        const float *g = p->gain + ((int64_t)l * K + k) * K, *w = watts + (int64_t)l * K;
        for (int32_t j = 0; j < k; j++) interference += (double)g[j] * (double)w[j];
        for (int32_t j = k + 1; j < K; j++) interference += (double)g[j] * (double)w[j];
        signal += (double)g[k] * (double)w[k];
    }
    return log1p(signal / (p->noise_w + interference));
}

static double spent_on(const cf_power *p, const float *watts, int32_t k)
{
    double sum = 0;
    for (int32_t l = 0; l < p->L; l++) sum += (double)watts[(int64_t)l * p->K + k];
    return p->mu * sum + p->static_w;
}

double cf_power_value(const cf_power *p, const float *watts, cf_status *status)
{
    double value = p->objective == CF_POWER_MIN_RATE ? INFINITY : 0;
    for (int32_t k = 0; k < p->K; k++) {
        const double nats = rate_of(p, watts, k), rate = nats / LN2;
        switch (p->objective) {
        case CF_POWER_EE: value += p->bandwidth_hz / 1e6 * rate / spent_on(p, watts, k); break;
        case CF_POWER_SUM_RATE: value += rate; break;
        case CF_POWER_MIN_RATE: value = rate >= value ? value : rate; break;
        case CF_POWER_PROPORTIONAL: value += log(rate <= LEAST_RATE ? LEAST_RATE : rate); break;
        }
    }
    const int good = isfinite(value);
    if (status)
        *status = good ? CF_OK : base_fail(CF_ENUM, "the objective is %g: powers overflow", value);
    return good ? value : -INFINITY;
}

void cf_power_rates(const cf_power *p, const float *watts, double *rate)
{
    for (int32_t k = 0; k < p->K; k++) rate[k] = rate_of(p, watts, k) / LN2;
}

static int may_serve(const cf_power *p, int64_t link)
{
    return !p->serve || p->serve[link];
}

cf_power_violations cf_power_check_watts(const cf_power *p, const float *watts)
{
    cf_power_violations v = {0};
    const double most = p->limit_w * (1 + TOLERANCE);
    for (int32_t l = 0; l < p->L; l++) {
        double sum = 0;
        for (int32_t k = 0; k < p->K; k++) {
            const int64_t link = (int64_t)l * p->K + k;
            const double w = (double)watts[link];
            v.bad_entries += !(w >= 0 && isfinite(w)) || (w > 0 && !may_serve(p, link));
            v.links_over += p->limit == CF_LIMIT_LINK && w > most;
            sum += w;
        }
        v.aps_over += p->limit == CF_LIMIT_AP && !(sum <= most);
    }
    for (int32_t k = 0; p->rate_floor > 0 && k < p->K; k++)
        v.users_below_floor += !(rate_of(p, watts, k) / LN2 >= p->rate_floor * (1 - TOLERANCE));
    return v;
}

/* Projection of one AP's row on {w >= 0, sum <= limit}: w - t clipped at 0, where t is the root of
 * a decreasing, convex and piecewise linear function. Newton's method from t = 0 climbs to it and
 * stops for good when the set of positive entries does, after at most K steps. */
static void project_row(int32_t K, double limit, float *w)
{
    double t = 0;
    for (int32_t step = 0; step <= K; step++) {
        double sum = 0;
        int32_t on = 0;
        for (int32_t k = 0; k < K; k++) {
            if ((double)w[k] <= t) continue;
            sum += (double)w[k] - t;
            on++;
        }
        if (!(sum > limit) || on == 0) break;
        const double next = t + (sum - limit) / on;
        if (!(next > t)) break;
        t = next;
    }
    if (t == 0) return;
    for (int32_t k = 0; k < K; k++) w[k] = (float)fmax((double)w[k] - t, 0);
}

void cf_power_project(const cf_power *p, float *watts)
{
    for (int32_t l = 0; l < p->L; l++) {
        float *w = watts + (int64_t)l * p->K;
        for (int32_t k = 0; k < p->K; k++) {
            if (!(w[k] > 0) || !may_serve(p, (int64_t)l * p->K + k)) w[k] = 0;
            if (p->limit == CF_LIMIT_LINK && (double)w[k] > p->limit_w) w[k] = (float)p->limit_w;
        }
        if (p->limit == CF_LIMIT_AP) project_row(p->K, p->limit_w, w);
    }
}
