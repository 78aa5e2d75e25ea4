/* Built with -DCF_REAL_DOUBLE: see base/real.h. The networks for power: gradients of everything
 * that they say, and what follows access points and users around. */
#include <stdlib.h>
#include <string.h>

#include "base/rng.h"
#include "policy/power.h"

#include "power_cases.h"
#include "t.h"

enum { MOST_L = 4, MOST_K = 4, B = 2, OUTPUTS = 3 * POLICY_MAX_ROUNDS + 1 };

typedef struct net {
    cf_policy *policy;
    nn_plan plan;
    policy_io io;
    int32_t L, K, n_out;
    nn_slice out[OUTPUTS];
    double r[OUTPUTS][MOST_L * MOST_K * B]; /* F = sum over outputs and links of r .* out */
} net;

typedef struct setting {
    const char *key;
    double value;
} setting;

static cf_policy *policy_of(const char *name, const setting *s)
{
    const policy_class *class = policy_class_named(name);
    double size[POLICY_MAX_SIZES];
    cf_policy *p = NULL;
    for (int32_t i = 0; i < class->n_sizes; i++) {
        size[i] = class->sizes[i].standard;
        for (int j = 0; s[j].key; j++)
            if (strcmp(class->sizes[i].key, s[j].key) == 0) size[i] = s[j].value;
    }
    if (policy_make(&p, class, size) != CF_OK) exit(2);
    rng r = rng_stream(1, RNG_TEST, 0);
    class->init(&p->table, p->size, 1, p->params);
    for (int32_t i = 0; i < p->table.size; i++) p->params[i] += 0.2 * (2 * rng_uniform(&r) - 1);
    return p;
}

/* A drop of the literal scenario with its APs and users at the places that al and uk give (NULL:
 * their own). One link of it is closed. */
static void feed(const net *n, const int *al, const int *uk)
{
    static power_case from, to;
    for (int32_t b = 0; b < B; b++) {
        rng g = rng_stream(2, RNG_TEST, (uint64_t)b);
        power_case_drop(&from, &g, n->L, n->K, 100);
        to = from;
        to.p.gain = to.gain;
        to.p.serve = to.serve;
        for (int l = 0; l < n->L; l++)
            for (int k = 0; k < n->K; k++) {
                const int tl = al ? al[l] : l, tk = uk ? uk[k] : k;
                to.serve[tl * n->K + tk] = !(l == 0 && k == 1 && n->L > 1);
                for (int j = 0; j < n->K; j++)
                    to.gain[(tl * n->K + tk) * n->K + (uk ? uk[j] : j)] =
                        from.gain[(l * n->K + k) * n->K + j];
            }
        policy_power_feed(&n->plan, &n->io, n->policy, &to.p, b);
    }
}

static void add_output(net *n, nn_slice x)
{
    if (x.C > 0) n->out[n->n_out++] = x;
}

static void make(net *n, const char *name, const setting *s, int32_t L, int32_t K)
{
    *n = (net){.policy = policy_of(name, s), .L = L, .K = K};
    CHECK(policy_plan(&n->plan, &n->io, n->policy, (nn_dims){L, K, B}, POLICY_TRAIN) == CF_OK);
    for (int32_t r = 0; r < n->io.rounds; r++) {
        add_output(n, n->io.log_p[r]);
        add_output(n, n->io.log_pi[r]);
        add_output(n, n->io.log_off[r]);
    }
    add_output(n, n->io.log_support);
    rng g = rng_stream(3, RNG_TEST, 0);
    for (int o = 0; o < n->n_out; o++)
        for (int i = 0; i < L * K * B; i++) n->r[o][i] = 2 * rng_uniform(&g) - 1;
    feed(n, NULL, NULL);
}

static void drop(net *n)
{
    nn_plan_free(&n->plan);
    cf_policy_free(n->policy);
}

static int64_t column(const net *n, int i)
{
    const int link = i / B;
    return policy_power_at(&n->plan, &n->io, link / n->K, link % n->K, i % B);
}

static double objective(const net *n)
{
    nn_plan_prepare(&n->plan, n->policy->params);
    nn_plan_forward(&n->plan, n->policy->params);
    double f = 0;
    for (int o = 0; o < n->n_out; o++)
        for (int i = 0; i < n->L * n->K * B; i++)
            f += n->r[o][i] * nn_value(&n->plan, n->out[o])[column(n, i)];
    return f;
}

