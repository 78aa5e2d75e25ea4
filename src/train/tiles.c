#include "train/tiles.h"

#include <omp.h>
#include <stdlib.h>
#include <string.h>

#include "base/status.h"

cf_status train_tiles_make(train_tiles *t, const cf_policy *p, nn_dims dims, int32_t batch,
                           int32_t threads)
{
    *t = (train_tiles){.policy = p, .dims = dims, .threads = threads};
    t->count = train_tiles_needed(t, batch);
    t->plan = calloc((size_t)threads, sizeof *t->plan);
    t->io = calloc((size_t)threads, sizeof *t->io);
    t->gradient = malloc((size_t)t->count * (size_t)p->table.size * sizeof *t->gradient);
    cf_status s =
        t->plan && t->io && t->gradient
            ? CF_OK
            : base_fail(CF_ENOMEM, "no memory to train on %d by %d networks", dims.L, dims.K);
    for (int32_t i = 0; s == CF_OK && i < threads; i++)
        s = policy_plan(&t->plan[i], &t->io[i], p, dims, 1);
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
    return (n + t->dims.B - 1) / t->dims.B;
}

/* Drops of a tile into its lanes; idle lanes repeat the last drop and carry no loss. */
static train_tile fill(const train_tiles *t, const train_work *w, int32_t number)
{
    const int32_t thread = omp_get_thread_num(), first = number * t->dims.B;
    const int32_t n = w->n - first < t->dims.B ? w->n - first : t->dims.B;
    const train_tile tile = {&t->plan[thread], &t->io[thread], thread, number, first, n};
    for (int32_t i = 0; i < t->dims.B; i++) w->feed(w->user, &tile, first + (i < n ? i : n - 1), i);
    nn_plan_forward(tile.plan, t->policy->params);
    return tile;
}

int32_t train_tiles_forward(train_tiles *t, const train_work *w)
{
    const int32_t tiles = train_tiles_needed(t, w->n);
    int32_t failed = 0;
#pragma omp parallel for num_threads(t->threads) schedule(dynamic, 1) reduction(+ : failed)
    for (int32_t i = 0; i < tiles; i++) {
        const train_tile tile = fill(t, w, i);
        failed += w->answer(w->user, &tile);
    }
    return failed;
}

int32_t train_tiles_gradient(train_tiles *t, const train_work *w, real *g)
{
    const int32_t P = t->policy->table.size, tiles = train_tiles_needed(t, w->n);
    int32_t failed = 0;
#pragma omp parallel for num_threads(t->threads) schedule(dynamic, 1) reduction(+ : failed)
    for (int32_t i = 0; i < tiles; i++) {
        real *part = t->gradient + (int64_t)i * P;
        memset(part, 0, (size_t)P * sizeof *part);
        nn_plan_zero_grads(&t->plan[omp_get_thread_num()]);
        const train_tile tile = fill(t, w, i);
        failed += w->answer(w->user, &tile);
        nn_plan_backward(tile.plan, t->policy->params, part);
    }
    memcpy(g, t->gradient, (size_t)P * sizeof *g);
    for (int32_t i = 1; i < tiles; i++)
        for (int32_t j = 0; j < P; j++) g[j] += t->gradient[(int64_t)i * P + j];
    return failed;
}
