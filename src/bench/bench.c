#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <cellfree/bench.h>

#include "base/status.h"
#include "bench/peak.h"
#include "bench/rows.h"

int32_t cf_bench_count(void)
{
    bench_row rows[BENCH_MAX_ROWS];
    return bench_rows(rows);
}

static cf_status find(int32_t row, bench_row *out)
{
    bench_row rows[BENCH_MAX_ROWS];
    const int32_t count = bench_rows(rows);
    if (row < 0 || row >= count)
        return base_fail(CF_EARG, "there is no row %d, only 0 to %d", row, count - 1);
    *out = rows[row];
    return CF_OK;
}

cf_status cf_bench_describe(int32_t row, char name[CF_BENCH_NAME], const char **about)
{
    bench_row r;
    if (!name || !about) return base_fail(CF_EARG, "cf_bench_describe: a pointer is NULL");
    const cf_status s = find(row, &r);
    if (s != CF_OK) return s;
    memcpy(name, r.name, sizeof r.name);
    *about = r.about;
    return CF_OK;
}

static cf_bench_result result_of(const bench_row *row, const bench_work *w, const bench_times *t,
                                 double peak)
{
    cf_bench_result r = {.drops = w->drops,
                         .calls = t->calls,
                         .us_min = 1e6 * t->least / w->drops,
                         .us_median = 1e6 * t->median / w->drops,
                         .call_us_min = 1e6 * t->least,
                         .call_us_median = 1e6 * t->median,
                         .p50_us = 1e6 * t->p50,
                         .p99_us = 1e6 * t->p99,
                         .p999_us = 1e6 * t->p999,
                         .drops_per_s = w->drops / t->median,
                         .gflops = 1e-9 * w->flops / t->least,
                         .peak_gflops = peak * w->threads,
                         .bytes = w->bytes};
    r.peak_share = r.gflops / r.peak_gflops;
    memcpy(r.name, row->name, sizeof r.name);
    return r;
}

cf_status cf_bench_run(int32_t row, const cf_bench_options *o, cf_bench_result *out)
{
    if (!o || !out) return base_fail(CF_EARG, "cf_bench_run: a pointer is NULL");
    if (!(o->seconds > 0 && o->seconds <= CF_BENCH_MAX_SECONDS) || o->threads < 1 ||
        o->threads > 4096)
        return base_fail(CF_EARG, "%g seconds and %d threads, wanted up to %g, and 1 to 4096",
                         o->seconds, o->threads, CF_BENCH_MAX_SECONDS);
    bench_row r;
    bench_times t;
    bench_work w = {0};
    cf_status s = find(row, &r);
    if (s != CF_OK) return s;
    s = r.open(&w, &r, o->threads);
    const double before = bench_peak();
    if (s == CF_OK) s = bench_time(&w, o->seconds, &t);
    if (w.close) w.close(w.self);
    if (s != CF_OK) return base_fail_in(s, "%s", r.name);
    *out = result_of(&r, &w, &t, fmax(before, bench_peak()));
    return CF_OK;
}
