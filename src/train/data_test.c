#include "train/data.h"

#include <stdlib.h>
#include <string.h>

#include "solver/solver.h"

#include "t.h"

enum { SMALL_LINKS = 20 };

static train_source small(void)
{
    train_source s;
    if (train_source_open(&s, "mmwave-small", CF_TASK_ASSIGNMENT) != CF_OK) exit(2);
    return s;
}

static train_batch make(const train_source *s, int64_t first, int64_t step, int32_t n,
                        int32_t labelled, int32_t threads)
{
    train_batch b;
    if (train_batch_make(&b, s, 5, first, step, n, labelled, threads) != CF_OK) {
        fprintf(stderr, "%s\n", cf_last_error());
        exit(2);
    }
    return b;
}

static const double *row(const train_batch *b, int32_t i)
{
    return b->snr + (int64_t)i * b->L * b->K;
}

/* How many drops of a are in b too. */
static int32_t shared(const train_batch *a, const train_batch *b)
{
    int32_t n = 0;
    for (int32_t i = 0; i < a->n; i++)
        for (int32_t j = 0; j < b->n; j++)
            n += memcmp(row(a, i), row(b, j), SMALL_LINKS * sizeof(double)) == 0;
    return n;
}

static void fresh_batches_share_no_drop(void)
{
    train_source s = small();
    CHECK(s.L == 5 && s.K == 4 && strcmp(s.name, "mmwave-small") == 0);
    train_batch b[4];
    for (int i = 0; i < 3; i++) b[i] = make(&s, TRAIN_FIRST_DROP, i, 24, 0, 1);
    b[3] = make(&s, TRAIN_FIRST_VALID, -1, 24, 0, 1);
    for (int i = 0; i < 4; i++) {
        CHECK(shared(&b[i], &b[i]) == 24);
        for (int j = 0; j < i; j++) CHECK(shared(&b[i], &b[j]) == 0);
        for (int l = 0; l < 5; l++) CHECK(b[i].max_users[l] == 2);
        for (int k = 0; k < 4; k++) CHECK(b[i].min_aps[k] == 2);
        CHECK(!b[i].label && !b[i].optimum);
    }
    for (int i = 0; i < 4; i++) train_batch_free(&b[i]);
    train_source_close(&s);
}

/* Step t of n drops is the scenario's own sequence from first + t n on. */
static void a_batch_is_its_piece_of_the_sequence(void)
{
    train_source s = small();
    train_batch b = make(&s, TRAIN_FIRST_DROP, 3, 8, 0, 1);
    cf_drops *d = NULL;
    if (cf_drops_generate(&d, s.scenario, 5, TRAIN_FIRST_DROP + 24, 8, 1) != CF_OK) exit(2);
    double snr[SMALL_LINKS];
    for (int i = 0; i < 8; i++) {
        cf_drops_snr(d, i, snr);
        CHECK(memcmp(snr, row(&b, i), sizeof snr) == 0);
        const cf_assignment p = train_batch_drop(&b, i);
        CHECK(p.L == 5 && p.K == 4 && p.snr == row(&b, i) && p.max_users == b.max_users);
    }
    cf_drops_free(d);
    train_batch_free(&b);
    train_source_close(&s);
}

/* The longest training that a configuration allows ends before the first drop of a validation, and
 * begins after the last that `generate` makes. */
static void training_never_reaches_validation(void)
{
    CHECK(TRAIN_FIRST_DROP > INT32_MAX);
    CHECK(TRAIN_FIRST_DROP + INT64_C(1000000000) * 65536 < TRAIN_FIRST_VALID);
}

static void a_batch_is_the_same_for_any_number_of_threads(void)
{
    train_source s = small();
    train_batch one = make(&s, TRAIN_FIRST_DROP, 7, 50, 1, 1);
    train_batch two = make(&s, TRAIN_FIRST_DROP, 7, 50, 1, 2);
    CHECK(memcmp(one.snr, two.snr, 50 * SMALL_LINKS * sizeof(double)) == 0);
    CHECK(memcmp(one.label, two.label, 50 * SMALL_LINKS) == 0);
    CHECK(memcmp(one.optimum, two.optimum, 50 * sizeof(double)) == 0);
    train_batch_free(&one);
    train_batch_free(&two);
    train_source_close(&s);
}

