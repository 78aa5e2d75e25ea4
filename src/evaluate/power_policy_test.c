#include "evaluate/power_policy.h"

#include <stdlib.h>
#include <string.h>

#include "solver/power_multiplicative.h"
#include "solver/power_solver.h"

#include "power_policies.h"

static power_case c;
static float watts[POWER_SAID_LINKS], again[POWER_SAID_LINKS];

static double value_of(const float *answer)
{
    const cf_power_violations v = cf_power_check_watts(&c.p, answer);
    cf_status status;
    const double value = cf_power_value(&c.p, answer, &status);
    CHECK(status == CF_OK && !v.bad_entries && !v.aps_over && !v.links_over);
    return value;
}

static cf_power_method *make(const char *spec, const cf_policy *policy)
{
    cf_power_method *m = NULL;
    CHECK(cf_power_method_make(&m, spec, policy, c.p.L, c.p.K) == CF_OK);
    return m;
}

/* The objective of the method's answer to drop c, in `answer`. */
static double run(const char *spec, const cf_policy *policy, int64_t index, float *answer)
{
    cf_report report;
    cf_power_method *m = make(spec, policy);
    CHECK(cf_power_method_run(m, &c.p, 1, index, answer, &report) == CF_OK);
    CHECK(isnan(report.bound) && !report.proven);
    cf_power_method_free(m);
    return value_of(answer);
}

static const char *const SPECS[] = {"policy",       "policy+1",      "policy+50",
                                    "policy+lbfgs", "policy+search", "policy+beam:width=3"};
enum { SPEC_COUNT = sizeof SPECS / sizeof *SPECS };

static void every_row(const cf_policy *policy)
{
    for (int l = CF_LIMIT_NONE; l <= CF_LIMIT_LINK; l++)
        for (int i = 0; i < SPEC_COUNT; i++) {
            c.p.limit = (cf_power_limit)l;
            c.p.limit_w = 0.02;
            cf_power_method *m = make(SPECS[i], policy);
            const cf_status serves = cf_power_method_serves(m, CF_POWER_EE, c.p.limit);
            CHECK(serves == (l == CF_LIMIT_NONE || i < 4 ? CF_OK : CF_EARG));
            CHECK(cf_power_method_serves(m, CF_POWER_SUM_RATE, c.p.limit) == CF_EARG);
            watts[0] = -1;
            CHECK(cf_power_method_run(m, &c.p, 1, 0, watts, NULL) == serves);
            if (serves == CF_OK)
                value_of(watts);
            else
                CHECK((double)watts[0] == -1);
            cf_power_method_free(m);
        }
    c.p.limit = CF_LIMIT_NONE;
}

/* Powers all over the scale, on some links. */
static void scatter(rng *g)
{
    for (int32_t i = 0; i < c.p.L * c.p.K; i++)
        watts[i] = rng_below(g, 3) ? 0 : (float)pow(10, -9 + 9 * rng_uniform(g));
}

static void every_method_answers_within_the_limits_that_it_serves(void)
{
    static const int32_t SHAPES[][2] = {{1, 1}, {1, 4}, {5, 1}, {5, 10}, {7, 17}};
    rng g = rng_stream(1, RNG_TEST, 70);
    for (int i = 0; i < 5; i++) {
        power_case_drop(&c, &g, SHAPES[i][0], SHAPES[i][1], 100);
        for (int32_t j = 0; j < c.p.L * c.p.K; j++) c.serve[j] = rng_below(&g, 4) > 0;
        c.p.serve = i % 2 ? c.serve : NULL;
        for (int chances = 0; chances < 2; chances++) {
            cf_policy *p = power_said_policy(chances);
            scatter(&g);
            power_say(&c.p, watts, 0.3);
            every_row(p);
            cf_policy_free(p);
        }
        for (int32_t n = 0; policy_classes[n]; n++) {
            if (policy_classes[n]->task != CF_TASK_POWER) continue;
            cf_policy *p = power_random_policy(policy_classes[n], 2);
            every_row(p);
            cf_policy_free(p);
        }
    }
}

static void policy_is_what_the_runner_says_and_refitted_no_worse(void)
{
    rng g = rng_stream(1, RNG_TEST, 71);
    int32_t better = 0;
    for (int i = 0; i < 20; i++) {
        cf_policy *p = power_said_policy(1);
        cf_runner *r = NULL;
        power_case_drop(&c, &g, 5, 10, 100);
        scatter(&g);
        power_say(&c.p, watts, 0.2);
        CHECK(cf_runner_make(&r, p, 5, 10, 1) == CF_OK);
        CHECK(cf_runner_power(r, &c.p, 1, watts) == CF_OK);
        const double own = value_of(watts);
        CHECK_NEAR(run("policy:refits=0", p, 0, again), own, 0);
        CHECK(memcmp(watts, again, sizeof(float) * 50) == 0);
        const double refitted = run("policy", p, 0, again);
        CHECK(refitted >= own * (1 - 1e-6));
        better += refitted > 1.01 * own;
        for (int j = 0; j < 50; j++) CHECK(watts[j] > 0 || !(again[j] > 0));
        cf_runner_free(r);
        cf_policy_free(p);
    }
    CHECK(better > 10);
}

