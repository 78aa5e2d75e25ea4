#ifndef POWER_CASES_H
#define POWER_CASES_H

/* Drops for the tests of power allocation, made here so that they stand apart from the channel
 * room. */

#include <math.h>
#include <string.h>

#include <cellfree/power.h>

#include "base/rng.h"

enum { POWER_CASE_APS = 30, POWER_CASE_USERS = 20, POWER_CASE_ANTENNAS = 5 };

typedef struct power_case {
    cf_power p;
    float gain[POWER_CASE_APS * POWER_CASE_USERS * POWER_CASE_USERS];
    uint8_t serve[POWER_CASE_APS * POWER_CASE_USERS];
} power_case;

static inline void power_case_shape(power_case *c, int32_t L, int32_t K)
{
    c->p = (cf_power){
        .L = L,
        .K = K,
        .gain = c->gain,
        .noise_w = pow(10, (-86.0 - 30) / 10),
        .mu = 1,
        .static_w = 4,
        .bandwidth_hz = 1e6,
    };
}

/* The golden case: L = K = 2, every number by hand. */
static inline void power_case_golden(power_case *c)
{
    static const float GAIN[] = {100, 10, 5, 50, 20, 3, 8, 400};
    power_case_shape(c, 2, 2);
    c->p.noise_w = 1;
    memcpy(c->gain, GAIN, sizeof GAIN);
}

/* Gains of channels h (N complex) with maximum-ratio precoding (A2). */
static inline void power_case_precode(power_case *c, int32_t l, double (*h)[POWER_CASE_ANTENNAS][2])
{
    const int32_t K = c->p.K;
    for (int32_t k = 0; k < K; k++)
        for (int32_t j = 0; j < K; j++) {
            double re = 0, im = 0, norm = 0;
            for (int n = 0; n < POWER_CASE_ANTENNAS; n++) {
                re += h[k][n][0] * h[j][n][0] + h[k][n][1] * h[j][n][1];
                im += h[k][n][0] * h[j][n][1] - h[k][n][1] * h[j][n][0];
                norm += h[j][n][0] * h[j][n][0] + h[j][n][1] * h[j][n][1];
            }
            c->gain[((int64_t)l * K + k) * K + j] = (float)((re * re + im * im) / norm);
        }
}

/* The literal scenario: APs at the cell centres of a grid over side x side metres, 10 m up, users
 * uniform, 30.5 + 36.7 log10 d dB of path loss, 4 dB of shadowing, Rayleigh, 5 antennas. Side 0
 * puts everybody 10 m from everybody. */
static inline void power_case_drop(power_case *c, rng *g, int32_t L, int32_t K, double side)
{
    double x[POWER_CASE_USERS], y[POWER_CASE_USERS], h[POWER_CASE_USERS][POWER_CASE_ANTENNAS][2];
    power_case_shape(c, L, K);
    int32_t rows = (int32_t)sqrt(L);
    while (L % rows) rows--;
    for (int32_t k = 0; k < K; k++) {
        x[k] = side * rng_uniform(g);
        y[k] = side * rng_uniform(g);
    }
    for (int32_t l = 0; l < L; l++) {
        const double ax = side * (l % (L / rows) + 0.5) / (L / rows);
        const double ay = side * (l / (L / rows) + 0.5) / rows;
        for (int32_t k = 0; k < K; k++) {
            const double d2 = (x[k] - ax) * (x[k] - ax) + (y[k] - ay) * (y[k] - ay) + 100;
            const double db = -30.5 - 36.7 / 2 * log10(d2) + 4 * rng_normal(g);
            const double a = sqrt(pow(10, db / 10) / 2);
            for (int n = 0; n < POWER_CASE_ANTENNAS; n++) {
                h[k][n][0] = a * rng_normal(g);
                h[k][n][1] = a * rng_normal(g);
            }
        }
        power_case_precode(c, l, h);
    }
}

#endif
