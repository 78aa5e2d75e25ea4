#include "evaluate/check.h"

#include <math.h>
#include <stddef.h>

/* ln(10)/10: one decibel in nepers of power. */
#define NEPER_PER_DB 0.23025850929940456840

static double log2_1p(double s)
{
    return log1p(s) / 0.69314718055994530942;
}

eval_verdict eval_check(int32_t L, int32_t K, const float *gain_dbm, double noise_dbm,
                        const int32_t *max_users, const int32_t *min_aps, const uint8_t *x)
{
    eval_verdict v = {0};
    for (int32_t k = 0; k < K; k++) {
        double served = 0, all = 0;
        int32_t servers = 0;
        for (int32_t l = 0; l < L; l++) {
            const size_t i = (size_t)l * (size_t)K + (size_t)k;
            const double snr = exp(NEPER_PER_DB * ((double)gain_dbm[i] - noise_dbm));
            all += snr;
            if (x[i] > 1) v.not_binary++;
            if (x[i] == 0) continue;
            served += snr;
            servers++;
        }
        v.rate += log2_1p(served);
        v.most += log2_1p(all);
        if (servers < min_aps[k]) v.users_short++;
    }
    for (int32_t l = 0; l < L; l++) {
        int32_t users = 0;
        for (int32_t k = 0; k < K; k++) users += x[(size_t)l * (size_t)K + (size_t)k] != 0;
        if (users > max_users[l]) v.aps_over++;
    }
    return v;
}