/* Central difference of fourth order. */
static double slope(const net *n, int32_t i)
{
    const double h = 1e-6, keep = n->policy->params[i];
    double f[4];
    for (int j = 0; j < 4; j++) {
        static const int AT[] = {-2, -1, 1, 2};
        n->policy->params[i] = keep + h * AT[j];
        f[j] = objective(n);
    }
    n->policy->params[i] = keep;
    return (f[0] - 8 * f[1] + 8 * f[2] - f[3]) / (12 * h);
}

static void check_gradients(const char *name, const setting *s, int32_t L, int32_t K)
{
    net n;
    make(&n, name, s, L, K);
    const int32_t size = n.policy->table.size;
    real *g = calloc((size_t)size, sizeof *g);
    if (!g) exit(2);
    objective(&n);
    nn_plan_zero_grads(&n.plan);
    for (int o = 0; o < n.n_out; o++)
        for (int i = 0; i < L * K * B; i++) nn_grad(&n.plan, n.out[o])[column(&n, i)] = n.r[o][i];
    nn_plan_backward(&n.plan, n.policy->params, g);
    double largest = 0, apart = 0;
    for (int32_t i = 0; i < size; i++) {
        const double want = slope(&n, i);
        largest = fmax(largest, fabs(want));
        apart = fmax(apart, fabs(g[i] - want));
    }
    fprintf(stderr, "    %s %dx%d: %d parameters, slopes up to %.3g, gradients within %.1e\n", name,
            L, K, size, largest, apart);
    CHECK(largest > 0.01);
    CHECK(apart <= 1e-7 * largest);
    free(g);
    drop(&n);
}

static const setting NESTED[] = {{"features", 2}, {"messages", 2}, {NULL, 0}};
static const setting DEEP[] = {
    {"features", 1}, {"layers", 2}, {"messages", 1}, {"skip", 1}, {NULL, 0}};
static const setting FLAT[] = {{"features", 2}, {"layers", 3}, {"messages", 0},   {"skip", 1},
                               {"networks", 1}, {"output", 1}, {"out_offset", 3}, {NULL, 0}};
static const setting SMALL[] = {{"rounds", 3}, {"channels", 2}, {NULL, 0}};

static void gradients_of_all_parameters_match_central_differences(void)
{
    static const int SIZE[][2] = {{3, 3}, {1, 4}, {4, 1}, {2, 4}};
    for (int i = 0; i < 4; i++) {
        check_gradients("sinrnet", NESTED, SIZE[i][0], SIZE[i][1]);
        check_gradients("sinrnet", DEEP, SIZE[i][0], SIZE[i][1]);
        check_gradients("sinrnet", FLAT, SIZE[i][0], SIZE[i][1]);
        check_gradients("unrolled", SMALL, SIZE[i][0], SIZE[i][1]);
        check_gradients("setnet", SMALL, SIZE[i][0], SIZE[i][1]);
    }
}

static void follow(const char *name, const setting *s)
{
    static const int MOVED_L[] = {1, 2, 0}, MOVED_K[] = {2, 0, 3, 1};
    enum { L = 3, K = 4 };
    net n;
    double want[OUTPUTS][L * K * B], least = INFINITY, most = -INFINITY;
    make(&n, name, s, L, K);
    objective(&n);
    for (int o = 0; o < n.n_out; o++)
        for (int i = 0; i < L * K * B; i++) {
            want[o][i] = nn_value(&n.plan, n.out[o])[column(&n, i)];
            least = fmin(least, want[o][i]);
            most = fmax(most, want[o][i]);
        }
    feed(&n, MOVED_L, MOVED_K);
    objective(&n);
    for (int o = 0; o < n.n_out; o++)
        for (int i = 0; i < L * K * B; i++) {
            const int l = i / B / K, k = i / B % K;
            const int64_t at = policy_power_at(&n.plan, &n.io, MOVED_L[l], MOVED_K[k], i % B);
            CHECK_NEAR(nn_value(&n.plan, n.out[o])[at], want[o][i], 1e-10);
        }
    CHECK(most - least > 0.01);
    drop(&n);
}

static void answers_follow_aps_and_users_around(void)
{
    follow("sinrnet", NESTED);
    follow("sinrnet", DEEP);
    follow("sinrnet", FLAT);
    follow("unrolled", SMALL);
    follow("setnet", SMALL);
}

