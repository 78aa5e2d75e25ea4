/* A step of training on drops that are there: feeding, forward, loss, backward, clipping, Adam, all
 * by train's own functions with the configuration's standard values. The step is as long as ever,
 * but its rate is 0: weights that move would make other work of every call. */
#include <stdlib.h>

#include "base/status.h"
#include "bench/setting.h"
#include "nn/adam.h"
#include "train/config.h"
#include "train/net.h"
#include "train/power_net.h"

enum { BATCHES = 2 };

typedef struct trainer {
    bench_setting setting;
    cf_policy *policy;
    cf_train_config *config;
    train_net net;             /* assignment */
    train_power_net power_net; /* power      */
    nn_adam adam;
    real *state; /* (3,P) gradient and moments */
    int32_t n;
} trainer;

static void close_trainer(void *self)
{
    trainer *t = self;
    if (!t) return;
    if (t->setting.power)
        train_power_net_free(&t->power_net);
    else
        train_net_free(&t->net);
    free(t->state);
    cf_train_config_free(t->config);
    cf_policy_free(t->policy);
    bench_setting_close(&t->setting);
    free(t);
}

/* The authors' own loss of either task. */
static cf_status gradient(trainer *t, int64_t i)
{
    static const loss_weights LAGRANGIAN = {
        .scheme = LOSS_LAGRANGIAN, .lambda_c = 1, .mu_c = 1, .lambda_d = 1, .mu_d = 1};
    static const train_power_weights SUPPORT = {.scheme = LOSS_SUPPORT, .kappa = 1};
    const bench_setting *s = &t->setting;
    const int32_t L = s->drops->L, K = s->drops->K;
    const int64_t first = i % BATCHES * t->n;
    if (s->power) {
        const train_power_batch batch = {.n = t->n, .L = L, .K = K, .drop = s->power + first};
        loss_power_terms mean;
        return train_power_net_step(&t->power_net, &batch, &SUPPORT, 1, first, t->state, &mean);
    }
    const train_batch batch = {.n = t->n,
                               .L = L,
                               .K = K,
                               .snr = s->snr + first * L * K,
                               .max_users = s->drops->max_users,
                               .min_aps = s->drops->min_aps};
    train_means mean;
    return train_net_step(&t->net, &batch, &LAGRANGIAN, t->config->early_weight, t->state, &mean);
}

static cf_status call(void *self, int64_t i)
{
    trainer *t = self;
    const cf_status s = gradient(t, i);
    if (s != CF_OK) return s;
    nn_clip(t->adam.n, t->config->clip, t->state);
    nn_adam_update(&t->adam, 0, (real)t->config->clamp, t->state, t->policy->params);
    return CF_OK;
}

static cf_status make(trainer *t, int32_t threads, bench_work *work)
{
    const int32_t P = t->policy->table.size, L = t->setting.drops->L, K = t->setting.drops->K;
    t->state = calloc(3 * (size_t)P, sizeof *t->state);
    if (!t->state) return base_fail(CF_ENOMEM, "bench: no memory for Adam");
    t->adam = (nn_adam){.n = P, .m = t->state + P, .v = t->state + 2 * (int64_t)P};
    const cf_status s = t->setting.power
                            ? train_power_net_make(&t->power_net, t->policy, L, K, t->n, threads)
                            : train_net_make(&t->net, t->policy, L, K, t->n, threads);
    if (s != CF_OK) return s;
    const train_tiles *tiles = t->setting.power ? &t->power_net.tiles : &t->net.tiles;
    work->flops = 3.0 * (double)nn_plan_flops(&tiles->plan[0]) * t->n;
    work->bytes = (double)train_tiles_bytes(tiles) + 4.0 * P * (double)sizeof(real);
    return CF_OK;
}

cf_status bench_open_train(bench_work *work, const bench_row *row, int32_t threads)
{
    trainer *t = calloc(1, sizeof *t);
    if (!t) return base_fail(CF_ENOMEM, "bench: no memory");
    t->n = row->n;
    *work = (bench_work){.drops = row->n,
                         .kinds = 1,
                         .threads = threads,
                         .call = call,
                         .close = close_trainer,
                         .self = t};
    cf_status s = bench_setting_open(&t->setting, row, BATCHES * row->n);
    if (s == CF_OK) s = bench_policy(&t->policy, row);
    if (s == CF_OK) s = cf_train_config_load(&t->config, NULL);
    return s == CF_OK ? make(t, threads, work) : s;
}
