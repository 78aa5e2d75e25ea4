/* The quick methods against hand computations on the golden case. */
#include <stdlib.h>

#include "methods.h"

static test_case c, d;
static uint8_t x[CASE_APS * CASE_USERS];
static cf_report report;

static void gsd_takes_turns(void)
{
    case_golden(&c); /* AP 3 and AP 4 find nobody left in the second round */
    const uint8_t want[20] = {1, 0, 1, 0, 1, 0, 0, 1, 0, 1, 0, 1, 0, 1, 0, 0, 0, 0, 1, 0};
    method_rate("gsd", "", &c, x, &report);
    CHECK(memcmp(x, want, sizeof want) == 0);
    CHECK(report.broken == 0);
}

/* AP 0 takes user 0, AP 1 user 1 and cannot take it twice: user 1 would stay short. */
static void gsd_is_repaired_where_it_fails(void)
{
    case_shape(&c, 2, 2, 1, 1);
    c.max_users[1] = 2;
    c.min_aps[1] = 2;
    memcpy(c.snr, (double[]){5, 1, 1, 5}, 4 * sizeof(double));
    method_rate("gsd", "", &c, x, &report);
    CHECK(report.broken == 1);
    CHECK(memcmp(x, (uint8_t[]){0, 1, 1, 1}, 4) == 0);
}

static void greedy_finds_the_golden_optimum(void)
{
    case_golden(&c);
    method_rate("greedy", "", &c, x, &report);
    CHECK(memcmp(x, CASE_GOLDEN_X, sizeof CASE_GOLDEN_X) == 0);
    CHECK(report.broken == 0);
}

static void top_breaks_the_need_and_says_so(void)
{
    case_golden(&c);
    const double rate = method_rate("top", "", &c, x, &report);
    CHECK(report.broken == 1);
    CHECK(rate > 10 && rate <= 11.285922328 + 1e-9);
    for (int32_t k = 0; k < 4; k++) c.min_aps[k] = 0;
    const uint8_t want[20] = {1, 1, 0, 0, 1, 1, 0, 0, 1, 1, 0, 0, 1, 1, 0, 0, 1, 1, 0, 0};
    method_rate("top", "", &c, x, &report);
    CHECK(report.broken == 0);
    CHECK(memcmp(x, want, sizeof want) == 0);
}

static void flip(int32_t l, int32_t from, int32_t to)
{
    x[l * c.p.K + from] ^= 1;
    x[l * c.p.K + to] ^= 1;
}

/* No exchange of two users at one AP, nor at two, raises the rate of a feasible answer. */
static void no_swap_beats_local(void)
{
    rng g = rng_stream(1, RNG_TEST, 40);
    int32_t tried = 0;
    for (int32_t i = 0; i < 60; i++) {
        case_shape(&c, 5, 4, 2, 2);
        case_gains(&c, &g, 5 * (i % 4), 10);
        const double rate = method_rate("local", "", &c, x, &report);
        for (int32_t n = 0; n < 5 * 4 * 4 * 5; n++) {
            const int32_t l = n / 80, j = n / 20 % 4, k = n / 5 % 4, m = n % 5;
            if (!x[l * 4 + j] || x[l * 4 + k]) continue;
            const int trade = m != l && x[m * 4 + k] && !x[m * 4 + j];
            flip(l, j, k);
            if (trade) flip(m, k, j);
            if (case_feasible(&c, x)) {
                CHECK(cf_assignment_rate(&c.p, x) <= rate + 1e-11);
                tried++;
            }
            flip(l, j, k);
            if (trade) flip(m, k, j);
        }
    }
    CHECK(tried > 1000);
}

static void random_is_the_mean_over_all_rows(void)
{
    case_shape(&c, 2, 2, 1, 0); /* four equally likely assignments */
    memcpy(c.snr, (double[]){1, 2, 3, 4}, 4 * sizeof(double));
    const double mean = (log2(1 + 4) + log2(2) + log2(5) + log2(3) + log2(4) + log2(7)) / 4;
    const test_method m = method_make("random", "draws=200000", 2, 2);
    report = method_run(m, &c, x);
    CHECK_NEAR(report.objective_mean, mean, 0.004);
    CHECK(report.nodes == 200000);
    method_free(m);
}

static void random_depends_on_seed_and_index_alone(void)
{
    rng g = rng_stream(1, RNG_TEST, 41);
    uint8_t y[20];
    cf_report again;
    case_mmwave(&c, &g, 0);
    case_mmwave(&d, &g, 0);
    const test_method m = method_make("random", "draws=3", 5, 4);
    CHECK(m.class->run(m.self, &c.p, 9, 4, x, NULL, &report) == CF_OK);
    CHECK(m.class->run(m.self, &d.p, 9, 5, y, NULL, &again) == CF_OK);
    CHECK(m.class->run(m.self, &c.p, 9, 5, y, NULL, &again) == CF_OK);
    CHECK(again.objective_mean != report.objective_mean);
    CHECK(m.class->run(m.self, &c.p, 9, 4, y, NULL, &again) == CF_OK);
    CHECK(again.objective_mean == report.objective_mean && memcmp(x, y, 20) == 0);
    method_free(m);
}

/* The means of paper B's table, to 5 % (three standard errors of 3000 drops), and of exact to
 * gsd. */
static void mmwave_means_are_those_of_the_paper(void)
{
    const struct {
        const char *name, *parameters;
        double mean[2];
    } want[] = {{"exact", "", {1.131, 3.819}},
                {"gsd", "", {1.038, 3.469}},
                {"random", "draws=20", {.586, .520}}};
    enum { DROPS = 3000 };
    for (int32_t large = 0; large < 2; large++) {
        double mean[3] = {0};
        for (int32_t j = 0; j < 3; j++) {
            const test_method m =
                method_make(want[j].name, want[j].parameters, large ? 20 : 5, large ? 15 : 4);
            for (int32_t i = 0; i < DROPS; i++) {
                rng g = rng_stream(3, RNG_TEST, (uint64_t)i);
                case_mmwave(&c, &g, large);
                report = method_run(m, &c, x);
                mean[j] += (j == 2 ? report.objective_mean : cf_assignment_rate(&c.p, x)) / DROPS;
            }
            CHECK_NEAR(mean[j] / want[j].mean[large], 1, 0.05);
            method_free(m);
        }
        CHECK_NEAR(mean[1] / mean[0], want[1].mean[large] / want[0].mean[large], 0.01);
    }
}

int main(void)
{
    RUN(gsd_takes_turns);
    RUN(gsd_is_repaired_where_it_fails);
    RUN(greedy_finds_the_golden_optimum);
    RUN(top_breaks_the_need_and_says_so);
    RUN(no_swap_beats_local);
    RUN(random_is_the_mean_over_all_rows);
    RUN(random_depends_on_seed_and_index_alone);
    RUN(mmwave_means_are_those_of_the_paper);
    return DONE();
}
