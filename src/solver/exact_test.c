#include <stdlib.h>

#include "methods.h"

static test_case c, d;
static uint8_t x[CASE_APS * CASE_USERS], y[CASE_APS * CASE_USERS];
static cf_report report;

static void hand_solved_case_is_solved(void)
{
    case_golden(&c);
    CHECK_NEAR(method_rate("exact", "", &c, x, &report), 11.285922328, 1e-10);
    CHECK(memcmp(x, CASE_GOLDEN_X, sizeof CASE_GOLDEN_X) == 0);
    CHECK(report.proven == 1 && report.broken == 0 && report.nodes >= 1);
    CHECK(isnan(report.objective_mean));
}

static void equals_exhaustive(int32_t i)
{
    cf_report all;
    const double want = method_rate("exhaustive", "", &c, y, &all);
    const double got = method_rate("exact", i % 2 ? "gap=1e-10" : "", &c, x, &report);
    CHECK_NEAR(got, want, 1e-9);
    CHECK(report.proven == 1);
    CHECK(report.bound >= want - 1e-12 * want && report.bound <= got + 1e-9 + 1e-12 * want);
}

static void equals_exhaustive_on_mmwave_drops(void)
{
    rng g = rng_stream(1, RNG_TEST, 10);
    for (int32_t i = 0; i < 1500; i++) {
        case_mmwave(&c, &g, 0);
        equals_exhaustive(i);
    }
}

static void equals_exhaustive_on_any_size_and_snr(void)
{
    rng g = rng_stream(1, RNG_TEST, 11);
    for (int32_t i = 0; i < 1500; i++) {
        const int32_t L = 1 + (int32_t)rng_below(&g, 6), K = 1 + (int32_t)rng_below(&g, 5);
        const int32_t A = 1 + (int32_t)rng_below(&g, 3);
        const int32_t most = (A < K ? A : K) * L / K;
        case_shape(&c, L, K, A, (int32_t)rng_below(&g, (uint32_t)most + 1));
        case_gains(&c, &g, -20 + 20 * rng_uniform(&g) * (i % 4), 3 + 10 * rng_uniform(&g));
        equals_exhaustive(i);
    }
}

static void equals_exhaustive_with_limits_of_their_own(void)
{
    rng g = rng_stream(1, RNG_TEST, 12);
    for (int32_t i = 0; i < 1500; i++) {
        case_shape(&c, 1 + (int32_t)rng_below(&g, 5), 1 + (int32_t)rng_below(&g, 5), 0, 0);
        case_limits(&c, &g, i % 3);
        case_gains(&c, &g, -10 + 15 * (i % 4), 8);
        equals_exhaustive(i);
    }
}

static void ties_do_not_matter(void)
{
    rng g = rng_stream(1, RNG_TEST, 13);
    for (int32_t i = 0; i < 200; i++) {
        case_shape(&c, 4, 4, 2, i % 3);
        for (int32_t j = 0; j < 16; j++) c.snr[j] = rng_below(&g, 3);
        equals_exhaustive(i);
    }
}

/* Access points and users in another order: the same problem. */
static void order_does_not_change_the_value(void)
{
    rng g = rng_stream(1, RNG_TEST, 14);
    for (int32_t i = 0; i < 100; i++) {
        case_mmwave(&c, &g, 1);
        case_limits(&c, &g, 3);
        const int32_t L = c.p.L, K = c.p.K;
        case_shape(&d, L, K, 0, 0);
        for (int32_t l = 0; l < L; l++) d.max_users[(7 * l + i) % L] = c.max_users[l];
        for (int32_t k = 0; k < K; k++) d.min_aps[(4 * k + i) % K] = c.min_aps[k];
        for (int32_t l = 0; l < L; l++)
            for (int32_t k = 0; k < K; k++)
                d.snr[(7 * l + i) % L * K + (4 * k + i) % K] = c.snr[l * K + k];
        const double want = method_rate("exact", "", &c, x, &report);
        CHECK_NEAR(method_rate("exact", "", &d, y, &report), want, 2e-9);
    }
}

