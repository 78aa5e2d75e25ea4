#include "bench/timing.h"

#include <math.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/status.h"

static int by_size(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* Quantile q of n sorted numbers, between the two that it falls between. */
static double quantile(const double *sorted, int64_t n, double q)
{
    const double at = q * (double)(n - 1);
    const int64_t i = (int64_t)at, next = i + 1 < n ? i + 1 : i;
    return sorted[i] + (at - (double)i) * (sorted[next] - sorted[i]);
}

/* Samples of one kind stand `kinds` apart: bring them together. */
static void gather(const double *sample, int64_t n, int64_t kind, int64_t kinds, double *out)
{
    for (int64_t i = kind; i < n; i += kinds) *out++ = sample[i];
}

bench_times bench_summary(double *sample, int64_t n, int32_t group, int32_t kinds, int32_t single)
{
    const int64_t blocks = group < kinds ? kinds / group : 1, seen = n < blocks ? n : blocks;
    bench_times t = {.calls = n * group, .p50 = NAN, .p99 = NAN, .p999 = NAN};
    double *own = sample + n;
    for (int64_t b = 0; b < seen; b++) {
        const int64_t count = (n - b + blocks - 1) / blocks;
        gather(sample, n, b, blocks, own);
        qsort(own, (size_t)count, sizeof *own, by_size);
        t.least += own[0] / (double)(seen * group);
        t.median += quantile(own, count, 0.5) / (double)(seen * group);
    }
    if (!single) return t;
    qsort(sample, (size_t)n, sizeof *sample, by_size);
    t.p50 = quantile(sample, n, 0.5);
    t.p99 = quantile(sample, n, 0.99);
    t.p999 = quantile(sample, n, 0.999);
    return t;
}

/* Calls from number `first` on. */
static cf_status call(const bench_work *w, int64_t first, int32_t count, double *seconds)
{
    const double start = clock_now();
    cf_status s = CF_OK;
    for (int64_t i = first; i < first + count && s == CF_OK; i++) s = w->call(w->self, i);
    *seconds = clock_now() - start;
    return s;
}

#define WARM_UP     0.1  /* share of the time */
#define LEAST_GROUP 1e-5 /* seconds           */
enum { MOST_GROUP = 4096 };

/* Pages, caches and the processor's guesses are warm after this, and it is known how many calls
 * make a group. Every sample has room. */
static cf_status warm_up(const bench_work *w, double seconds, int32_t *group)
{
    const double wanted = fmax(LEAST_GROUP, 2 * seconds / BENCH_MOST_SAMPLES);
    const int32_t most = w->single ? 1 : w->kinds > 1 ? w->kinds : MOST_GROUP;
    const double end = clock_now() + WARM_UP * seconds;
    double t;
    *group = 1;
    cf_status s = call(w, 0, 1, &t);
    for (int64_t i = 1; s == CF_OK && clock_now() < end;) {
        s = call(w, i, *group, &t);
        i += *group;
        if (t < wanted && 2 * *group <= most) *group *= 2;
    }
    return s;
}

cf_status bench_time(const bench_work *w, double seconds, bench_times *out)
{
    double *sample = malloc(2 * (size_t)BENCH_MOST_SAMPLES * sizeof *sample);
    if (!sample) return base_fail(CF_ENOMEM, "bench: no memory for the times of calls");
    int32_t group;
    int64_t n = 0;
    cf_status s = warm_up(w, seconds, &group);
    const double end = clock_now() + seconds;
    do {
        if (s == CF_OK) s = call(w, n * group, group, &sample[n]);
        n++;
    } while (s == CF_OK && n < BENCH_MOST_SAMPLES && clock_now() < end);
    if (s == CF_OK) *out = bench_summary(sample, n, group, w->kinds, w->single);
    free(sample);
    return s;
}
