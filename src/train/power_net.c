#include "train/power_net.h"

#include <math.h>
#include <stdlib.h>

#include "base/status.h"
#include "policy/power.h"

/* Drops of a tile: as many as keep a channel to some thousand numbers, all in lanes, or one by one
 * where there are pairs of users, whose features fill the kernels' vectors. A function of the size
 * alone: the sum over tiles must not depend on the machine. */
static int32_t drops_of(const cf_policy *p, int32_t L, int32_t K)
{
    const int64_t n = p->class->pairs ? 2000 / ((int64_t)L * K * K) : 4000 / ((int64_t)L * K);
    return n < 1 ? 1 : n > 16 ? 16 : (int32_t)n;
}

static void lay_out(train_power_net *t, arena *a, int32_t L, int32_t K, int32_t threads)
{
    loss_drop unused;
    t->drop = ARENA_TAKE(a, loss_drop, (size_t)threads);
    for (int32_t i = 0; i < threads; i++) loss_drop_place(t->drop ? &t->drop[i] : &unused, a, L, K);
    t->watts = ARENA_TAKE(a, float, (size_t)threads *(size_t)L *(size_t)K);
}

cf_status train_power_net_make(train_power_net *t, const cf_policy *p, int32_t L, int32_t K,
                               int32_t batch, int32_t threads)
{
    arena measured = {0};
    *t = (train_power_net){0};
    lay_out(t, &measured, L, K, threads);
    t->memory = measured.overflow ? NULL : aligned_alloc(64, measured.used);
    if (!t->memory) return base_fail(CF_ENOMEM, "no memory to train on %d by %d networks", L, K);
    arena a = {.base = t->memory, .cap = measured.used};
    lay_out(t, &a, L, K, threads);
    const int32_t n = drops_of(p, L, K);
    const nn_dims dims = {L, K, p->class->pairs ? 1 : n};
    const cf_status s = train_tiles_make(&t->tiles, p, dims, n, batch, threads);
    if (s != CF_OK) train_power_net_free(t);
    return s;
}

void train_power_net_free(train_power_net *t)
{
    train_tiles_free(&t->tiles);
    free(t->memory);
    *t = (train_power_net){0};
}

/* A batch being worked on: by a step, or by a judge. */
typedef struct work {
    train_power_net *net;
    const train_power_batch *batch;
    const train_power_weights *weights;
    uint64_t seed;
    int64_t first;
    loss_power_terms *terms;      /* (n) of each drop */
    train_power_quality *quality; /* (n)              */
} work;

static void feed(void *user, const train_tile *t, int32_t drop, int32_t lane)
{
    const work *w = user;
    policy_power_feed(t->plan, t->io, w->net->tiles.policy, &w->batch->drop[drop], lane);
}

static loss_output output(const nn_plan *plan, nn_slice x, int32_t lane)
{
    if (x.C == 0) return (loss_output){0};
    return (loss_output){nn_value(plan, x) + lane, nn_grad(plan, x) + lane};
}

/* Round r of a lane. Position of a link is linear in l and in k. */
static loss_round round_of(const train_tile *t, int32_t r, int32_t lane)
{
    const policy_io *io = t->io;
    return (loss_round){
        .by_ap = policy_power_at(t->plan, io, 1, 0, 0),
        .by_user = policy_power_at(t->plan, io, 0, 1, 0),
        .log_p = output(t->plan, io->log_p[r], lane),
        .log_pi = output(t->plan, io->log_pi[r], lane),
        .log_off = output(t->plan, io->log_off[r], lane),
        .log_support = output(t->plan, io->log_support, lane),
    };
}

