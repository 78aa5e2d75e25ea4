#include <math.h>

#include <cellfree/assignment.h>

#include "base/status.h"

static int32_t smaller(int32_t a, int32_t b)
{
    return a < b ? a : b;
}

static cf_status check_ranges(int32_t L, int32_t K, const int32_t *max_users,
                              const int32_t *min_aps)
{
    if (L < 1 || L > CF_MAX_DIM || K < 1 || K > CF_MAX_DIM)
        return base_fail(CF_EARG, "%d access points and %d users, wanted 1 to %d of each", L, K,
                         CF_MAX_DIM);
    if ((int64_t)L * K > CF_MAX_LINKS)
        return base_fail(CF_EARG, "%d access points by %d users are %lld links, wanted at most %d",
                         L, K, (long long)L * K, CF_MAX_LINKS);
    if (!max_users || !min_aps) return base_fail(CF_EARG, "the limits A and U are missing");
    for (int32_t l = 0; l < L; l++)
        if (max_users[l] < 0)
            return base_fail(CF_EARG, "A of access point %d is %d, wanted 0 or more", l,
                             max_users[l]);
    for (int32_t k = 0; k < K; k++)
        if (min_aps[k] < 0 || min_aps[k] > L)
            return base_fail(CF_ESHAPE, "U of user %d is %d, wanted 0 to the %d access points", k,
                             min_aps[k], L);
    return CF_OK;
}

/* The largest U below `below`, or 0. */
static int32_t next_need(int32_t K, const int32_t *min_aps, int32_t below)
{
    int32_t need = 0;
    for (int32_t k = 0; k < K; k++)
        if (min_aps[k] < below && min_aps[k] > need) need = min_aps[k];
    return need;
}

/* Gale's condition has to be looked at only where U changes: over users of equal U the demand grows
 * linearly with their number m and the supply sum_l min(A_l, m) is concave, so that the least
 * difference is at an end. That spares sorting, and so memory. */
cf_status cf_assignment_check_limits(int32_t L, int32_t K, const int32_t *max_users,
                                     const int32_t *min_aps)
{
    const cf_status s = check_ranges(L, K, max_users, min_aps);
    if (s != CF_OK) return s;
    for (int32_t u = next_need(K, min_aps, INT32_MAX); u > 0; u = next_need(K, min_aps, u)) {
        int32_t m = 0;
        int64_t demand = 0, supply = 0;
        for (int32_t k = 0; k < K; k++) {
            if (min_aps[k] < u) continue;
            m++;
            demand += min_aps[k];
        }
        for (int32_t l = 0; l < L; l++) supply += smaller(max_users[l], m);
        if (supply < demand)
            return base_fail(CF_ESHAPE,
                             "no assignment exists: %d users that each need %d access points or "
                             "more need %lld links, and %d access points can give them %lld",
                             m, u, (long long)demand, L, (long long)supply);
    }
    return CF_OK;
}

cf_status cf_assignment_check(const cf_assignment *p)
{
    if (!p || !p->snr) return base_fail(CF_EARG, "the gains are missing");
    const cf_status s = cf_assignment_check_limits(p->L, p->K, p->max_users, p->min_aps);
    if (s != CF_OK) return s;
    for (int32_t l = 0; l < p->L; l++)
        for (int32_t k = 0; k < p->K; k++) {
            const double snr = p->snr[(int64_t)l * p->K + k];
            if (!(snr >= 0 && snr <= CF_MAX_SNR))
                return base_fail(CF_ENUM, "snr of access point %d at user %d is %g, wanted 0 to %g",
                                 l, k, snr, CF_MAX_SNR);
        }
    return CF_OK;
}

double cf_assignment_rate(const cf_assignment *p, const uint8_t *x)
{
    const int32_t L = p->L, K = p->K;
    double nats = 0;
    for (int32_t k = 0; k < K; k++) {
        double r = 0;
        for (int32_t l = 0; l < L; l++)
            if (x[(int64_t)l * K + k]) r += p->snr[(int64_t)l * K + k];
        nats += log1p(r); /* keeps rates below 1e-16, which log2(1 + r) would lose */
    }
    return nats / log(2.0);
}

cf_violations cf_assignment_violations(const cf_assignment *p, const uint8_t *x)
{
    const int32_t L = p->L, K = p->K;
    cf_violations v = {0};
    for (int32_t l = 0; l < L; l++) {
        int32_t served = 0;
        for (int32_t k = 0; k < K; k++) {
            const uint8_t e = x[(int64_t)l * K + k];
            v.not_binary += e > 1;
            served += e != 0;
        }
        v.aps_over += served > p->max_users[l];
    }
    for (int32_t k = 0; k < K; k++) {
        int32_t servers = 0;
        for (int32_t l = 0; l < L; l++) servers += x[(int64_t)l * K + k] != 0;
        v.users_short += servers < p->min_aps[k];
    }
    return v;
}
