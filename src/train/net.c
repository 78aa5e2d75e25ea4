#include "train/net.h"

#include <math.h>
#include <stdlib.h>

#include "base/status.h"

/* Lanes of a tile: as many as leave a link-wide channel of them at a few kilobytes, so that a
 * tile's values stay in cache. A function of the size alone: the sum over tiles must not depend on
 * the machine. */
static int32_t lanes(int32_t L, int32_t K)
{
    const int64_t links = (int64_t)L * K;
    return links <= 30 ? 32 : links <= 100 ? 16 : links <= 2000 ? 4 : 1;
}

cf_status train_net_make(train_net *t, const cf_policy *p, int32_t L, int32_t K, int32_t batch,
                         int32_t threads)
{
    const size_t n = (size_t)threads;
    const int32_t B = lanes(L, K);
    *t = (train_net){.repair_size = (cf_assignment_repair_workspace(L, K) + 63) / 64 * 64};
    t->x = malloc(n * (size_t)L * (size_t)K);
    t->repair = aligned_alloc(64, n * t->repair_size);
    const cf_status s = t->x && t->repair
                            ? train_tiles_make(&t->tiles, p, (nn_dims){L, K, B}, B, batch, threads)
                            : base_fail(CF_ENOMEM, "no memory to train on %d by %d networks", L, K);
    if (s != CF_OK) train_net_free(t);
    return s;
}

void train_net_free(train_net *t)
{
    train_tiles_free(&t->tiles);
    free(t->x);
    free(t->repair);
    *t = (train_net){0};
}

/* A batch being worked on: by a step, or by a judge. */
typedef struct work {
    train_net *net;
    const train_batch *batch;
    const loss_weights *weights;
    double early;
    train_means *sums;      /* (tiles) */
    train_quality *quality; /* (n)     */
} work;

static void feed(void *user, const train_tile *t, int32_t drop, int32_t lane)
{
    const work *w = user;
    const cf_assignment p = train_batch_drop(w->batch, drop);
    policy_feed(t->plan, t->io, w->net->tiles.policy, &p, p.snr, lane);
}

static void add(train_means *to, const train_means *from)
{
    to->loss += from->loss;
    to->rate += from->rate;
    to->shortage += from->shortage;
    to->entropy += from->entropy;
}

/* The penalty of round r counts ((r+1)/rounds)^RAMP: early rounds may break what later ones
 * mend. */
static const double RAMP = 3;

/* Loss of one drop, and its gradient into the plan's outputs. */
static cf_status drop_loss(const work *w, const train_tile *t, int32_t lane)
{
    const train_batch *b = w->batch;
    const policy_io *io = t->io;
    const int64_t links = (int64_t)b->L * b->K;
    const loss_scheme scheme = w->weights->scheme;
    const int32_t drop = t->first + lane;
    const cf_assignment p = train_batch_drop(b, drop);
    const uint8_t *label = scheme == LOSS_LABELS ? b->label + drop * links : NULL;
    uint8_t *own = w->net->x + t->thread * links;
    train_means *sum = &w->sums[t->number];
    for (int32_t r = scheme == LOSS_STRAIGHT_THROUGH ? io->rounds - 1 : 0; r < io->rounds; r++) {
        const int last = r == io->rounds - 1;
        const double weight = last ? 1 : w->early;
        loss_weights wr = *w->weights;
        wr.penalty *= pow((double)(r + 1) / io->rounds, RAMP);
        const cf_status s = policy_decode(t->plan, io->score[r], p.max_users, lane, own);
        if (s != CF_OK) return s;
        const loss_terms l = train_loss(&wr, &p, label, scheme == LOSS_LAGRANGIAN ? NULL : own,
                                        nn_value(t->plan, io->relaxed[r]) + lane, t->plan->dims.B,
                                        weight / b->n, nn_grad(t->plan, io->relaxed[r]) + lane);
        sum->loss += weight * l.loss;
        if (last) add(sum, &(train_means){0, l.rate, l.shortage, l.entropy});
    }
    return CF_OK;
}

