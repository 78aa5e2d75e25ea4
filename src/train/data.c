#include "train/data.h"

#include <stdlib.h>
#include <string.h>

#include "base/status.h"
#include "solver/solver.h"

cf_assignment train_batch_drop(const train_batch *b, int32_t i)
{
    return (cf_assignment){.L = b->L,
                           .K = b->K,
                           .snr = b->snr + (int64_t)i * b->L * b->K,
                           .max_users = b->max_users,
                           .min_aps = b->min_aps};
}

static cf_status take(train_batch *b, int32_t labelled)
{
    const size_t links = (size_t)b->n * (size_t)b->L * (size_t)b->K;
    b->snr = malloc(links * sizeof *b->snr);
    b->max_users = malloc((size_t)b->L * sizeof *b->max_users);
    b->min_aps = malloc((size_t)b->K * sizeof *b->min_aps);
    b->label = labelled ? malloc(links) : NULL;
    b->optimum = labelled ? malloc((size_t)b->n * sizeof *b->optimum) : NULL;
    if (b->snr && b->max_users && b->min_aps && (!labelled || (b->label && b->optimum)))
        return CF_OK;
    return base_fail(CF_ENOMEM, "no memory for a batch of %d drops", b->n);
}

void train_batch_free(train_batch *b)
{
    free(b->snr);
    free(b->max_users);
    free(b->min_aps);
    free(b->label);
    free(b->optimum);
    *b = (train_batch){0};
}

/* The exact solver on every drop; a node limit keeps one hard drop from holding up the batch. No
 * limit of time, by which labels would depend on the machine. */
static cf_status label(train_batch *b, int32_t threads)
{
    const prob_method_class *exact = &solver_exact;
    cf_status worst = CF_OK;
#pragma omp parallel num_threads(threads)
    {
        void *self = NULL;
        cf_report report;
        cf_status s = exact->make(&self, "node-limit=2000,time-limit=1e9", NULL, b->L, b->K);
#pragma omp for schedule(dynamic, 16)
        for (int32_t i = 0; i < b->n; i++) {
            if (s != CF_OK) continue;
            const cf_assignment p = train_batch_drop(b, i);
            uint8_t *x = b->label + (int64_t)i * b->L * b->K;
            s = exact->run(self, &p, 0, i, x, NULL, &report);
            b->optimum[i] = cf_assignment_rate(&p, x);
        }
        if (s != CF_OK) {
#pragma omp atomic write
            worst = s;
        }
        if (self) exact->free(self);
    }
    return worst == CF_OK ? CF_OK : base_fail(worst, "the exact solver gave no labels");
}

cf_status train_batch_make(train_batch *b, const train_source *s, uint64_t seed, int64_t first,
                           int64_t step, int32_t n, int32_t labelled, int32_t threads)
{
    *b = (train_batch){.n = n, .L = s->L, .K = s->K};
    train_draw draw = {0};
    cf_status status = take(b, labelled);
    if (status == CF_OK) status = train_draw_make(&draw, s, seed, first, step, n, threads);
    if (status == CF_OK) {
        const cf_drops *d = draw.drops;
        memcpy(b->max_users, d->max_users, (size_t)b->L * sizeof *b->max_users);
        memcpy(b->min_aps, d->min_aps, (size_t)b->K * sizeof *b->min_aps);
#pragma omp parallel for num_threads(threads) schedule(static)
        for (int32_t i = 0; i < n; i++)
            cf_drops_snr(d, draw.from[i], b->snr + (int64_t)i * b->L * b->K);
        if (labelled) status = label(b, threads);
    }
    train_draw_free(&draw);
    if (status != CF_OK) train_batch_free(b);
    return status;
}
