#include <math.h>
#include <omp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/number.h"
#include "base/status.h"
#include "train/run.h"
#include "train/schedule.h"

/* Could everything that a run leaves behind be written? Asked before hours of work, and without
 * touching what is there. */
static cf_status check_out(const train_run *r)
{
    static const char *const SUFFIXES[] = {"", ".checkpoint", ".metrics.jsonl", ".tfevents"};
    for (int i = 0; i < 4; i++) {
        char *path = train_path(r, SUFFIXES[i]), *temporary = NULL;
        if (!path) return base_fail(CF_ENOMEM, "no memory for a path");
        const cf_status s = file_temporary(path, &temporary);
        if (s == CF_OK) file_abandon(temporary);
        free(path);
        if (s != CF_OK) return s;
    }
    return CF_OK;
}

/* "a,b,c": a source each. */
static cf_status open_scenarios(train_run *r)
{
    char *names = strdup(r->config->scenarios), *rest = NULL;
    if (!names) return base_fail(CF_ENOMEM, "no memory for the scenarios' names");
    cf_status s = CF_OK;
    for (char *name = strtok_r(names, ",", &rest); name && s == CF_OK;
         name = strtok_r(NULL, ",", &rest)) {
        name += strspn(name, " "); /* "a, b" */
        if (r->sources == TRAIN_MAX_SCENARIOS)
            s = base_fail(CF_EARG, "more than %d scenarios", TRAIN_MAX_SCENARIOS);
        else
            s = train_source_open(&r->source[r->sources], name, r->task->task);
        if (s == CF_OK) r->sources++;
    }
    if (s == CF_OK && r->sources == 0) s = base_fail(CF_EARG, "no scenario to train on");
    free(names);
    return s;
}

static cf_status open_data(train_run *r)
{
    const cf_train_run *o = r->order;
    if (o->data_count < 1 || o->data_count > TRAIN_MAX_SCENARIOS)
        return base_fail(CF_EARG, "%d datasets, wanted 1 to %d", o->data_count,
                         TRAIN_MAX_SCENARIOS);
    for (int32_t i = 0; i < o->data_count; i++) {
        if (!o->data[i]) return base_fail(CF_EARG, "dataset %d is NULL", i);
        const int32_t tenth = o->data[i]->n / 10 > 0 ? o->data[i]->n / 10 : 1;
        const int32_t most = (int32_t)r->config->valid_count;
        const cf_status s = train_source_fixed(&r->source[i], o->data[i],
                                               tenth < most ? tenth : most, r->task->task);
        if (s != CF_OK) return s;
        r->sources++;
    }
    return CF_OK;
}

static cf_status make_policy(train_run *r)
{
    const cf_train_config *c = r->config;
    const policy_class *class = policy_classes[c->architecture];
    double size[POLICY_MAX_SIZES];
    train_config_sizes(c, size);
    cf_status s = policy_make(&r->policy, class, size);
    if (s != CF_OK) return s;
    const int32_t P = r->policy->table.size;
    class->init(&r->policy->table, r->policy->size, (uint64_t)c->seed, r->policy->params);
    r->state = calloc((size_t)P * 3, sizeof *r->state);
    r->gradient = calloc((size_t)P, sizeof *r->gradient);
    if (!r->state || !r->gradient) return base_fail(CF_ENOMEM, "no memory for Adam");
    r->adam = (nn_adam){.n = P, .m = r->state + P, .v = r->state + 2 * (int64_t)P};
    return CF_OK;
}

static const train_task *task_of(const cf_train_config *c)
{
    return cf_train_config_task(c) == CF_TASK_POWER ? &train_power : &train_assignment;
}

static cf_status open_task(train_run *r)
{
    const train_job job = {r->config, r->policy, r->source, r->sources, r->threads};
    return r->task->open(&r->self, &job);
}

static cf_status start(train_run *r)
{
    r->task = task_of(r->config);
    cf_status s = r->task->check(r->config);
    if (s == CF_OK) s = check_out(r);
    if (s == CF_OK) s = r->order->data ? open_data(r) : open_scenarios(r);
    if (s == CF_OK) s = make_policy(r);
    if (s == CF_OK) s = open_task(r);
    r->best = -INFINITY;
    if (s == CF_OK && r->order->resume) {
        s = train_checkpoint_load(r);
        r->kept = 1;
    }
    if (s == CF_OK) s = r->task->prepare(r->self);
    if (s == CF_OK) s = train_log_open(r);
    return s;
}

static void finish(train_run *r)
{
    train_log_close(r);
    r->task->free(r->self);
    for (int32_t i = 0; i < r->sources; i++) train_source_close(&r->source[i]);
    cf_policy_free(r->policy);
    free(r->state);
    free(r->gradient);
}

/* The share of the run that is over: by batches, or by the time that the caller gave. */
static double done(const train_run *r)
{
    const double by_steps = (double)r->step / (double)r->config->steps;
    const double limit = 60 * r->order->minutes;
    return limit > 0 ? fmax(by_steps, train_seconds(r) / limit) : by_steps;
}

/* One batch: gradient, clipping, Adam. */
static cf_status step(train_run *r)
{
    const cf_train_config *c = r->config;
    const cf_status s = r->task->step(r->self, r->step, r->gradient, &r->say);
    if (s != CF_OK) return s;
    nn_clip(r->adam.n, c->clip, r->gradient);
    nn_adam_update(&r->adam, (real)train_rate(c, r->step, done(r), r->halvings), (real)c->clamp,
                   r->gradient, r->policy->params);
    r->step++;
    return CF_OK;
}

