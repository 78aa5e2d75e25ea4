#include "bench/timing.h"

#include <math.h>
#include <time.h>

#include "base/clock.h"
#include "base/status.h"

#include "t.h"

static void every_kind_counts_with_its_own_least_and_median(void)
{
    /* kinds 0 and 1 in turn, the last round unfinished; scratch behind */
    double sample[14] = {5, 20, 1, 40, 3, 30, 2};
    const bench_times t = bench_summary(sample, 7, 1, 2, 0);
    CHECK(t.calls == 7);
    CHECK_NEAR(t.least, (1 + 20) / 2.0, 1e-15);
    CHECK_NEAR(t.median, (2.5 + 30) / 2.0, 1e-15);
    CHECK(isnan(t.p50) && isnan(t.p99) && isnan(t.p999));
}

static void a_group_is_a_block_of_kinds(void)
{
    /* 8 kinds in groups of 4: two blocks, of which both were seen; a call is a fourth */
    double sample[8] = {8, 80, 4, 40};
    const bench_times t = bench_summary(sample, 4, 4, 8, 0);
    CHECK(t.calls == 16);
    CHECK_NEAR(t.least, (1 + 10) / 2.0, 1e-15);
    CHECK_NEAR(t.median, (1.5 + 15) / 2.0, 1e-15);
    /* of one kind a group is many calls alike */
    double alike[6] = {300, 100, 200};
    const bench_times u = bench_summary(alike, 3, 100, 1, 0);
    CHECK(u.calls == 300);
    CHECK_NEAR(u.least, 1, 1e-15);
    CHECK_NEAR(u.median, 2, 1e-15);
}

static void kinds_that_were_not_seen_do_not_count(void)
{
    double sample[4] = {7, 9};
    const bench_times t = bench_summary(sample, 2, 1, 64, 0);
    CHECK_NEAR(t.least, 8, 1e-15);
    CHECK_NEAR(t.median, 8, 1e-15);
}

static void quantiles_are_of_all_calls(void)
{
    double sample[2 * 1001];
    for (int i = 0; i <= 1000; i++) sample[i] = 1000 - i;
    const bench_times t = bench_summary(sample, 1001, 1, 1, 1);
    CHECK(t.least == 0 && t.median == 500);
    CHECK_NEAR(t.p50, 500, 1e-12);
    CHECK_NEAR(t.p99, 990, 1e-12);
    CHECK_NEAR(t.p999, 999, 1e-12);
}

typedef struct worker {
    double seconds; /* of a call */
    int64_t calls, next, fail_at;
    int in_order;
} worker;

static cf_status work(void *self, int64_t i)
{
    worker *w = self;
    w->in_order &= i == w->next || i == 0;
    w->next = i + 1;
    const double end = clock_now() + w->seconds;
    while (w->seconds > 0 && clock_now() < end) continue;
    return w->calls++ == w->fail_at ? base_fail(CF_ENUM, "as the test wants") : CF_OK;
}

static bench_work about(worker *w, int32_t kinds, int32_t single)
{
    return (bench_work){.drops = 1, .kinds = kinds, .single = single, .call = work, .self = w};
}

static void slow_calls_are_timed_one_by_one_and_at_least_once(void)
{
    worker w = {.seconds = 0.02, .fail_at = -1, .in_order = 1};
    const bench_work b = about(&w, 4, 0);
    bench_times t;
    CHECK(bench_time(&b, 0.001, &t) == CF_OK);
    CHECK(t.calls == 1 && w.calls == 2 && w.in_order);
    CHECK(t.least >= 0.02 && t.median == t.least);
}

static void quick_calls_are_timed_by_the_group(void)
{
    worker w = {.fail_at = -1, .in_order = 1};
    const bench_work b = about(&w, 64, 0);
    bench_times t;
    CHECK(bench_time(&b, 0.05, &t) == CF_OK);
    CHECK(t.calls % 2 == 0 && t.calls < w.calls && w.in_order);
    CHECK(t.least > 0 && t.least <= t.median && t.median < 1e-5);
}

static void single_calls_come_with_quantiles_and_are_a_hundred_thousand_at_most(void)
{
    worker w = {.fail_at = -1, .in_order = 1};
    const bench_work b = about(&w, 1, 1);
    bench_times t;
    CHECK(bench_time(&b, 20, &t) == CF_OK); /* full long before: the warm-up is the longest */
    CHECK(t.calls == BENCH_MOST_SAMPLES);
    CHECK(t.least <= t.p50 && t.p50 <= t.p99 && t.p99 <= t.p999);
}

static void a_failing_call_ends_it(void)
{
    for (int64_t at = 0; at < 3; at++) {
        worker w = {.seconds = 1e-3, .fail_at = at, .in_order = 1};
        const bench_work b = about(&w, 1, 0);
        bench_times t;
        CHECK(bench_time(&b, 0.01, &t) == CF_ENUM);
        CHECK(w.calls == at + 1);
    }
}

int main(void)
{
    RUN(every_kind_counts_with_its_own_least_and_median);
    RUN(a_group_is_a_block_of_kinds);
    RUN(kinds_that_were_not_seen_do_not_count);
    RUN(quantiles_are_of_all_calls);
    RUN(slow_calls_are_timed_one_by_one_and_at_least_once);
    RUN(quick_calls_are_timed_by_the_group);
    RUN(single_calls_come_with_quantiles_and_are_a_hundred_thousand_at_most);
    RUN(a_failing_call_ends_it);
    return DONE();
}
