#ifndef CF_BENCH_H
#define CF_BENCH_H

/* How fast cellfree is on this machine: every hot path as a row, timed on drops of the built-in
 * scenarios (docs/benchmarks.md lists the rows). */

#include <stdint.h>

#include <cellfree/status.h>

CF_BEGIN_C

enum { CF_BENCH_NAME = 48 };
#define CF_BENCH_MAX_SECONDS 3600.0

/* The rows, 0 .. cf_bench_count() - 1. */
CF_API int32_t cf_bench_count(void);

/* A row's name ("hpe-5x4-run-1") and what a call of it does, in one line. CF_EARG: no such row. */
CF_API cf_status cf_bench_describe(int32_t row, char name[CF_BENCH_NAME], const char **about);

typedef struct cf_bench_options {
    double seconds; /* that calls are timed for, above 0, at most CF_BENCH_MAX_SECONDS; there is at
                        least one call, and of rows of single calls (p50_us) at most 100,000       */
    int32_t
        threads; /* of a training step, 1 to 4096; everything else uses one                    */
} cf_bench_options;

/* What was measured; NaN where it was not. */
typedef struct cf_bench_result {
    char name[CF_BENCH_NAME];
    int32_t drops;            /* of one call                                             */
    int64_t calls;            /* timed, after others that were not                       */
    double us_min, us_median; /* of a drop, call / drops [us]; where the work depends on
                                           the drop, the mean over drops of each one's own         */
    double call_us_min,
        call_us_median;             /* of a call [us]                                          */
    double p50_us, p99_us, p999_us; /* quantiles of the single calls of run-1 rows [us]        */
    double drops_per_s;             /* 1e6 / us_median                                         */
    double gflops;                  /* at us_min [GFLOP/s]; training counts forward + backward
                                           as three times forward                                  */
    double peak_gflops;             /* of as many cores as threads, measured before and after  */
    double peak_share;              /* gflops / peak_gflops                                    */
    double bytes;                   /* of plans and, training, gradients and Adam's moments    */
} cf_bench_result;

/* Time one row. Its drops, weights and calls are the same every time; only the clock differs. Takes
 * a little longer than options->seconds. Rows that write files do so in a folder of their own in
 * $TMPDIR, or /tmp, and remove it. */
CF_API cf_status cf_bench_run(int32_t row, const cf_bench_options *options, cf_bench_result *out);

CF_END_C

#endif
