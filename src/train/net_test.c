#include "train/net.h"

#include <stdlib.h>
#include <string.h>

#include "base/rng.h"

#include "t.h"

enum { MOST = 40, LINKS = 20 };

static const loss_weights SCHEMES[] = {
    {.scheme = LOSS_LAGRANGIAN, .lambda_c = 0.7, .mu_c = 1.3, .lambda_d = 0.2, .mu_d = 0.3},
    {.scheme = LOSS_STRAIGHT_THROUGH, .penalty = 2},
    {.scheme = LOSS_LABELS, .penalty = 2},
};

typedef struct bench {
    cf_policy *policy;
    train_source source;
    train_batch batch; /* MOST drops with labels */
} bench;

static bench start(const char *architecture)
{
    bench b;
    if (policy_make(&b.policy, policy_class_named(architecture), NULL) != CF_OK) exit(2);
    b.policy->class->init(&b.policy->table, b.policy->size, 1, b.policy->params);
    rng r = rng_stream(1, RNG_TEST, 0);
    for (int32_t i = 0; i < b.policy->table.size; i++)
        b.policy->params[i] += (real)(0.1 * rng_normal(&r));
    if (train_source_open(&b.source, "mmwave-small", CF_TASK_ASSIGNMENT) != CF_OK) exit(2);
    if (train_batch_make(&b.batch, &b.source, 1, 0, 0, MOST, 1, 1) != CF_OK) exit(2);
    return b;
}

static void end(bench *b)
{
    train_batch_free(&b->batch);
    train_source_close(&b->source);
    cf_policy_free(b->policy);
}

/* Drops first .. first + n - 1 of the batch; borrowed. */
static train_batch part(const bench *b, int32_t first, int32_t n)
{
    train_batch p = b->batch;
    p.n = n;
    p.snr += first * LINKS;
    p.label += first * LINKS;
    p.optimum += first;
    return p;
}

static train_means gradient(const bench *b, const train_batch *batch, const loss_weights *w,
                            int32_t threads, real *g)
{
    train_net net;
    train_means m = {0};
    if (train_net_make(&net, b->policy, 5, 4, MOST, threads) != CF_OK) exit(2);
    CHECK(train_net_step(&net, batch, w, 0.3, g, &m) == CF_OK);
    train_net_free(&net);
    return m;
}

static real *numbers(const bench *b)
{
    real *g = calloc((size_t)b->policy->table.size, sizeof *g);
    if (!g) exit(2);
    return g;
}

/* Two threads take the tiles in whatever order they come to them. */
static void check_threads(const char *architecture)
{
    bench b = start(architecture);
    real *one = numbers(&b), *two = numbers(&b);
    const size_t size = (size_t)b.policy->table.size * sizeof *one;
    const train_batch all = part(&b, 0, MOST);
    for (int s = 0; s < 3; s++) {
        const train_means m = gradient(&b, &all, &SCHEMES[s], 1, one);
        for (int again = 0; again < 4; again++) {
            const train_means n = gradient(&b, &all, &SCHEMES[s], 2, two);
            CHECK(memcmp(one, two, size) == 0);
            CHECK(memcmp(&m, &n, sizeof m) == 0);
        }
    }
    free(one);
    free(two);
    end(&b);
}

static void threads_do_not_change_a_bit(void)
{
    check_threads("market");
    check_threads("hpe");
}

/* 17 drops fill a tile of 16 and one lane of the next; so the mean over them one by one is another
 * way to the same gradient. Float: each drop's is good to some 1e-6 of the largest. */
static void check_mean(const char *architecture, int32_t n)
{
    bench b = start(architecture);
    const int32_t P = b.policy->table.size;
    real *whole = numbers(&b), *single = numbers(&b);
    double *sum = calloc((size_t)P, sizeof *sum);
    if (!sum) exit(2);
    for (int s = 0; s < 3; s++) {
        const train_batch all = part(&b, 0, n);
        const train_means m = gradient(&b, &all, &SCHEMES[s], 1, whole);
        train_means want = {0};
        double largest = 0, apart = 0;
        memset(sum, 0, (size_t)P * sizeof *sum);
        for (int32_t i = 0; i < n; i++) {
            const train_batch one = part(&b, i, 1);
            const train_means o = gradient(&b, &one, &SCHEMES[s], 1, single);
            want.loss += o.loss / n;
            want.rate += o.rate / n;
            want.shortage += o.shortage / n;
            want.entropy += o.entropy / n;
            for (int32_t j = 0; j < P; j++) {
                sum[j] += (double)single[j] / n;
                largest = fmax(largest, fabs((double)single[j]));
            }
        }
        for (int32_t j = 0; j < P; j++) apart = fmax(apart, fabs((double)whole[j] - sum[j]));
        CHECK(largest > 1e-3 && apart <= 1e-5 * largest);
        CHECK_NEAR(m.loss, want.loss, 1e-6);
        CHECK_NEAR(m.rate, want.rate, 1e-6);
        CHECK_NEAR(m.shortage, want.shortage, 1e-6);
        CHECK_NEAR(m.entropy, want.entropy, 1e-6);
    }
    free(sum);
    free(whole);
    free(single);
    end(&b);
}

