#include <stdlib.h>

#include "methods.h"

static test_case c;
static uint8_t x[64], row[64];
static cf_report report;

/* Every 0/1 matrix there is, without any thought. */
static double try_everything(void)
{
    const int32_t links = c.p.L * c.p.K;
    double best = -1;
    for (int32_t code = 0; code < 1 << links; code++) {
        for (int32_t i = 0; i < links; i++) row[i] = code >> i & 1;
        if (case_feasible(&c, row)) best = fmax(best, cf_assignment_rate(&c.p, row));
    }
    return best;
}

static void finds_what_trying_everything_finds(void)
{
    rng g = rng_stream(1, RNG_TEST, 50);
    for (int32_t i = 0; i < 150; i++) {
        const int32_t L = 1 + (int32_t)rng_below(&g, 4), K = 1 + (int32_t)rng_below(&g, 3);
        case_shape(&c, L, K, 0, 0);
        case_limits(&c, &g, i % 3);
        case_gains(&c, &g, 10 * (i % 3) - 10, 8);
        CHECK_NEAR(method_rate("exhaustive", "", &c, x, &report), try_everything(), 1e-12);
        CHECK(report.proven == 1 && report.nodes >= 1);
    }
}

static void hand_solved_case_is_solved(void)
{
    case_golden(&c);
    CHECK_NEAR(method_rate("exhaustive", "", &c, x, &report), 11.285922328, 1e-10);
    CHECK(memcmp(x, CASE_GOLDEN_X, sizeof CASE_GOLDEN_X) == 0);
}

/* (15 over 2)^20 = 2.65e40 */
static void large_problems_are_refused_with_the_count(void)
{
    rng g = rng_stream(1, RNG_TEST, 51);
    case_mmwave(&c, &g, 1);
    const test_method m = method_make("exhaustive", "", 20, 15);
    uint8_t out[300];
    memset(out, 9, sizeof out);
    CHECK(m.class->run(m.self, &c.p, 1, 0, out, NULL, &report) == CF_EARG);
    CHECK(strstr(cf_last_error(), "2.65e+40 assignments") != NULL);
    CHECK(out[0] == 9 && out[299] == 9);
    method_free(m);
}

static void the_limit_is_an_option(void)
{
    case_golden(&c); /* (4 over 2)^5 = 7776 */
    const test_method no = method_make("exhaustive", "limit=7775", 5, 4);
    CHECK(no.class->run(no.self, &c.p, 1, 0, x, NULL, &report) == CF_EARG);
    method_free(no);
    method_rate("exhaustive", "limit=7776", &c, x, &report);
    CHECK(report.nodes >= 1 && report.nodes <= 7776);
}

int main(void)
{
    RUN(finds_what_trying_everything_finds);
    RUN(hand_solved_case_is_solved);
    RUN(large_problems_are_refused_with_the_count);
    RUN(the_limit_is_an_option);
    return DONE();
}
