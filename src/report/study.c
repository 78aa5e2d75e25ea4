#include "report/study.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/status.h"
#include "evaluate/summary.h"
#include "report/curve.h"

static cf_status check_shapes(const cf_study *s)
{
    const cf_result *first = s->result[0];
    for (int32_t m = 1; m < s->count; m++) {
        const cf_result *r = s->result[m];
        if (r->n != first->n || r->L != first->L || r->K != first->K)
            return base_fail(CF_ESHAPE, "%.300s: %s is (%d,%d,%d), %s (%d,%d,%d), wanted one shape",
                             s->path, first->method, first->n, first->L, first->K, r->method, r->n,
                             r->L, r->K);
    }
    return CF_OK;
}

static cf_status open_methods(cf_study *s)
{
    s->method = calloc((size_t)s->count, sizeof *s->method);
    if (!s->method) return base_fail(CF_ENOMEM, "%.300s: no memory", s->path);
    for (int32_t m = 0; m < s->count; m++) {
        cf_study_method *own = &s->method[m];
        own->bad_entries = own->aps_over = own->links_over = own->users_short = -1;
    }
    return CF_OK;
}

/* 1 - objective / best, drop by drop, of all methods: lost (count,n). NaN where there is no best. A
 * file with an answer that beats another's proof was not made by evaluate; it has no best there. */
static cf_status find_lost(const cf_study *s, double *lost)
{
    const int32_t n = s->result[0]->n;
    int32_t *drawn = calloc((size_t)s->count, sizeof *drawn);
    if (!drawn) return base_fail(CF_ENOMEM, "%.300s: no memory", s->path);
    for (int32_t m = 0; m < s->count; m++)
        drawn[m] = strncmp(s->result[m]->method, "random", strlen("random")) == 0;
    for (int32_t i = 0; i < n; i++) {
        eval_reference best = {.value = (double)NAN};
        if (eval_reference_of(s->result, drawn, s->count, i, &best) != CF_OK) best.value = NAN;
        for (int32_t m = 0; m < s->count; m++)
            lost[(size_t)m * (size_t)n + (size_t)i] =
                1 - eval_ratio(s->result[m], s->result[m]->objective[i], best.value);
    }
    free(drawn);
    return CF_OK;
}

static cf_status draw_lost(cf_study *s)
{
    const size_t n = (size_t)s->result[0]->n;
    double *lost = malloc((size_t)s->count * n * sizeof *lost);
    cf_status status =
        lost ? find_lost(s, lost) : base_fail(CF_ENOMEM, "%.300s: no memory", s->path);
    for (int32_t m = 0; m < s->count && status == CF_OK; m++)
        status = report_curve(&s->method[m].lost, lost + (size_t)m * n, n);
    free(lost);
    return status;
}

static cf_status draw_curves(cf_study *s)
{
    const size_t n = (size_t)s->result[0]->n, users = n * (size_t)s->result[0]->K;
    double *value = malloc((users > n ? users : n) * sizeof *value);
    cf_status status = value ? CF_OK : base_fail(CF_ENOMEM, "%.300s: no memory", s->path);
    for (int32_t m = 0; m < s->count && status == CF_OK; m++) {
        cf_study_method *own = &s->method[m];
        memcpy(value, s->result[m]->objective, n * sizeof *value);
        status = report_curve(&own->objective, value, n);
        if (status != CF_OK || !own->rate) continue;
        for (size_t i = 0; i < users; i++) value[i] = (double)own->rate[i];
        status = report_curve(&own->rates, value, users);
    }
    free(value);
    return status;
}

cf_status cf_study_open(cf_study **out, const char *path, const char *const *data,
                        int32_t data_count, int32_t threads)
{
    if (!out || !path || data_count < 0 || (data_count > 0 && !data))
        return base_fail(CF_EARG, "report: NULL argument");
    cf_study *s = calloc(1, sizeof *s);
    cf_status status =
        s && (s->path = strdup(path)) ? CF_OK : base_fail(CF_ENOMEM, "%.300s: no memory", path);
    if (status == CF_OK) status = cf_results_load(&s->result, &s->count, path);
    if (status == CF_OK) status = cf_results_source_load(&s->source, path);
    if (status == CF_OK) status = check_shapes(s);
    if (status == CF_OK) status = open_methods(s);
    if (status == CF_OK) status = report_find_drops(s, data, data_count, threads);
    if (status == CF_OK && s->drops) status = report_judge(s);
    if (status == CF_OK) status = draw_curves(s);
    if (status == CF_OK) status = draw_lost(s);
    if (status == CF_OK)
        *out = s;
    else
        cf_study_close(s);
    return status;
}

void cf_study_close(cf_study *s)
{
    if (!s) return;
    for (int32_t m = 0; s->method && m < s->count; m++) {
        report_curve_free(&s->method[m].objective);
        report_curve_free(&s->method[m].lost);
        report_curve_free(&s->method[m].rates);
        free(s->method[m].rate);
    }
    free(s->method);
    cf_results_free(s->result, s->count);
    cf_results_source_free(s->source);
    cf_drops_free(s->drops);
    free(s->drops_from);
    free(s->drops_missing);
    free(s->path);
    free(s);
}
