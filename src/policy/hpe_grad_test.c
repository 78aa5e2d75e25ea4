/* Built with -DCF_REAL_DOUBLE: see base/real.h. The whole of B's network, both runs. */
#include <stdlib.h>
#include <string.h>

#include "base/rng.h"
#include "policy/policy.h"

#include "t.h"

enum { L = 3, K = 3, B = 2, LINKS = L * K };

typedef struct net {
    cf_policy *policy;
    nn_plan plan;
    policy_io io;
    double r[LINKS * B]; /* F = sum r .* relaxed */
} net;

static const int32_t MAX_USERS[L] = {1, 2, 2}, MIN_APS[K] = {1, 2, 1};

/* The drop with its APs and users at the places that `al` and `uk` give. */
static void feed(const net *n, const int *al, const int *uk)
{
    for (int32_t b = 0; b < B; b++) {
        double snr[LINKS];
        int32_t max_users[L], min_aps[K];
        rng r = rng_stream(2, RNG_TEST, (uint64_t)b);
        for (int l = 0; l < L; l++)
            for (int k = 0; k < K; k++)
                snr[al[l] * K + uk[k]] = pow(10, 0.6 * rng_normal(&r) - 2.5);
        for (int l = 0; l < L; l++) max_users[al[l]] = MAX_USERS[l];
        for (int k = 0; k < K; k++) min_aps[uk[k]] = MIN_APS[k];
        const cf_assignment drop = {
            .L = L, .K = K, .snr = snr, .max_users = max_users, .min_aps = min_aps};
        policy_feed(&n->plan, &n->io, n->policy, &drop, snr, b);
    }
}

static const int SAME[] = {0, 1, 2};

static void make(net *n, double features, double layers, double runs)
{
    const policy_class *class = policy_class_named("hpe");
    double size[POLICY_MAX_SIZES] = {0};
    for (int32_t i = 0; i < class->n_sizes; i++) {
        size[i] = class->sizes[i].standard;
        if (strcmp(class->sizes[i].key, "features") == 0) size[i] = features;
        if (strcmp(class->sizes[i].key, "layers") == 0) size[i] = layers;
        if (strcmp(class->sizes[i].key, "runs") == 0) size[i] = runs;
    }
    if (policy_make(&n->policy, class, size) != CF_OK) exit(2);
    rng r = rng_stream(1, RNG_TEST, 0);
    for (int32_t i = 0; i < n->policy->table.size; i++)
        n->policy->params[i] = 0.7 * (2 * rng_uniform(&r) - 1);
    for (int i = 0; i < LINKS * B; i++) n->r[i] = 2 * rng_uniform(&r) - 1;
    CHECK(policy_plan(&n->plan, &n->io, n->policy, (nn_dims){L, K, B}, POLICY_TRAIN) == CF_OK);
    feed(n, SAME, SAME);
}

static void drop(net *n)
{
    nn_plan_free(&n->plan);
    cf_policy_free(n->policy);
}

static real *relaxed(const net *n)
{
    return nn_value(&n->plan, n->io.relaxed[n->io.rounds - 1]);
}

static double objective(const net *n)
{
    nn_plan_prepare(&n->plan, n->policy->params);
    nn_plan_forward(&n->plan, n->policy->params);
    double f = 0;
    for (int i = 0; i < LINKS * B; i++) f += n->r[i] * relaxed(n)[i];
    return f;
}

/* Central difference of fourth order. */
static double slope(const net *n, int32_t i)
{
    const double h = 2e-5, keep = n->policy->params[i];
    double f[4];
    for (int j = 0; j < 4; j++) {
        static const int AT[] = {-2, -1, 1, 2};
        n->policy->params[i] = keep + h * AT[j];
        f[j] = objective(n);
    }
    n->policy->params[i] = keep;
    return (f[0] - 8 * f[1] + 8 * f[2] - f[3]) / (12 * h);
}

static void check_gradients(double features, double layers, double runs)
{
    net n;
    make(&n, features, layers, runs);
    const int32_t size = n.policy->table.size;
    real *g = calloc((size_t)size, sizeof *g);
    if (!g) exit(2);
    objective(&n);
    nn_plan_zero_grads(&n.plan);
    memcpy(nn_grad(&n.plan, n.io.relaxed[n.io.rounds - 1]), n.r, sizeof n.r);
    nn_plan_backward(&n.plan, n.policy->params, g);
    double largest = 0, apart = 0;
    for (int32_t i = 0; i < size; i++) {
        const double want = slope(&n, i);
        largest = fmax(largest, fabs(want));
        apart = fmax(apart, fabs(g[i] - want));
    }
    fprintf(stderr, "    %d parameters, slopes up to %.3g, gradients within %.1e\n", size, largest,
            apart);
    CHECK(largest > 0.01); /* the answer does depend on the parameters */
    CHECK(apart <= 1e-7 * largest);
    free(g);
    drop(&n);
}

