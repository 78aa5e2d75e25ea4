/* What holds for every method of the room. */
#include <stdlib.h>

#include "methods.h"

static test_case c;
static uint8_t x[CASE_APS * CASE_USERS], y[CASE_APS * CASE_USERS];

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#    define COUNTED 0
#elif defined(__has_feature)
#    if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#        define COUNTED 0
#    endif
#endif
#ifndef COUNTED
#    define COUNTED 1
static int32_t allocations;
void *__libc_malloc(size_t size);
void *__libc_memalign(size_t alignment, size_t size);
void *malloc(size_t size)
{
    allocations++;
    return __libc_malloc(size);
}
void *aligned_alloc(size_t alignment, size_t size)
{
    allocations++;
    return __libc_memalign(alignment, size);
}
#endif

/* exhaustive refuses large problems, and may. */
static int runs(const test_method *m, const test_case *t, uint8_t *out, float *relaxed,
                cf_report *report)
{
    return m->class->run(m->self, &t->p, 3, 5, out, relaxed, report) == CF_OK;
}

/* Every method on the case, twice: feasible, no NaN, bounds that hold, the same again. */
static void hold_to_the_contract(const test_case *t)
{
    const int32_t links = t->p.L * t->p.K;
    double best = 0, least_bound = INFINITY;
    CHECK(cf_assignment_check(&t->p) == CF_OK);
    for (int32_t i = 0; i < solver_class_count; i++) {
        const int exact = solver_classes[i] == &solver_exact;
        const char *parameters = exact ? "node-limit=2000" : "";
        test_method m = method_make(solver_classes[i]->name, parameters, t->p.L, t->p.K);
        cf_report first, again;
        if (runs(&m, t, x, NULL, &first)) {
            const double rate = cf_assignment_rate(&t->p, x);
            const int random = m.class == &solver_random;
            CHECK(rate >= 0 && isfinite(rate));
            CHECK(isnan(first.objective_mean) == !random);
            CHECK(random ? cf_assignment_violations(&t->p, x).aps_over == 0 : case_feasible(t, x));
            CHECK(!first.proven || first.bound <= rate + 1e-9 + 1e-12 * rate);
            if (!random && rate > best) best = rate;
            if (first.bound < least_bound) least_bound = first.bound;
            CHECK(runs(&m, t, y, NULL, &again));
            CHECK(memcmp(x, y, (size_t)links) == 0);
            CHECK(first.nodes == again.nodes && first.broken == again.broken);
        }
        method_free(m);
    }
    CHECK(best <= least_bound + 1e-12 * (1 + best));
}

static void random_cases(void)
{
    rng g = rng_stream(1, RNG_TEST, 30);
    for (int32_t i = 0; i < 400; i++) {
        case_shape(&c, 1 + (int32_t)rng_below(&g, 10), 1 + (int32_t)rng_below(&g, 10), 0, 0);
        case_limits(&c, &g, i % 4);
        case_gains(&c, &g, 10 * rng_normal(&g), 12);
        hold_to_the_contract(&c);
    }
}

static void extreme_gains(void)
{
    const double scales[] = {0, 1e-300, 1e-30, 1e12, 1e90};
    rng g = rng_stream(1, RNG_TEST, 31);
    for (int32_t i = 0; i < 50; i++) {
        case_shape(&c, 1 + i % 6, 1 + i % 5, 0, 0);
        case_limits(&c, &g, i % 3);
        case_gains(&c, &g, 0, 5);
        for (int32_t j = 0; j < c.p.L * c.p.K; j++) c.snr[j] *= scales[i % 5];
        hold_to_the_contract(&c);
        for (int32_t j = 0; j < c.p.L * c.p.K; j++) c.snr[j] = scales[rng_below(&g, 5)];
        hold_to_the_contract(&c);
    }
}