static int32_t tile_loss(void *user, const train_tile *t)
{
    for (int32_t i = 0; i < t->n; i++)
        if (drop_loss(user, t, i) != CF_OK) return 1;
    return 0;
}

cf_status train_net_step(train_net *t, const train_batch *b, const loss_weights *w, double early,
                         real *g, train_means *out)
{
    const int32_t tiles = train_tiles_needed(&t->tiles, b->n);
    train_means *sums = calloc((size_t)tiles, sizeof *sums);
    if (!sums) return base_fail(CF_ENOMEM, "no memory for a batch");
    work now = {.net = t, .batch = b, .weights = w, .early = early, .sums = sums};
    const train_work job = {b->n, &now, feed, tile_loss};
    const int32_t failed = train_tiles_gradient(&t->tiles, &job, g);
    train_means mean = {0};
    for (int32_t tile = 0; tile < tiles; tile++) add(&mean, &sums[tile]);
    free(sums);
    const double n = b->n;
    *out = (train_means){mean.loss / n, mean.rate / n, mean.shortage / n, mean.entropy / n};
    if (failed || !isfinite(out->loss))
        return base_fail(CF_ENUM, "training diverged: the loss is not a number; lower the rate");
    return CF_OK;
}

static cf_status judge_drop(const work *w, const train_tile *t, int32_t lane)
{
    static const loss_weights NOTHING = {.scheme = LOSS_LAGRANGIAN};
    const train_batch *b = w->batch;
    const train_net *net = w->net;
    const int32_t drop = t->first + lane;
    const cf_assignment p = train_batch_drop(b, drop);
    const nn_plan *plan = t->plan;
    const policy_io *io = t->io;
    uint8_t *x = net->x + (int64_t)t->thread * b->L * b->K;
    cf_status s = policy_decode(plan, io->score[io->rounds - 1], p.max_users, lane, x);
    if (s != CF_OK) return s;
    const nn_slice last = io->relaxed[io->rounds - 1];
    const loss_terms l = train_loss(&NOTHING, &p, NULL, NULL, nn_value(plan, last) + lane,
                                    plan->dims.B, 0, nn_grad(plan, last) + lane);
    const int broken = cf_assignment_violations(&p, x).users_short > 0;
    s = cf_assignment_repair(&p, x, net->repair + (size_t)t->thread * net->repair_size);
    const double rate = cf_assignment_rate(&p, x);
    const double of_best = b->optimum[drop] > 0 ? rate / b->optimum[drop] : 1;
    w->quality[drop] =
        (train_quality){rate, of_best, broken, broken ? 0 : of_best, l.shortage, l.entropy, l.rate};
    return s;
}

static int32_t judge_tile(void *user, const train_tile *t)
{
    int32_t failed = 0;
    for (int32_t i = 0; i < t->n; i++) failed += judge_drop(user, t, i) != CF_OK;
    return failed;
}

cf_status train_net_judge(train_net *t, const train_batch *b, train_quality *out)
{
    train_quality *q = calloc((size_t)b->n, sizeof *q), sum = {0};
    if (!q) return base_fail(CF_ENOMEM, "no memory to validate %d drops", b->n);
    work now = {.net = t, .batch = b, .quality = q};
    const int32_t failed =
        train_tiles_forward(&t->tiles, &(train_work){b->n, &now, feed, judge_tile});
    for (int32_t i = 0; i < b->n; i++) {
        sum.objective += q[i].objective / b->n;
        sum.of_best += q[i].of_best / b->n;
        sum.broken += q[i].broken / b->n;
        sum.feasible += q[i].feasible / b->n;
        sum.shortage += q[i].shortage / b->n;
        sum.entropy += q[i].entropy / b->n;
        sum.relaxed += q[i].relaxed / b->n;
    }
    free(q);
    if (failed) return base_fail(CF_ENUM, "the network's scores are not numbers");
    *out = sum;
    return CF_OK;
}
