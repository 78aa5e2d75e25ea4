#ifndef CASES_H
#define CASES_H

/* Assignment problems for tests: random ones of every kind, and mmWave drops. */

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cellfree/assignment.h>

#include "base/rng.h"

enum { CASE_APS = 200, CASE_USERS = 150 };

typedef struct test_case {
    cf_assignment p; /* borrows the rest */
    double snr[CASE_APS * CASE_USERS];
    int32_t max_users[CASE_APS], min_aps[CASE_USERS];
} test_case;

static inline void case_shape(test_case *c, int32_t L, int32_t K, int32_t A, int32_t U)
{
    c->p = (cf_assignment){L, K, c->snr, c->max_users, c->min_aps};
    for (int32_t l = 0; l < L; l++) c->max_users[l] = A;
    for (int32_t k = 0; k < K; k++) c->min_aps[k] = U;
}

/* SNR log-normal about `mean_db`. */
static inline void case_gains(test_case *c, rng *g, double mean_db, double std_db)
{
    for (int32_t i = 0; i < c->p.L * c->p.K; i++)
        c->snr[i] = pow(10, (mean_db + std_db * rng_normal(g)) / 10);
}

/* Per-AP A in 0..K and per-user U that some assignment meets: the numbers of servers of a random
 * x that uses every slot, less up to `ease` of them (0: not a slot to spare). */
static inline void case_limits(test_case *c, rng *g, int32_t ease)
{
    const int32_t L = c->p.L, K = c->p.K;
    memset(c->min_aps, 0, sizeof c->min_aps);
    for (int32_t l = 0; l < L; l++) {
        int32_t left = (int32_t)rng_below(g, (uint32_t)K + 1);
        c->max_users[l] = left;
        for (int32_t k = 0; k < K; k++)
            if ((int32_t)rng_below(g, (uint32_t)(K - k)) < left) {
                c->min_aps[k]++;
                left--;
            }
    }
    for (int32_t k = 0; k < K; k++) {
        c->min_aps[k] -= (int32_t)rng_below(g, (uint32_t)ease + 1);
        if (c->min_aps[k] < 0) c->min_aps[k] = 0;
    }
}

/* mmwave-small (5 x 4) or mmwave-large (20 x 15), physics of docs/notation.md: 35.3 dB a decade,
 * 4.7 dB shadowing, thermal noise of 500 MHz at 300 K, A = U = 2. */
static inline void case_mmwave(test_case *c, rng *g, int large)
{
    static const double near_x[] = {5, 50, 95, 5, 50}, near_y[] = {5, 5, 5, 95, 95};
    static const double far_x[] = {50, 275, 500, 725, 950}, far_y[] = {50, 350, 650, 950};
    const double noise_dbm = 10 * log10(1.38e-23 * 300 * 500e6) + 30;
    const double side = large ? 1000 : 100, p0_dbm = large ? -34.26 : -49.27;
    case_shape(c, large ? 20 : 5, large ? 15 : 4, 2, 2);
    for (int32_t k = 0; k < c->p.K; k++) {
        const double x = side * rng_uniform(g), y = side * rng_uniform(g);
        for (int32_t l = 0; l < c->p.L; l++) {
            const double dx = x - (large ? far_x[l % 5] : near_x[l]);
            const double dy = y - (large ? far_y[l / 5] : near_y[l]);
            const double d = sqrt(dx * dx + dy * dy + 10 * 10);
            const double gain_dbm = p0_dbm - 35.3 * log10(d) + 4.7 * rng_normal(g);
            c->snr[l * c->p.K + k] = pow(10, (gain_dbm - noise_dbm) / 10);
        }
    }
}

/* L=5, K=4, A=U=2, solved by hand: 11.285922328 with rows {0,2},{0,1},{0,1},{2,3},{0,3}. */
static const double CASE_GOLDEN_SNR[20] = {9,  4,  1, .5, 7,  6,  .8, .3, 5,  8,
                                           .6, .2, 3, 2,  .9, .7, 6,  1,  .4, .35};
static const uint8_t CASE_GOLDEN_X[20] = {1, 0, 1, 0, 1, 1, 0, 0, 1, 1,
                                          0, 0, 0, 0, 1, 1, 1, 0, 0, 1};

static inline void case_golden(test_case *c)
{
    case_shape(c, 5, 4, 2, 2);
    memcpy(c->snr, CASE_GOLDEN_SNR, sizeof CASE_GOLDEN_SNR);
}

static inline int case_feasible(const test_case *c, const uint8_t *x)
{
    const cf_violations v = cf_assignment_violations(&c->p, x);
    return v.not_binary == 0 && v.aps_over == 0 && v.users_short == 0;
}

#endif
