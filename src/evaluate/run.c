#include "evaluate/run.h"

#include <math.h>
#include <omp.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/status.h"
#include "evaluate/worker.h"

typedef struct job {
    cf_result *r;
    const cf_drops *d;
    const cf_evaluate_item *item;
    const cf_evaluate_options *options;
    eval_worker *workers;
    int32_t threads, done;
    int stopped, drawn;
    /* the failure of the lowest drop, so that the message does not depend on the threads */
    cf_status status;
    int32_t failed_drop;
    char message[1024];
} job;

static size_t links(const cf_drops *d)
{
    return (size_t)d->L * (size_t)d->K;
}

static cf_status open_workers(job *j)
{
    j->workers = calloc((size_t)j->threads, sizeof *j->workers);
    if (!j->workers) return base_fail(CF_ENOMEM, "evaluate: no memory for %d threads", j->threads);
    cf_status s = CF_OK;
    for (int32_t t = 0; t < j->threads && s == CF_OK; t++)
        s = eval_worker_open(&j->workers[t], j->d, j->item);
    return s;
}

static void close_workers(job *j)
{
    for (int32_t t = 0; j->workers && t < j->threads; t++) eval_worker_close(&j->workers[t]);
    free(j->workers);
}

static void keep_failure(job *j, cf_status s, int32_t i)
{
#pragma omp critical(eval_failure)
    {
        if (j->status == CF_OK || i < j->failed_drop) {
            j->status = s;
            j->failed_drop = i;
            snprintf(j->message, sizeof j->message, "%s", cf_last_error());
        }
    }
}

static int should_stop(job *j, int32_t i)
{
    int stopped;
#pragma omp atomic read
    stopped = j->stopped;
    int32_t failed = INT32_MAX;
#pragma omp critical(eval_failure)
    if (j->status != CF_OK) failed = j->failed_drop;
    return stopped || failed < i;
}

static void one_drop(job *j, int32_t i)
{
    if (should_stop(j, i)) return;
    eval_worker *w = &j->workers[omp_get_thread_num()];
    cf_report report = {.objective_mean = NAN, .bound = NAN};
    const cf_status s = eval_worker_decide(w, i, j->options->seed, j->r, &report);
    if (s != CF_OK) keep_failure(j, s, i);
    if (!isnan(report.objective_mean)) {
#pragma omp atomic write
        j->drawn = 1;
    }
    int32_t done;
#pragma omp atomic capture
    done = ++j->done;
    if (omp_get_thread_num() == 0 && j->options->progress &&
        j->options->progress(j->options->user, j->r->method, done, j->d->n)) {
#pragma omp atomic write
        j->stopped = 1;
    }
}

/* A method that writes no relaxed answer leaves the NaN that was there before: drop the array. */
static cf_status keep_relaxed(cf_result *r)
{
    const size_t total = (size_t)r->n * (size_t)r->L * (size_t)r->K;
    size_t unwritten = 0;
    for (size_t i = 0; i < total; i++) unwritten += isnan(r->relaxed[i]) != 0;
    if (unwritten == 0) return CF_OK;
    if (unwritten < total)
        return base_fail(CF_ENUM, "%s: %zu of %zu relaxed values are NaN", r->method, unwritten,
                         total);
    free(r->relaxed);
    r->relaxed = NULL;
    return CF_OK;
}

cf_status eval_run(cf_result *r, int32_t *drawn, const cf_drops *d, const cf_evaluate_item *item,
                   const cf_evaluate_options *options)
{
    const int32_t cores = options->threads > 0 ? options->threads : omp_get_max_threads();
    job j = {.r = r, .d = d, .item = item, .options = options};
    j.threads = cores < d->n ? cores : d->n;
    cf_status s = open_workers(&j);
    if (s != CF_OK) goto done;
#pragma omp parallel for num_threads(j.threads) schedule(dynamic)
    for (int32_t i = 0; i < d->n; i++) one_drop(&j, i);
    if (j.status != CF_OK) {
        s = base_fail(j.status, "%s: drop %d: %s", r->method, j.failed_drop, j.message);
        goto done;
    }
    if (j.stopped) {
        s = base_fail(CF_ESTOP, "%s: stopped after %d of %d drops", r->method, j.done, d->n);
        goto done;
    }
    if (r->relaxed) s = keep_relaxed(r);
    *drawn = j.drawn;
done:
    close_workers(&j);
    return s;
}

enum { TILE = 64 };          /* drops handed over at a time */
#define BATCH_ENOUGH_S  0.25 /* stop timing after this long */
#define BATCH_WARM_UP_S 0.01

typedef struct batch {
    cf_method *method;
    double *snr;
    uint8_t *x;
    cf_report report[TILE];
} batch;

static cf_status time_tile(batch *b, const cf_drops *d, int32_t first, int32_t n, uint64_t seed,
                           double *seconds)
{
    for (int32_t i = 0; i < n; i++) cf_drops_snr(d, first + i, b->snr + (size_t)i * links(d));
    const cf_assignment p = eval_assignment_of(d, b->snr);
    const double start = clock_now();
    const cf_status s =
        cf_method_run_many(b->method, &p, n, seed, d->first + first, b->x, NULL, b->report);
    *seconds = clock_now() - start;
    return s;
}

/* Tiles one after the other until it is enough; a quick first tile is timed again, warm. */
static cf_status time_tiles(batch *b, const cf_drops *d, uint64_t seed, double *us_per_drop)
{
    const int32_t first = d->n < TILE ? d->n : TILE;
    double t, spent = 0;
    int32_t drops = 0;
    cf_status s = time_tile(b, d, 0, first, seed, &t);
    if (s == CF_OK && t >= BATCH_WARM_UP_S) {
        spent = t;
        drops = first;
    }
    while (s == CF_OK && drops < d->n && (drops == 0 || spent < BATCH_ENOUGH_S)) {
        const int32_t n = d->n - drops < TILE ? d->n - drops : TILE;
        s = time_tile(b, d, drops, n, seed, &t);
        spent += t;
        drops += n;
    }
    if (s == CF_OK) *us_per_drop = 1e6 * spent / drops;
    return s;
}

cf_status eval_time_batch(double *us_per_drop, const cf_drops *d, const cf_evaluate_item *item,
                          uint64_t seed)
{
    const size_t size = TILE * links(d);
    batch b = {.snr = malloc(size * sizeof *b.snr), .x = malloc(size)};
    cf_status s =
        b.snr && b.x ? CF_OK : base_fail(CF_ENOMEM, "evaluate: no memory for %d drops", TILE);
    if (s == CF_OK) s = cf_method_make(&b.method, item->spec, item->policy, d->L, d->K);
    if (s == CF_OK) s = time_tiles(&b, d, seed, us_per_drop);
    cf_method_free(b.method);
    free(b.snr);
    free(b.x);
    return s;
}