static void gradients_of_all_parameters_match_central_differences(void)
{
    check_gradients(2, 2, 2);
    check_gradients(3, 2, 2);
    check_gradients(3, 3, 1);
    check_gradients(1, 1, 3);
}

/* The equations above hpe.c once more, link by link: channels x[c][l K + k] of one lane. */
enum { MOST = 16 };
typedef struct value {
    int C;
    double x[MOST][LINKS];
} value;

static value stack(value a, const value *b)
{
    for (int c = 0; c < b->C; c++) memcpy(a.x[a.C++], b->x[c], sizeof b->x[c]);
    return a;
}

static value linear(const net *n, int *tensor, const value *x, int relu)
{
    const nn_tensor *w = &n->policy->table.tensor[*tensor], *bias = w + 1;
    value y = {.C = w->dim[0]};
    CHECK(w->dim[1] == x->C);
    for (int o = 0; o < y.C; o++)
        for (int i = 0; i < LINKS; i++) {
            double sum = n->policy->params[bias->at + o];
            for (int c = 0; c < x->C; c++)
                sum += n->policy->params[w->at + o * x->C + c] * x->x[c][i];
            y.x[o][i] = relu ? fmax(sum, 0) : sum;
        }
    *tensor += 2;
    return y;
}

/* P: the second half becomes the mean over the other users. */
static value pool(value y)
{
    for (int c = y.C / 2; c < y.C; c++)
        for (int l = 0; l < L; l++) {
            double *x = y.x[c] + l * K;
            const double sum = x[0] + x[1] + x[2];
            for (int k = 0; k < K; k++) x[k] = (sum - x[k]) / 2;
        }
    return y;
}

static value mean_of_other_aps(const value *y)
{
    value m = {.C = y->C};
    for (int c = 0; c < y->C; c++)
        for (int l = 0; l < L; l++)
            for (int k = 0; k < K; k++)
                m.x[c][l * K + k] =
                    (y->x[c][(l + 1) % L * K + k] + y->x[c][(l + 2) % L * K + k]) / 2;
    return m;
}

static value network(const net *n, const value *g0, int layers)
{
    int tensor = 0;
    value x = *g0;
    for (int layer = 1; layer <= layers; layer++) {
        value h = stack(*g0, &x);
        h = pool(linear(n, &tensor, &h, 1));
        h = pool(linear(n, &tensor, &h, 0));
        const value m = mean_of_other_aps(&h);
        h = stack(x, &m);
        h = pool(linear(n, &tensor, &h, 1));
        if (layer == layers) return linear(n, &tensor, &h, 0);
        x = pool(linear(n, &tensor, &h, 1));
    }
    return x;
}

static void softmax(const double *a, double *p)
{
    for (int l = 0; l < L; l++) {
        double sum = 0;
        for (int k = 0; k < K; k++) sum += exp(50 * tanh(2 * tanh(a[l * K + k])));
        for (int k = 0; k < K; k++) p[l * K + k] = exp(50 * tanh(2 * tanh(a[l * K + k]))) / sum;
    }
}

static void the_answer_is_that_of_the_equations(void)
{
    net n;
    make(&n, 3, 2, 2);
    objective(&n);
    const real *gain = nn_value(&n.plan, n.io.gain), *need = nn_value(&n.plan, n.io.need);
    for (int b = 0; b < B; b++) {
        value g0 = {.C = 3};
        double p[LINKS], so_far[LINKS] = {0};
        for (int r = 0; r < 2; r++) {
            for (int i = 0; i < LINKS; i++) {
                double served = 0;
                for (int l = 0; l < L; l++) served += so_far[l * K + i % K];
                g0.x[0][i] = gain[i * B + b];
                g0.x[1][i] = so_far[i];
                g0.x[2][i] = need[i * B + b] - served;
            }
            const value a = network(&n, &g0, 2);
            softmax(a.x[0], p);
            for (int i = 0; i < LINKS; i++) so_far[i] = fmax(so_far[i], p[i]);
        }
        for (int i = 0; i < LINKS; i++) CHECK_NEAR(relaxed(&n)[i * B + b], so_far[i], 1e-11);
    }
    drop(&n);
}

