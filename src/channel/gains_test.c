#include <complex.h>
#include <stdlib.h>
#include <string.h>

#include "base/rng.h"
#include "channel/drops.h"

#include "t.h"

/* Drops with random channels of very different strengths. */
static cf_drops *sample(int32_t n, int32_t L, int32_t K, int32_t N)
{
    cf_drops *d = NULL;
    const chan_shape shape = {
        .task = CF_TASK_POWER, .n = n, .L = L, .K = K, .antennas = N, .name = "t", .yaml = ""};
    CHECK(chan_drops_new(&d, &shape) == CF_OK);
    rng r = rng_stream(1, RNG_TEST, (uint64_t)K);
    const size_t links = (size_t)n * (size_t)L * (size_t)K;
    for (size_t j = 0; j < links; j++) {
        const double level = pow(10, -8 * rng_uniform(&r));
        for (size_t m = 0; m < 2 * (size_t)N; m++)
            d->channel[j * 2 * (size_t)N + m] = (float)(level * rng_normal(&r));
    }
    d->noise_w = 1e-12;
    d->static_w = 4;
    return d;
}

static double complex at(const cf_drops *d, int32_t i, int32_t l, int32_t k, int32_t n)
{
    const float *h =
        d->channel + 2 * ((((size_t)i * (size_t)d->L + (size_t)l) * (size_t)d->K + (size_t)k) *
                              (size_t)d->antennas +
                          (size_t)n);
    return (double)h[0] + I * (double)h[1];
}

/* |h_k^H h_j|^2 / ||h_j||^2 as A2 has it. */
static double gain_of(const cf_drops *d, int32_t i, int32_t l, int32_t k, int32_t j)
{
    double complex inner = 0;
    double norm = 0;
    for (int32_t n = 0; n < d->antennas; n++) {
        inner += conj(at(d, i, l, k, n)) * at(d, i, l, j, n);
        norm += pow(cabs(at(d, i, l, j, n)), 2);
    }
    return pow(cabs(inner), 2) / norm;
}

static void check_shape(int32_t L, int32_t K, int32_t N)
{
    cf_drops *d = sample(3, L, K, N);
    const size_t count = (size_t)L * (size_t)K * (size_t)K;
    float *gain = malloc((count + 1) * sizeof *gain);
    cf_power p;
    gain[count] = -7;
    for (int32_t i = 0; i < 3; i++) {
        CHECK(cf_drops_power(d, i, gain, &p) == CF_OK && p.gain == gain && p.L == L && p.K == K);
        const float *g = gain;
        double worst = 0;
        for (int32_t l = 0; l < L; l++)
            for (int32_t k = 0; k < K; k++)
                for (int32_t j = 0; j < K; j++, g++) {
                    const double own = gain_of(d, i, l, k, k), want = gain_of(d, i, l, k, j);
                    worst = fmax(worst, fabs((double)*g - want) / own);
                    CHECK((double)*g <= own * (1 + 1e-6)); /* Cauchy and Schwarz */
                }
        CHECK(worst < 1e-6);
    }
    CHECK(gain[count] == -7);
    free(gain);
    cf_drops_free(d);
}

static void they_are_those_of_maximum_ratio_precoding(void)
{
    static const int32_t USERS[] = {1, 2, 7, 15, 16, 17, 20, 33};
    for (size_t i = 0; i < sizeof USERS / sizeof *USERS; i++) {
        check_shape(1, USERS[i], 5);
        check_shape(4, USERS[i], 1);
        check_shape(2, USERS[i], 16);
    }
}

/* One antenna: whatever the beam, user k hears its own |h_k|^2. */
static void a_single_antenna_cannot_steer(void)
{
    cf_drops *d = sample(1, 2, 3, 1);
    float gain[18];
    cf_power p;
    CHECK(cf_drops_power(d, 0, gain, &p) == CF_OK);
    for (int j = 0; j < 18; j++)
        CHECK_NEAR((double)(gain[j] / gain[j / 9 * 9 + j / 3 % 3 * 4]), 1, 1e-6);
    cf_drops_free(d);
}

/* h_0 = (1, 0), h_1 = (3, 4j): h_0^H h_1 = 3, ||h_1||^2 = 25. */
static void a_case_by_hand(void)
{
    static const float H[] = {1, 0, 0, 0, 3, 0, 0, 4};
    static const float WANT[] = {1, 9.0f / 25, 9, 25};
    cf_drops *d = sample(1, 1, 2, 2);
    float gain[4];
    cf_power p;
    memcpy(d->channel, H, sizeof H);
    CHECK(cf_drops_power(d, 0, gain, &p) == CF_OK);
    for (int j = 0; j < 4; j++) CHECK_NEAR((double)gain[j], (double)WANT[j], 1e-6);
    cf_drops_free(d);
}

