#include "train/net.h"

#include <math.h>
#include <omp.h>
#include <stdlib.h>
#include <string.h>

#include "base/status.h"

/* Lanes of a tile: 16 where a link-wide channel of them stays near a few kilobytes, fewer for large
 * networks, so that a tile's values stay in cache. A function of the size alone: the sum over tiles
 * must not depend on the machine. */
static int32_t lanes(int32_t L, int32_t K)
{
    const int64_t links = (int64_t)L * K;
    return links <= 100 ? 16 : links <= 400 ? 8 : links <= 2000 ? 2 : 1;
}

cf_status train_net_make(train_net *t, const cf_policy *p, int32_t L, int32_t K, int32_t batch,
                         int32_t threads)
{
    const int32_t B = lanes(L, K);
    *t = (train_net){.policy = p, .dims = {L, K, B}, .threads = threads};
    t->n_tiles = (batch + B - 1) / B;
    t->repair_size = (cf_assignment_repair_workspace(L, K) + 63) / 64 * 64;
    const size_t n = (size_t)threads;
    t->plan = calloc(n, sizeof *t->plan);
    t->io = calloc(n, sizeof *t->io);
    t->x = malloc(n * (size_t)L * (size_t)K);
    t->repair = aligned_alloc(64, n * t->repair_size);
    t->tiles = malloc((size_t)t->n_tiles * (size_t)p->table.size * sizeof *t->tiles);
    cf_status s = t->plan && t->io && t->x && t->repair && t->tiles
                      ? CF_OK
                      : base_fail(CF_ENOMEM, "no memory to train on %d by %d networks", L, K);
    for (int32_t i = 0; s == CF_OK && i < threads; i++)
        s = policy_plan(&t->plan[i], &t->io[i], p, t->dims, 1);
    if (s != CF_OK) train_net_free(t);
    return s;
}

void train_net_free(train_net *t)
{
    for (int32_t i = 0; t->plan && i < t->threads; i++) nn_plan_free(&t->plan[i]);
    free(t->plan);
    free(t->io);
    free(t->x);
    free(t->repair);
    free(t->tiles);
    *t = (train_net){0};
}

/* Drops of a tile into its lanes; idle lanes repeat the last drop and carry no loss. */
static int32_t feed(const train_net *t, int32_t thread, const train_batch *b, int32_t tile)
{
    const int32_t first = tile * t->dims.B;
    const int32_t n = b->n - first < t->dims.B ? b->n - first : t->dims.B;
    for (int32_t i = 0; i < t->dims.B; i++) {
        const cf_assignment p = train_batch_drop(b, first + (i < n ? i : n - 1));
        policy_feed(&t->plan[thread], &t->io[thread], t->policy, &p, p.snr, i);
    }
    nn_plan_forward(&t->plan[thread], t->policy->params);
    return n;
}

static void add(train_means *to, const train_means *from)
{
    to->loss += from->loss;
    to->rate += from->rate;
    to->shortage += from->shortage;
    to->entropy += from->entropy;
}

/* The penalty of round r counts ((r+1)/rounds)^RAMP: early rounds may break what later ones mend. */
static const double RAMP = 3;

/* Loss of one tile, summed over drops, and its gradient into the plan's outputs. */
static cf_status tile_loss(const train_net *t, int32_t thread, const train_batch *b, int32_t tile,
                           int32_t n, const loss_weights *w, double early, train_means *sum)
{
    const nn_plan *plan = &t->plan[thread];
    const policy_io *io = &t->io[thread];
    const int64_t links = (int64_t)b->L * b->K;
    const int through = w->scheme == LOSS_STRAIGHT_THROUGH, soft = w->scheme == LOSS_LAGRANGIAN;
    uint8_t *own = t->x + thread * links;
    for (int32_t i = 0; i < n; i++) {
        const int32_t drop = tile * t->dims.B + i;
        const cf_assignment p = train_batch_drop(b, drop);
        const uint8_t *label = w->scheme == LOSS_LABELS ? b->label + drop * links : NULL;
        for (int32_t r = through ? io->rounds - 1 : 0; r < io->rounds; r++) {
            const int last = r == io->rounds - 1;
            const double weight = last ? 1 : early;
            loss_weights wr = *w;
            wr.penalty *= pow((double)(r + 1) / io->rounds, RAMP);
            const cf_status s = policy_decode(plan, io->score[r], p.max_users, i, own);
            if (s != CF_OK) return s;
            const loss_terms l =
                train_loss(&wr, &p, label, soft ? NULL : own, nn_value(plan, io->relaxed[r]) + i,
                           t->dims.B, weight / b->n, nn_grad(plan, io->relaxed[r]) + i);
            sum->loss += weight * l.loss;
            if (last) add(sum, &(train_means){0, l.rate, l.shortage, l.entropy});
        }
    }
    return CF_OK;
}

