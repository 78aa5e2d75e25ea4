#include "channel/fading.h"

#include "t.h"

enum { N = 400000 };

/* Mean and variance of the linear power. */
static void moments(chan_fading model, double k_factor, double *mean, double *variance)
{
    rng r = rng_stream(7, RNG_TEST, (uint64_t)model);
    double sum = 0, squares = 0;
    for (int i = 0; i < N; i++) {
        const double p = pow(10, chan_fading_db(model, k_factor, &r) / 10);
        sum += p;
        squares += p * p;
    }
    *mean = sum / N;
    *variance = squares / N - *mean * *mean;
}

static void no_fading_is_zero_db(void)
{
    rng r = rng_stream(1, RNG_TEST, 0);
    CHECK(chan_fading_db(CHAN_NO_FADING, 1, &r) == 0);
}

/* |h|^2 exponential: mean 1, variance 1, fourth central moment 9. */
static void rayleigh_power_is_exponential(void)
{
    double mean, variance;
    moments(CHAN_RAYLEIGH, 0, &mean, &variance);
    CHECK_NEAR(mean, 1, 4 / sqrt(N));
    CHECK_NEAR(variance, 1, 4 * sqrt(8.0 / N));
    rng r = rng_stream(8, RNG_TEST, 0);
    int below = 0;
    for (int i = 0; i < N; i++) below += chan_fading_db(CHAN_RAYLEIGH, 0, &r) < 0;
    CHECK_NEAR((double)below / N, 1 - exp(-1), 4 * 0.5 / sqrt(N));
}

/* Noncentral chi-square: variance (1 + 2 k)/(1 + k)^2. */
static void rician_power_has_its_moments(void)
{
    const double factors[] = {0, 0.5, 1.584893192461114, 10, 1000};
    for (int i = 0; i < 5; i++) {
        const double k = factors[i], want = (1 + 2 * k) / ((1 + k) * (1 + k));
        double mean, variance;
        moments(CHAN_RICIAN, k, &mean, &variance);
        CHECK_NEAR(mean, 1, 4 * sqrt(want / N));
        CHECK_NEAR(variance, want, 4 * 3 * want / sqrt(N));
    }
}

int main(void)
{
    RUN(no_fading_is_zero_db);
    RUN(rayleigh_power_is_exponential);
    RUN(rician_power_has_its_moments);
    return DONE();
}
