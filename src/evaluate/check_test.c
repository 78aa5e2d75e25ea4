#include "evaluate/check.h"

#include "t.h"

/* SNR 1 at 0 dB over noise, 3 at 10 log10 3: rates of log2(1 + ...) that can be done by hand. */
#define DB_OF_3 4.77121254719662f

static const float gain[4] = {-100, -100 + DB_OF_3, -100, -100};
static const int32_t two[2] = {2, 2}, one[2] = {1, 1};

static void rate_is_the_hand_computed_one(void)
{
    const uint8_t x[4] = {1, 1, 0, 0};
    const eval_verdict v = eval_check(2, 2, gain, -100, two, one, x);
    CHECK_NEAR(v.rate, 1 + 2, 1e-6);
    CHECK_NEAR(v.most, log2(3) + log2(5), 1e-6);
    CHECK(v.not_binary == 0 && v.aps_over == 0 && v.users_short == 0);
}

static void every_broken_constraint_is_counted(void)
{
    const uint8_t x[4] = {1, 7, 0, 0};
    const eval_verdict v = eval_check(2, 2, gain, -100, one, two, x);
    CHECK(v.not_binary == 1);
    CHECK(v.aps_over == 1);
    CHECK(v.users_short == 2);
}

static void nobody_served_is_worth_nothing(void)
{
    const uint8_t x[4] = {0};
    const eval_verdict v = eval_check(2, 2, gain, -100, two, one, x);
    CHECK_NEAR(v.rate, 0, 0);
    CHECK(v.users_short == 2);
}

static void a_nan_gain_gives_a_nan_rate(void)
{
    const float bad[1] = {NAN};
    const uint8_t x[1] = {1};
    CHECK(isnan(eval_check(1, 1, bad, -100, one, one, x).rate));
}

int main(void)
{
    RUN(rate_is_the_hand_computed_one);
    RUN(every_broken_constraint_is_counted);
    RUN(nobody_served_is_worth_nothing);
    RUN(a_nan_gain_gives_a_nan_rate);
    return DONE();
}
