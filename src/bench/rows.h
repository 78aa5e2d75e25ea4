#ifndef BENCH_ROWS_H
#define BENCH_ROWS_H

#include <stdint.h>

#include <cellfree/bench.h>

#include "bench/timing.h"

/* A number that shapes a network, where it is not the standard one. */
typedef struct bench_size {
    const char *key;
    double value;
} bench_size;

typedef struct bench_row {
    char name[CF_BENCH_NAME];
    const char *about;
    cf_status (*open)(bench_work *w, const struct bench_row *row, int32_t threads);
    const char *scenario;    /* name, or YAML                             */
    const char *subject;     /* architecture, or method                   */
    const bench_size *sizes; /* of the architecture; ends in a key NULL   */
    int32_t support;         /* 1: sinrnet's second network runs too      */
    int32_t n;               /* drops of a call                           */
} bench_row;

/* All of them, in the order of cf_bench_describe; returns how many. */
enum { BENCH_MAX_ROWS = 256 };
int32_t bench_rows(bench_row rows[BENCH_MAX_ROWS]);

/* What the rows open: a policy's decisions, and a whole step of its training (network.c, train.c); a
 * solver's decisions (solver.c); making, writing and reading drops (drops.c). */
cf_status bench_open_network(bench_work *w, const bench_row *row, int32_t threads);
cf_status bench_open_train(bench_work *w, const bench_row *row, int32_t threads);
cf_status bench_open_solver(bench_work *w, const bench_row *row, int32_t threads);
cf_status bench_open_power_solver(bench_work *w, const bench_row *row, int32_t threads);
cf_status bench_open_generate(bench_work *w, const bench_row *row, int32_t threads);
cf_status bench_open_write(bench_work *w, const bench_row *row, int32_t threads);
cf_status bench_open_read(bench_work *w, const bench_row *row, int32_t threads);

#endif
