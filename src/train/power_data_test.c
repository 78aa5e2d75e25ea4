#include "train/power_data.h"

#include <stdlib.h>
#include <string.h>

#include "solver/power_solver.h"

#include "t.h"

enum { L = 5, K = 10, GAINS = L * K * K };

static train_source small(void)
{
    train_source s;
    if (train_source_open(&s, "power-5x10", CF_TASK_POWER) != CF_OK) exit(2);
    return s;
}

static train_pool pool(const train_source *s, int64_t size, int64_t chunk, int64_t width)
{
    train_pool p;
    if (train_pool_open(&p, s, 5, size, chunk, width, 2) != CF_OK) {
        fprintf(stderr, "%s\n", cf_last_error());
        exit(2);
    }
    return p;
}

static train_power_batch make(train_pool *p, int64_t step, int64_t turn, int32_t n)
{
    train_power_batch b;
    if (train_power_batch_make(&b, p, step, turn, n) != CF_OK) {
        fprintf(stderr, "%s\n", cf_last_error());
        exit(2);
    }
    return b;
}

/* 11 drops in chunks of 4, 4 and 3: whatever the order of asking, each pass has every drop once,
 * chunk after chunk, and no two passes have the same order. */
static void a_pass_takes_every_drop_once_chunk_by_chunk(void)
{
    train_source s = small();
    train_pool p = pool(&s, 11, 4, 0);
    int32_t order[5][11];
    for (int64_t i = 54; i >= 0; i--) order[i / 11][i % 11] = train_pool_at(&p, i);
    for (int64_t i = 0; i < 55; i++) CHECK(train_pool_at(&p, i) == order[i / 11][i % 11]);
    for (int pass = 0; pass < 5; pass++) {
        int seen[11] = {0};
        for (int i = 0; i < 11; i++) {
            CHECK(order[pass][i] >= 0 && order[pass][i] < 11);
            CHECK(order[pass][i] / 4 == i / 4);
            seen[order[pass][i]]++;
        }
        for (int i = 0; i < 11; i++) CHECK(seen[i] == 1);
        for (int before = 0; before < pass; before++)
            CHECK(memcmp(order[pass], order[before], sizeof order[pass]) != 0);
    }
    train_pool_close(&p);
    train_source_close(&s);
}

/* Chunk 0, and one larger than the pool, is the whole: every drop comes at every place. */
static void without_chunks_the_whole_pool_is_shuffled(void)
{
    train_source s = small();
    train_pool p = pool(&s, 7, 0, 0), q = pool(&s, 7, 1000, 0);
    int at[7][7] = {{0}};
    for (int64_t i = 0; i < 7 * 400; i++) {
        const int32_t drop = train_pool_at(&p, i);
        CHECK(train_pool_at(&q, i) == drop);
        at[i % 7][drop]++;
    }
    for (int i = 0; i < 7; i++)
        for (int j = 0; j < 7; j++) /* 400 / 7 = 57, standard deviation 7 */
            CHECK(at[i][j] > 57 - 35 && at[i][j] < 57 + 35);
    train_pool_close(&p);
    train_pool_close(&q);
    train_source_close(&s);
}

/* Gains of a batch's drops against the scenario's own sequence. */
static void check_drops(const train_power_batch *b, const cf_drops *d, const int32_t *which)
{
    float gain[GAINS];
    for (int32_t i = 0; i < b->n; i++) {
        cf_power p;
        CHECK(cf_drops_power(d, which[i], gain, &p) == CF_OK);
        CHECK(memcmp(gain, b->drop[i].gain, sizeof gain) == 0);
        CHECK(b->drop[i].L == L && b->drop[i].K == K && b->drop[i].noise_w == p.noise_w);
    }
}

static void a_batch_is_its_piece_of_the_sequence(void)
{
    train_source s = small();
    train_pool fresh = pool(&s, 0, 0, 0), kept = pool(&s, 12, 5, 0);
    cf_drops *d = NULL;
    if (cf_drops_generate(&d, s.scenario, 5, TRAIN_FIRST_DROP, 40, 1) != CF_OK) exit(2);
    train_power_batch b = make(&fresh, 3, 1, 8); /* fresh drops go by the run's step */
    check_drops(&b, d, (const int32_t[]){24, 25, 26, 27, 28, 29, 30, 31});
    CHECK(!b.labels.ap && !b.labels.value);
    train_power_batch_free(&b);
    b = make(&kept, 3, 1, 8); /* a pool by the turns of its source */
    int32_t which[8];
    for (int i = 0; i < 8; i++) which[i] = train_pool_at(&kept, 8 + i);
    check_drops(&b, d, which);
    train_power_batch_free(&b);
    cf_drops_free(d);
    train_pool_close(&fresh);
    train_pool_close(&kept);
    train_source_close(&s);
}

/* Labels of a batch, fresh or out of a pool, are what the method of that width says. */
static void check_labels(const train_power_batch *b, const char *spec)
{
    void *self = NULL;
    if (solver_power_beam.make(&self, spec, NULL, L, K) != CF_OK) exit(2);
    for (int32_t i = 0; i < b->n; i++) {
        float watts[L * K], left[L * K];
        cf_report report;
        CHECK(solver_power_beam.run(self, &b->drop[i], 0, 0, watts, &report) == CF_OK);
        CHECK(b->labels.value[i] == cf_power_value(&b->drop[i], watts, NULL));
        CHECK(b->labels.value[i] > 0);
        memcpy(left, watts, sizeof left);
        for (int32_t k = 0; k < K; k++) {
            const int32_t ap = b->labels.ap[i * K + k];
            CHECK(ap >= -1 && ap < L);
            if (ap >= 0) CHECK(b->labels.watts[i * K + k] == watts[ap * K + k]);
            if (ap >= 0) left[ap * K + k] = 0;
        }
        for (int32_t j = 0; j < L * K; j++) CHECK(left[j] == 0); /* one AP a user */
    }
    solver_power_beam.free(self);
}

