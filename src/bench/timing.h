#ifndef BENCH_TIMING_H
#define BENCH_TIMING_H

#include <stdint.h>

#include <cellfree/status.h>

/* Something that can be done again and again. */
typedef struct bench_work {
    int32_t drops;   /* of a call                                                             */
    int32_t kinds;   /* calls that differ in what they cost: number i is of the kind i mod
                        kinds, a power of two                                                 */
    int32_t single;  /* 1: each call is timed alone, and the quantiles of the calls are wanted */
    int32_t threads; /* that a call uses                                                      */
    double flops;    /* of a call; NaN: not counted                                           */
    double bytes;    /* NaN: not counted                                                      */
    cf_status (*call)(void *self, int64_t i);
    void (*close)(void *self); /* NULL is fine */
    void *self;
} bench_work;

typedef struct bench_times { /* of calls [s] */
    int64_t calls;
    double least, median;  /* the mean over kinds of each one's own */
    double p50, p99, p999; /* NaN unless single                     */
} bench_times;

enum { BENCH_MOST_SAMPLES = 100000 };

/* Calls for some time untimed, then for `seconds` timed: quick ones by the group, so that reading
 * the clock costs nothing beside them. */
cf_status bench_time(const bench_work *w, double seconds, bench_times *out);

/* Of n samples [s], each of `group` calls, the first starting with a call of kind 0. `sample` has
 * room for 2 n numbers, and is not what it was afterwards. */
bench_times bench_summary(double *sample, int64_t n, int32_t group, int32_t kinds, int32_t single);

#endif
