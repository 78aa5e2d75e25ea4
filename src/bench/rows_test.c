#include "bench/rows.h"

#include <string.h>

#include <cellfree/method.h>

#include "bench/setting.h"

#include "t.h"

static bench_row rows[BENCH_MAX_ROWS];

static const bench_row *named(const char *name)
{
    const int32_t n = bench_rows(rows);
    for (int32_t i = 0; i < n; i++)
        if (strcmp(rows[i].name, name) == 0) return &rows[i];
    return NULL;
}

static void names_are_unique_and_whole(void)
{
    const int32_t n = bench_rows(rows);
    CHECK(n > 100 && n < BENCH_MAX_ROWS);
    for (int32_t i = 0; i < n; i++) {
        CHECK(rows[i].n >= 1 && rows[i].about[0] && strlen(rows[i].name) < CF_BENCH_NAME - 1);
        for (int32_t j = 0; j < i; j++) CHECK(strcmp(rows[i].name, rows[j].name) != 0);
    }
}

static void every_hot_path_has_its_row(void)
{
    static const char *const NAMES[] = {
        "hpe-5x4-run-1",
        "hpe-5x4-run-64",
        "hpe-5x4-run-1024",
        "hpe-5x4-train-512",
        "hpe-20x15-run-1",
        "hpe-20x15-run-64",
        "hpe-20x15-run-1024",
        "hpe-20x15-train-512",
        "sinrnet-5x10-run-1",
        "sinrnet-5x10-run-1024",
        "sinrnet-5x10-train-64",
        "sinrnet-15x15-run-1",
        "sinrnet-15x15-run-1024",
        "sinrnet-15x15-train-64",
        "sinrnet-k7-run-1",
        "sinrnet-k7-train-512",
        "market-5x4-run-1",
        "market-20x15-run-1024",
        "setnet-5x10-run-1",
        "setnet-30x20-run-1024",
        "unrolled-15x15-run-1",
        "exact-5x4",
        "exact-20x15",
        "exhaustive-5x4",
        "relaxation-20x15",
        "sca-5x10",
        "sca-15x15",
        "search-10x10",
        "multistart-30x20",
        "generate-mmwave-large",
        "generate-power-15x15",
        "write-mmwave-small",
        "read-power-30x20",
    };
    for (size_t i = 0; i < sizeof NAMES / sizeof *NAMES; i++) CHECK(named(NAMES[i]) != NULL);
    CHECK(named("hpe-5x4") == NULL && named("sinrnet-k7-run-1024") == NULL);
}

static void networks_have_the_sizes_of_their_papers(void)
{
    static const struct {
        const char *row, *key;
        double value;
    } SIZES[] = {
        {"hpe-5x4-run-1", "features", 10},      {"hpe-5x4-run-1", "layers", 5},
        {"hpe-5x4-run-1", "runs", 2},           {"sinrnet-5x10-train-64", "features", 8},
        {"sinrnet-5x10-train-64", "layers", 2}, {"sinrnet-5x10-train-64", "messages", 3},
        {"sinrnet-k7-train-512", "layers", 4},  {"sinrnet-k7-train-512", "features", 20},
        {"sinrnet-k7-train-512", "skip", 1},    {"sinrnet-k7-train-512", "messages", 0},
        {"sinrnet-k7-train-512", "output", 1},  {"sinrnet-k7-train-512", "networks", 2},
    };
    for (size_t i = 0; i < sizeof SIZES / sizeof *SIZES; i++) {
        cf_policy *p = NULL;
        CHECK(bench_policy(&p, named(SIZES[i].row)) == CF_OK);
        const char *key;
        int32_t s = 0;
        while ((key = cf_policy_size_name(p, s)) != NULL && strcmp(key, SIZES[i].key) != 0) s++;
        CHECK(key != NULL && cf_policy_size(p, s) == SIZES[i].value);
        cf_policy_free(p);
    }
}

static void ancestors_network_is_seven_pairs(void)
{
    bench_setting s;
    CHECK(bench_setting_open(&s, named("sinrnet-k7-run-1"), 2) == CF_OK);
    CHECK(s.power[0].L == 1 && s.power[1].K == 7);
    CHECK(cf_power_check(&s.power[1]) == CF_OK);
    bench_setting_close(&s);
}

/* A solver that has no row at a size refuses a drop of it. */
static void solvers_without_a_row_are_for_smaller_problems(void)
{
    bench_setting s;
    cf_method *m = NULL;
    CHECK(named("exhaustive-20x15") == NULL);
    CHECK(bench_setting_open(&s, named("exact-20x15"), 1) == CF_OK);
    const cf_assignment p = bench_assignment(&s, 0);
    CHECK(cf_method_make(&m, "exhaustive", NULL, p.L, p.K) == CF_OK);
    CHECK(cf_method_run(m, &p, 0, 0, s.x, NULL, NULL) == CF_EARG);
    cf_method_free(m);
    bench_setting_close(&s);
    static const char *const SMALL[] = {"enumeration", "global"};
    for (int i = 0; i < 2; i++) {
        cf_power_method *q = NULL;
        const cf_status status = cf_power_method_make(&q, SMALL[i], NULL, 5, 10);
        CHECK(status == CF_EARG || status == CF_ESHAPE);
    }
}

int main(void)
{
    RUN(names_are_unique_and_whole);
    RUN(every_hot_path_has_its_row);
    RUN(networks_have_the_sizes_of_their_papers);
    RUN(ancestors_network_is_seven_pairs);
    RUN(solvers_without_a_row_are_for_smaller_problems);
    return DONE();
}
