/* Built with -DCF_REAL_DOUBLE: see base/real.h. The losses by hand, and the gradient of the
 * whole. */
#include <stdlib.h>
#include <string.h>

#include "base/rng.h"
#include "policy/policy.h"
#include "train/loss.h"

#include "t.h"

static const double LN2 = 0.69314718055994530942;

/* Two APs, two users: SNR [1 2; 4 5], each user needs two APs. */
static const double SNR[] = {1, 2, 4, 5};
static const int32_t TWO[] = {2, 2};
static const cf_assignment SMALL = {.L = 2, .K = 2, .snr = SNR, .max_users = TWO, .min_aps = TWO};

/* At x = [1 1/2; 1/2 0] user 0 receives 1 + 2 = 3 and user 1 receives 1, so R = 2 + 1 = 3. They
 * have 3/2 and 1/2 APs, so c = 1/2 + 3/2 = 2, and each x counts by lambda_c + mu_c c = 1/2 + 4. */
static void the_lagrangian_is_as_by_hand(void)
{
    const loss_weights w = {.scheme = LOSS_LAGRANGIAN,
                            .lambda_c = 0.5,
                            .mu_c = 2,
                            .lambda_d = 0.1,
                            .mu_d = 4,
                            .penalty = 1000};
    const real x[] = {1, 0.5, 0.5, 0};
    real dx[] = {0, 0, 0, 0};
    const loss_terms t = train_loss(&w, &SMALL, NULL, NULL, x, 1, 1, dx);
    const double e = -log(1 + 1e-6) - log(0.5 + 1e-6), by_e = 0.1 + 4 * e;
    CHECK_NEAR(t.rate, 3, 1e-14);
    CHECK_NEAR(t.shortage, 2, 1e-14);
    CHECK_NEAR(t.entropy, e, 1e-14);
    CHECK_NEAR(t.entropy, LN2, 4e-6);
    CHECK_NEAR(t.loss, -3 + 0.5 * 2 + 2 * 2 * 2 / 2.0 + 0.1 * e + 4 * e * e / 2, 1e-13);
    const double half = log(0.5 + 1e-6) + 0.5 / (0.5 + 1e-6);
    const double one = log(1 + 1e-6) + 1 / (1 + 1e-6), none = log(1e-6);
    CHECK_NEAR(dx[0], -1 / (4 * LN2) - 4.5 - by_e * one, 1e-13);
    CHECK_NEAR(dx[1], -2 / (2 * LN2) - 4.5 - by_e * half, 1e-13);
    CHECK_NEAR(dx[2], -4 / (4 * LN2) - 4.5 - by_e * half, 1e-13);
    CHECK_NEAR(dx[3], -5 / (2 * LN2) - 4.5 - by_e * none, 1e-13);
}

/* The decision [1 0; 1 1] gives both users 5, so R = 2 log2 6; user 1 lacks an AP, c = 1. */
static void straight_through_is_as_by_hand(void)
{
    const loss_weights w = {.scheme = LOSS_STRAIGHT_THROUGH,
                            .penalty = 3,
                            .lambda_c = 9,
                            .mu_c = 9,
                            .lambda_d = 9,
                            .mu_d = 9};
    const real x[] = {0.9, 0.1, 0.8, 0.7};
    const uint8_t own[] = {1, 0, 1, 1};
    real dx[] = {0, 0, 0, 0};
    const loss_terms t = train_loss(&w, &SMALL, NULL, own, x, 1, 1, dx);
    CHECK_NEAR(t.rate, 2 * log(6) / LN2, 1e-14);
    CHECK_NEAR(t.shortage, 1, 0);
    CHECK_NEAR(t.loss, -2 * log(6) / LN2 + 3, 1e-14);
    CHECK_NEAR(dx[0], -1 / (6 * LN2), 1e-14);
    CHECK_NEAR(dx[1], -2 / (6 * LN2) - 3, 1e-14);
    CHECK_NEAR(dx[2], -4 / (6 * LN2), 1e-14);
    CHECK_NEAR(dx[3], -5 / (6 * LN2) - 3, 1e-14);
}

