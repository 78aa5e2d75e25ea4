#include "power_methods.h"

/* Linked with every allocator wrapped (cmake/tests.cmake): runs allocate nothing, and a `make` whose
 * n-th allocation fails says so and leaks nothing. */

void *__real_malloc(size_t n);
void *__real_aligned_alloc(size_t alignment, size_t n);
void *__real_calloc(size_t n, size_t size);
void *__real_realloc(void *p, size_t n);
void __real_free(void *p);
void *__wrap_malloc(size_t n);
void *__wrap_aligned_alloc(size_t alignment, size_t n);
void *__wrap_calloc(size_t n, size_t size);
void *__wrap_realloc(void *p, size_t n);
void __wrap_free(void *p);

static int calls, fail_at = -1, alive;

static void *count(void *p)
{
    alive += p != NULL;
    return p;
}

static int fails(void)
{
    return calls++ == fail_at;
}

void *__wrap_malloc(size_t n)
{
    return fails() ? NULL : count(__real_malloc(n));
}
void *__wrap_aligned_alloc(size_t alignment, size_t n)
{
    return fails() ? NULL : count(__real_aligned_alloc(alignment, n));
}
void *__wrap_calloc(size_t n, size_t size)
{
    return fails() ? NULL : count(__real_calloc(n, size));
}
void *__wrap_realloc(void *p, size_t n)
{
    return fails() ? NULL : __real_realloc(p, n);
}
void __wrap_free(void *p)
{
    alive -= p != NULL;
    __real_free(p);
}

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
        CHECK(alive == 0);
    }
}

static void failed_allocations_are_reported(void)
{
    for (int32_t m = 0; m < solver_power_class_count; m++) {
        void *self = NULL;
        cf_status status = CF_ENOMEM;
        for (fail_at = 0; status != CF_OK; fail_at++) {
            calls = 0;
            status = solver_power_classes[m]->make(&self, "", NULL, 2, 3);
            CHECK(status == CF_OK || (status == CF_ENOMEM && self == NULL && alive == 0));
        }
        CHECK(fail_at > 1);
        fail_at = -1;
        solver_power_classes[m]->free(self);
        CHECK(alive == 0);
    }
}

int main(void)
{
    RUN(runs_allocate_nothing);
    RUN(failed_allocations_are_reported);
    return DONE();
}
