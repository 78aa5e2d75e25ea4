#include <math.h>
#include <string.h>

#include <cellfree/evaluate.h>

#include "t.h"

enum { DROPS = 40, METHODS = 4 };
static const cf_evaluate_item items[METHODS] = {
    {.spec = "random"}, {.spec = "gsd"}, {.name = "best", .spec = "exact"}, {.spec = "greedy"}};

static cf_drops *drops(const char *scenario, int32_t n)
{
    cf_scenario *s = NULL;
    cf_drops *d = NULL;
    CHECK(cf_scenario_load(&s, scenario) == CF_OK);
    CHECK(cf_drops_generate(&d, s, 11, 0, n, 1) == CF_OK);
    cf_scenario_free(s);
    return d;
}

static int same_answers(const cf_result *a, const cf_result *b)
{
    const size_t n = (size_t)a->n, total = n * (size_t)a->L * (size_t)a->K;
    return memcmp(a->x, b->x, total) == 0 &&
           memcmp(a->objective, b->objective, n * sizeof(double)) == 0 &&
           memcmp(a->bound, b->bound, n * sizeof(double)) == 0 &&
           memcmp(a->feasible, b->feasible, n) == 0 && memcmp(a->proven, b->proven, n) == 0 &&
           a->mean == b->mean && a->of_best == b->of_best;
}

static void free_all(cf_result **r)
{
    for (int i = 0; i < METHODS; i++) cf_result_free(r[i]);
}

static void answers_do_not_depend_on_threads(void)
{
    cf_drops *d = drops("mmwave-large", DROPS);
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

static void exact_is_the_measure_and_nobody_beats_it(void)
{
    cf_drops *d = drops("mmwave-small", DROPS);
    cf_result *r[METHODS] = {0};
    const cf_evaluate_options options = {.threads = 1, .time_batch = 1};
    CHECK(cf_evaluate(d, items, METHODS, &options, r) == CF_OK);
    CHECK(strcmp(r[2]->method, "best") == 0);
    CHECK_NEAR(r[2]->of_best, 1, 1e-9);
    CHECK_NEAR(r[2]->proven_share, 1, 0);
    for (int i = 0; i < METHODS; i++) {
        CHECK(r[i]->certified);
        CHECK(r[i]->of_best > 0 && r[i]->of_best < 1 + 1e-9);
        CHECK_NEAR(r[i]->feasible_share, 1, 0);
        CHECK(r[i]->us_per_drop > 0 && r[i]->batch_us_per_drop > 0);
        CHECK(r[i]->p50_us <= r[i]->p99_us);
        CHECK(r[i]->relaxed == NULL);
    }
    free_all(r);
    cf_drops_free(d);
}

static void relaxed_answers_are_kept_where_there_are_any(void)
{
    cf_drops *d = drops("mmwave-small", 3);
    const cf_evaluate_item two[2] = {{.spec = "relaxation"}, {.spec = "gsd"}};
    cf_result *r[2] = {0};
    const cf_evaluate_options options = {.threads = 2, .keep_relaxed = 1};
    CHECK(cf_evaluate(d, two, 2, &options, r) == CF_OK);
    CHECK(r[0] && r[0]->relaxed && r[0]->relaxed[0] >= 0 && r[0]->relaxed[0] <= 1);
    CHECK(r[1] && !r[1]->relaxed);
    for (int i = 0; i < 2; i++) cf_result_free(r[i]);
    cf_drops_free(d);
}

static int stop_at_once(void *user, const char *method, int32_t done, int32_t total)
{
    *(int *)user += 1;
    return method[0] && done <= total;
}

static void the_caller_can_stop_it(void)
{
    cf_drops *d = drops("mmwave-small", DROPS);
    cf_result *r[METHODS] = {0};
    int calls = 0;
    const cf_evaluate_options options = {.threads = 1, .progress = stop_at_once, .user = &calls};
    CHECK(cf_evaluate(d, items, METHODS, &options, r) == CF_ESTOP);
    CHECK(calls == 1);
    for (int i = 0; i < METHODS; i++) CHECK(!r[i]);
    cf_drops_free(d);
}

static void bad_calls_are_refused_and_leave_nothing(void)
{
    cf_drops *d = drops("mmwave-small", 3);
    cf_result *r[METHODS] = {0};
    const cf_evaluate_options options = {.threads = 1};
    const cf_evaluate_item twice[2] = {{.spec = "gsd"}, {.spec = "gsd"}};
    const cf_evaluate_item unknown[2] = {{.spec = "gsd"}, {.spec = "magic"}};
    CHECK(cf_evaluate(NULL, items, METHODS, &options, r) == CF_EARG);
    CHECK(cf_evaluate(d, items, 0, &options, r) == CF_EARG);
    CHECK(cf_evaluate(d, items, METHODS, NULL, r) == CF_EARG);
    CHECK(cf_evaluate(d, twice, 2, &options, r) == CF_EARG);
    CHECK(strstr(cf_last_error(), "twice"));
    CHECK(cf_evaluate(d, unknown, 2, &options, r) == CF_EARG);
    CHECK(strstr(cf_last_error(), "magic"));
    for (int i = 0; i < METHODS; i++) CHECK(!r[i]);
    cf_drops_free(d);
}

static void nan_gains_and_impossible_limits_are_refused(void)
{
    cf_drops *d = drops("mmwave-small", 3);
    cf_result *r[METHODS] = {0};
    const cf_evaluate_options options = {.threads = 1};
    d->gain_dbm[2 * d->L * d->K] = NAN;
    CHECK(cf_evaluate(d, items, METHODS, &options, r) == CF_ENUM);
    CHECK(strstr(cf_last_error(), "drop 2"));
    d->gain_dbm[2 * d->L * d->K] = -100;
    d->min_aps[0] = d->L + 1;
    CHECK(cf_evaluate(d, items, METHODS, &options, r) != CF_OK);
    CHECK(!r[0]);
    cf_drops_free(d);
}

int main(void)
{
    RUN(answers_do_not_depend_on_threads);
    RUN(exact_is_the_measure_and_nobody_beats_it);
    RUN(relaxed_answers_are_kept_where_there_are_any);
    RUN(the_caller_can_stop_it);
    RUN(bad_calls_are_refused_and_leave_nothing);
    RUN(nan_gains_and_impossible_limits_are_refused);
    return DONE();
}