/* Labels [1 0; 1 1] at x = [.9 .2; .6 .5] cost -ln(.9 .8 .6 .5). The decision [0 0; 1 1] leaves
 * both users an AP short. */
static void labels_are_as_by_hand(void)
{
    const loss_weights w = {.scheme = LOSS_LABELS, .penalty = 2, .lambda_c = 9, .mu_d = 9};
    const real x[] = {0.9, 0.2, 0.6, 0.5};
    const uint8_t label[] = {1, 0, 1, 1}, own[] = {0, 0, 1, 1};
    real dx[] = {0, 0, 0, 0};
    const loss_terms t = train_loss(&w, &SMALL, label, own, x, 1, 1, dx);
    CHECK_NEAR(t.loss, -log(0.9 * 0.8 * 0.6 * 0.5) + 2 * 2, 1e-14);
    CHECK_NEAR(t.rate, (log(1 + 0.9 + 2.4) + log(1 + 0.4 + 2.5)) / LN2, 1e-14);
    CHECK_NEAR(t.shortage, 2, 0);
    CHECK_NEAR(dx[0], -1 / 0.9 - 2, 1e-14);
    CHECK_NEAR(dx[1], 1 / 0.8 - 2, 1e-14);
    CHECK_NEAR(dx[2], -1 / 0.6 - 2, 1e-14);
    CHECK_NEAR(dx[3], -1 / 0.5 - 2, 1e-14);
}

/* 0 and 1 themselves have finite logarithms, right or wrong. */
static void labels_stay_finite_at_the_ends(void)
{
    const loss_weights w = {.scheme = LOSS_LABELS};
    const real x[] = {0, 1, 0, 1};
    const uint8_t label[] = {1, 0, 0, 1}, own[] = {1, 1, 1, 1};
    real dx[] = {0, 0, 0, 0};
    const loss_terms t = train_loss(&w, &SMALL, label, own, x, 1, 1, dx);
    CHECK_NEAR(t.loss, -2 * log(1e-6) - 2 * log1p(-1e-6), 1e-9);
    for (int i = 0; i < 4; i++) CHECK(isfinite(dx[i]));
}

/* A random drop of 4 APs and 3 users, and an x in every third place. */
enum { L = 4, K = 3, LINKS = L * K, STEP = 3 };

typedef struct probe {
    double snr[LINKS];
    int32_t max_users[L], min_aps[K];
    uint8_t label[LINKS], own[LINKS];
    real x[LINKS * STEP];
    cf_assignment p;
} probe;

static void draw(probe *a, uint64_t number)
{
    rng r = rng_stream(7, RNG_TEST, number);
    a->p = (cf_assignment){
        .L = L, .K = K, .snr = a->snr, .max_users = a->max_users, .min_aps = a->min_aps};
    int32_t served[K] = {0};
    for (int i = 0; i < LINKS; i++) {
        a->snr[i] = pow(10, 2 * rng_uniform(&r) - 0.5);
        a->label[i] = rng_below(&r, 2) == 1;
        a->own[i] = rng_below(&r, 2) == 1;
        served[i % K] += a->own[i];
    }
    for (int i = 0; i < LINKS * STEP; i++) a->x[i] = 0.03 + 0.94 * rng_uniform(&r);
    for (int l = 0; l < L; l++) a->max_users[l] = 2;
    for (int k = 0; k < K; k++) /* never just as many as the decision gives: a kink */
        a->min_aps[k] = served[k] + (served[k] == 0 || rng_below(&r, 2) ? 1 : -1);
}

/* The losses once more, as functions of real x alone. */
static double reference(const loss_weights *w, const probe *a, const double *x)
{
    double rate = 0, c = 0, e = 0, ce = 0;
    for (int k = 0; k < K; k++) {
        double sum = 0, servers = 0;
        for (int l = 0; l < L; l++) {
            sum += x[l * K + k] * a->snr[l * K + k];
            servers += x[l * K + k];
        }
        rate += log(1 + sum) / LN2;
        c += servers < a->min_aps[k] ? a->min_aps[k] - servers : 0;
    }
    for (int i = 0; i < LINKS; i++) {
        e -= x[i] * log(x[i] + 1e-6);
        ce -= a->label[i] ? log(x[i]) : log(1 - x[i]);
    }
    if (w->scheme == LOSS_LABELS) return ce;
    if (w->scheme == LOSS_STRAIGHT_THROUGH) return -rate + w->penalty * c;
    return -rate + w->lambda_c * c + w->mu_c * c * c / 2 + w->lambda_d * e + w->mu_d * e * e / 2;
}

