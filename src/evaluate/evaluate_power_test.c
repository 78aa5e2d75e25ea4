#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <cellfree/evaluate.h>

#include "t.h"

enum { DROPS = 24, METHODS = 4 };
static const cf_evaluate_item items[METHODS] = {{.spec = "random:draws=5"},
                                                {.spec = "equal"},
                                                {.name = "near", .spec = "strongest"},
                                                {.spec = "multiplicative"}};

static cf_drops *drops(int32_t n)
{
    cf_scenario *s = NULL;
    cf_drops *d = NULL;
    CHECK(cf_scenario_load(&s, "power-5x10") == CF_OK);
    CHECK(cf_drops_generate(&d, s, 11, 0, n, 1) == CF_OK);
    cf_scenario_free(s);
    return d;
}

static void free_all(cf_result **r)
{
    for (int i = 0; i < METHODS; i++) cf_result_free(r[i]);
}

static int same_answers(const cf_result *a, const cf_result *b)
{
    const size_t n = (size_t)a->n, total = n * (size_t)a->L * (size_t)a->K;
    return memcmp(a->watts, b->watts, total * sizeof(float)) == 0 &&
           memcmp(a->objective, b->objective, n * sizeof(double)) == 0 &&
           memcmp(a->users_on, b->users_on, n * sizeof(int32_t)) == 0 &&
           memcmp(a->feasible, b->feasible, n) == 0 && a->mean == b->mean &&
           a->of_best == b->of_best && a->of_best_p1 == b->of_best_p1;
}

static void answers_do_not_depend_on_threads(void)
{
    cf_drops *d = drops(DROPS);
    cf_result *one[METHODS] = {0}, *three[METHODS] = {0};
    cf_evaluate_options options = {.threads = 1, .seed = 5};
    CHECK(cf_evaluate(d, items, METHODS, &options, one) == CF_OK);
    options.threads = 3;
    CHECK(cf_evaluate(d, items, METHODS, &options, three) == CF_OK);
    for (int i = 0; i < METHODS; i++) CHECK(same_answers(one[i], three[i]));
    free_all(one);
    free_all(three);
    cf_drops_free(d);
}

static void results_are_what_the_problem_says_of_the_watts(void)
{
    cf_drops *d = drops(DROPS);
    cf_result *r[METHODS] = {0};
    const cf_evaluate_options options = {.threads = 2};
    CHECK(cf_evaluate(d, items, METHODS, &options, r) == CF_OK);
    float *gain = malloc(sizeof *gain * (size_t)d->L * (size_t)d->K * (size_t)d->K);
    for (int m = 0; m < METHODS; m++) {
        CHECK(r[m]->task == CF_TASK_POWER && !r[m]->x && !r[m]->broken && !r[m]->relaxed);
        CHECK(strcmp(cf_result_unit(r[m]), "Mbit/J") == 0);
        CHECK(r[m]->of_best > 0 && r[m]->of_best_p1 <= r[m]->of_best + 1e-12);
        CHECK(r[m]->watts_mean > 0 && r[m]->us_per_drop > 0 && isnan(r[m]->batch_us_per_drop));
        CHECK_NEAR(r[m]->feasible_share, 1, 0);
        CHECK(isnan(r[m]->floor_share));
        for (int32_t i = 0; m > 0 && i < d->n; i++) {
            cf_power p;
            CHECK(cf_drops_power(d, i, gain, &p) == CF_OK);
            const float *watts = r[m]->watts + (size_t)i * (size_t)d->L * (size_t)d->K;
            CHECK_NEAR(r[m]->objective[i], cf_power_value(&p, watts, NULL), 1e-12);
        }
    }
    CHECK_NEAR(r[1]->watts_mean, 0.01 * d->L * d->K, 1e-6);
    CHECK_NEAR(r[2]->watts_mean, 0.01 * d->K, 1e-6);
    CHECK(r[1]->users_on_mean == d->K);
    free(gain);
    free_all(r);
    cf_drops_free(d);
}

static void a_rate_floor_is_reported_and_not_enforced(void)
{
    cf_drops *d = drops(DROPS);
    cf_result *r = NULL;
    const cf_evaluate_options options = {.threads = 1};
    d->rate_floor = 0.05;
    CHECK(cf_evaluate(d, &items[3], 1, &options, &r) == CF_OK);
    CHECK(r->floor_share >= 0 && r->floor_share < 1);
    CHECK(r->below_floor_share > 0 && r->below_floor_share < 1);
    CHECK_NEAR(r->feasible_share, 1, 0);
    cf_result_free(r);
    cf_drops_free(d);
}

static void methods_of_another_task_are_refused_before_anything_runs(void)
{
    cf_drops *d = drops(2);
    cf_result *r[2] = {0};
    const cf_evaluate_options options = {.threads = 1};
    const cf_evaluate_item mixed[2] = {{.spec = "equal"}, {.spec = "gsd"}};
    const cf_evaluate_item both[2] = {{.spec = "random"}, {.spec = "lbfgs"}};
    CHECK(cf_evaluate(d, mixed, 2, &options, r) == CF_EARG);
    CHECK(strstr(cf_last_error(), "for power there are"));
    cf_drops_free(d);
    cf_scenario *s = NULL;
    d = NULL;
    CHECK(cf_scenario_load(&s, "mmwave-small") == CF_OK);
    CHECK(cf_drops_generate(&d, s, 1, 0, 2, 1) == CF_OK);
    CHECK(cf_evaluate(d, both, 2, &options, r) == CF_EARG);
    CHECK(strstr(cf_last_error(), "for assignment there are"));
    CHECK(!r[0] && !r[1]);
    cf_scenario_free(s);
    cf_drops_free(d);
}

static void what_power_does_not_have_is_refused(void)
{
    cf_drops *d = drops(2);
    cf_result *r = NULL;
    const cf_evaluate_options relaxed = {.threads = 1, .keep_relaxed = 1};
    const cf_evaluate_options batch = {.threads = 1, .time_batch = 1};
    CHECK(cf_evaluate(d, items, 1, &relaxed, &r) == CF_EARG);
    CHECK(strstr(cf_last_error(), "relaxed"));
    CHECK(cf_evaluate(d, items, 1, &batch, &r) == CF_EARG);
    CHECK(!r);
    cf_drops_free(d);
}

static void bad_drops_are_refused_with_their_number(void)
{
    cf_drops *d = drops(3);
    cf_result *r = NULL;
    const cf_evaluate_options options = {.threads = 1};
    d->static_w = 0;
    CHECK(cf_evaluate(d, items, 1, &options, &r) == CF_EARG);
    CHECK(strstr(cf_last_error(), "drop 0"));
    d->static_w = 4;
    d->channel[2 * (size_t)d->L * (size_t)d->K * (size_t)d->antennas * 2] = NAN;
    CHECK(cf_evaluate(d, items, 1, &options, &r) == CF_ENUM);
    CHECK(strstr(cf_last_error(), "drop 2"));
    CHECK(!r);
    cf_drops_free(d);
}

int main(void)
{
    RUN(answers_do_not_depend_on_threads);
    RUN(results_are_what_the_problem_says_of_the_watts);
    RUN(a_rate_floor_is_reported_and_not_enforced);
    RUN(methods_of_another_task_are_refused_before_anything_runs);
    RUN(what_power_does_not_have_is_refused);
    RUN(bad_drops_are_refused_with_their_number);
    return DONE();
}