static void no_channel_is_no_gain_and_weak_ones_are_not_lost(void)
{
    cf_drops *d = sample(1, 1, 2, 3);
    float gain[4];
    cf_power p;
    memset(d->channel, 0, 6 * sizeof(float));
    CHECK(cf_drops_power(d, 0, gain, &p) == CF_OK);
    CHECK(gain[0] == 0 && gain[1] == 0 && gain[2] == 0 && gain[3] > 0);
    for (int m = 0; m < 12; m++) d->channel[m] = m < 6 ? 1e-15f : 2e-15f; /* -300 dB */
    CHECK(cf_drops_power(d, 0, gain, &p) == CF_OK);
    CHECK_NEAR((double)gain[1] * 1e30, 6, 1e-5);
    CHECK_NEAR((double)gain[2] * 1e30, 24, 1e-5);
    for (int m = 0; m < 12; m++) d->channel[m] = CHAN_MAX_AMPLITUDE;
    CHECK(cf_drops_power(d, 0, gain, &p) == CF_OK && isfinite(gain[0]) && isfinite(gain[1]));
    cf_drops_free(d);
}

static void the_problem_has_the_drops_parameters(void)
{
    cf_drops *d = sample(2, 2, 2, 2);
    uint8_t serve[] = {1, 1, 1, 1, 0, 1, 0, 1};
    float gain[8];
    cf_power p;
    CHECK(cf_drops_power(d, 1, gain, &p) == CF_OK && p.serve == NULL);
    d->serve = serve;
    d->noise_w = 2;
    d->mu = 3;
    d->static_w = 5;
    d->bandwidth_hz = 7;
    d->objective = CF_POWER_MIN_RATE;
    d->limit = CF_LIMIT_AP;
    d->limit_w = 11;
    d->rate_floor = 13;
    CHECK(cf_drops_power(d, 1, gain, &p) == CF_OK);
    CHECK(p.serve == serve + 4 && p.noise_w == 2 && p.mu == 3 && p.static_w == 5);
    CHECK(p.bandwidth_hz == 7 && p.objective == CF_POWER_MIN_RATE && p.limit == CF_LIMIT_AP);
    CHECK(p.limit_w == 11 && p.rate_floor == 13);
    d->serve = NULL;
    cf_drops_free(d);
}

static void gains_that_came_as_gains_are_copied(void)
{
    cf_drops *d = NULL;
    const chan_shape shape = {
        .task = CF_TASK_POWER, .n = 2, .L = 1, .K = 2, .name = "t", .yaml = ""};
    float gain[4];
    cf_power p;
    CHECK(chan_drops_new(&d, &shape) == CF_OK && d->channel == NULL);
    for (int j = 0; j < 8; j++) d->gain[j] = (float)j;
    CHECK(cf_drops_power(d, 1, gain, &p) == CF_OK && p.gain == gain);
    for (int j = 0; j < 4; j++) CHECK(gain[j] == (float)(4 + j));
    cf_drops_free(d);
}

static void wrong_requests_are_refused(void)
{
    cf_drops *d = sample(2, 1, 2, 2), *other = NULL;
    const chan_shape shape = {.n = 1, .L = 1, .K = 2, .name = "t", .yaml = ""};
    float gain[4];
    cf_power p;
    CHECK(cf_drops_power(d, 2, gain, &p) == CF_EARG && cf_drops_power(d, -1, gain, &p) == CF_EARG);
    CHECK(cf_drops_power(NULL, 0, gain, &p) == CF_EARG);
    CHECK(cf_drops_power(d, 0, NULL, &p) == CF_EARG && cf_drops_power(d, 0, gain, NULL) == CF_EARG);
    CHECK(chan_drops_new(&other, &shape) == CF_OK && other->task == CF_TASK_ASSIGNMENT);
    CHECK(cf_drops_power(other, 0, gain, &p) == CF_EARG);
    CHECK(strstr(cf_last_error(), "for the task assignment, wanted power") != NULL);
    cf_drops_free(d);
    cf_drops_free(other);
}

static void sizes_out_of_range_are_refused(void)
{
    chan_shape s = {
        .task = CF_TASK_POWER, .n = 1, .L = 1025, .K = 1024, .antennas = 1, .name = "", .yaml = ""};
    cf_drops *d = NULL;
    CHECK(chan_drops_new(&d, &s) == CF_EARG && strstr(cf_last_error(), "1048576 links"));
    s.L = 1;
    s.antennas = CHAN_MAX_ANTENNAS + 1;
    CHECK(chan_drops_new(&d, &s) == CF_EARG && strstr(cf_last_error(), "4097 antennas"));
    s = (chan_shape){.task = CF_TASK_POWER,
                     .n = INT32_MAX,
                     .L = 1024,
                     .K = 1024,
                     .antennas = CHAN_MAX_ANTENNAS,
                     .name = "",
                     .yaml = ""};
    CHECK(chan_drops_new(&d, &s) == CF_ENOMEM && d == NULL);
}

int main(void)
{
    RUN(they_are_those_of_maximum_ratio_precoding);
    RUN(a_single_antenna_cannot_steer);
    RUN(a_case_by_hand);
    RUN(no_channel_is_no_gain_and_weak_ones_are_not_lost);
    RUN(the_problem_has_the_drops_parameters);
    RUN(gains_that_came_as_gains_are_copied);
    RUN(wrong_requests_are_refused);
    RUN(sizes_out_of_range_are_refused);
    return DONE();
}
