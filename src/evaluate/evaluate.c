#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <cellfree/evaluate.h>

#include "base/status.h"
#include "evaluate/run.h"
#include "evaluate/summary.h"
#include "evaluate/worker.h"

void cf_result_free(cf_result *r)
{
    if (!r) return;
    free(r->method);
    free(r->x);
    free(r->watts);
    free(r->relaxed);
    free(r->objective);
    free(r->bound);
    free(r->seconds);
    free(r->feasible);
    free(r->broken);
    free(r->proven);
    free(r->below_floor);
    free(r->users_on);
    free(r);
}

const char *cf_result_unit(const cf_result *r)
{
    if (r->task != CF_TASK_POWER) return "bit/s/Hz";
    switch (r->power_objective) {
    case CF_POWER_EE: return "Mbit/J";
    case CF_POWER_PROPORTIONAL: return "ln(bit/s/Hz)";
    default: return "bit/s/Hz";
    }
}

static const char *name_of(const cf_evaluate_item *item)
{
    return item->name ? item->name : item->spec;
}

static cf_status check_items(const cf_evaluate_item *items, int32_t count)
{
    for (int32_t i = 0; i < count; i++) {
        if (!items[i].spec) return base_fail(CF_EARG, "cf_evaluate: method %d has no name", i);
        for (int32_t j = 0; j < i; j++)
            if (strcmp(name_of(&items[i]), name_of(&items[j])) == 0)
                return base_fail(CF_EARG, "method %s is named twice", name_of(&items[i]));
    }
    return CF_OK;
}

/* Before anything is run: every method is one of the drops' task and serves them, and every drop is
 * a problem that methods are promised. */
static cf_status check_all(const cf_drops *d, const cf_evaluate_item *items, int32_t count)
{
    if (!d->gain_dbm && !d->gain && !d->channel) return base_fail(CF_EARG, "drops without gains");
    if (d->n < 1 || d->L < 1 || d->K < 1)
        return base_fail(CF_ESHAPE, "drops are (%d,%d,%d), wanted at least one of each", d->n, d->L,
                         d->K);
    eval_worker w = {0};
    cf_status s = CF_OK;
    for (int32_t m = 0; m < count && s == CF_OK; m++) {
        eval_worker_close(&w);
        s = eval_worker_open(&w, d, &items[m]);
    }
    for (int32_t i = 0; i < d->n && s == CF_OK; i++) {
        s = eval_worker_check(&w, i);
        if (s != CF_OK) base_fail_in(s, "drop %d", i);
    }
    eval_worker_close(&w);
    return s;
}

static cf_status check_options(const cf_drops *d, const cf_evaluate_options *options)
{
    if (d->task != CF_TASK_POWER || (!options->keep_relaxed && !options->time_batch)) return CF_OK;
    return base_fail(CF_EARG, "methods of the task power %s",
                     options->keep_relaxed
                         ? "have no relaxed answer to keep"
                         : "decide one drop at a time: there is no batch to time");
}

static int take_arrays(cf_result *r, int relaxed)
{
    const int power = r->task == CF_TASK_POWER;
    const size_t n = (size_t)r->n, total = n * (size_t)r->L * (size_t)r->K;
    r->x = power ? NULL : calloc(total, 1);
    r->watts = power ? calloc(total, sizeof(float)) : NULL;
    r->relaxed = relaxed ? malloc(total * sizeof(float)) : NULL;
    r->objective = calloc(n, sizeof(double));
    r->bound = calloc(n, sizeof(double));
    r->seconds = calloc(n, sizeof(double));
    r->feasible = calloc(n, 1);
    r->broken = power ? NULL : calloc(n, 1);
    r->proven = calloc(n, 1);
    r->below_floor = power ? calloc(n, sizeof(int32_t)) : NULL;
    r->users_on = power ? calloc(n, sizeof(int32_t)) : NULL;
    for (size_t i = 0; r->relaxed && i < total; i++) r->relaxed[i] = NAN;
    return (!relaxed || r->relaxed) && r->objective && r->bound && r->seconds && r->feasible &&
           r->proven && (power ? r->watts && r->below_floor && r->users_on : r->x && r->broken);
}

static cf_status new_result(cf_result **out, const char *name, const cf_drops *d, int relaxed)
{
    cf_result *r = calloc(1, sizeof *r);
    if (!r) return base_fail(CF_ENOMEM, "%s: no memory", name);
    *r = (cf_result){.method = strdup(name),
                     .task = d->task,
                     .power_objective = d->objective,
                     .rate_floor = d->rate_floor,
                     .n = d->n,
                     .L = d->L,
                     .K = d->K,
                     .batch_us_per_drop = NAN};
    if (!r->method || !take_arrays(r, relaxed)) {
        cf_result_free(r);
        return base_fail(CF_ENOMEM, "%s: no memory for %d drops", name, d->n);
    }
    *out = r;
    return CF_OK;
}

static void forget_times(cf_result *r)
{
    free(r->seconds);
    r->seconds = NULL;
    r->us_per_drop = r->p50_us = r->p99_us = r->batch_us_per_drop = NAN;
}

static cf_status evaluate_one(cf_result **out, int32_t *drawn, const cf_drops *d,
                              const cf_evaluate_item *item, const cf_evaluate_options *options)
{
    cf_status s = new_result(out, name_of(item), d, options->keep_relaxed);
    if (s == CF_OK) s = eval_run(*out, drawn, d, item, options);
    if (s == CF_OK && options->time_batch && !options->no_times)
        s = eval_time_batch(&(*out)->batch_us_per_drop, d, item, options->seed);
    return s;
}

cf_status cf_evaluate(const cf_drops *d, const cf_evaluate_item *items, int32_t count,
                      const cf_evaluate_options *options, cf_result **out)
{
    if (!d || !items || !options || !out || count < 1)
        return base_fail(CF_EARG, "cf_evaluate: a pointer is NULL or there is no method");
    if (options->threads < 0 || options->threads > 4096)
        return base_fail(CF_EARG, "%d threads, wanted 0 to 4096", options->threads);
    cf_status s = check_items(items, count);
    if (s == CF_OK) s = check_options(d, options);
    if (s == CF_OK) s = check_all(d, items, count);
    if (s != CF_OK) return s;
    cf_result **r = calloc((size_t)count, sizeof(cf_result *));
    int32_t *drawn = calloc((size_t)count, sizeof *drawn);
    if (!r || !drawn) s = base_fail(CF_ENOMEM, "evaluate: no memory for %d methods", count);
    for (int32_t i = 0; i < count && s == CF_OK; i++)
        s = evaluate_one(&r[i], &drawn[i], d, &items[i], options);
    if (s == CF_OK) s = eval_summarise(r, drawn, count);
    for (int32_t i = 0; s == CF_OK && options->no_times && i < count; i++) forget_times(r[i]);
    for (int32_t i = 0; r && i < count; i++) {
        if (s == CF_OK)
            out[i] = r[i];
        else
            cf_result_free(r[i]);
    }
    free(r);
    free(drawn);
    return s;
}
