#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <cellfree/evaluate.h>

#include "base/status.h"
#include "evaluate/run.h"
#include "evaluate/summary.h"

void cf_result_free(cf_result *r)
{
    if (!r) return;
    free(r->method);
    free(r->x);
    free(r->relaxed);
    free(r->objective);
    free(r->bound);
    free(r->seconds);
    free(r->feasible);
    free(r->broken);
    free(r->proven);
    free(r);
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

/* Methods are promised problems that passed cf_assignment_check: here they get them. */
static cf_status check_drops(const cf_drops *d)
{
    if (!d->gain_dbm) return base_fail(CF_EARG, "drops without gains");
    if (d->n < 1 || d->L < 1 || d->K < 1)
        return base_fail(CF_ESHAPE, "drops are (%d,%d,%d), wanted at least one of each", d->n, d->L,
                         d->K);
    double *snr = malloc((size_t)d->L * (size_t)d->K * sizeof *snr);
    if (!snr) return base_fail(CF_ENOMEM, "evaluate: no memory for a drop");
    const cf_assignment p = {
        .L = d->L, .K = d->K, .snr = snr, .max_users = d->max_users, .min_aps = d->min_aps};
    cf_status s = CF_OK;
    for (int32_t i = 0; i < d->n && s == CF_OK; i++) {
        cf_drops_snr(d, i, snr);
        s = cf_assignment_check(&p);
        if (s != CF_OK) base_fail_in(s, "drop %d", i);
    }
    free(snr);
    return s;
}

static cf_status new_result(cf_result **out, const char *name, const cf_drops *d, int relaxed)
{
    const size_t n = (size_t)d->n, total = n * (size_t)d->L * (size_t)d->K;
    cf_result *r = calloc(1, sizeof *r);
    if (!r) return base_fail(CF_ENOMEM, "%s: no memory", name);
    *r = (cf_result){.method = strdup(name),
                     .n = d->n,
                     .L = d->L,
                     .K = d->K,
                     .x = calloc(total, 1),
                     .relaxed = relaxed ? malloc(total * sizeof(float)) : NULL,
                     .objective = calloc(n, sizeof(double)),
                     .bound = calloc(n, sizeof(double)),
                     .seconds = calloc(n, sizeof(double)),
                     .feasible = calloc(n, 1),
                     .broken = calloc(n, 1),
                     .proven = calloc(n, 1),
                     .batch_us_per_drop = NAN};
    if (!r->method || !r->x || (relaxed && !r->relaxed) || !r->objective || !r->bound ||
        !r->seconds || !r->feasible || !r->broken || !r->proven) {
        cf_result_free(r);
        return base_fail(CF_ENOMEM, "%s: no memory for %d drops", name, d->n);
    }
    for (size_t i = 0; relaxed && i < total; i++) r->relaxed[i] = NAN;
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
    if (s == CF_OK) s = check_drops(d);
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
