/* Training of power: fresh drops or a pool, three losses, and kappa of one of them. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/status.h"
#include "train/power_net.h"
#include "train/schedule.h"
#include "train/task.h"

typedef struct power {
    train_job job;
    train_pool pool[TRAIN_MAX_SCENARIOS];
    train_power_net net[TRAIN_MAX_SCENARIOS];
    train_power_batch valid[TRAIN_MAX_SCENARIOS];
    train_kappa kappa;           /* kept */
    loss_power_terms log;        /* kept: sums since the last line of metrics */
    int64_t log_n;               /* kept */
    train_power_quality quality; /* of the last validation */
} power;

static cf_status check(const cf_train_config *c)
{
    const policy_class *class = policy_classes[c->architecture];
    const int sinrnet = strcmp(class->name, "sinrnet") == 0;
    const int setnet = strcmp(class->name, "setnet") == 0;
    if (c->scheme == LOSS_OBJECTIVE || (c->scheme == LOSS_LABELS && setnet)) return CF_OK;
    if (c->scheme != LOSS_SUPPORT || !sinrnet)
        return base_fail(CF_EARG, "%s is not trained by the scheme %s, only by %s", class->name,
                         train_config_scheme(c),
                         sinrnet  ? "objective or support"
                         : setnet ? "objective or labels"
                                  : "objective");
    if (c->networks != 2)
        return base_fail(CF_EARG,
                         "networks is %d: the scheme support trains two, a and its support",
                         (int)c->networks);
    return CF_OK;
}

static cf_status open_task(void **self, const train_job *job)
{
    if (job->config->scheme == LOSS_SUPPORT && job->sources > 1)
        return base_fail(CF_EARG, "%d scenarios: kappa compares the supports of one alone",
                         job->sources);
    power *p = calloc(1, sizeof *p);
    if (!p) return base_fail(CF_ENOMEM, "no memory to train");
    p->job = *job;
    *self = p;
    return CF_OK;
}

static cf_status prepare(void *self)
{
    power *p = self;
    const train_job *j = &p->job;
    const cf_train_config *c = j->config;
    const int64_t width = c->scheme == LOSS_LABELS ? c->label_width : 0;
    cf_status s = CF_OK;
    for (int32_t i = 0; i < j->sources && s == CF_OK; i++) {
        const train_source *from = &j->source[i];
        const int32_t n = train_source_validates(from, c->valid_count);
        s = train_power_net_make(&p->net[i], j->policy, from->L, from->K, (int32_t)c->batch,
                                 j->threads);
        if (s == CF_OK)
            s = train_pool_open(&p->pool[i], from, (uint64_t)c->seed, c->pool, c->chunk, width,
                                j->threads);
        if (s == CF_OK) s = train_power_batch_valid(&p->valid[i], &p->pool[i], n);
    }
    return s;
}

static void free_task(void *self)
{
    power *p = self;
    for (int32_t i = 0; p && i < p->job.sources; i++) {
        train_power_net_free(&p->net[i]);
        train_pool_close(&p->pool[i]);
        train_power_batch_free(&p->valid[i]);
    }
    free(p);
}

static cf_status step_task(void *self, int64_t step, real *g, cf_train_state *say)
{
    power *p = self;
    const cf_train_config *c = p->job.config;
    const int32_t i = (int32_t)(step % p->job.sources), n = (int32_t)c->batch;
    const train_power_weights weights = {.scheme = (loss_scheme)c->scheme,
                                         .early = c->early_weight,
                                         .kappa = p->kappa.value,
                                         .labels = {c->value_weight, c->power_weight}};
    train_power_batch batch;
    loss_power_terms mean;
    cf_status s = train_power_batch_make(&batch, &p->pool[i], step, step / p->job.sources, n);
    if (s != CF_OK) return s;
    s = train_power_net_step(&p->net[i], &batch, &weights, (uint64_t)c->seed, step * n, g, &mean);
    train_power_batch_free(&batch);
    if (s != CF_OK) return s;
    if (c->scheme == LOSS_SUPPORT) train_kappa_update(&p->kappa, c, mean.support);
    p->log.loss += mean.loss;
    p->log.value += mean.value;
    p->log.support += mean.support;
    p->log_n++;
    say->objective = mean.value;
    return CF_OK;
}

static cf_status judge(void *self, train_verdict *v)
{
    power *p = self;
    const int32_t n = p->job.sources;
    train_power_quality mean = {0};
    for (int32_t i = 0; i < n; i++) {
        train_power_quality q;
        const cf_status s = train_power_net_judge(&p->net[i], &p->valid[i], &q);
        if (s != CF_OK) return s;
        mean.objective += q.objective / n;
        mean.of_best += q.of_best / n;
    }
    p->quality = mean;
    *v = (train_verdict){mean.of_best, mean.of_best, (double)NAN};
    return CF_OK;
}

static int32_t numbers(void *self, train_number *n)
{
    power *p = self;
    const train_number all[] = {
        {"log_loss", &p->log.loss, NULL, 0},
        {"log_value", &p->log.value, NULL, 0},
        {"log_support", &p->log.support, NULL, 0},
        {"log_count", NULL, &p->log_n, 0},
        {"kappa", &p->kappa.value, NULL, 0},
        {"kappa_count", NULL, &p->kappa.n, 0},
        {"kappa_window", p->kappa.psi, NULL, p->job.config->window},
    };
    const int32_t count = sizeof all / sizeof *all;
    memcpy(n, all, sizeof all);
    return p->job.config->scheme == LOSS_SUPPORT ? count : count - 3;
}

static int32_t line(void *self, int32_t judged, train_scalar *s)
{
    power *p = self;
    const double n = p->log_n > 0 ? (double)p->log_n : 1;
    int32_t count = 0;
    s[count++] = (train_scalar){"loss", p->log.loss / n};
    s[count++] = (train_scalar){"objective", p->log.value / n};
    if (p->job.config->scheme == LOSS_SUPPORT) {
        s[count++] = (train_scalar){"support", p->log.support / n};
        s[count++] = (train_scalar){"kappa", p->kappa.value};
    }
    if (judged) {
        s[count++] = (train_scalar){"valid_objective", p->quality.objective};
        s[count++] = (train_scalar){"valid_of_best", p->quality.of_best};
    }
    p->log = (loss_power_terms){0};
    p->log_n = 0;
    return count;
}

const train_task train_power = {
    .task = CF_TASK_POWER,
    .check = check,
    .open = open_task,
    .prepare = prepare,
    .free = free_task,
    .step = step_task,
    .judge = judge,
    .numbers = numbers,
    .line = line,
};