static double slope(const loss_weights *w, const probe *a, const double *x, int i)
{
    static const double AT[] = {-2, -1, 1, 2};
    const double h = 1e-4;
    double y[LINKS], f[4];
    memcpy(y, x, sizeof y);
    for (int j = 0; j < 4; j++) {
        y[i] = x[i] + h * AT[j];
        f[j] = reference(w, a, y);
    }
    return (f[0] - 8 * f[1] + 8 * f[2] - f[3]) / (12 * h);
}

static void check_scheme(loss_weights w)
{
    const double scale = 0.7;
    for (uint64_t n = 0; n < 20; n++) {
        probe a;
        double x[LINKS], dx[LINKS * STEP];
        draw(&a, n);
        const uint8_t *own = w.scheme == LOSS_LAGRANGIAN ? NULL : a.own;
        for (int i = 0; i < LINKS; i++)
            x[i] = w.scheme == LOSS_STRAIGHT_THROUGH ? a.own[i] : a.x[i * STEP];
        for (int i = 0; i < LINKS * STEP; i++) dx[i] = 5;
        const loss_terms t = train_loss(&w, &a.p, w.scheme == LOSS_LABELS ? a.label : NULL, own,
                                        a.x, STEP, scale, dx);
        CHECK_NEAR(t.loss, reference(&w, &a, x), 1e-13);
        for (int i = 0; i < LINKS; i++) {
            CHECK_NEAR(dx[i * STEP], 5 + scale * slope(&w, &a, x, i), 1e-8);
            CHECK(dx[i * STEP + 1] == 5 && dx[i * STEP + 2] == 5);
        }
    }
}

static void slopes_in_x_match_central_differences(void)
{
    check_scheme((loss_weights){
        .scheme = LOSS_LAGRANGIAN, .lambda_c = 0.7, .mu_c = 1.3, .lambda_d = 0.2, .mu_d = 0.3});
    check_scheme((loss_weights){.scheme = LOSS_LAGRANGIAN});
    check_scheme((loss_weights){.scheme = LOSS_STRAIGHT_THROUGH, .penalty = 2.5});
    check_scheme((loss_weights){.scheme = LOSS_STRAIGHT_THROUGH});
    check_scheme((loss_weights){.scheme = LOSS_LABELS});
}

/* A user that has just enough is not pushed to more. */
static void no_penalty_pulls_at_a_user_with_enough(void)
{
    const uint8_t own[] = {1, 0, 1, 0}, label[] = {1, 0, 1, 0};
    const real x[] = {0.5, 0.5, 0.5, 0.5};
    for (int scheme = LOSS_STRAIGHT_THROUGH; scheme <= LOSS_LABELS; scheme++) {
        real with[] = {0, 0, 0, 0}, without[] = {0, 0, 0, 0};
        loss_weights w = {.scheme = (loss_scheme)scheme, .penalty = 3};
        train_loss(&w, &SMALL, label, own, x, 1, 1, with);
        w.penalty = 0;
        train_loss(&w, &SMALL, label, own, x, 1, 1, without);
        for (int i = 0; i < 4; i++) CHECK_NEAR(with[i] - without[i], i % 2 ? -3 : 0, 1e-14);
    }
}

/* The whole: drops through a network of many rounds, every round's relaxed assignment into the
 * loss. */
enum { B = 2 };

typedef struct net {
    cf_policy *policy;
    nn_plan plan;
    policy_io io;
    probe drop[B];
    loss_weights w;
} net;