static void answer_of(const cf_policy *p, nn_dims d, int32_t train, double *out)
{
    nn_plan plan;
    policy_io io;
    CHECK(policy_plan(&plan, &io, p, d, train ? POLICY_TRAIN : POLICY_DECIDE) == CF_OK);
    for (int32_t b = 0; b < d.B; b++) {
        double snr[36];
        int32_t ones[36];
        rng r = rng_stream(3, RNG_TEST, (uint64_t)b);
        for (int32_t i = 0; i < d.L * d.K; i++) snr[i] = pow(10, 0.6 * rng_normal(&r) - 2.5);
        for (int32_t i = 0; i < 36; i++) ones[i] = 1;
        const cf_assignment drop = {
            .L = d.L, .K = d.K, .snr = snr, .max_users = ones, .min_aps = ones};
        policy_feed(&plan, &io, p, &drop, snr, b);
    }
    nn_plan_forward(&plan, p->params);
    memcpy(out, nn_value(&plan, io.relaxed[0]), sizeof *out * (size_t)(d.L * d.K * d.B));
    nn_plan_free(&plan);
}

/* Sizes without other users or other access points, one lane, and lanes of every remainder. */
static void a_plan_that_decides_gives_the_answer_of_one_that_trains(void)
{
    static const int32_t LANES[] = {1, 2, 5, 8, 21};
    enum { ALL = 36 * 21 };
    for (int32_t features = 1; features <= 5; features += 2) {
        net n;
        make(&n, features, 3, 2);
        for (int32_t i = 0; i < 36 * 5; i++) {
            const nn_dims d = {1 + i % 6, 1 + i / 6 % 6, LANES[i / 36]};
            double want[ALL], got[ALL], largest = 0;
            answer_of(n.policy, d, 1, want);
            answer_of(n.policy, d, 0, got);
            for (int32_t j = 0; j < d.L * d.K * d.B; j++)
                largest = fmax(largest, fabs(got[j] - want[j]));
            CHECK(largest <= 1e-10);
        }
        drop(&n);
    }
}

/* Users and APs that change places take their answers along. */
static void answers_follow_aps_and_users_around(void)
{
    static const int MOVED_L[] = {1, 2, 0}, MOVED_K[] = {2, 1, 0};
    net n;
    make(&n, 3, 2, 2);
    objective(&n);
    real want[LINKS * B];
    memcpy(want, relaxed(&n), sizeof want);
    feed(&n, MOVED_L, MOVED_K);
    objective(&n);
    double least = 1, most = 0;
    for (int l = 0; l < L; l++)
        for (int k = 0; k < K; k++)
            for (int b = 0; b < B; b++) {
                const double w = want[(l * K + k) * B + b];
                CHECK_NEAR(relaxed(&n)[(MOVED_L[l] * K + MOVED_K[k]) * B + b], w, 1e-12);
                least = fmin(least, w);
                most = fmax(most, w);
            }
    CHECK(most - least > 0.01);
    drop(&n);
}

/* With one run an access point's shares sum to 1; a maximum over runs raises them only. */
static void an_access_point_shares_one_user_a_run(void)
{
    net one, two;
    make(&one, 3, 2, 1);
    make(&two, 3, 2, 2);
    objective(&one);
    objective(&two);
    for (int l = 0; l < L; l++)
        for (int b = 0; b < B; b++) {
            double sum = 0, sum_two = 0;
            for (int k = 0; k < K; k++) {
                const int at = (l * K + k) * B + b;
                sum += relaxed(&one)[at];
                sum_two += relaxed(&two)[at];
                CHECK(relaxed(&two)[at] >= relaxed(&one)[at]);
            }
            CHECK_NEAR(sum, 1, 1e-14);
            CHECK(sum_two >= 1 - 1e-14 && sum_two <= 2);
        }
    drop(&one);
    drop(&two);
}

int main(void)
{
    RUN(the_answer_is_that_of_the_equations);
    RUN(gradients_of_all_parameters_match_central_differences);
    RUN(a_plan_that_decides_gives_the_answer_of_one_that_trains);
    RUN(answers_follow_aps_and_users_around);
    RUN(an_access_point_shares_one_user_a_run);
    return DONE();
}
