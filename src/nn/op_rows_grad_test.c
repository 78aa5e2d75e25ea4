/* Built with -DCF_REAL_DOUBLE: see base/real.h. Operators whose features are last: their values
 * from the definitions, their gradients against central differences. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/rng.h"
#include "nn/ops.h"

#include "t.h"

enum { MOST_PARAMS = 2000 };

static rng random_numbers;
static real uniform(void) /* in [-1, 1) */
{
    return 2 * rng_uniform(&random_numbers) - 1;
}

/* A small network over the K K pairs of users of L access points: every operator, values that
 * several read, and a channel that layers read beside them. */
typedef struct net {
    nn_plan plan;
    nn_slice h, first, out;
    int32_t K, F, n_params;
    real params[MOST_PARAMS];
} net;

typedef struct size {
    int32_t L, K, B, F;
} size;

static const size SIZES[] = {{1, 1, 1, 1}, {2, 1, 2, 2}, {1, 2, 1, 2}, {3, 2, 1, 3},
                             {2, 3, 2, 1}, {2, 4, 1, 5}, {1, 7, 1, 2}};
enum { N_SIZES = sizeof SIZES / sizeof *SIZES };

/* Weights of O outputs of I inputs, and biases. */
static int32_t parameters(net *n, int32_t O, int32_t I)
{
    const int32_t at = n->n_params;
    n->n_params += O * (I + 1);
    CHECK(n->n_params <= MOST_PARAMS);
    return at;
}

static nn_slice layer(net *n, nn_slice a, nn_slice b)
{
    const nn_slice in[] = {a, b};
    const int32_t I = a.C + b.C, O = 4 * n->F, w = parameters(n, O, I);
    return nn_pairs(&n->plan, in, b.C ? 2 : 1, n->K, n->F, w, w + O * I);
}

static nn_slice linear(net *n, nn_slice a, nn_slice b, int32_t O, nn_activation act)
{
    const nn_slice in[] = {a, b};
    const int32_t I = a.C + b.C, w = parameters(n, O, I);
    return nn_linear(&n->plan, in, b.C ? 2 : 1, O, w, w + O * I, act);
}

static net *make(size s, int32_t train)
{
    static const nn_slice none = {0};
    net *n = calloc(1, sizeof *n);
    if (!n) exit(2);
    n->K = s.K;
    n->F = s.F;
    nn_plan_begin(&n->plan, (nn_dims){s.L, s.K * s.K, s.B}, train);
    n->plan.features_last = 1;
    n->h = nn_plan_take(&n->plan, 1);
    n->h.constant = 1;
    n->first = layer(n, n->h, none);
    const nn_slice x = layer(n, n->first, n->h);
    const nn_slice m = nn_exchange(&n->plan, layer(n, x, none));
    const nn_slice y = linear(n, layer(n, x, m), n->h, 5, NN_RELU);
    n->out = linear(n, y, x, 1, NN_NONE);
    CHECK(nn_plan_finish(&n->plan) == CF_OK);
    random_numbers = rng_stream((uint64_t)(100 * s.K + s.F), RNG_TEST, 0);
    for (int32_t i = 0; i < n->n_params; i++) n->params[i] = uniform();
    for (int64_t i = 0; i < (int64_t)s.L * s.K * s.K * s.B; i++)
        nn_value(&n->plan, n->h)[i] = uniform();
    return n;
}

static void drop(net *n)
{
    nn_plan_free(&n->plan);
    free(n);
}

static int64_t columns(const net *n)
{
    return (int64_t)n->plan.dims.L * n->plan.dims.K * n->plan.dims.B;
}

static void run(const net *n)
{
    nn_plan_prepare(&n->plan, n->params);
    nn_plan_forward(&n->plan, n->params);
}

/* F = sum over columns of sin(i) y_i. */
static real objective(const net *n)
{
    real f = 0;
    run(n);
    for (int64_t i = 0; i < columns(n); i++) f += sin((real)i) * nn_value(&n->plan, n->out)[i];
    return f;
}

static real slope(net *n, int32_t i)
{
    const real h = 2e-5, keep = n->params[i];
    real f[4];
    for (int j = 0; j < 4; j++) {
        static const int AT[] = {-2, -1, 1, 2};
        n->params[i] = keep + h * AT[j];
        f[j] = objective(n);
    }
    n->params[i] = keep;
    return (f[0] - 8 * f[1] + 8 * f[2] - f[3]) / (12 * h);
}

static const char *const SETS[] = {"plain", "portable", "v2", "v3", "v4"};
enum { N_SETS = sizeof SETS / sizeof *SETS };