/* The steps of the method multiplicative, from the network's powers: also from one that is too
 * small to be an answer. */
static void steps_go_on_from_the_networks_powers(void)
{
    rng g = rng_stream(1, RNG_TEST, 72);
    cf_policy *p = power_said_policy(0);
    power_case_drop(&c, &g, 5, 10, 100);
    for (int32_t i = 0; i < 50; i++) watts[i] = 0.01F;
    watts[7] = 1e-9F;
    power_say(&c.p, watts, 0.2);
    run("policy", p, 0, again);
    CHECK(!(again[7] > 0) && again[6] > 0);
    run("policy+1", p, 0, again);
    CHECK(again[7] > 0);
    watts[7] = 0.01F;
    power_say(&c.p, watts, 0.2);
    const double ten = run("policy+10", p, 0, again), fifty = run("policy+50", p, 0, again);
    CHECK_NEAR(ten, run("multiplicative:steps=10", NULL, 0, again), 1e-5);
    CHECK_NEAR(fifty, run("multiplicative:steps=50", NULL, 0, again), 1e-5);
    CHECK_NEAR(run("policy+50:eta=2", p, 0, again),
               run("multiplicative:steps=50,eta=2", NULL, 0, again), 1e-5);
    CHECK_NEAR(run("policy+lbfgs", p, 0, again), run("lbfgs", NULL, 0, again), 1e-5);
    CHECK(fifty > ten);
    cf_policy_free(p);
}

/* Links that are likely, or the user's likeliest, are open; no others, whatever they would
 * bring. */
static void searches_stay_within_what_the_network_finds_likely(void)
{
    static const char *const SEARCHES[] = {
        "policy+search:aps=9", "policy+search:aps=9,samples=5,threshold=0.02", "policy+beam"};
    rng g = rng_stream(1, RNG_TEST, 73);
    cf_policy *p = power_said_policy(1);
    for (int i = 0; i < 30; i++) {
        power_case_drop(&c, &g, 6, 9, 100);
        for (int32_t j = 0; j < 54; j++) c.serve[j] = rng_below(&g, 5) > 0;
        c.p.serve = c.serve;
        for (int32_t j = 0; j < 54; j++) {
            power_said_p[j] = -6;
            power_said_pi[j] = log(rng_below(&g, 3) ? 0.001 : 0.2);
            power_said_off[j] = log(0.19);
        }
        for (int j = 0; j < 3; j++) {
            run(SEARCHES[j], p, i, again);
            for (int32_t q = 0; q < 54; q++)
                CHECK(!(again[q] > 0) || (c.serve[q] && power_said_pi[q] > log(0.02)));
        }
    }
    cf_policy_free(p);
}

/* Sure of the best set, a network leads straight to it; sure of a bad one, its search is held
 * there. */
static void a_search_ends_where_a_sure_network_points(void)
{
    rng g = rng_stream(1, RNG_TEST, 74);
    cf_policy *chances = power_said_policy(1), *powers = power_said_policy(0);
    for (int i = 0; i < 10; i++) {
        power_case_drop(&c, &g, 5, 10, 100);
        const double best = run("beam", NULL, 0, watts);
        power_say(&c.p, watts, 1e-6);
        for (int j = 0; j < SPEC_COUNT; j++) {
            const double least = j == 3 || j > 3 ? 1 - 1e-6 : 1 - 1e-4;
            CHECK(run(SPECS[j], chances, 0, again) > least * best);
            if (j > 0) CHECK(run(SPECS[j], powers, 0, again) > least * best);
        }
        const double start = run("strongest", NULL, 0, watts);
        power_say(&c.p, watts, 0.02);
        const double held = run("policy+search", chances, 0, again);
        CHECK(held > start && held <= best * (1 + 1e-6));
        CHECK(run("policy+search:threshold=0", chances, 0, again) >= held * (1 - 1e-6));
    }
    cf_policy_free(chances);
    cf_policy_free(powers);
}

static void samples_help_and_are_a_function_of_seed_and_index(void)
{
    rng g = rng_stream(1, RNG_TEST, 75);
    cf_policy *p = power_said_policy(1);
    int32_t better = 0, other = 0;
    for (int i = 0; i < 60; i++) {
        power_case_drop(&c, &g, 5, 10, 100);
        run("strongest", NULL, 0, watts);
        power_say(&c.p, watts, 0.8);
        const double one = run("policy+search:samples=1", p, i, again);
        const double eight = run("policy+search:samples=8", p, i, watts);
        CHECK(eight >= one * (1 - 1e-6));
        better += eight > one * (1 + 1e-6);
        cf_power_method *m = make("policy+search:samples=8", p);
        for (int64_t index = i + 1; index >= i; index--) {
            CHECK(cf_power_method_run(m, &c.p, 1, index, again, NULL) == CF_OK);
            const int same = memcmp(watts, again, sizeof(float) * 50) == 0;
            CHECK(same || index == i + 1);
            other += !same;
        }
        cf_power_method_free(m);
    }
    CHECK(better > 5 && other > 5);
    cf_policy_free(p);
}