static void labels_are_what_the_beam_finds(void)
{
    train_source s = small();
    train_pool fresh = pool(&s, 0, 0, 4), kept = pool(&s, 20, 0, 4);
    train_power_batch b = make(&fresh, 2, 2, 6);
    check_labels(&b, "width=4");
    train_power_batch_free(&b);
    b = make(&kept, 2, 2, 6);
    check_labels(&b, "width=4");
    train_power_batch_free(&b);
    CHECK(train_power_batch_valid(&b, &kept, 7) == CF_OK);
    check_labels(&b, "width=64");
    train_power_batch_free(&b);
    train_pool_close(&fresh);
    train_pool_close(&kept);
    train_source_close(&s);
}

static void a_batch_is_the_same_for_any_number_of_threads(void)
{
    train_source s = small();
    for (int kept = 0; kept < 2; kept++) {
        train_power_batch b[2];
        for (int32_t threads = 1; threads <= 2; threads++) {
            train_pool p;
            if (train_pool_open(&p, &s, 5, kept * 30, 0, 2, threads) != CF_OK) exit(2);
            b[threads - 1] = make(&p, 7, 7, 20);
            train_pool_close(&p); /* fresh drops are the batch's own; so are gains and labels */
        }
        CHECK(memcmp(b[0].gain, b[1].gain, 20 * GAINS * sizeof *b[0].gain) == 0);
        CHECK(memcmp(b[0].labels.ap, b[1].labels.ap, 20 * K * sizeof *b[0].labels.ap) == 0);
        CHECK(memcmp(b[0].labels.watts, b[1].labels.watts, 20 * K * sizeof(float)) == 0);
        CHECK(memcmp(b[0].labels.value, b[1].labels.value, 20 * sizeof(double)) == 0);
        train_power_batch_free(&b[0]);
        train_power_batch_free(&b[1]);
    }
    train_source_close(&s);
}

/* 30 drops, the last 3 of them held out; a pool does not matter here. */
static void fixed_drops_keep_the_held_out_from_training(void)
{
    train_source open = small(), s;
    cf_drops *d = NULL;
    if (cf_drops_generate(&d, open.scenario, 9, 0, 30, 1) != CF_OK) exit(2);
    CHECK(train_source_fixed(&s, d, 3, CF_TASK_POWER) == CF_OK);
    train_pool p = pool(&s, 1000, 10, 2);
    int seen[30] = {0};
    for (int64_t step = 0; step < 40; step++) {
        train_power_batch b = make(&p, step, step, 10);
        check_drops(&b, d, b.draw.from);
        if (step == 0) check_labels(&b, "width=2");
        for (int i = 0; i < 10; i++) seen[b.draw.from[i]]++;
        train_power_batch_free(&b);
    }
    for (int i = 0; i < 30; i++) /* 400 draws among 27 */
        CHECK(i < 27 ? seen[i] > 2 && seen[i] < 45 : seen[i] == 0);
    train_power_batch valid;
    CHECK(train_power_batch_valid(&valid, &p, 3) == CF_OK);
    check_drops(&valid, d, (const int32_t[]){27, 28, 29});
    train_power_batch_free(&valid);
    train_pool_close(&p);
    train_source_close(&s);
    train_source_close(&open);
    cf_drops_free(d);
}

static void bad_drops_are_refused(void)
{
    train_source open = small(), s;
    train_pool p;
    cf_drops *d = NULL;
    if (cf_drops_generate(&d, open.scenario, 9, 0, 30, 1) != CF_OK) exit(2);
    CHECK(train_source_fixed(&s, d, 3, CF_TASK_POWER) == CF_OK);
    cf_drops bad = *d;
    s.fixed = &bad;
    bad.objective = CF_POWER_MIN_RATE;
    CHECK(train_pool_open(&p, &s, 1, 0, 0, 0, 1) == CF_EARG);
    bad = *d;
    bad.noise_w = -1;
    train_power_batch b;
    CHECK(train_pool_open(&p, &s, 1, 0, 0, 0, 1) == CF_OK);
    CHECK(train_power_batch_make(&b, &p, 0, 0, 4) != CF_OK);
    CHECK(strstr(cf_last_error(), "noise") != NULL);
    CHECK(train_power_batch_valid(&b, &p, 3) != CF_OK);
    train_pool_close(&p);
    train_source_close(&s);
    train_source_close(&open);
    cf_drops_free(d);
}

int main(void)
{
    RUN(a_pass_takes_every_drop_once_chunk_by_chunk);
    RUN(without_chunks_the_whole_pool_is_shuffled);
    RUN(a_batch_is_its_piece_of_the_sequence);
    RUN(labels_are_what_the_beam_finds);
    RUN(a_batch_is_the_same_for_any_number_of_threads);
    RUN(fixed_drops_keep_the_held_out_from_training);
    RUN(bad_drops_are_refused);
    return DONE();
}