/* p (gain of the objective / its cost), both worked out from A1 link by link: what a link brings is
 * g / (T D), what it costs sum_j c_j g_j + mu R / D^2, c = S / (I T D), over the noise. */
static void step_by_hand(const cf_power *p, const float *watts, float *out)
{
    const int32_t K = p->K;
    double S[MOST_K], I[MOST_K], D[MOST_K];
    for (int32_t k = 0; k < K; k++) {
        S[k] = 0, I[k] = 1, D[k] = p->static_w;
        for (int32_t l = 0; l < p->L; l++)
            for (int32_t j = 0; j < K; j++) {
                const double heard =
                    (double)p->gain[(l * K + k) * K + j] / p->noise_w * (double)watts[l * K + j];
                *(j == k ? &S[k] : &I[k]) += heard;
                D[k] += j == k ? p->mu * (double)watts[l * K + k] : 0;
            }
    }
    for (int32_t l = 0; l < p->L; l++)
        for (int32_t k = 0; k < K; k++) {
            const double T = S[k] + I[k];
            double cost = p->mu * log(T / I[k]) / (D[k] * D[k]);
            for (int32_t j = 0; j < K; j++)
                if (j != k)
                    cost += S[j] / (I[j] * (S[j] + I[j]) * D[j]) *
                            (double)p->gain[(l * K + j) * K + k] / p->noise_w;
            const double brings = (double)p->gain[(l * K + k) * K + k] / p->noise_w / (T * D[k]);
            out[l * K + k] = (float)((double)watts[l * K + k] * brings / cost);
        }
}

/* Heads at 0: p <- p (brings / costs). */
static void an_untrained_round_is_a_multiplicative_step(void)
{
    enum { L = 3, K = 4 };
    net n;
    make(&n, "unrolled", SMALL, L, K);
    n.policy->class->init(&n.policy->table, n.policy->size, 1, n.policy->params);
    objective(&n);
    power_case c;
    rng g = rng_stream(2, RNG_TEST, 1);
    power_case_drop(&c, &g, L, K, 100);
    for (int32_t i = 0; i < L * K; i++) c.serve[i] = i != 1;
    c.p.serve = c.serve;
    const double unit = policy_power_unit(n.policy, &c.p);
    for (int32_t r = 0; r + 1 < n.io.rounds; r++) {
        float watts[L * K], stepped[L * K];
        for (int l = 0; l < L; l++)
            for (int k = 0; k < K; k++)
                watts[l * K + k] =
                    c.serve[l * K + k]
                        ? (float)(unit *
                                  exp(nn_value(
                                      &n.plan,
                                      n.io.log_p[r])[policy_power_at(&n.plan, &n.io, l, k, 1)]))
                        : 0;
        step_by_hand(&c.p, watts, stepped);
        for (int l = 0; l < L; l++)
            for (int k = 0; k < K; k++) {
                if (!c.serve[l * K + k]) continue;
                const double next =
                    nn_value(&n.plan, n.io.log_p[r + 1])[policy_power_at(&n.plan, &n.io, l, k, 1)];
                const double want = log((double)stepped[l * K + k] / unit);
                CHECK_NEAR(next, want < -20 ? -20 : want, 1e-4);
            }
    }
    drop(&n);
}

static void chances_of_a_user_sum_to_one(void)
{
    enum { L = 3, K = 4 };
    net n;
    make(&n, "setnet", SMALL, L, K);
    objective(&n);
    for (int32_t r = 0; r < n.io.rounds; r++)
        for (int k = 0; k < K; k++)
            for (int b = 0; b < B; b++) {
                double sum = exp(
                    nn_value(&n.plan, n.io.log_off[r])[policy_power_at(&n.plan, &n.io, 0, k, b)]);
                for (int l = 0; l < L; l++)
                    sum += exp(nn_value(&n.plan,
                                        n.io.log_pi[r])[policy_power_at(&n.plan, &n.io, l, k, b)]);
                CHECK_NEAR(sum, 1, 1e-12);
            }
    CHECK(nn_value(&n.plan, n.io.log_pi[0])[policy_power_at(&n.plan, &n.io, 0, 1, 0)] < -20);
    drop(&n);
}

int main(void)
{
    RUN(gradients_of_all_parameters_match_central_differences);
    RUN(answers_follow_aps_and_users_around);
    RUN(an_untrained_round_is_a_multiplicative_step);
    RUN(chances_of_a_user_sum_to_one);
    return DONE();
}
