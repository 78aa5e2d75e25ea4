#include "channel/shadowing.h"

#include <string.h>

#include "channel/geometry.h"

#include "t.h"

enum { K = 6, DRAWS = 200000 };

static cf_scenario square(int32_t wrap)
{
    return (cf_scenario){.user_count = K,
                         .decorrelation_m = 50,
                         .width_m = 100,
                         .depth_m = 100,
                         .wrap_around = wrap};
}

static const float PLACES[K * 3] = {0,  0, 1.5f, 10, 0,  1.5f, 10, 20, 1.5f,
                                    90, 0, 1.5f, 50, 50, 1.5f, 99, 99, 1.5f};

/* T T' entry (i,j). */
static double product(const double *t, int i, int j)
{
    double sum = 0;
    for (int m = 0; m <= (i < j ? i : j); m++) sum += t[i * K + m] * t[j * K + m];
    return sum;
}

static void factor_squares_to_the_correlation(void)
{
    const cf_scenario s = square(0);
    double t[K * K];
    chan_shadow_factor(&s, PLACES, t);
    for (int i = 0; i < K; i++)
        for (int j = 0; j < K; j++) {
            const double d = hypot((double)(PLACES[3 * i] - PLACES[3 * j]),
                                   (double)(PLACES[3 * i + 1] - PLACES[3 * j + 1]));
            CHECK_NEAR(product(t, i, j), exp(-d / 50), 1e-12);
        }
}

static void draws_have_variance_one_and_the_correlation(void)
{
    const cf_scenario s = square(0);
    double t[K * K], white[K], x[K], sum[K][K] = {0}, mean[K] = {0};
    chan_shadow_factor(&s, PLACES, t);
    rng r = rng_stream(3, RNG_TEST, 0);
    for (int n = 0; n < DRAWS; n++) {
        chan_shadow_draw(t, K, &r, white, x);
        for (int i = 0; i < K; i++) {
            mean[i] += x[i] / DRAWS;
            for (int j = 0; j < K; j++) sum[i][j] += x[i] * x[j] / DRAWS;
        }
    }
    for (int i = 0; i < K; i++) {
        CHECK_NEAR(mean[i], 0, 4 / sqrt(DRAWS));
        for (int j = 0; j < K; j++) CHECK_NEAR(sum[i][j], product(t, i, j), 4 * sqrt(2.0 / DRAWS));
    }
}

static void users_at_one_place_have_one_shadow(void)
{
    const cf_scenario s = square(0);
    const float same[K * 3] = {5, 5, 1.5f, 5, 5, 1.5f, 5, 5, 1.5f,
                               8, 5, 1.5f, 8, 5, 1.5f, 5, 5, 1.5f};
    double t[K * K], white[K], x[K];
    chan_shadow_factor(&s, same, t);
    rng r = rng_stream(4, RNG_TEST, 0);
    chan_shadow_draw(t, K, &r, white, x);
    CHECK_NEAR(x[1], x[0], 1e-9);
    CHECK_NEAR(x[2], x[0], 1e-9);
    CHECK_NEAR(x[5], x[0], 1e-9);
    CHECK_NEAR(x[4], x[3], 1e-9);
}

static void every_row_has_variance_one_on_a_torus_too(void)
{
    const cf_scenario s = square(1);
    for (uint64_t trial = 0; trial < 200; trial++) {
        rng r = rng_stream(5, RNG_TEST, trial);
        float places[K * 3];
        double t[K * K];
        chan_place_users(&s, &r, places);
        chan_shadow_factor(&s, places, t);
        for (int i = 0; i < K; i++) CHECK_NEAR(product(t, i, i), 1, 1e-9);
    }
}

int main(void)
{
    RUN(factor_squares_to_the_correlation);
    RUN(draws_have_variance_one_and_the_correlation);
    RUN(users_at_one_place_have_one_shadow);
    RUN(every_row_has_variance_one_on_a_torus_too);
    return DONE();
}
