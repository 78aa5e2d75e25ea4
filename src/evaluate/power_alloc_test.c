#include "evaluate/power_policy.h"

#include "alloc.h"
#include "power_policies.h"

/* As solver/power_alloc_test.c: runs of every network's methods allocate nothing, and a `make`
 * whose n-th allocation fails says so and leaks nothing. */

static power_case c;
static float watts[POWER_SAID_LINKS];

static const char *parameters_of(const prob_power_class *class)
{
    return class->numbered ? "3" : "";
}

static void run_allocates_nothing(const prob_power_class *class, const cf_policy *policy)
{
    void *self = NULL;
    cf_report report;
    const int before = held;
    CHECK(class->make(&self, parameters_of(class), policy, c.p.L, c.p.K) == CF_OK);
    calls = 0;
    CHECK(class->run(self, &c.p, 1, 0, watts, &report) == CF_OK);
    CHECK(calls == 0);
    class->free(self);
    CHECK(held == before);
}

static void failures_are_reported(const prob_power_class *class, const cf_policy *policy)
{
    void *self = NULL;
    cf_status status = CF_ENOMEM;
    const int before = held;
    for (failing = 0; status != CF_OK && failing < 1000; failing++) {
        calls = 0;
        status = class->make(&self, parameters_of(class), policy, c.p.L, c.p.K);
        CHECK(status == CF_OK || (status == CF_ENOMEM && self == NULL && held == before));
    }
    CHECK(status == CF_OK && failing > 1);
    failing = -1;
    class->free(self);
    class->free(NULL);
    CHECK(held == before);
}

/* Every method of every network, and of networks that say what a drop's shape allows. */
static void every_method(void (*check)(const prob_power_class *, const cf_policy *))
{
    for (int32_t i = 0; i < eval_power_policy_class_count; i++) {
        for (int chances = 0; chances < 2; chances++) {
            cf_policy *p = power_said_policy(chances);
            check(eval_power_policy_classes[i], p);
            cf_policy_free(p);
        }
        for (int32_t n = 0; policy_classes[n]; n++) {
            if (policy_classes[n]->task != CF_TASK_POWER) continue;
            cf_policy *p = power_random_policy(policy_classes[n], 1);
            check(eval_power_policy_classes[i], p);
            cf_policy_free(p);
        }
    }
}

static void runs_allocate_nothing(void)
{
    every_method(run_allocates_nothing);
}

static void failed_allocations_are_reported(void)
{
    every_method(failures_are_reported);
}

int main(void)
{
    rng g = rng_stream(1, RNG_TEST, 60);
    power_case_drop(&c, &g, 3, 4, 100);
    for (int i = 0; i < POWER_SAID_LINKS; i++) watts[i] = i % 4 ? (float)0.01 : 0;
    power_say(&c.p, watts, 0.1);
    RUN(runs_allocate_nothing);
    RUN(failed_allocations_are_reported);
    return DONE();
}