static void make(net *n, const char *architecture, const double *size, loss_weights w)
{
    n->w = w;
    if (policy_make(&n->policy, policy_class_named(architecture), size) != CF_OK) exit(2);
    rng r = rng_stream(11, RNG_TEST, 0);
    for (int32_t i = 0; i < n->policy->table.size; i++)
        n->policy->params[i] = 1.2 * (rng_uniform(&r) - 0.5);
    if (policy_plan(&n->plan, &n->io, n->policy, (nn_dims){L, K, B}, POLICY_TRAIN) != CF_OK)
        exit(2);
    for (int b = 0; b < B; b++) {
        draw(&n->drop[b], 100 + (uint64_t)b);
        policy_feed(&n->plan, &n->io, n->policy, &n->drop[b].p, n->drop[b].snr, b);
    }
}

static double objective(const net *n)
{
    double loss = 0;
    nn_plan_prepare(&n->plan, n->policy->params);
    nn_plan_forward(&n->plan, n->policy->params);
    nn_plan_zero_grads(&n->plan);
    for (int b = 0; b < B; b++)
        for (int32_t r = 0; r < n->io.rounds; r++) {
            const double weight = r == n->io.rounds - 1 ? 1 : 0.3;
            const probe *a = &n->drop[b];
            const int labels = n->w.scheme == LOSS_LABELS;
            const loss_terms t =
                train_loss(&n->w, &a->p, labels ? a->label : NULL, labels ? a->own : NULL,
                           nn_value(&n->plan, n->io.relaxed[r]) + b, B, weight / B,
                           nn_grad(&n->plan, n->io.relaxed[r]) + b);
            loss += weight * t.loss / B;
        }
    return loss;
}

static double parameter_slope(const net *n, int32_t i)
{
    static const double AT[] = {-2, -1, 1, 2};
    const double h = 1e-5;
    double *w = &n->policy->params[i], f[4];
    const double keep = *w;
    for (int j = 0; j < 4; j++) {
        *w = keep + h * AT[j];
        f[j] = objective(n);
    }
    *w = keep;
    return (f[0] - 8 * f[1] + 8 * f[2] - f[3]) / (12 * h);
}

static void check_whole(const char *architecture, const double *size, loss_weights w)
{
    net n;
    make(&n, architecture, size, w);
    const int32_t P = n.policy->table.size;
    double *g = calloc((size_t)P, sizeof *g), largest = 0, apart = 0;
    if (!g) exit(2);
    objective(&n);
    nn_plan_backward(&n.plan, n.policy->params, g);
    int32_t felt = 0;
    for (int32_t i = 0; i < P; i++) {
        const double want = parameter_slope(&n, i);
        largest = fmax(largest, fabs(want));
        apart = fmax(apart, fabs(g[i] - want));
        felt += fabs(want) > 1e-6;
    }
    fprintf(stderr, "    %s: %d parameters in %d rounds, slopes up to %.3g, within %.1e\n",
            architecture, P, n.io.rounds, largest, apart);
    CHECK(apart <= 1e-6 * largest);
    CHECK(largest > 0.01 && felt > P / 3);
    free(g);
    nn_plan_free(&n.plan);
    cf_policy_free(n.policy);
}

static void the_whole_loss_slopes_in_every_parameter(void)
{
    const loss_weights lagrangian = {
        .scheme = LOSS_LAGRANGIAN, .lambda_c = 0.7, .mu_c = 1.3, .lambda_d = 0.2, .mu_d = 0.3};
    const loss_weights labels = {.scheme = LOSS_LABELS};
    const double hpe[] = {3, 2, 2, -86, 6, -86.84029654543082}, market[] = {3, 6, 2};
    check_whole("hpe", hpe, lagrangian);
    check_whole("market", market, lagrangian);
    check_whole("market", market, labels);
}

int main(void)
{
    RUN(the_lagrangian_is_as_by_hand);
    RUN(straight_through_is_as_by_hand);
    RUN(labels_are_as_by_hand);
    RUN(labels_stay_finite_at_the_ends);
    RUN(slopes_in_x_match_central_differences);
    RUN(no_penalty_pulls_at_a_user_with_enough);
    RUN(the_whole_loss_slopes_in_every_parameter);
    return DONE();
}
