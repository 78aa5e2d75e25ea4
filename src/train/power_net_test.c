#include "train/power_net.h"

#include <stdlib.h>
#include <string.h>

#include "policy/power.h"

#include "t.h"

enum { MOST = 20, L = 5, K = 10 };

typedef struct kind {
    const char *architecture;
    loss_scheme scheme;
} kind;

static const kind KINDS[] = {{"sinrnet", LOSS_OBJECTIVE},
                             {"sinrnet", LOSS_SUPPORT},
                             {"unrolled", LOSS_OBJECTIVE},
                             {"setnet", LOSS_LABELS}};
enum { N_KINDS = sizeof KINDS / sizeof *KINDS };

typedef struct bench {
    cf_policy *policy;
    train_source source;
    train_pool pool;
    train_power_batch batch; /* MOST drops with labels */
    train_power_weights weights;
} bench;

static void start(bench *b, const kind *k)
{
    const policy_class *class = policy_class_named(k->architecture);
    double size[POLICY_MAX_SIZES];
    for (int32_t i = 0; i < class->n_sizes; i++) size[i] = class->sizes[i].standard;
    size[0] = 3; /* features of sinrnet, rounds of the others */
    if (policy_make(&b->policy, class, size) != CF_OK) exit(2);
    class->init(&b->policy->table, b->policy->size, 1, b->policy->params);
    rng r = rng_stream(1, RNG_TEST, 0);
    for (int32_t i = 0; i < b->policy->table.size; i++)
        b->policy->params[i] += (real)(0.03 * rng_normal(&r));
    if (train_source_open(&b->source, "power-5x10", CF_TASK_POWER) != CF_OK) exit(2);
    if (train_pool_open(&b->pool, &b->source, 1, 0, 0, 4, 2) != CF_OK) exit(2);
    if (train_power_batch_make(&b->batch, &b->pool, 0, 0, MOST) != CF_OK) exit(2);
    b->weights =
        (train_power_weights){.scheme = k->scheme, .early = 0.3, .kappa = 0.1, .labels = {1, 0.05}};
}

static void end(bench *b)
{
    train_power_batch_free(&b->batch);
    train_pool_close(&b->pool);
    train_source_close(&b->source);
    cf_policy_free(b->policy);
}

/* Drops first .. first + n - 1 of the batch; borrowed. */
static train_power_batch part(const bench *b, int32_t first, int32_t n)
{
    train_power_batch p = b->batch;
    p.n = n;
    p.drop += first;
    p.labels.ap += first * K;
    p.labels.watts += first * K;
    p.labels.value += first;
    return p;
}

static loss_power_terms gradient(const bench *b, const train_power_batch *batch, int64_t first,
                                 int32_t threads, real *g)
{
    train_power_net net;
    loss_power_terms m = {0};
    if (train_power_net_make(&net, b->policy, L, K, MOST, threads) != CF_OK) exit(2);
    CHECK(train_power_net_step(&net, batch, &b->weights, 3, first, g, &m) == CF_OK);
    train_power_net_free(&net);
    return m;
}

static real *numbers(const bench *b)
{
    real *g = calloc((size_t)b->policy->table.size, sizeof *g);
    if (!g) exit(2);
    return g;
}

static void threads_do_not_change_a_bit(void)
{
    for (int i = 0; i < N_KINDS; i++) {
        bench b;
        start(&b, &KINDS[i]);
        real *one = numbers(&b), *two = numbers(&b);
        const loss_power_terms m = gradient(&b, &b.batch, 0, 1, one);
        for (int again = 0; again < 3; again++) {
            const loss_power_terms n = gradient(&b, &b.batch, 0, 2, two);
            CHECK(memcmp(one, two, (size_t)b.policy->table.size * sizeof *one) == 0);
            CHECK(memcmp(&m, &n, sizeof m) == 0);
        }
        free(one);
        free(two);
        end(&b);
    }
}

/* 17 drops do not fill their tiles, and the support's draw belongs to the drop, not to its place.
 * Float: each drop's gradient is good to some 1e-6 of the largest. */