static void every_mmwave_drop_is_proven(void)
{
    const test_method small = method_make("exact", "", 5, 4),
                      large = method_make("exact", "", 20, 15);
    for (int32_t i = 0; i < 1024; i++) {
        rng g = rng_stream(1, RNG_TEST, 1000 + (uint64_t)i);
        case_mmwave(&c, &g, i % 2);
        const cf_report r = method_run(i % 2 ? large : small, &c, x);
        const double rate = cf_assignment_rate(&c.p, x);
        CHECK(r.proven == 1 && r.nodes <= 15);
        CHECK(case_feasible(&c, x));
        CHECK(r.bound >= rate - 1e-12 && r.bound <= rate + 1.001e-9);
    }
    method_free(small);
    method_free(large);
}

/* As many users as access points and strong signals: far more nodes than allowed. */
static void a_limit_leaves_a_bound_and_an_answer(void)
{
    rng g = rng_stream(1, RNG_TEST, 15);
    const char *limits[] = {"node-limit=1", "node-limit=20", "time-limit=0", "time-limit=0.01"};
    for (int32_t i = 0; i < 8; i++) {
        case_shape(&c, 30, 30, 2, 2);
        case_gains(&c, &g, 30, 15);
        cf_report full;
        const double local = method_rate("local", "", &c, y, &full);
        const double best = method_rate("exact", "time-limit=5", &c, y, &full);
        const double got = method_rate("exact", limits[i % 4], &c, x, &report);
        CHECK(report.bound >= best - 1e-9);
        CHECK(report.bound >= got - 1e-9);
        CHECK(got <= full.bound + 1e-9);
        CHECK(got >= local - 1e-9);
        CHECK(report.bound < 1.01 * got);
        if (i % 4 < 2) CHECK(report.nodes <= (i % 4 ? 20 : 1));
    }
}

/* All links alike: the relaxation cannot tell them apart, and its bound is above the optimum. */
static void full_symmetry_ends_at_the_limit(void)
{
    case_shape(&c, 20, 15, 2, 2);
    for (int32_t i = 0; i < 300; i++) c.snr[i] = 1;
    const double rate = method_rate("exact", "node-limit=3000", &c, x, &report);
    CHECK_NEAR(rate, 5 * log2(3.0) + 10 * log2(4.0), 1e-12);
    const double relaxed = 15 * log2(1 + 40.0 / 15);
    CHECK(report.bound >= rate && report.bound <= 2 * relaxed - rate);
}

static void options_are_checked(void)
{
    void *self = NULL;
    CHECK(solver_exact.make(&self, "node-limit=0", NULL, 5, 4) == CF_EARG);
    CHECK(solver_exact.make(&self, "time-limit=-1", NULL, 5, 4) == CF_EARG);
    CHECK(solver_exact.make(&self, "gap=0", NULL, 5, 4) == CF_EARG);
    CHECK(solver_exact.make(&self, "nodes=2", NULL, 5, 4) == CF_EARG);
    CHECK(strstr(cf_last_error(), "node-limit, time-limit, gap") != NULL);
    CHECK(self == NULL);
}

int main(void)
{
    RUN(hand_solved_case_is_solved);
    RUN(equals_exhaustive_on_mmwave_drops);
    RUN(equals_exhaustive_on_any_size_and_snr);
    RUN(equals_exhaustive_with_limits_of_their_own);
    RUN(ties_do_not_matter);
    RUN(order_does_not_change_the_value);
    RUN(every_mmwave_drop_is_proven);
    RUN(a_limit_leaves_a_bound_and_an_answer);
    RUN(full_symmetry_ends_at_the_limit);
    RUN(options_are_checked);
    return DONE();
}
