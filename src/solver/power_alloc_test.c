#include "alloc.h"
#include "power_methods.h"

/* Linked with every allocator wrapped (cmake/tests.cmake): runs allocate nothing, and a `make`
 * whose n-th allocation fails says so and leaks nothing. */

static power_case c;
static float watts[POWER_CASE_LINKS];

static void runs_allocate_nothing(void)
{
    rng g = rng_stream(1, RNG_TEST, 30);
    for (int32_t m = 0; m < solver_power_class_count; m++) {
        const prob_power_class *class = solver_power_classes[m];
        void *self = NULL;
        cf_report report;
        power_case_drop(&c, &g, 2, 3, 100);
        CHECK(class->make(&self, "", NULL, 2, 3) == CF_OK);
        calls = 0;
        CHECK(class->run(self, &c.p, 1, 0, watts, &report) == CF_OK);
        CHECK(calls == 0);
        class->free(self);
        CHECK(held == 0);
    }
}

static void failed_allocations_are_reported(void)
{
    for (int32_t m = 0; m < solver_power_class_count; m++) {
        void *self = NULL;
        cf_status status = CF_ENOMEM;
        for (failing = 0; status != CF_OK; failing++) {
            calls = 0;
            status = solver_power_classes[m]->make(&self, "", NULL, 2, 3);
            CHECK(status == CF_OK || (status == CF_ENOMEM && self == NULL && held == 0));
        }
        CHECK(failing > 1);
        failing = -1;
        solver_power_classes[m]->free(self);
        CHECK(held == 0);
    }
}

int main(void)
{
    RUN(runs_allocate_nothing);
    RUN(failed_allocations_are_reported);
    return DONE();
}