static void check_mean(const kind *k, int32_t n)
{
    bench b;
    start(&b, k);
    const int32_t P = b.policy->table.size;
    real *whole = numbers(&b), *single = numbers(&b);
    double *sum = calloc((size_t)P, sizeof *sum), largest = 0, apart = 0;
    if (!sum) exit(2);
    const train_power_batch all = part(&b, 0, n);
    const loss_power_terms m = gradient(&b, &all, 100, 1, whole);
    loss_power_terms want = {0};
    for (int32_t i = 0; i < n; i++) {
        const train_power_batch one = part(&b, i, 1);
        const loss_power_terms o = gradient(&b, &one, 100 + i, 1, single);
        want.loss += o.loss / n;
        want.value += o.value / n;
        want.support += o.support / n;
        for (int32_t j = 0; j < P; j++) {
            sum[j] += (double)single[j] / n;
            largest = fmax(largest, fabs((double)single[j]));
        }
    }
    for (int32_t j = 0; j < P; j++) apart = fmax(apart, fabs((double)whole[j] - sum[j]));
    CHECK(largest > 1e-4 && apart <= 1e-5 * largest);
    CHECK_NEAR(m.loss, want.loss, 1e-6);
    CHECK_NEAR(m.value, want.value, 1e-6);
    CHECK_NEAR(m.support, want.support, 1e-6);
    CHECK((m.support > 0) == (k->scheme == LOSS_SUPPORT));
    free(sum);
    free(whole);
    free(single);
    end(&b);
}

static void a_batch_is_the_mean_of_its_drops(void)
{
    for (int i = 0; i < N_KINDS; i++) check_mean(&KINDS[i], 17);
}

/* A plan of one lane and the public check come to the same judgement. */
static void check_judgement(const kind *k)
{
    bench b;
    start(&b, k);
    train_power_net net;
    train_power_quality q, want = {0};
    if (train_power_net_make(&net, b.policy, L, K, 1, 2) != CF_OK) exit(2);
    CHECK(train_power_net_judge(&net, &b.batch, &q) == CF_OK);
    nn_plan plan;
    policy_io io;
    if (policy_plan(&plan, &io, b.policy, (nn_dims){L, K, 1}, POLICY_DECIDE) != CF_OK) exit(2);
    for (int32_t i = 0; i < MOST; i++) {
        float watts[L * K];
        policy_power_feed(&plan, &io, b.policy, &b.batch.drop[i], 0);
        nn_plan_forward(&plan, b.policy->params);
        CHECK(policy_power_read(&plan, &io, b.policy, &b.batch.drop[i], 0, watts, NULL, NULL) ==
              CF_OK);
        const double value = cf_power_value(&b.batch.drop[i], watts, NULL);
        want.objective += value / MOST;
        want.of_best += value / b.batch.labels.value[i] / MOST;
    }
    CHECK_NEAR(q.objective, want.objective, 1e-5);
    CHECK_NEAR(q.of_best, want.of_best, 1e-5);
    CHECK(q.of_best > 0 && q.of_best < 1 + 1e-3);
    nn_plan_free(&plan);
    train_power_net_free(&net);
    end(&b);
}

static void validation_judges_as_a_single_plan_does(void)
{
    for (int i = 0; i < N_KINDS; i++) check_judgement(&KINDS[i]);
}

static void outputs_that_are_not_numbers_are_refused(void)
{
    for (int i = 0; i < N_KINDS; i++) {
        bench b;
        start(&b, &KINDS[i]);
        real *g = numbers(&b);
        train_power_net net;
        loss_power_terms m;
        train_power_quality q;
        for (int32_t j = 0; j < b.policy->table.size; j++) b.policy->params[j] = NAN;
        if (train_power_net_make(&net, b.policy, L, K, MOST, 2) != CF_OK) exit(2);
        CHECK(train_power_net_step(&net, &b.batch, &b.weights, 3, 0, g, &m) == CF_ENUM);
        CHECK(train_power_net_judge(&net, &b.batch, &q) == CF_ENUM);
        train_power_net_free(&net);
        free(g);
        end(&b);
    }
}

int main(void)
{
    RUN(threads_do_not_change_a_bit);
    RUN(a_batch_is_the_mean_of_its_drops);
    RUN(validation_judges_as_a_single_plan_does);
    RUN(outputs_that_are_not_numbers_are_refused);
    return DONE();
}
