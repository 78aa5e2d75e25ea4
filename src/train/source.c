#include "train/source.h"

#include <stdlib.h>
#include <string.h>

#include "base/rng.h"
#include "base/status.h"

static cf_status check_task(const char *what, cf_task task, cf_task wanted)
{
    if (task == wanted) return CF_OK;
    return base_fail(CF_EARG, "%.300s: the task is %s, wanted %s", what, cf_task_name(task),
                     cf_task_name(wanted));
}

cf_status train_source_open(train_source *s, const char *scenario, cf_task task)
{
    *s = (train_source){0};
    cf_drops *one = NULL;
    cf_status status = cf_scenario_load(&s->scenario, scenario);
    if (status == CF_OK) status = check_task(scenario, cf_scenario_task(s->scenario), task);
    if (status == CF_OK) status = cf_drops_generate(&one, s->scenario, 0, 0, 1, 1);
    if (status == CF_OK) {
        s->L = one->L;
        s->K = one->K;
        s->name = strdup(cf_scenario_name(s->scenario));
        if (!s->name) status = base_fail(CF_ENOMEM, "no memory for a scenario's name");
    }
    cf_drops_free(one);
    if (status != CF_OK) train_source_close(s);
    return status;
}

cf_status train_source_fixed(train_source *s, const cf_drops *d, int32_t held_out, cf_task task)
{
    const cf_status status = check_task("drops", d->task, task);
    if (status != CF_OK) return status;
    if (d->n <= held_out)
        return base_fail(CF_EARG, "%d drops to train on, wanted more than the %d held out", d->n,
                         held_out);
    *s = (train_source){
        .fixed = d, .held_out = held_out, .L = d->L, .K = d->K, .name = strdup(d->scenario)};
    return s->name ? CF_OK : base_fail(CF_ENOMEM, "no memory for a scenario's name");
}

void train_source_close(train_source *s)
{
    cf_scenario_free(s->scenario);
    free(s->name);
    *s = (train_source){0};
}

cf_status train_draw_make(train_draw *d, const train_source *s, uint64_t seed, int64_t first,
                          int64_t step, int32_t n, int32_t threads)
{
    *d = (train_draw){.drops = s->fixed, .from = malloc((size_t)n * sizeof *d->from)};
    if (!d->from) return base_fail(CF_ENOMEM, "no memory for a batch of %d drops", n);
    if (!s->fixed) {
        const int64_t at = first + (step < 0 ? 0 : step) * n;
        const cf_status status = cf_drops_generate(&d->fresh, s->scenario, seed, at, n, threads);
        if (status != CF_OK) {
            train_draw_free(d);
            return status;
        }
        d->drops = d->fresh;
    }
    rng r = rng_stream(seed, RNG_TRAIN, (uint64_t)step);
    const int32_t train = d->drops->n - s->held_out;
    for (int32_t i = 0; i < n; i++)
        d->from[i] = !s->fixed ? i : step < 0 ? train + i : (int32_t)rng_below(&r, (uint32_t)train);
    return CF_OK;
}

void train_draw_free(train_draw *d)
{
    cf_drops_free(d->fresh);
    free(d->from);
    *d = (train_draw){0};
}
