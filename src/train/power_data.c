#include "train/power_data.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/rng.h"
#include "base/status.h"
#include "policy/power.h"
#include "solver/power_sets.h"
#include "solver/power_solver.h"

static void labels_free(train_labels *l)
{
    free(l->ap);
    free(l->watts);
    free(l->value);
    *l = (train_labels){0};
}

static cf_status labels_take(train_labels *l, int32_t n, int32_t K)
{
    l->ap = malloc((size_t)n * (size_t)K * sizeof *l->ap);
    l->watts = malloc((size_t)n * (size_t)K * sizeof *l->watts);
    l->value = malloc((size_t)n * sizeof *l->value);
    if (l->ap && l->watts && l->value) return CF_OK;
    labels_free(l);
    return base_fail(CF_ENOMEM, "no memory for labels of %d drops", n);
}

/* Answer watts (L,K) as label number i. */
static void note(train_labels *out, int32_t i, const cf_power *p, const float *watts)
{
    out->value[i] = cf_power_value(p, watts, NULL);
    for (int32_t k = 0; k < p->K; k++) {
        int32_t *ap = &out->ap[(int64_t)i * p->K + k];
        float *most = &out->watts[(int64_t)i * p->K + k];
        *ap = -1;
        *most = 0;
        for (int32_t l = 0; l < p->L; l++) {
            const float w = watts[(int64_t)l * p->K + k];
            if (!(w > *most)) continue;
            *ap = l;
            *most = w;
        }
    }
}

/* A solver's answers to the drops of d: those at from[i], or, from NULL, the first n. */
typedef struct solver {
    const prob_power_class *class;
    char spec[32];
} solver;

static cf_status solve(train_labels *out, const solver *with, const cf_drops *d,
                       const int32_t *from, int32_t n, int32_t threads)
{
    const size_t links = (size_t)d->L * (size_t)d->K;
    cf_status worst = CF_OK;
#pragma omp parallel num_threads(threads)
    {
        void *self = NULL;
        float *gain = malloc(links * (size_t)d->K * sizeof *gain);
        float *watts = malloc(links * sizeof *watts);
        cf_status s =
            gain && watts ? with->class->make(&self, with->spec, NULL, d->L, d->K) : CF_ENOMEM;
#pragma omp for schedule(dynamic, 16)
        for (int32_t i = 0; i < n; i++) {
            const int32_t drop = from ? from[i] : i;
            cf_power p;
            cf_report report;
            if (s == CF_OK) s = cf_drops_power(d, drop, gain, &p);
            if (s == CF_OK) s = cf_power_check(&p);
            if (s == CF_OK)
                s = with->class->run(self, &p, d->seed, d->first + drop, watts, &report);
            if (s == CF_OK) note(out, i, &p, watts);
        }
        if (s != CF_OK) {
#pragma omp atomic write
            worst = s;
        }
        if (self) with->class->free(self);
        free(gain);
        free(watts);
    }
    if (worst == CF_OK) return CF_OK;
    return base_fail(worst, "the solver %s gave no labels", with->class->name);
}

static solver beam(int32_t width)
{
    solver s = {.class = &solver_power_beam};
    snprintf(s.spec, sizeof s.spec, "width=%d", width);
    return s;
}

/* Is this what the networks, and the solver of labels, are for? */
static cf_status check_served(const cf_drops *d, int32_t labelled)
{
    cf_status s = policy_power_serves(d->objective, d->limit);
    if (s == CF_OK && !(d->mu > 0))
        s = base_fail(CF_EARG, "mu is %g: power costs nothing, and there is no best power", d->mu);
    if (s == CF_OK && labelled) s = solver_power_beam.serves(d->objective, d->limit);
    if (s == CF_OK && labelled) s = solver_sets_check("labels by beam", d->K);
    return s;
}

static cf_status make_drops(train_pool *p, int64_t size, int64_t chunk)
{
    p->size = (int32_t)size;
    p->chunk = chunk == 0 || chunk > size ? p->size : (int32_t)chunk;
    p->order = malloc((size_t)p->chunk * sizeof *p->order);
    if (!p->order) return base_fail(CF_ENOMEM, "no memory for a pool of %d drops", p->size);
    const cf_status s = cf_drops_generate(&p->made, p->source->scenario, p->seed, TRAIN_FIRST_DROP,
                                          p->size, p->threads);
    p->drops = p->made;
    return s;
}

cf_status train_pool_open(train_pool *p, const train_source *s, uint64_t seed, int64_t size,
                          int64_t chunk, int64_t width, int32_t threads)
{
    *p = (train_pool){.source = s,
                      .seed = seed,
                      .threads = threads,
                      .width = (int32_t)width,
                      .drops = s->fixed,
                      .ordered = -1};
    cf_status status = CF_OK;
    if (s->fixed)
        p->size = s->fixed->n - s->held_out;
    else if (size > 0)
        status = make_drops(p, size, chunk);
    if (status == CF_OK && p->drops) status = check_served(p->drops, width > 0);
    if (status == CF_OK && p->drops && width > 0) {
        const solver with = beam(p->width);
        status = labels_take(&p->labels, p->size, s->K);
        if (status == CF_OK) status = solve(&p->labels, &with, p->drops, NULL, p->size, threads);
    }
    if (status != CF_OK) train_pool_close(p);
    return status;
}

void train_pool_close(train_pool *p)
{
    cf_drops_free(p->made);
    labels_free(&p->labels);
    free(p->order);
    *p = (train_pool){0};
}

/* The order of one chunk, the count-th of all passes: Fisher and Yates' shuffle of first ..
 * first+n-1. */