static cf_status refused(const char *spec, const cf_policy *policy, int32_t K)
{
    cf_power_method *m = NULL;
    const cf_status s = cf_power_method_make(&m, spec, policy, 3, K);
    CHECK((s == CF_OK) == (m != NULL));
    cf_power_method_free(m);
    return s;
}

static void what_cannot_be_made_is_refused_by_name(void)
{
    static const char *const BAD[] = {"policy+0",
                                      "policy+100001",
                                      "policy+N",
                                      "policy+99999999999999999999",
                                      "policy+5:steps=3",
                                      "policy+5:eta=3",
                                      "policy:refits=-1",
                                      "policy+search:samples=0",
                                      "policy+beam:tries=33",
                                      "policy+lbfgs:x=1",
                                      "policy+search:samples=2"};
    static const char *const UNKNOWN[] = {"policy+", "policy+5x",    "policy+-1", "policy+ 5",
                                          "policy5", "policy+searc", "policy+5.5"};
    cf_policy *p = power_said_policy(0);
    for (size_t i = 0; i < sizeof BAD / sizeof *BAD; i++) {
        CHECK(refused(BAD[i], p, 2) == CF_EARG);
        CHECK(strstr(cf_last_error(), "policy") && !strstr(cf_last_error(), "unknown method"));
    }
    CHECK(strstr(cf_last_error(), "(said-powers) gives no chances"));
    for (size_t i = 0; i < sizeof UNKNOWN / sizeof *UNKNOWN; i++) {
        CHECK(refused(UNKNOWN[i], p, 2) == CF_EARG);
        CHECK(strstr(cf_last_error(), "unknown method") && strstr(cf_last_error(), "policy+N"));
    }
    CHECK(refused("policy+100000", p, 2) == CF_OK);
    CHECK(refused("policy+007:eta=2", p, 2) == CF_OK);
    CHECK(refused("policy+search", p, 1025) == CF_ESHAPE);
    CHECK(refused("policy+beam", p, 1025) == CF_ESHAPE);
    CHECK(refused("policy", p, 1025) == CF_OK);
    CHECK(refused("policy+50", NULL, 2) == CF_EARG && strstr(cf_last_error(), "needs a policy"));
    cf_policy_free(p);
}

static void policies_of_the_other_task_are_refused_by_name(void)
{
    static const char WANTED[] = "the policy is for the task assignment (architecture hpe), wanted "
                                 "one for power";
    cf_policy *assignment = NULL, *power = power_said_policy(0);
    cf_method *m = NULL;
    CHECK(policy_make(&assignment, policy_class_named("hpe"), NULL) == CF_OK);
    for (int i = 0; i < SPEC_COUNT; i++) {
        CHECK(refused(SPECS[i], assignment, 2) == CF_EARG);
        CHECK(strstr(cf_last_error(), WANTED));
    }
    CHECK(cf_method_make(&m, "policy", power, 3, 2) == CF_EARG && !m);
    CHECK(strstr(cf_last_error(), "task power (architecture said-powers), wanted one for assign"));
    CHECK(cf_method_make(&m, "policy+50", power, 3, 2) == CF_EARG && !m);
    CHECK(strstr(cf_last_error(), "'policy+50' is for the task power"));
    cf_policy_free(assignment);
    cf_policy_free(power);
}

static void an_output_that_is_not_a_number_is_no_answer(void)
{
    rng g = rng_stream(1, RNG_TEST, 76);
    power_case_drop(&c, &g, 3, 4, 100);
    run("strongest", NULL, 0, watts);
    for (int chances = 0; chances < 2; chances++) {
        cf_policy *p = power_said_policy(chances);
        for (int i = 0; i < SPEC_COUNT; i++) {
            power_say(&c.p, watts, 0.2);
            if (chances)
                power_said_pi[5] = (double)NAN;
            else
                power_said_p[5] = (double)NAN;
            cf_power_method *m = make(SPECS[i], p);
            again[0] = -1;
            CHECK(cf_power_method_run(m, &c.p, 0, 0, again, NULL) == CF_ENUM);
            CHECK(strstr(cf_last_error(), "not a number") && (double)again[0] == -1);
            cf_power_method_free(m);
        }
        cf_policy_free(p);
    }
}

int main(void)
{
    RUN(every_method_answers_within_the_limits_that_it_serves);
    RUN(policy_is_what_the_runner_says_and_refitted_no_worse);
    RUN(steps_go_on_from_the_networks_powers);
    RUN(searches_stay_within_what_the_network_finds_likely);
    RUN(a_search_ends_where_a_sure_network_points);
    RUN(samples_help_and_are_a_function_of_seed_and_index);
    RUN(what_cannot_be_made_is_refused_by_name);
    RUN(policies_of_the_other_task_are_refused_by_name);
    RUN(an_output_that_is_not_a_number_is_no_answer);
    return DONE();
}
