#include "train/tiles.h"

#include <omp.h>
#include <stdlib.h>
#include <string.h>

#include "base/status.h"

cf_status train_tiles_make(train_tiles *t, const cf_policy *p, nn_dims dims, int32_t drops,
                           int32_t batch, int32_t threads)
{
    *t = (train_tiles){.policy = p, .dims = dims, .drops = drops, .threads = threads};
    t->count = train_tiles_needed(t, batch);
    t->plan = calloc((size_t)threads, sizeof *t->plan);
    t->io = calloc((size_t)threads, sizeof *t->io);
    t->gradient = malloc((size_t)t->count * (size_t)p->table.size * sizeof *t->gradient);
    cf_status s =
        t->plan && t->io && t->gradient
            ? CF_OK
            : base_fail(CF_ENOMEM, "no memory to train on %d by %d networks", dims.L, dims.K);
    for (int32_t i = 0; s == CF_OK && i < threads; i++)
        s = policy_plan(&t->plan[i], &t->io[i], p, dims, POLICY_TRAIN);
    if (s != CF_OK) train_tiles_free(t);
    return s;
}

void train_tiles_free(train_tiles *t)
{
    for (int32_t i = 0; t->plan && i < t->threads; i++) nn_plan_free(&t->plan[i]);
    free(t->plan);
    free(t->io);
    free(t->gradient);
    *t = (train_tiles){0};
}

size_t train_tiles_bytes(const train_tiles *t)
{
    size_t bytes = (size_t)t->count * (size_t)t->policy->table.size * sizeof *t->gradient;
    for (int32_t i = 0; i < t->threads; i++) bytes += nn_plan_bytes(&t->plan[i]);
    return bytes;
}

int32_t train_tiles_needed(const train_tiles *t, int32_t n)
{
    return (n + t->drops - 1) / t->drops;
}

/* Drops of a tile from `first` on into the lanes, and forward; idle lanes repeat the last drop and
 * carry no loss. */
static train_tile run(const train_tiles *t, const train_work *w, int32_t number, int32_t first)
{
    const int32_t thread = omp_get_thread_num(), left = w->n - first;
    const int32_t n = left < t->dims.B ? left : t->dims.B;
    const train_tile tile = {&t->plan[thread], &t->io[thread], thread, number, first, n};
    for (int32_t i = 0; i < t->dims.B; i++) w->feed(w->user, &tile, first + (i < n ? i : n - 1), i);
    nn_plan_forward(tile.plan, t->policy->params);
    return tile;
}

static int32_t behind(const train_tiles *t, const train_work *w, int32_t number)
{
    const int32_t end = (number + 1) * t->drops;
    return end < w->n ? end : w->n;
}

static int32_t forward(const train_tiles *t, const train_work *w, int32_t number)
{
    int32_t failed = 0;
    for (int32_t at = number * t->drops; at < behind(t, w, number); at += t->dims.B) {
        const train_tile tile = run(t, w, number, at);
        failed += w->answer(w->user, &tile);
    }
    return failed;
}

static int32_t gradient(const train_tiles *t, const train_work *w, int32_t number)
{
    const int32_t P = t->policy->table.size;
    real *part = t->gradient + (int64_t)number * P;
    int32_t failed = 0;
    memset(part, 0, (size_t)P * sizeof *part);
    for (int32_t at = number * t->drops; at < behind(t, w, number); at += t->dims.B) {
        nn_plan_zero_grads(&t->plan[omp_get_thread_num()]);
        const train_tile tile = run(t, w, number, at);
        failed += w->answer(w->user, &tile);
        nn_plan_backward(tile.plan, t->policy->params, part);
    }
    return failed;
}

int32_t train_tiles_forward(train_tiles *t, const train_work *w)
{
    const int32_t tiles = train_tiles_needed(t, w->n);
    int32_t failed = 0;
#pragma omp parallel num_threads(t->threads) reduction(+ : failed)
    {
        nn_plan_prepare(&t->plan[omp_get_thread_num()], t->policy->params);
#pragma omp for schedule(dynamic, 1) nowait
        for (int32_t i = 0; i < tiles; i++) failed += forward(t, w, i);
    }
    return failed;
}

int32_t train_tiles_gradient(train_tiles *t, const train_work *w, real *g)
{
    const int32_t P = t->policy->table.size, tiles = train_tiles_needed(t, w->n);
    int32_t failed = 0;
#pragma omp parallel num_threads(t->threads) reduction(+ : failed)
    {
        nn_plan_prepare(&t->plan[omp_get_thread_num()], t->policy->params);
#pragma omp for schedule(dynamic, 1) nowait
        for (int32_t i = 0; i < tiles; i++) failed += gradient(t, w, i);
    }
    memcpy(g, t->gradient, (size_t)P * sizeof *g);
    for (int32_t i = 1; i < tiles; i++)
        for (int32_t j = 0; j < P; j++) g[j] += t->gradient[(int64_t)i * P + j];
    return failed;
}
