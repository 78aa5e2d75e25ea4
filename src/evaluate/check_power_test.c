#include "evaluate/check_power.h"

#include <string.h>

#include "base/rng.h"

#include "t.h"

/* physics by hand: L = K = 2, noise 1, mu 1, 4 W static; g[l][k][j]. */
static const float GAIN[8] = {100, 10, 5, 50, 20, 3, 8, 400};
static const float WATTS[4] = {0.2f, 0.05f, 0.1f, 0.3f}; /* (L,K) */

static cf_power golden(void)
{
    return (cf_power){
        .L = 2, .K = 2, .gain = GAIN, .noise_w = 1, .mu = 1, .static_w = 4, .bandwidth_hz = 1e6};
}

static const double S0 = 100 * 0.2 + 20 * 0.1, S1 = 50 * 0.05 + 400 * 0.3;
static const double I0 = 10 * 0.05 + 3 * 0.3, I1 = 5 * 0.2 + 8 * 0.1;

static void every_objective_is_what_a_hand_computes(void)
{
    const double r0 = log2(1 + S0 / (1 + I0)), r1 = log2(1 + S1 / (1 + I1));
    cf_power p = golden();
    CHECK_NEAR(eval_check_power(&p, WATTS).value, 2.0387344764767623, 1e-7);
    CHECK_NEAR(eval_check_power(&p, WATTS).value, r0 / 4.3 + r1 / 4.35, 1e-7);
    p.bandwidth_hz = 5e6;
    p.mu = 2;
    CHECK_NEAR(eval_check_power(&p, WATTS).value, 5 * (r0 / 4.6 + r1 / 4.7), 1e-7);
    p.objective = CF_POWER_SUM_RATE;
    CHECK_NEAR(eval_check_power(&p, WATTS).value, r0 + r1, 1e-7);
    p.objective = CF_POWER_MIN_RATE;
    CHECK_NEAR(eval_check_power(&p, WATTS).value, r0, 1e-7);
    p.objective = CF_POWER_PROPORTIONAL;
    CHECK_NEAR(eval_check_power(&p, WATTS).value, log(r0) + log(r1), 1e-7);
    CHECK_NEAR(eval_check_power(&p, WATTS).watts, 0.65, 1e-7);
}

static void it_agrees_with_the_problem_room(void)
{
    enum { L = 4, K = 7 };
    float gain[L * K * K], watts[L * K];
    rng g = rng_stream(3, RNG_TEST, 0);
    for (int i = 0; i < L * K * K; i++) gain[i] = (float)exp(3 * rng_normal(&g));
    cf_power p = {L, K, gain, NULL, 0.7, 0.9, 2.5, 3e6, CF_POWER_EE, CF_LIMIT_NONE, 0, 0.4};
    for (int t = 0; t < 40; t++) {
        for (int i = 0; i < L * K; i++)
            watts[i] = rng_uniform(&g) < 0.3 ? 0 : (float)exp(2 * rng_normal(&g) - 3);
        p.objective = (cf_power_objective)(t % 4);
        p.limit = (cf_power_limit)(t % 3);
        p.limit_w = 0.2;
        const eval_power_verdict v = eval_check_power(&p, watts);
        const cf_power_violations w = cf_power_check_watts(&p, watts);
        CHECK_NEAR(v.value, cf_power_value(&p, watts, NULL), 1e-12);
        CHECK(v.value <= v.most);
        CHECK(v.below_floor == w.users_below_floor && v.bad_entries == w.bad_entries);
        CHECK(v.over == w.aps_over + w.links_over);
    }
}

/* The best of user k alone, on a fine grid of powers. */
static void nobody_is_worth_more_than_every_user_alone(void)
{
    const cf_power p = golden();
    double sum = 0;
    for (int k = 0; k < 2; k++) {
        double best = 0;
        for (double w = 1e-4; w < 1e3; w *= 1.0005)
            best = fmax(best, log2(1 + (k ? 400 : 100) * w) / (w + 4));
        sum += best;
    }
    CHECK_NEAR(eval_check_power(&p, WATTS).most, sum, 1e-6);
    cf_power free_power = golden();
    free_power.mu = 0;
    CHECK(eval_check_power(&free_power, WATTS).most == INFINITY);
    const float deaf[8] = {0};
    cf_power nothing = golden();
    nothing.gain = deaf;
    CHECK(eval_check_power(&nothing, WATTS).most == 0 &&
          eval_check_power(&nothing, WATTS).value == 0);
}

static void broken_limits_are_counted(void)
{
    cf_power p = golden();
    p.limit = CF_LIMIT_AP;
    p.limit_w = 0.25;
    CHECK(eval_check_power(&p, WATTS).over == 1); /* AP 1: 0.4 W; AP 0: 0.25 W and rounding */
    p.limit = CF_LIMIT_LINK;
    CHECK(eval_check_power(&p, WATTS).over == 1);
    p.limit_w = 0.15;
    CHECK(eval_check_power(&p, WATTS).over == 2);
    p.limit = CF_LIMIT_NONE;
    CHECK(eval_check_power(&p, WATTS).over == 0);
}

static void bad_entries_are_counted_and_NaN_shows(void)
{
    const uint8_t serve[4] = {1, 0, 1, 1};
    cf_power p = golden();
    p.serve = serve;
    CHECK(eval_check_power(&p, WATTS).bad_entries == 1);
    p.serve = NULL;
    CHECK(eval_check_power(&p, WATTS).bad_entries == 0);
    for (int o = 0; o < 4; o++) {
        float watts[4];
        memcpy(watts, WATTS, sizeof watts);
        p.objective = (cf_power_objective)o;
        watts[1] = -1e-9f;
        CHECK(eval_check_power(&p, watts).bad_entries == 1);
        watts[1] = NAN;
        CHECK(eval_check_power(&p, watts).bad_entries == 1);
        CHECK(isnan(eval_check_power(&p, watts).value));
        watts[1] = INFINITY;
        CHECK(eval_check_power(&p, watts).bad_entries == 1);
        CHECK(isnan(eval_check_power(&p, watts).value));
    }
}

static void users_are_counted_by_their_rate(void)
{
    cf_power p = golden();
    CHECK(eval_check_power(&p, WATTS).users_on == 2);
    CHECK(eval_check_power(&p, WATTS).below_floor == 0);
    p.rate_floor = log2(1 + S0 / (1 + I0)) * (1 + 1e-8);
    CHECK(eval_check_power(&p, WATTS).below_floor == 0);
    p.rate_floor *= 1.001;
    CHECK(eval_check_power(&p, WATTS).below_floor == 1);
    const float off[4] = {0.2f, 0, 0, 1e-7f};
    CHECK(eval_check_power(&p, off).users_on == 1 && eval_check_power(&p, off).below_floor == 1);
}

static void one_user_hears_no_interference(void)
{
    const float gain[2] = {3, 5}, watts[2] = {1, 2};
    cf_power p = golden();
    p.K = 1;
    p.gain = gain;
    CHECK_NEAR(eval_check_power(&p, watts).value, log2(14) / 7, 1e-12);
    p.L = 1;
    CHECK_NEAR(eval_check_power(&p, watts).value, log2(4) / 5, 1e-12);
}

int main(void)
{
    RUN(every_objective_is_what_a_hand_computes);
    RUN(it_agrees_with_the_problem_room);
    RUN(nobody_is_worth_more_than_every_user_alone);
    RUN(broken_limits_are_counted);
    RUN(bad_entries_are_counted_and_NaN_shows);
    RUN(users_are_counted_by_their_rate);
    RUN(one_user_hears_no_interference);
    return DONE();
}
