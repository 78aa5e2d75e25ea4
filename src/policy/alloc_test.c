#include "alloc.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "policy/policy.h"
#include "policy/policy_method.h"

#include "cases.h"
#include "power_cases.h"
#include "t.h"

static test_case drop;
static power_case power;

static cf_policy *make(const char *class)
{
    cf_policy *p = NULL;
    CHECK(policy_make(&p, policy_class_named(class), NULL) == CF_OK);
    p->class->init(&p->table, p->size, 3, p->params);
    return p;
}

/* Call `attempt` with allocation 0, 1, 2, ... failing until it needs no more: each time CF_ENOMEM
 * (what leaks, the sanitizer tells). */
static void every_failure_is_reported(cf_status (*attempt)(void *), void *argument)
{
    cf_status s = CF_ENOMEM;
    int32_t failures = 0;
    for (; s == CF_ENOMEM && failures < 1000; failures++) {
        calls = 0;
        failing = failures;
        s = attempt(argument);
    }
    failing = -1;
    CHECK(s == CF_OK && failures > 1);
}

static cf_status try_load(void *unused)
{
    (void)unused;
    cf_policy *p = NULL;
    const cf_status s = cf_policy_load(&p, "memory.safetensors");
    CHECK((s == CF_OK) == (p != NULL));
    cf_policy_free(p);
    return s;
}

static cf_status try_save(void *policy)
{
    return cf_policy_save(policy, "again.safetensors");
}

static void files_report_that_memory_is_gone(void)
{
    cf_policy *p = make("hpe");
    CHECK(policy_set_meta(p, "scenario", "mmwave-small") == CF_OK);
    CHECK(cf_policy_save(p, "memory.safetensors") == CF_OK);
    every_failure_is_reported(try_load, NULL);
    every_failure_is_reported(try_save, p);
    unlink("memory.safetensors");
    unlink("again.safetensors");
    cf_policy_free(p);
}

static cf_status try_method(void *policy)
{
    void *self = NULL;
    const cf_status s = policy_method.make(&self, "lanes=4", policy, 5, 4);
    CHECK((s == CF_OK) == (self != NULL));
    policy_method.free(self);
    return s;
}

static cf_status try_runner(void *policy)
{
    cf_runner *r = NULL;
    const cf_status s = cf_runner_make(&r, policy, 5, 4, 3);
    CHECK((s == CF_OK) == (r != NULL));
    cf_runner_free(r);
    return s;
}

static cf_status try_meta(void *policy)
{
    return policy_set_meta(policy, "key", "value");
}

static void objects_report_that_memory_is_gone(void)
{
    for (int32_t i = 0; policy_classes[i]; i++) {
        if (policy_classes[i]->task != CF_TASK_ASSIGNMENT) continue;
        cf_policy *p = make(policy_classes[i]->name);
        every_failure_is_reported(try_method, p);
        every_failure_is_reported(try_meta, p);
        CHECK(strcmp(cf_policy_meta(p, "key"), "value") == 0);
        cf_policy_free(p);
    }
}

static void deciding_allocates_nothing(void)
{
    uint8_t x[20];
    float relaxed[20];
    cf_report report;
    case_golden(&drop);
    for (int32_t i = 0; policy_classes[i]; i++) {
        if (policy_classes[i]->task != CF_TASK_ASSIGNMENT) continue;
        cf_policy *p = make(policy_classes[i]->name);
        cf_runner *r;
        void *method;
        CHECK(cf_runner_make(&r, p, 5, 4, 2) == CF_OK);
        CHECK(policy_method.make(&method, NULL, p, 5, 4) == CF_OK);
        calls = 0;
        CHECK(cf_runner_decide(r, &drop.p, 1, x, relaxed) == CF_OK);
        CHECK(policy_method.run(method, &drop.p, 0, 0, x, relaxed, &report) == CF_OK);
        CHECK(policy_method.run_many(method, &drop.p, 1, 0, 0, x, NULL, &report) == CF_OK);
        CHECK(calls == 0);
        policy_method.free(method);
        cf_runner_free(r);
        cf_policy_free(p);
    }
}

static void allocating_power_allocates_nothing(void)
{
    float watts[2 * 20];
    power_case_shape(&power, 5, 4);
    for (int i = 0; i < 80; i++) power.gain[i] = 1e-9F;
    const cf_power two[] = {power.p, power.p};
    for (int32_t i = 0; policy_classes[i]; i++) {
        if (policy_classes[i]->task != CF_TASK_POWER) continue;
        cf_policy *p = make(policy_classes[i]->name);
        cf_runner *r;
        CHECK(cf_runner_make(&r, p, 5, 4, 3) == CF_OK);
        calls = 0;
        CHECK(cf_runner_power(r, two, 2, watts) == CF_OK);
        CHECK(calls == 0);
        cf_runner_free(r);
        every_failure_is_reported(try_runner, p);
        cf_policy_free(p);
    }
}

int main(void)
{
    RUN(files_report_that_memory_is_gone);
    RUN(objects_report_that_memory_is_gone);
    RUN(deciding_allocates_nothing);
    RUN(allocating_power_allocates_nothing);
    return DONE();
}