cf_status train_net_step(train_net *t, const train_batch *b, const loss_weights *w, double early,
                         real *g, train_means *out)
{
    const int32_t P = t->policy->table.size, tiles = (b->n + t->dims.B - 1) / t->dims.B;
    train_means *sums = calloc((size_t)tiles, sizeof *sums);
    if (!sums) return base_fail(CF_ENOMEM, "no memory for a batch");
    int32_t failed = 0;
#pragma omp parallel for num_threads(t->threads) schedule(dynamic, 1) reduction(+ : failed)
    for (int32_t tile = 0; tile < tiles; tile++) {
        const int32_t thread = omp_get_thread_num();
        real *tile_g = t->tiles + (int64_t)tile * P;
        memset(tile_g, 0, (size_t)P * sizeof *tile_g);
        nn_plan_zero_grads(&t->plan[thread]);
        const int32_t n = feed(t, thread, b, tile);
        failed += tile_loss(t, thread, b, tile, n, w, early, &sums[tile]) != CF_OK;
        nn_plan_backward(&t->plan[thread], t->policy->params, tile_g);
    }
    memcpy(g, t->tiles, (size_t)P * sizeof *g);
    for (int32_t tile = 1; tile < tiles; tile++)
        for (int32_t i = 0; i < P; i++) g[i] += t->tiles[(int64_t)tile * P + i];
    train_means mean = {0};
    for (int32_t tile = 0; tile < tiles; tile++) add(&mean, &sums[tile]);
    free(sums);
    const double n = b->n;
    *out = (train_means){mean.loss / n, mean.rate / n, mean.shortage / n, mean.entropy / n};
    if (failed || !isfinite(out->loss))
        return base_fail(CF_ENUM, "training diverged: the loss is not a number; lower the rate");
    return CF_OK;
}

static cf_status judge_drop(const train_net *t, int32_t thread, const train_batch *b, int32_t drop,
                            int32_t lane, train_quality *q)
{
    static const loss_weights NOTHING = {.scheme = LOSS_LAGRANGIAN};
    const cf_assignment p = train_batch_drop(b, drop);
    const nn_plan *plan = &t->plan[thread];
    uint8_t *x = t->x + (int64_t)thread * b->L * b->K;
    const policy_io *io = &t->io[thread];
    cf_status s = policy_decode(plan, io->score[io->rounds - 1], p.max_users, lane, x);
    if (s != CF_OK) return s;
    const nn_slice last = io->relaxed[io->rounds - 1];
    const loss_terms l = train_loss(&NOTHING, &p, NULL, NULL, nn_value(plan, last) + lane,
                                    t->dims.B, 0, nn_grad(plan, last) + lane);
    const int broken = cf_assignment_violations(&p, x).users_short > 0;
    s = cf_assignment_repair(&p, x, t->repair + (size_t)thread * t->repair_size);
    const double rate = cf_assignment_rate(&p, x);
    const double of_best = b->optimum[drop] > 0 ? rate / b->optimum[drop] : 1;
    *q =
        (train_quality){rate, of_best, broken, broken ? 0 : of_best, l.shortage, l.entropy, l.rate};
    return s;
}

cf_status train_net_judge(train_net *t, const train_batch *b, train_quality *out)
{
    const int32_t tiles = (b->n + t->dims.B - 1) / t->dims.B;
    train_quality *q = calloc((size_t)b->n, sizeof *q), sum = {0};
    if (!q) return base_fail(CF_ENOMEM, "no memory to validate %d drops", b->n);
    int32_t failed = 0;
#pragma omp parallel for num_threads(t->threads) schedule(dynamic, 1) reduction(+ : failed)
    for (int32_t tile = 0; tile < tiles; tile++) {
        const int32_t thread = omp_get_thread_num(), first = tile * t->dims.B;
        const int32_t n = feed(t, thread, b, tile);
        for (int32_t i = 0; i < n; i++)
            failed += judge_drop(t, thread, b, first + i, i, &q[first + i]) != CF_OK;
    }
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