static void labels_are_what_exhaustive_search_finds(void)
{
    train_source s = small();
    train_batch b = make(&s, TRAIN_FIRST_VALID, -1, 12, 1, 2);
    void *self = NULL;
    if (solver_exhaustive.make(&self, NULL, NULL, 5, 4) != CF_OK) exit(2);
    for (int32_t i = 0; i < b.n; i++) {
        const cf_assignment p = train_batch_drop(&b, i);
        const uint8_t *label = b.label + i * SMALL_LINKS;
        const cf_violations v = cf_assignment_violations(&p, label);
        uint8_t best[SMALL_LINKS];
        cf_report report;
        CHECK(v.not_binary == 0 && v.aps_over == 0 && v.users_short == 0);
        CHECK(solver_exhaustive.run(self, &p, 0, i, best, NULL, &report) == CF_OK);
        CHECK_NEAR(b.optimum[i], cf_assignment_rate(&p, best), 1e-12);
        CHECK_NEAR(b.optimum[i], cf_assignment_rate(&p, label), 1e-15);
    }
    solver_exhaustive.free(self);
    train_batch_free(&b);
    train_source_close(&s);
}

/* 30 drops, the last 3 of them held out. */
static void fixed_drops_keep_the_held_out_from_training(void)
{
    train_source open = small(), s;
    cf_drops *d = NULL;
    if (cf_drops_generate(&d, open.scenario, 9, 0, 30, 1) != CF_OK) exit(2);
    CHECK(train_source_fixed(&s, d, 3, CF_TASK_ASSIGNMENT) == CF_OK);
    double snr[30][SMALL_LINKS];
    int seen[30] = {0};
    for (int i = 0; i < 30; i++) cf_drops_snr(d, i, snr[i]);
    for (int64_t step = 0; step < 40; step++) {
        train_batch b = make(&s, TRAIN_FIRST_DROP, step, 10, 0, 1);
        for (int i = 0; i < 10; i++) {
            int which = -1;
            for (int j = 0; j < 30; j++)
                if (memcmp(snr[j], row(&b, i), sizeof snr[j]) == 0) which = j;
            CHECK(which >= 0 && which < 27);
            if (which >= 0) seen[which]++;
        }
        train_batch_free(&b);
    }
    for (int i = 0; i < 27; i++) CHECK(seen[i] > 2 && seen[i] < 45); /* 400 draws among 27 */
    train_batch valid = make(&s, TRAIN_FIRST_VALID, -1, 3, 1, 1);
    for (int i = 0; i < 3; i++) CHECK(memcmp(snr[27 + i], row(&valid, i), sizeof snr[i]) == 0);
    train_batch_free(&valid);
    CHECK(train_source_fixed(&(train_source){0}, d, 30, CF_TASK_ASSIGNMENT) == CF_EARG);
    train_source_close(&s);
    train_source_close(&open);
    cf_drops_free(d);
}

/* One number of a step's draw is another's: not the same 10 drops again and again. */
static void steps_draw_differently(void)
{
    train_source open = small(), s;
    cf_drops *d = NULL;
    if (cf_drops_generate(&d, open.scenario, 9, 0, 30, 1) != CF_OK) exit(2);
    CHECK(train_source_fixed(&s, d, 3, CF_TASK_ASSIGNMENT) == CF_OK);
    train_batch a = make(&s, 0, 4, 10, 0, 1), b = make(&s, 0, 5, 10, 0, 1);
    train_batch again = make(&s, 0, 4, 10, 0, 2);
    CHECK(memcmp(a.snr, again.snr, 10 * SMALL_LINKS * sizeof(double)) == 0);
    CHECK(memcmp(a.snr, b.snr, 10 * SMALL_LINKS * sizeof(double)) != 0);
    train_batch_free(&a);
    train_batch_free(&b);
    train_batch_free(&again);
    train_source_close(&s);
    train_source_close(&open);
    cf_drops_free(d);
}

static void a_scenario_that_is_none_is_refused(void)
{
    train_source s;
    CHECK(train_source_open(&s, "no-such-scenario", CF_TASK_ASSIGNMENT) != CF_OK);
    CHECK(strstr(cf_last_error(), "no-such-scenario") != NULL);
    CHECK(!s.scenario && !s.name);
}

static void another_task_is_refused(void)
{
    train_source s = {0};
    CHECK(train_source_open(&s, "power-5x10", CF_TASK_ASSIGNMENT) == CF_EARG);
    CHECK(strstr(cf_last_error(), "power-5x10: the task is power") != NULL);
    CHECK(!s.scenario && !s.name);
    const cf_drops power = {.task = CF_TASK_POWER, .n = 9, .L = 1, .K = 1};
    CHECK(train_source_fixed(&s, &power, 1, CF_TASK_ASSIGNMENT) == CF_EARG);
}

int main(void)
{
    RUN(fresh_batches_share_no_drop);
    RUN(a_batch_is_its_piece_of_the_sequence);
    RUN(training_never_reaches_validation);
    RUN(a_batch_is_the_same_for_any_number_of_threads);
    RUN(labels_are_what_exhaustive_search_finds);
    RUN(fixed_drops_keep_the_held_out_from_training);
    RUN(steps_draw_differently);
    RUN(a_scenario_that_is_none_is_refused);
    RUN(another_task_is_refused);
    return DONE();
}