/* Also a second time: backward leaves no gradient behind. */
static void check_gradients(net *n, const real *want)
{
    real g[MOST_PARAMS];
    run(n);
    nn_plan_zero_grads(&n->plan);
    for (int pass = 0; pass < 2; pass++) {
        for (int32_t i = 0; i < n->n_params; i++) g[i] = 0.25; /* added to */
        for (int64_t i = 0; i < columns(n); i++) nn_grad(&n->plan, n->out)[i] = sin((real)i);
        nn_plan_backward(&n->plan, n->params, g);
    }
    for (int32_t i = 0; i < n->n_params; i++)
        CHECK_NEAR(g[i] - 0.25, want[i], 1e-8 * fmax(1, fabs(want[i])));
}

static void gradients_match_central_differences(void)
{
    for (int s = 0; s < N_SIZES; s++) {
        net *n = make(SIZES[s], 1);
        real want[MOST_PARAMS];
        for (int32_t i = 0; i < n->n_params; i++) want[i] = slope(n, i);
        for (int set = 0; set < N_SETS; set++) {
            const nn_kernels *kernels = nn_kernels_named(SETS[set]);
            if (!kernels) continue;
            n->plan.kernels = kernels;
            check_gradients(n, want);
        }
        drop(n);
    }
}

/* Is pair (i,m) among those whose mean category c has at (k,j)? */
static int counts(int32_t c, int32_t k, int32_t j, int32_t i, int32_t m)
{
    switch (c) {
    case 0: return i == k && m == j;
    case 1: return i != k && m == j;
    case 2: return i == k && m != j;
    default: return i != k && m != j;
    }
}

/* The first layer, from relu(w h + b) pair by pair. */
static void pairs_are_pooled_by_their_definition(void)
{
    for (int s = 0; s < N_SIZES * N_SETS; s++) {
        const nn_kernels *kernels = nn_kernels_named(SETS[s / N_SIZES]);
        if (!kernels) continue;
        net *n = make(SIZES[s % N_SIZES], s % 2);
        n->plan.kernels = kernels;
        const int32_t K = n->K, F = n->F, B = n->plan.dims.B;
        const real *h = nn_value(&n->plan, n->h), *w = n->params, *b = w + 4 * F;
        nn_plan_prepare(&n->plan, n->params);
        n->plan.ops[0].class->forward(&n->plan, &n->plan.ops[0], n->params);
        for (int64_t at = 0; at < columns(n); at++) {
            const int32_t lane = (int32_t)(at % B), pair = (int32_t)(at / B % (K * K));
            const int64_t first = at - pair * B - lane;
            for (int32_t o = 0; o < 4 * F; o++) {
                real sum = 0, count = 0;
                for (int32_t q = 0; q < K * K; q++) {
                    if (!counts(o / F, pair / K, pair % K, q / K, q % K)) continue;
                    sum += fmax(0, w[o] * h[first + q * B + lane] + b[o]);
                    count++;
                }
                const real got = nn_value(&n->plan, n->first)[at * n->first.step + o];
                CHECK_NEAR(got, count > 0 ? sum / count : 0, 1e-14);
            }
        }
        drop(n);
    }
}

/* A drop among others in lanes gets what it gets alone, to the last bit; and what it gets in a plan
 * that trains, where values do not take each other's place. */
static void lanes_do_not_see_each_other(void)
{
    for (int s = 0; s < N_SIZES; s++) {
        const size one = {SIZES[s].L, SIZES[s].K, 1, SIZES[s].F};
        const size three = {one.L, one.K, 3, one.F};
        net *many = make(three, 0), *alone = make(one, 0), *train = make(three, 1);
        run(many);
        run(train);
        for (int32_t b = 0; b < 3; b++) {
            for (int64_t i = 0; i < columns(alone); i++)
                nn_value(&alone->plan, alone->h)[i] = nn_value(&train->plan, train->h)[i * 3 + b];
            run(alone);
            for (int64_t i = 0; i < columns(alone); i++) {
                const real want = nn_value(&alone->plan, alone->out)[i];
                CHECK(nn_value(&many->plan, many->out)[i * 3 + b] == want);
                CHECK(nn_value(&train->plan, train->out)[i * 3 + b] == want);
            }
        }
        drop(many);
        drop(alone);
        drop(train);
    }
}

static void a_nan_stays_one(void)
{
    net *n = make((size){2, 3, 1, 2}, 0);
    nn_value(&n->plan, n->h)[4] = NAN;
    run(n);
    CHECK(isnan(nn_value(&n->plan, n->out)[4]));
    drop(n);
}

int main(void)
{
    RUN(gradients_match_central_differences);
    RUN(pairs_are_pooled_by_their_definition);
    RUN(lanes_do_not_see_each_other);
    RUN(a_nan_stays_one);
    return DONE();
}
