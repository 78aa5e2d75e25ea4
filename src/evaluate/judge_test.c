#include "evaluate/judge.h"

#include <string.h>

#include "t.h"

/* One drop, one AP that may serve one of two users at SNR 1 (0 dB); user 0 needs an AP. */
static float gain[2] = {-90, -90};
static int32_t max_users[1] = {1}, min_aps[2] = {1, 0};
static const cf_drops drops = {.n = 1,
                               .L = 1,
                               .K = 2,
                               .gain_dbm = gain,
                               .max_users = max_users,
                               .min_aps = min_aps,
                               .noise_dbm = -90};

typedef struct answer {
    double objective, bound;
    uint8_t x[2], feasible, broken, proven;
    cf_status status;
} answer;

static answer judge(uint8_t x0, uint8_t x1, const cf_report *report)
{
    answer a = {.objective = -1, .x = {x0, x1}};
    cf_result r = {.n = 1,
                   .L = 1,
                   .K = 2,
                   .x = a.x,
                   .objective = &a.objective,
                   .bound = &a.bound,
                   .feasible = &a.feasible,
                   .broken = &a.broken,
                   .proven = &a.proven};
    a.status = eval_judge(&r, &drops, 0, report);
    return a;
}

static void a_good_answer_gets_its_rate(void)
{
    const cf_report says = {.objective_mean = NAN, .bound = 1, .proven = 1, .broken = 1};
    const answer a = judge(1, 0, &says);
    CHECK(a.status == CF_OK && a.feasible && a.proven && a.broken);
    CHECK_NEAR(a.objective, 1, 1e-12);
}

static void a_proof_of_an_infeasible_answer_counts_for_nothing(void)
{
    const cf_report says = {.objective_mean = NAN, .bound = NAN, .proven = 1};
    CHECK(!judge(1, 1, &says).proven && !judge(1, 1, &says).feasible);
    CHECK(!judge(0, 1, &says).proven && !judge(0, 1, &says).feasible);
    CHECK(!judge(2, 0, &says).feasible);
}

static void a_draw_answers_for_the_access_points_only(void)
{
    const cf_report says = {.objective_mean = 0.5, .bound = NAN};
    const answer a = judge(0, 1, &says);
    CHECK(a.feasible);
    CHECK_NEAR(a.objective, 0.5, 0);
    CHECK(!judge(1, 1, &says).feasible);
}

static void nan_and_the_impossible_are_refused(void)
{
    const cf_report high = {.objective_mean = 2.1, .bound = NAN};
    const cf_report infinite = {.objective_mean = INFINITY, .bound = NAN};
    const cf_report negative = {.objective_mean = -0.1, .bound = NAN};
    CHECK(judge(1, 0, &high).status == CF_ENUM);
    CHECK(judge(1, 0, &infinite).status == CF_ENUM);
    CHECK(judge(1, 0, &negative).status == CF_ENUM);
    CHECK_NEAR(judge(1, 0, &negative).objective, -1, 0);
    const cf_report plain = {.objective_mean = NAN, .bound = NAN};
    gain[0] = NAN;
    CHECK(judge(1, 0, &plain).status == CF_ENUM);
    gain[0] = -90;
}

static void a_bound_below_its_own_answer_is_refused(void)
{
    const cf_report says = {.objective_mean = NAN, .bound = 0.9};
    CHECK(judge(1, 0, &says).status == CF_ENUM);
    CHECK(strstr(cf_last_error(), "0.9 is below the objective 1"));
}

/* One AP, one user, 7 W at gain 1 over noise 1: log2(8)/(7 + 4) Mbit/J. */
static const float power_gain[1] = {1};

typedef struct power_answer {
    double objective, bound;
    int32_t below_floor, users_on;
    uint8_t feasible, proven;
    cf_status status;
} power_answer;

static power_answer judge_power(float watts, cf_power_limit limit, const cf_report *report)
{
    power_answer a = {.objective = -1};
    const cf_power p = {.L = 1,
                        .K = 1,
                        .gain = power_gain,
                        .noise_w = 1,
                        .mu = 1,
                        .static_w = 4,
                        .bandwidth_hz = 1e6,
                        .limit = limit,
                        .limit_w = 6,
                        .rate_floor = 2.5};
    cf_result r = {.task = CF_TASK_POWER,
                   .n = 1,
                   .L = 1,
                   .K = 1,
                   .watts = &watts,
                   .objective = &a.objective,
                   .bound = &a.bound,
                   .feasible = &a.feasible,
                   .proven = &a.proven,
                   .below_floor = &a.below_floor,
                   .users_on = &a.users_on};
    a.status = eval_judge_power(&r, &p, 0, report);
    return a;
}

static void powers_get_their_objective_and_counts(void)
{
    const cf_report says = {.objective_mean = NAN, .bound = 0.5, .proven = 1};
    const power_answer a = judge_power(7, CF_LIMIT_NONE, &says);
    CHECK(a.status == CF_OK && a.feasible && a.proven);
    CHECK_NEAR(a.objective, 3.0 / 11, 1e-12);
    CHECK_NEAR(a.bound, 0.5, 0);
    CHECK(a.users_on == 1 && a.below_floor == 0);
    const power_answer off = judge_power(0, CF_LIMIT_NONE, &says);
    CHECK(off.users_on == 0 && off.below_floor == 1 && off.feasible);
    CHECK(!judge_power(7, CF_LIMIT_AP, &says).feasible);
    CHECK(!judge_power(7, CF_LIMIT_LINK, &says).proven);
    CHECK(!judge_power(-0.1f, CF_LIMIT_NONE, &says).feasible);
}

static void powers_that_are_not_finite_and_impossible_objectives_are_refused(void)
{
    const cf_report plain = {.objective_mean = NAN, .bound = NAN};
    const cf_report mean = {.objective_mean = 0.25, .bound = NAN};
    const cf_report high = {.objective_mean = 0.5, .bound = NAN};
    const cf_report infinite = {.objective_mean = INFINITY, .bound = NAN};
    const cf_report low = {.objective_mean = NAN, .bound = 0.2};
    CHECK(judge_power(NAN, CF_LIMIT_NONE, &plain).status == CF_ENUM);
    CHECK(judge_power(INFINITY, CF_LIMIT_NONE, &mean).status == CF_ENUM);
    CHECK_NEAR(judge_power(7, CF_LIMIT_NONE, &mean).objective, 0.25, 0);
    CHECK(judge_power(7, CF_LIMIT_NONE, &high).status == CF_ENUM);
    CHECK(judge_power(7, CF_LIMIT_NONE, &infinite).status == CF_ENUM);
    CHECK(judge_power(7, CF_LIMIT_NONE, &low).status == CF_ENUM);
    CHECK(strstr(cf_last_error(), "bound 0.2 is below"));
}

int main(void)
{
    RUN(a_good_answer_gets_its_rate);
    RUN(a_proof_of_an_infeasible_answer_counts_for_nothing);
    RUN(a_draw_answers_for_the_access_points_only);
    RUN(nan_and_the_impossible_are_refused);
    RUN(a_bound_below_its_own_answer_is_refused);
    RUN(powers_get_their_objective_and_counts);
    RUN(powers_that_are_not_finite_and_impossible_objectives_are_refused);
    return DONE();
}