static void a_batch_is_the_mean_of_its_drops(void)
{
    check_mean("market", 17);
    check_mean("market", 15);
    check_mean("hpe", 17);
}

/* A large batch before leaves nothing behind for a small one. */
static void a_net_forgets_the_batch_before(void)
{
    bench b = start("market");
    real *fresh = numbers(&b), *used = numbers(&b);
    const train_batch few = part(&b, 20, 5), many = part(&b, 0, 36);
    train_means m;
    train_net net;
    gradient(&b, &few, &SCHEMES[2], 1, fresh);
    if (train_net_make(&net, b.policy, 5, 4, MOST, 2) != CF_OK) exit(2);
    CHECK(train_net_step(&net, &many, &SCHEMES[0], 0.3, used, &m) == CF_OK);
    train_quality q;
    CHECK(train_net_judge(&net, &many, &q) == CF_OK);
    CHECK(train_net_step(&net, &few, &SCHEMES[2], 0.3, used, &m) == CF_OK);
    CHECK(memcmp(fresh, used, (size_t)b.policy->table.size * sizeof *used) == 0);
    train_net_free(&net);
    free(fresh);
    free(used);
    end(&b);
}

/* A runner, the check and repair of the public interface come to the same judgement. */
static void check_judgement(const char *architecture)
{
    bench b = start(architecture);
    train_net net;
    cf_runner *runner = NULL;
    train_quality q, one_by_one = {0};
    void *ws = aligned_alloc(64, (cf_assignment_repair_workspace(5, 4) + 63) / 64 * 64);
    if (!ws || cf_runner_make(&runner, b.policy, 5, 4, 1) != CF_OK) exit(2);
    if (train_net_make(&net, b.policy, 5, 4, 1, 2) != CF_OK) exit(2);
    CHECK(train_net_judge(&net, &b.batch, &q) == CF_OK);
    for (int32_t i = 0; i < MOST; i++) {
        const cf_assignment p = train_batch_drop(&b.batch, i);
        uint8_t x[LINKS];
        CHECK(cf_runner_decide(runner, &p, 1, x, NULL) == CF_OK);
        const int broken = cf_assignment_violations(&p, x).users_short > 0;
        CHECK(cf_assignment_repair(&p, x, ws) == CF_OK);
        const double rate = cf_assignment_rate(&p, x);
        one_by_one.objective += rate / MOST;
        one_by_one.of_best += rate / b.batch.optimum[i] / MOST;
        one_by_one.broken += broken / (double)MOST;
        one_by_one.feasible += broken ? 0 : rate / b.batch.optimum[i] / MOST;
    }
    CHECK_NEAR(q.objective, one_by_one.objective, 1e-12);
    CHECK_NEAR(q.of_best, one_by_one.of_best, 1e-12);
    CHECK_NEAR(q.broken, one_by_one.broken, 1e-12);
    CHECK_NEAR(q.feasible, one_by_one.feasible, 1e-12);
    CHECK(q.of_best > 0.3 && q.of_best <= 1 + 1e-12 && q.broken >= 0 && q.broken <= 1);
    train_net_free(&net);
    cf_runner_free(runner);
    free(ws);
    end(&b);
}

static void validation_judges_as_the_public_interface_does(void)
{
    check_judgement("market");
    check_judgement("hpe");
}

static void scores_that_are_not_numbers_are_refused(void)
{
    bench b = start("market");
    real *g = numbers(&b);
    train_net net;
    train_means m;
    train_quality q;
    for (int32_t i = 0; i < b.policy->table.size; i++) b.policy->params[i] = NAN;
    if (train_net_make(&net, b.policy, 5, 4, MOST, 2) != CF_OK) exit(2);
    for (int s = 0; s < 3; s++)
        CHECK(train_net_step(&net, &b.batch, &SCHEMES[s], 0.3, g, &m) == CF_ENUM);
    CHECK(train_net_judge(&net, &b.batch, &q) == CF_ENUM);
    train_net_free(&net);
    free(g);
    end(&b);
}

int main(void)
{
    RUN(threads_do_not_change_a_bit);
    RUN(a_batch_is_the_mean_of_its_drops);
    RUN(a_net_forgets_the_batch_before);
    RUN(validation_judges_as_the_public_interface_does);
    RUN(scores_that_are_not_numbers_are_refused);
    return DONE();
}