/* Loss of one drop, and its gradient into the plan's outputs. */
static void drop_loss(const work *w, const train_tile *t, int32_t lane)
{
    const train_power_batch *b = w->batch;
    const train_power_weights *weights = w->weights;
    const int32_t drop = t->first + lane, last = t->io->rounds - 1;
    const int labelled = weights->scheme == LOSS_LABELS;
    loss_drop *d = &w->net->drop[t->thread];
    loss_drop_fill(d, &b->drop[drop], policy_power_unit(w->net->tiles.policy, &b->drop[drop]),
                   labelled ? b->labels.value[drop] : 0);
    loss_power_terms *sum = &w->terms[drop];
    for (int32_t r = 0; r <= last; r++) {
        const double weight = r == last ? 1 : weights->early;
        if (weight == 0) continue;
        const loss_round o = round_of(t, r, lane);
        const double scale = weight / b->n, before = sum->loss;
        if (weights->scheme == LOSS_SUPPORT) {
            rng stream = rng_stream(w->seed, RNG_SUPPORT, (uint64_t)(w->first + drop));
            *sum = train_loss_support(d, &o, &stream, weights->kappa, scale);
        } else if (labelled) {
            const int64_t row = (int64_t)drop * b->K;
            const loss_label label = {b->labels.ap + row, b->labels.watts + row};
            *sum = train_loss_labels(d, &o, &label, &weights->labels, scale);
        } else {
            *sum = train_loss_objective(d, &o, scale);
        }
        sum->loss = before + weight * sum->loss;
    }
}

static int32_t tile_loss(void *user, const train_tile *t)
{
    for (int32_t i = 0; i < t->n; i++) drop_loss(user, t, i);
    return 0;
}

cf_status train_power_net_step(train_power_net *t, const train_power_batch *b,
                               const train_power_weights *w, uint64_t seed, int64_t first, real *g,
                               loss_power_terms *out)
{
    loss_power_terms *terms = calloc((size_t)b->n, sizeof *terms), mean = {0};
    if (!terms) return base_fail(CF_ENOMEM, "no memory for a batch");
    work now = {.net = t, .batch = b, .weights = w, .seed = seed, .first = first, .terms = terms};
    train_tiles_gradient(&t->tiles, &(train_work){b->n, &now, feed, tile_loss}, g);
    for (int32_t i = 0; i < b->n; i++) {
        mean.loss += terms[i].loss / b->n;
        mean.value += terms[i].value / b->n;
        mean.support += terms[i].support / b->n;
    }
    free(terms);
    *out = mean;
    if (isfinite(mean.loss)) return CF_OK;
    return base_fail(CF_ENUM, "training diverged: the loss is not a number; lower the rate");
}

static int32_t judge_tile(void *user, const train_tile *t)
{
    const work *w = user;
    const train_power_batch *b = w->batch;
    float *watts = w->net->watts + (int64_t)t->thread * b->L * b->K;
    int32_t failed = 0;
    for (int32_t i = 0; i < t->n; i++) {
        const int32_t drop = t->first + i;
        const cf_power *p = &b->drop[drop];
        const double best = b->labels.value[drop];
        if (policy_power_read(t->plan, t->io, w->net->tiles.policy, p, i, watts, NULL, NULL) !=
            CF_OK) {
            failed++;
            continue;
        }
        const double value = cf_power_value(p, watts, NULL);
        w->quality[drop] = (train_power_quality){value, best > 0 ? value / best : 1};
    }
    return failed;
}

cf_status train_power_net_judge(train_power_net *t, const train_power_batch *b,
                                train_power_quality *out)
{
    train_power_quality *q = calloc((size_t)b->n, sizeof *q), mean = {0};
    if (!q) return base_fail(CF_ENOMEM, "no memory to validate %d drops", b->n);
    work now = {.net = t, .batch = b, .quality = q};
    const int32_t failed =
        train_tiles_forward(&t->tiles, &(train_work){b->n, &now, feed, judge_tile});
    for (int32_t i = 0; i < b->n; i++) {
        mean.objective += q[i].objective / b->n;
        mean.of_best += q[i].of_best / b->n;
    }
    free(q);
    if (failed) return base_fail(CF_ENUM, "the network's powers are not numbers");
    *out = mean;
    return CF_OK;
}