static cf_status describe(train_run *r, const train_verdict *v)
{
    char number[NUMBER_SIZE];
    cf_status s = policy_set_meta(r->policy, "training", r->config->yaml);
    if (s == CF_OK) s = policy_set_meta(r->policy, "scenario", r->source[0].name);
    snprintf(number, sizeof number, "%lld", (long long)r->step);
    if (s == CF_OK) s = policy_set_meta(r->policy, "trained_steps", number);
    if (s == CF_OK)
        s = policy_set_meta(r->policy, "valid_of_best", number_write(number, 9, v->of_best));
    if (s == CF_OK && !isnan(v->broken))
        s = policy_set_meta(r->policy, "valid_broken", number_write(number, 9, v->broken));
    for (int32_t i = 0; s == CF_OK && i < r->sources; i++) {
        char key[32];
        snprintf(key, sizeof key, "scenario_%d_yaml", i);
        const cf_scenario *from = r->source[i].scenario;
        s = policy_set_meta(r->policy, key,
                            from ? cf_scenario_yaml(from) : r->source[i].fixed->scenario_yaml);
    }
    return s;
}

static cf_status save_policy(train_run *r, const train_verdict *v)
{
    const cf_status s = describe(r, v);
    return s == CF_OK ? cf_policy_save(r->policy, r->order->out) : s;
}

/* Validate on every size; the best so far becomes OUT. */
static cf_status validate(train_run *r)
{
    train_verdict v;
    const cf_status s = r->task->judge(r->self, &v);
    if (s != CF_OK) return s;
    r->say.validated = 1;
    r->say.valid_of_best = v.of_best;
    r->say.valid_broken = isnan(v.broken) ? 0 : v.broken;
    r->say.saved = v.value > r->best;
    r->stale = r->say.saved ? 0 : r->stale + 1;
    if (r->stale >= r->config->patience) {
        r->halvings++;
        r->stale = 0;
    }
    if (!r->say.saved) return CF_OK;
    r->best = v.value;
    r->best_of_best = v.of_best;
    return save_policy(r, &v);
}

/* Stopped before the first validation: OUT is what there is, and the run that goes on from the
 * checkpoint knows nothing of it. */
static cf_status save_unfinished(train_run *r)
{
    train_verdict v;
    const cf_status s = r->task->judge(r->self, &v);
    return s == CF_OK ? save_policy(r, &v) : s;
}

/* Tell the caller; 1: it wants to stop. */
static int tell(train_run *r, double started, int64_t first)
{
    const double spent = clock_now() - started;
    cf_train_state *say = &r->say;
    say->step = r->step;
    say->steps = r->config->steps;
    say->seconds = train_seconds(r);
    say->drops_per_second = (double)((r->step - first) * r->config->batch) / fmax(spent, 1e-9);
    const double by_steps =
        (double)(r->config->steps - r->step) * spent / (double)(r->step - first);
    const double by_clock = fmax(60 * r->order->minutes - say->seconds, 0);
    say->eta_seconds = r->order->minutes > 0 ? fmin(by_steps, by_clock) : by_steps;
    say->best_of_best = r->best_of_best;
    return r->order->progress && r->order->progress(r->order->user, say);
}

static cf_status loop(train_run *r)
{
    const double started = clock_now();
    const int64_t first = r->step;
    int stop = 0;
    while (!stop && done(r) < 1) {
        cf_status s = step(r);
        const int over = done(r) >= 1, due = over || r->step % r->config->valid_every == 0;
        r->say.validated = r->say.saved = 0;
        if (s == CF_OK && due) s = validate(r);
        if (s == CF_OK && (due || r->step % r->config->log_every == 0)) s = train_log_line(r, due);
        if (s != CF_OK) return s;
        stop = tell(r, started, first);
        if (stop && isinf(r->best)) s = save_unfinished(r);
        if (s == CF_OK && (due || stop)) s = train_checkpoint_save(r);
        if (s != CF_OK) return s;
    }
    return stop ? base_fail(CF_ESTOP, "stopped after %lld of %lld steps", (long long)r->step,
                            (long long)r->config->steps)
                : CF_OK;
}

cf_status cf_train(const cf_train_config *c, const cf_train_run *order)
{
    if (!c || !order) return base_fail(CF_EARG, "no configuration to train by");
    if (!order->out || !*order->out) return base_fail(CF_EARG, "no file to write the policy to");
    if (order->threads < 0 || order->threads > 4096 || !(order->minutes >= 0))
        return base_fail(CF_EARG, "%d threads for %g minutes, wanted 0 to 4096, and 0 or more",
                         order->threads, order->minutes);
    train_run *r = calloc(1, sizeof *r);
    if (!r) return base_fail(CF_ENOMEM, "no memory to train");
    r->config = c;
    r->order = order;
    r->threads = order->threads > 0 ? order->threads : omp_get_max_threads();
    r->started = clock_now();
    cf_status s = start(r);
    if (s == CF_OK) s = loop(r);
    if (s != CF_OK && !r->kept) train_log_remove(r);
    finish(r);
    free(r);
    return s;
}
