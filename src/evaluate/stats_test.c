#include "evaluate/stats.h"

#include "base/rng.h"

#include "t.h"

static void interval_of_the_mean_is_the_hand_computed_one(void)
{
    const double v[4] = {1, 2, 3, 4};
    const eval_mean m = eval_mean_of(v, 4);
    CHECK_NEAR(m.mean, 2.5, 1e-15);
    CHECK_NEAR(m.ci95, 1.96 * sqrt(5.0 / 3 / 4), 1e-15);
}

static void one_value_says_nothing_about_spread(void)
{
    const double v = 3;
    CHECK_NEAR(eval_mean_of(&v, 1).mean, 3, 0);
    CHECK(isnan(eval_mean_of(&v, 1).ci95));
}

static void interval_covers_the_truth_in_95_percent_of_samples(void)
{
    enum { SAMPLES = 4000, N = 60 };
    int covered = 0;
    for (int s = 0; s < SAMPLES; s++) {
        rng r = rng_stream(1, RNG_TEST, (uint64_t)s);
        double v[N];
        for (int i = 0; i < N; i++) v[i] = 5 + rng_normal(&r);
        const eval_mean m = eval_mean_of(v, N);
        covered += fabs(m.mean - 5) <= m.ci95;
    }
    CHECK(covered > 0.935 * SAMPLES && covered < 0.96 * SAMPLES);
}

static void quantiles_are_linear_between_order_statistics(void)
{
    double v[5] = {40, 10, 50, 20, 30};
    CHECK_NEAR(eval_quantile(v, 5, 0), 10, 0);
    CHECK_NEAR(eval_quantile(v, 5, 0.5), 30, 0);
    CHECK_NEAR(eval_quantile(v, 5, 0.99), 49.6, 1e-12);
    CHECK_NEAR(eval_quantile(v, 5, 1), 50, 0);
    CHECK_NEAR(eval_quantile(v, 1, 0.99), 10, 0);
}

int main(void)
{
    RUN(interval_of_the_mean_is_the_hand_computed_one);
    RUN(one_value_says_nothing_about_spread);
    RUN(interval_covers_the_truth_in_95_percent_of_samples);
    RUN(quantiles_are_linear_between_order_statistics);
    return DONE();
}
