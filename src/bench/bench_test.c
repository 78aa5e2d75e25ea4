#include <stdlib.h>
#include <string.h>

#include <cellfree/bench.h>
#include <cellfree/policy.h>

#include "bench/rows.h"
#include "bench/setting.h"

#include "t.h"

static const cf_bench_options QUICK = {.seconds = 0.002, .threads = 1};

static cf_bench_result measure(const char *name, const cf_bench_options *o)
{
    cf_bench_result r = {0};
    char found[CF_BENCH_NAME];
    const char *about;
    int32_t row = 0;
    while (cf_bench_describe(row, found, &about) == CF_OK && strcmp(found, name) != 0) row++;
    CHECK(row < cf_bench_count());
    const cf_status s = cf_bench_run(row, o, &r);
    CHECK(s == CF_OK);
    if (s != CF_OK) fprintf(stderr, "%s\n", cf_last_error());
    return r;
}

static void check_times(const cf_bench_result *r)
{
    CHECK(r->calls >= 1 && r->drops >= 1 && r->us_min > 0 && isfinite(r->us_median));
    CHECK(r->us_min <= r->us_median * (1 + 1e-9));
    CHECK_NEAR(r->call_us_min, r->us_min * r->drops, 1e-9);
    CHECK_NEAR(r->call_us_median, r->us_median * r->drops, 1e-9);
    CHECK_NEAR(r->drops_per_s, 1e6 / r->us_median, 1e-9);
    CHECK(r->peak_gflops > 0);
}

/* Every row that decides few drops a call, and files and drops; what takes long is below, once each. */
static void every_row_works(void)
{
    bench_row rows[BENCH_MAX_ROWS];
    const int32_t n = bench_rows(rows);
    int32_t ran = 0;
    for (int32_t i = 0; i < n; i++) {
        const bench_row *row = &rows[i];
        if (row->n > 64 && row->subject) continue;
        if (row->open == bench_open_train) continue;
        const cf_bench_result r = measure(row->name, &QUICK);
        check_times(&r);
        CHECK(strcmp(r.name, row->name) == 0 && r.drops == row->n);
        CHECK(isnan(r.p99_us) == !(row->open == bench_open_network && row->n == 1));
        CHECK(isnan(r.gflops) == (row->open != bench_open_network) &&
              isnan(r.bytes) == isnan(r.gflops));
        ran++;
    }
    CHECK(ran > 80);
}

/* FLOPs of a call, back from what is reported. */
static double mflop(const cf_bench_result *r)
{
    return r->gflops * r->call_us_min * 1e-3;
}

static void operations_are_those_of_the_plan(void)
{
    bench_row rows[BENCH_MAX_ROWS];
    bench_rows(rows);
    cf_policy *p = NULL;
    cf_runner *one = NULL;
    CHECK(strcmp(rows[0].name, "hpe-5x4-run-1") == 0);
    CHECK(bench_policy(&p, &rows[0]) == CF_OK);
    CHECK(cf_runner_make(&one, p, 5, 4, 1) == CF_OK);
    const double expected = 1e-6 * (double)cf_runner_flops(one);
    const cf_bench_result run = measure("hpe-5x4-run-1", &QUICK);
    const cf_bench_result many = measure("hpe-5x4-run-1024", &QUICK);
    const cf_bench_result train = measure("hpe-5x4-train-512", &QUICK);
    check_times(&many);
    check_times(&train);
    CHECK_NEAR(mflop(&run), expected, 1e-9);
    CHECK_NEAR(mflop(&many), 1024 * expected, 1e-9);
    CHECK_NEAR(mflop(&train), 3 * 512 * expected, 1e-9);
    CHECK(run.bytes == (double)cf_runner_bytes(one) && many.bytes > run.bytes);
    CHECK(run.p50_us <= run.p99_us && run.p99_us <= run.p999_us);
    CHECK_NEAR(run.peak_share, run.gflops / run.peak_gflops, 1e-12);
    cf_runner_free(one);
    cf_policy_free(p);
}

/* With sinrnet's second network a decision is twice as much work as a user's. */
static void sinrnet_runs_both_networks(void)
{
    bench_row rows[BENCH_MAX_ROWS];
    const int32_t n = bench_rows(rows);
    int32_t i = 0;
    while (i < n && strcmp(rows[i].name, "sinrnet-k7-run-1") != 0) i++;
    cf_policy *p = NULL;
    cf_runner *one = NULL;
    CHECK(bench_policy(&p, &rows[i]) == CF_OK);
    CHECK(cf_runner_make(&one, p, 1, 7, 1) == CF_OK);
    const cf_bench_result r = measure("sinrnet-k7-run-1", &QUICK);
    CHECK_NEAR(mflop(&r), 2e-6 * (double)cf_runner_flops(one), 1e-9);
    cf_runner_free(one);
    cf_policy_free(p);
}

static void training_takes_threads(void)
{
    const cf_bench_options two = {.seconds = 0.002, .threads = 2};
    const cf_bench_result a = measure("hpe-5x4-train-512", &QUICK);
    const cf_bench_result b = measure("hpe-5x4-train-512", &two);
    CHECK(b.bytes > a.bytes && b.peak_gflops > 1.2 * a.peak_gflops);
    const cf_bench_result power = measure("sinrnet-5x10-train-64", &two);
    check_times(&power);
    CHECK(power.bytes > 1e5);
}

static void what_makes_no_sense_is_refused(void)
{
    static const cf_bench_options BAD[] = {{0, 1},    {-1, 1}, {NAN, 1}, {INFINITY, 1},
                                           {4000, 1}, {1, 0},  {1, 5000}};
    cf_bench_result r = {.drops = 77};
    char name[CF_BENCH_NAME];
    const char *about;
    for (size_t i = 0; i < sizeof BAD / sizeof *BAD; i++)
        CHECK(cf_bench_run(0, &BAD[i], &r) == CF_EARG);
    CHECK(cf_bench_run(-1, &QUICK, &r) == CF_EARG);
    CHECK(cf_bench_run(cf_bench_count(), &QUICK, &r) == CF_EARG);
    CHECK(strstr(cf_last_error(), "there is no row") != NULL);
    CHECK(cf_bench_run(0, NULL, &r) == CF_EARG && cf_bench_run(0, &QUICK, NULL) == CF_EARG);
    CHECK(cf_bench_describe(-1, name, &about) == CF_EARG);
    CHECK(cf_bench_describe(0, NULL, &about) == CF_EARG);
    CHECK(r.drops == 77);
}

static void a_folder_that_is_not_there_is_an_error(void)
{
    cf_bench_result r;
    bench_row rows[BENCH_MAX_ROWS];
    const int32_t n = bench_rows(rows);
    const char *kept = getenv("TMPDIR");
    char *before = kept ? strdup(kept) : NULL;
    setenv("TMPDIR", "/no/such/folder", 1);
    for (int32_t i = 0; i < n; i++)
        if (rows[i].open == bench_open_write || rows[i].open == bench_open_read)
            CHECK(cf_bench_run(i, &QUICK, &r) == CF_EIO);
    CHECK(strstr(cf_last_error(), "/no/such/folder") != NULL);
    if (before)
        setenv("TMPDIR", before, 1);
    else
        unsetenv("TMPDIR");
    free(before);
}

int main(void)
{
    RUN(every_row_works);
    RUN(operations_are_those_of_the_plan);
    RUN(sinrnet_runs_both_networks);
    RUN(training_takes_threads);
    RUN(what_makes_no_sense_is_refused);
    RUN(a_folder_that_is_not_there_is_an_error);
    return DONE();
}