static void users_and_aps_that_hear_nothing(void)
{
    rng g = rng_stream(1, RNG_TEST, 32);
    for (int32_t i = 0; i < 30; i++) {
        case_mmwave(&c, &g, 0);
        for (int32_t l = 0; l < 5; l++) c.snr[l * 4 + i % 4] = 0;
        for (int32_t k = 0; k < 4; k++) c.snr[i % 5 * 4 + k] = 0;
        hold_to_the_contract(&c);
    }
}

static void degenerate_sizes_and_limits(void)
{
    const struct {
        int32_t L, K, A, U;
    } sizes[] = {{1, 1, 0, 0}, {1, 1, 1, 1}, {1, 6, 6, 1}, {1, 6, 9, 0},
                 {6, 1, 1, 6}, {6, 1, 0, 0}, {6, 1, 1, 0}, {5, 4, 2, 0}};
    rng g = rng_stream(1, RNG_TEST, 33);
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        case_shape(&c, sizes[i].L, sizes[i].K, sizes[i].A, sizes[i].U);
        case_gains(&c, &g, 0, 8);
        hold_to_the_contract(&c);
    }
    case_shape(&c, 5, 4, 2, 1);
    case_gains(&c, &g, 0, 8);
    c.max_users[0] = c.max_users[3] = 0;
    hold_to_the_contract(&c);
}

static void better_methods_are_better(void)
{
    rng g = rng_stream(1, RNG_TEST, 34);
    const char *names[] = {"exact", "local", "greedy"};
    for (int32_t i = 0; i < 300; i++) {
        double rate[3];
        cf_report report;
        case_mmwave(&c, &g, i % 2);
        if (i % 3 == 0) case_gains(&c, &g, 20, 10);
        for (int32_t j = 0; j < 3; j++) rate[j] = method_rate(names[j], "", &c, x, &report);
        CHECK(rate[0] >= rate[1] - 1e-9);
        CHECK(rate[1] >= rate[2]);
    }
}

static void runs_allocate_nothing(void)
{
    rng g = rng_stream(1, RNG_TEST, 35);
    case_mmwave(&c, &g, 0);
    for (int32_t i = 0; i < solver_class_count; i++) {
        test_method m = method_make(solver_classes[i]->name, "", 5, 4);
        cf_report report;
#if COUNTED
        const int32_t before = allocations;
#endif
        CHECK(runs(&m, &c, x, NULL, &report));
#if COUNTED
        CHECK(allocations == before);
        CHECK(before > 0);
#endif
        method_free(m);
    }
}

/* "key=value,..." of defaults is what make understands; anything else it names. */
static void parameters_are_what_they_say(void)
{
    for (int32_t i = 0; i < solver_class_count; i++) {
        const prob_method_class *class = solver_classes[i];
        void *self = NULL;
        CHECK(class->name[0] && class->about[0] && !class->needs_policy);
        method_free(method_make(class->name, class->parameters, 3, 3));
        CHECK(class->make(&self, "no-such-key=1", NULL, 3, 3) == CF_EARG);
        CHECK(self == NULL);
        CHECK(strncmp(cf_last_error(), class->name, strlen(class->name)) == 0);
        CHECK(strstr(cf_last_error(), "no-such-key") != NULL);
    }
}

/* Sanitizers end the program instead. */
static void sizes_beyond_memory_are_refused(void)
{
    if (!COUNTED) return;
    void *self = NULL;
    const cf_status s = solver_exact.make(&self, "", NULL, CF_MAX_DIM, CF_MAX_DIM);
    CHECK(s == CF_ENOMEM || s == CF_OK);
    if (s == CF_OK) solver_exact.free(self);
    if (s != CF_OK) CHECK(strstr(cf_last_error(), "exact: no memory for") != NULL);
}

int main(void)
{
    RUN(random_cases);
    RUN(extreme_gains);
    RUN(users_and_aps_that_hear_nothing);
    RUN(degenerate_sizes_and_limits);
    RUN(better_methods_are_better);
    RUN(runs_allocate_nothing);
    RUN(parameters_are_what_they_say);
    RUN(sizes_beyond_memory_are_refused);
    return DONE();
}
