#include <stdlib.h>

#include "solver/relax.h"

#include "methods.h"

static test_case c;
static uint8_t x[CASE_APS * CASE_USERS], y[CASE_APS * CASE_USERS];
static float relaxed[CASE_APS * CASE_USERS];
static cf_report report;

static double relaxed_rate(void)
{
    double sum = 0;
    for (int32_t k = 0; k < c.p.K; k++) {
        double r = 0;
        for (int32_t l = 0; l < c.p.L; l++)
            r += (double)relaxed[l * c.p.K + k] * c.snr[l * c.p.K + k];
        sum += log2(1 + r);
    }
    return sum;
}

static int relaxed_is_feasible(void)
{
    const int32_t L = c.p.L, K = c.p.K;
    int good = 1;
    for (int32_t l = 0; l < L; l++) {
        double load = 0;
        for (int32_t k = 0; k < K; k++) {
            good &= relaxed[l * K + k] >= 0 && relaxed[l * K + k] <= 1 + 1e-6f;
            load += (double)relaxed[l * K + k];
        }
        good &= load <= c.max_users[l] + 1e-5;
    }
    for (int32_t k = 0; k < K; k++) {
        double servers = 0;
        for (int32_t l = 0; l < L; l++) servers += (double)relaxed[l * K + k];
        good &= servers >= c.min_aps[k] - 1e-5;
    }
    return good;
}

static void solve(const char *parameters)
{
    const test_method m = method_make("relaxation", parameters, c.p.L, c.p.K);
    CHECK(m.class->run(m.self, &c.p, 1, 0, x, relaxed, &report) == CF_OK);
    method_free(m);
    CHECK(case_feasible(&c, x));
}

static void bound_is_above_the_optimum_and_tight_on_its_own_point(void)
{
    rng g = rng_stream(1, RNG_TEST, 60);
    for (int32_t i = 0; i < 600; i++) {
        cf_report all;
        case_shape(&c, 1 + (int32_t)rng_below(&g, 5), 1 + (int32_t)rng_below(&g, 5), 0, 0);
        case_limits(&c, &g, i % 3);
        case_gains(&c, &g, 10 * (i % 4) - 10, 8);
        const double best = method_rate("exhaustive", "", &c, y, &all);
        solve("");
        CHECK(report.bound >= best - 1e-12 * (1 + best));
        CHECK(relaxed_is_feasible());
        CHECK_NEAR(relaxed_rate(), report.bound, 1e-5);
    }
}

static void any_iteration_gives_a_bound(void)
{
    rng g = rng_stream(1, RNG_TEST, 61);
    const char *limits[] = {"iteration-limit=1", "iteration-limit=2", "iteration-limit=3"};
    for (int32_t i = 0; i < 60; i++) {
        cf_report exact;
        case_shape(&c, 20, 15, 2, 2);
        case_gains(&c, &g, 20, 10);
        const double best = method_rate("exact", "", &c, y, &exact);
        solve(limits[i % 3]);
        CHECK(report.bound >= best - 1e-9);
        CHECK(report.nodes <= i % 3 + 1);
    }
}

/* All SNR alike: 40 slots shared evenly by 15 users. */
static void even_shares_are_found(void)
{
    case_shape(&c, 20, 15, 2, 2);
    for (int32_t i = 0; i < 300; i++) c.snr[i] = 1;
    solve("");
    CHECK_NEAR(report.bound, 15 * log2(1 + 40.0 / 15), 1e-8);
}

/* One AP, two users, U = 0: f = ln(1 + 3 t) + ln(1 + 2 (1 - t)) is largest at t = 7/12. */
static void two_users_share_one_slot_as_by_hand(void)
{
    case_shape(&c, 1, 2, 1, 0);
    c.snr[0] = 3;
    c.snr[1] = 2;
    solve("");
    CHECK_NEAR(report.bound, log2(2.75) + log2(1 + 10.0 / 12), 1e-9);
    CHECK_NEAR((double)relaxed[0], 7.0 / 12, 1e-5);
    CHECK_NEAR((double)relaxed[1], 5.0 / 12, 1e-5);
    CHECK(x[0] == 1 && x[1] == 0);
}

static void hard_problems_converge(void)
{
    rng g = rng_stream(1, RNG_TEST, 62);
    for (int32_t i = 0; i < 4; i++) {
        case_shape(&c, 100, 100, 2, 2);
        case_gains(&c, &g, 30, 12);
        solve("");
        CHECK(report.nodes < 1000);
        CHECK(isfinite(report.bound));
        CHECK_NEAR(relaxed_rate() / report.bound, 1, 1e-6);
    }
}

static void log_sum_takes_any_product(void)
{
    double r[100], want = 0;
    for (int32_t i = 0; i < 100; i++) {
        r[i] = pow(10, 2 * i - 99);
        want += log1p(r[i]);
    }
    CHECK_NEAR(solver_log_sum(r, 100), want, 1e-14);
    CHECK(solver_log_sum(r, 0) == 0);
}

int main(void)
{
    RUN(bound_is_above_the_optimum_and_tight_on_its_own_point);
    RUN(any_iteration_gives_a_bound);
    RUN(even_shares_are_found);
    RUN(two_users_share_one_slot_as_by_hand);
    RUN(hard_problems_converge);
    RUN(log_sum_takes_any_product);
    return DONE();
}
