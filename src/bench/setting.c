#include "bench/setting.h"

#include <stdlib.h>
#include <string.h>

#include "base/status.h"

enum { SEED = 1 };

cf_status bench_scenario(cf_scenario **out, const bench_row *row)
{
    return strchr(row->scenario, '\n') ? cf_scenario_parse(out, row->scenario, row->name)
                                       : cf_scenario_load(out, row->scenario);
}

static cf_status take_assignment(bench_setting *s)
{
    const cf_drops *d = s->drops;
    const size_t links = (size_t)d->L * (size_t)d->K, n = (size_t)d->n;
    s->snr = malloc(n * links * sizeof *s->snr);
    s->x = calloc(n * links, 1);
    if (!s->snr || !s->x) return base_fail(CF_ENOMEM, "bench: no memory for %d drops", d->n);
    for (int32_t i = 0; i < d->n; i++) cf_drops_snr(d, i, s->snr + (size_t)i * links);
    return CF_OK;
}

static cf_status take_power(bench_setting *s)
{
    const cf_drops *d = s->drops;
    const size_t links = (size_t)d->L * (size_t)d->K, pairs = links * (size_t)d->K;
    const size_t n = (size_t)d->n;
    s->power = calloc(n, sizeof *s->power);
    s->gain = malloc(n * pairs * sizeof *s->gain);
    s->watts = calloc(n * links, sizeof *s->watts);
    if (!s->power || !s->gain || !s->watts)
        return base_fail(CF_ENOMEM, "bench: no memory for %d drops", d->n);
    cf_status status = CF_OK;
    for (int32_t i = 0; i < d->n && status == CF_OK; i++)
        status = cf_drops_power(d, i, s->gain + (size_t)i * pairs, &s->power[i]);
    return status;
}

cf_status bench_setting_open(bench_setting *s, const bench_row *row, int32_t n)
{
    *s = (bench_setting){0};
    cf_scenario *scenario = NULL;
    cf_status status = bench_scenario(&scenario, row);
    if (status == CF_OK) status = cf_drops_generate(&s->drops, scenario, SEED, 0, n, 1);
    cf_scenario_free(scenario);
    if (status != CF_OK) return status;
    return s->drops->task == CF_TASK_POWER ? take_power(s) : take_assignment(s);
}

void bench_setting_close(bench_setting *s)
{
    cf_drops_free(s->drops);
    free(s->snr);
    free(s->power);
    free(s->gain);
    free(s->x);
    free(s->watts);
}

cf_assignment bench_assignment(const bench_setting *s, int64_t i)
{
    const cf_drops *d = s->drops;
    return (cf_assignment){.L = d->L,
                           .K = d->K,
                           .snr = s->snr + i * d->L * d->K,
                           .max_users = d->max_users,
                           .min_aps = d->min_aps};
}

cf_status bench_policy(cf_policy **out, const bench_row *row)
{
    const policy_class *class = policy_class_named(row->subject);
    double size[POLICY_MAX_SIZES];
    for (int32_t i = 0; i < class->n_sizes; i++) {
        size[i] = class->sizes[i].standard;
        for (const bench_size *s = row->sizes; s->key; s++)
            if (strcmp(s->key, class->sizes[i].key) == 0) size[i] = s->value;
    }
    const cf_status s = policy_make(out, class, size);
    if (s == CF_OK) class->init(&(*out)->table, (*out)->size, SEED, (*out)->params);
    return s;
}