static void shuffle(train_pool *p, int64_t count, int32_t first, int32_t n)
{
    if (count == p->ordered) return;
    rng r = rng_stream(p->seed, RNG_POOL, (uint64_t)count);
    for (int32_t i = 0; i < n; i++) {
        const int32_t j = (int32_t)rng_below(&r, (uint32_t)i + 1);
        p->order[i] = p->order[j];
        p->order[j] = first + i;
    }
    p->ordered = count;
}

int32_t train_pool_at(train_pool *p, int64_t position)
{
    const int32_t chunks = (p->size + p->chunk - 1) / p->chunk;
    const int64_t pass = position / p->size;
    const int32_t within = (int32_t)(position % p->size), chunk = within / p->chunk;
    const int32_t first = chunk * p->chunk, left = p->size - first;
    shuffle(p, pass * chunks + chunk, first, left < p->chunk ? left : p->chunk);
    return p->order[within - first];
}

static cf_status take(train_power_batch *b, int32_t labelled)
{
    const size_t n = (size_t)b->n, K = (size_t)b->K;
    b->drop = malloc(n * sizeof *b->drop);
    b->gain = malloc(n * (size_t)b->L * K * K * sizeof *b->gain);
    if (!b->drop || !b->gain)
        return base_fail(CF_ENOMEM, "no memory for a batch of %d drops", b->n);
    return labelled ? labels_take(&b->labels, b->n, b->K) : CF_OK;
}

/* The gains of the batch's drops. */
static cf_status fill(train_power_batch *b, int32_t threads)
{
    const int64_t size = (int64_t)b->L * b->K * b->K;
    int32_t bad = -1;
#pragma omp parallel for num_threads(threads) schedule(static) reduction(max : bad)
    for (int32_t i = 0; i < b->n; i++)
        if (cf_drops_power(b->draw.drops, b->draw.from[i], b->gain + i * size, &b->drop[i]) !=
                CF_OK ||
            cf_power_check(&b->drop[i]) != CF_OK)
            bad = b->draw.from[i];
    if (bad < 0) return CF_OK;
    cf_power p;
    const cf_status s = cf_drops_power(b->draw.drops, bad, b->gain, &p);
    return s == CF_OK ? cf_power_check(&p) : s;
}

static void copy_labels(train_power_batch *b, const train_labels *all)
{
    const size_t K = (size_t)b->K;
    for (int32_t i = 0; i < b->n; i++) {
        const size_t from = (size_t)b->draw.from[i], to = (size_t)i;
        memcpy(b->labels.ap + to * K, all->ap + from * K, K * sizeof *all->ap);
        memcpy(b->labels.watts + to * K, all->watts + from * K, K * sizeof *all->watts);
        b->labels.value[to] = all->value[from];
    }
}

static cf_status draw(train_power_batch *b, train_pool *p, int64_t step, int64_t turn)
{
    if (!p->made)
        return train_draw_make(&b->draw, p->source, p->seed, TRAIN_FIRST_DROP, step, b->n,
                               p->threads);
    b->draw = (train_draw){.drops = p->made, .from = malloc((size_t)b->n * sizeof *b->draw.from)};
    if (!b->draw.from) return base_fail(CF_ENOMEM, "no memory for a batch of %d drops", b->n);
    for (int32_t i = 0; i < b->n; i++) b->draw.from[i] = train_pool_at(p, turn * b->n + i);
    return CF_OK;
}

cf_status train_power_batch_make(train_power_batch *b, train_pool *p, int64_t step, int64_t turn,
                                 int32_t n)
{
    *b = (train_power_batch){.n = n, .L = p->source->L, .K = p->source->K};
    cf_status s = take(b, p->width > 0);
    if (s == CF_OK) s = draw(b, p, step, turn);
    if (s == CF_OK && !p->drops) s = check_served(b->draw.drops, p->width > 0);
    if (s == CF_OK) s = fill(b, p->threads);
    if (s == CF_OK && p->width > 0) {
        const solver with = beam(p->width);
        if (p->drops)
            copy_labels(b, &p->labels);
        else
            s = solve(&b->labels, &with, b->draw.drops, b->draw.from, n, p->threads);
    }
    if (s != CF_OK) train_power_batch_free(b);
    return s;
}

/* What validation holds answers against. */
static solver reference(const cf_drops *d)
{
    const int sets = d->limit == CF_LIMIT_NONE && d->K <= SOLVER_SETS_MOST_USERS;
    return sets ? beam(64) : (solver){.class = &solver_power_multistart, .spec = "starts=10"};
}

cf_status train_power_batch_valid(train_power_batch *b, const train_pool *p, int32_t n)
{
    *b = (train_power_batch){.n = n, .L = p->source->L, .K = p->source->K};
    cf_status s = take(b, 1);
    if (s == CF_OK)
        s = train_draw_make(&b->draw, p->source, p->seed, TRAIN_FIRST_VALID, -1, n, p->threads);
    if (s == CF_OK) s = check_served(b->draw.drops, p->width > 0);
    if (s == CF_OK) s = fill(b, p->threads);
    if (s == CF_OK) {
        const solver with = reference(b->draw.drops);
        s = solve(&b->labels, &with, b->draw.drops, b->draw.from, n, p->threads);
    }
    if (s != CF_OK) train_power_batch_free(b);
    return s;
}

void train_power_batch_free(train_power_batch *b)
{
    free(b->drop);
    free(b->gain);
    labels_free(&b->labels);
    train_draw_free(&b->draw);
    *b = (train_power_batch){0};
}
