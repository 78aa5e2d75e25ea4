/* Training of assignment: batches with labels of the exact solver, three losses, and the
 * multipliers of one of them. */
#include <stdlib.h>
#include <string.h>

#include "base/status.h"
#include "train/net.h"
#include "train/schedule.h"
#include "train/task.h"

typedef struct assignment {
    train_job job;
    train_net net[TRAIN_MAX_SCENARIOS];
    train_batch valid[TRAIN_MAX_SCENARIOS];
    train_lagrangian lagrangian; /* kept */
    train_means log;             /* kept: sums since the last line of metrics */
    int64_t log_n;               /* kept */
    train_quality quality;       /* of the last validation */
} assignment;

static cf_status check(const cf_train_config *c)
{
    if (c->scheme <= LOSS_LABELS) return CF_OK;
    return base_fail(CF_EARG, "networks for assignment are not trained by the scheme %s",
                     train_config_scheme(c));
}

static cf_status open_task(void **self, const train_job *job)
{
    assignment *a = calloc(1, sizeof *a);
    if (!a) return base_fail(CF_ENOMEM, "no memory to train");
    a->job = *job;
    a->lagrangian.w.scheme = (loss_scheme)job->config->scheme;
    a->lagrangian.w.penalty = job->config->penalty;
    *self = a;
    return CF_OK;
}

static cf_status prepare(void *self)
{
    assignment *a = self;
    const train_job *j = &a->job;
    const cf_train_config *c = j->config;
    cf_status s = CF_OK;
    for (int32_t i = 0; i < j->sources && s == CF_OK; i++) {
        const train_source *from = &j->source[i];
        const int32_t n = train_source_validates(from, c->valid_count);
        s = train_net_make(&a->net[i], j->policy, from->L, from->K, (int32_t)c->batch, j->threads);
        if (s == CF_OK)
            s = train_batch_make(&a->valid[i], from, (uint64_t)c->seed, TRAIN_FIRST_VALID, -1, n, 1,
                                 j->threads);
    }
    return s;
}

static void free_task(void *self)
{
    assignment *a = self;
    for (int32_t i = 0; a && i < a->job.sources; i++) {
        train_net_free(&a->net[i]);
        train_batch_free(&a->valid[i]);
    }
    free(a);
}

static cf_status step_task(void *self, int64_t step, real *g, cf_train_state *say)
{
    assignment *a = self;
    const cf_train_config *c = a->job.config;
    const int32_t i = (int32_t)(step % a->job.sources);
    train_batch batch;
    train_means means;
    cf_status s =
        train_batch_make(&batch, &a->job.source[i], (uint64_t)c->seed, TRAIN_FIRST_DROP, step,
                         (int32_t)c->batch, c->scheme == LOSS_LABELS, a->job.threads);
    if (s != CF_OK) return s;
    s = train_net_step(&a->net[i], &batch, &a->lagrangian.w, c->early_weight, g, &means);
    train_batch_free(&batch);
    if (s != CF_OK) return s;
    if (c->scheme == LOSS_LAGRANGIAN) train_lagrangian_update(&a->lagrangian, c, step, &means);
    a->log.loss += means.loss;
    a->log.rate += means.rate;
    a->log.shortage += means.shortage;
    a->log.entropy += means.entropy;
    a->log_n++;
    say->objective = means.rate;
    say->violation = means.shortage;
    say->entropy = means.entropy;
    return CF_OK;
}

static cf_status judge(void *self, train_verdict *v)
{
    assignment *a = self;
    const int32_t n = a->job.sources;
    train_quality mean = {0};
    for (int32_t i = 0; i < n; i++) {
        train_quality q;
        const cf_status s = train_net_judge(&a->net[i], &a->valid[i], &q);
        if (s != CF_OK) return s;
        mean.objective += q.objective / n;
        mean.of_best += q.of_best / n;
        mean.broken += q.broken / n;
        mean.feasible += q.feasible / n;
        mean.shortage += q.shortage / n;
        mean.entropy += q.entropy / n;
        mean.relaxed += q.relaxed / n;
    }
    a->quality = mean;
    *v = (train_verdict){a->job.config->choose == TRAIN_FEASIBLE ? mean.feasible : mean.of_best,
                         mean.of_best, mean.broken};
    return CF_OK;
}

static int32_t numbers(void *self, train_number *n)
{
    assignment *a = self;
    loss_weights *w = &a->lagrangian.w;
    const train_number all[] = {
        {"lambda_c", &w->lambda_c, NULL, 0},
        {"mu_c", &w->mu_c, NULL, 0},
        {"lambda_d", &w->lambda_d, NULL, 0},
        {"mu_d", &w->mu_d, NULL, 0},
        {"window_loss", &a->lagrangian.loss, NULL, 0},
        {"window_shortage", &a->lagrangian.shortage, NULL, 0},
        {"window_entropy", &a->lagrangian.entropy, NULL, 0},
        {"log_loss", &a->log.loss, NULL, 0},
        {"log_rate", &a->log.rate, NULL, 0},
        {"log_shortage", &a->log.shortage, NULL, 0},
        {"log_entropy", &a->log.entropy, NULL, 0},
        {"window_count", NULL, &a->lagrangian.n, 0},
        {"log_count", NULL, &a->log_n, 0},
    };
    memcpy(n, all, sizeof all);
    return sizeof all / sizeof *all;
}

static int32_t line(void *self, int32_t judged, train_scalar *s)
{
    assignment *a = self;
    const double n = a->log_n > 0 ? (double)a->log_n : 1;
    const loss_weights *w = &a->lagrangian.w;
    const train_quality *q = &a->quality;
    const train_scalar all[] = {
        {"loss", a->log.loss / n},          {"objective", a->log.rate / n},
        {"violation", a->log.shortage / n}, {"entropy", a->log.entropy / n},
        {"lambda_c", w->lambda_c},          {"mu_c", w->mu_c},
        {"lambda_d", w->lambda_d},          {"mu_d", w->mu_d},
        {"valid_objective", q->objective},  {"valid_relaxed", q->relaxed},
        {"valid_violation", q->shortage},   {"valid_entropy", q->entropy},
        {"valid_of_best", q->of_best},      {"valid_broken", q->broken},
    };
    enum { ALL = sizeof all / sizeof *all, VALID = 6 };
    memcpy(s, all, sizeof all);
    a->log = (train_means){0};
    a->log_n = 0;
    return judged ? ALL : ALL - VALID;
}

const train_task train_assignment = {
    .task = CF_TASK_ASSIGNMENT,
    .check = check,
    .open = open_task,
    .prepare = prepare,
    .free = free_task,
    .step = step_task,
    .judge = judge,
    .numbers = numbers,
    .line = line,
};
