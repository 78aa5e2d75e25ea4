/* Built with -DCF_REAL_DOUBLE: see base/real.h. Each operator in a small plan: its gradients
 * against central differences, its adjoint, and that the padding is nobody's business. */
#include <stdlib.h>
#include <string.h>

#include "base/rng.h"
#include "nn/ops.h"

#include "t.h"

enum { MAX_PARAMS = 512, MAX_OUT = 4096, MAX_INPUTS = 3 };
#define STEP 2e-5

static rng random_numbers;
static real uniform(void) /* in [-1, 1) */
{
    return 2 * rng_uniform(&random_numbers) - 1;
}

/* A plan with inputs that are taken first and one output. `scale` brings the objective near 1. */
typedef struct net {
    nn_plan plan;
    nn_slice in[MAX_INPUTS], limit, out;
    int32_t n_in, n_params;
    real params[MAX_PARAMS], r[MAX_OUT], scale;
} net;

typedef void (*builder)(net *n);

static const real TAU = 0.3;
static const nn_dims DIMS[] = {{1, 1, 1}, {1, 4, 3},  {3, 1, 2}, {2, 5, 1},
                               {5, 4, 3}, {2, 3, 16}, {4, 4, 1}};
enum { N_DIMS = sizeof DIMS / sizeof *DIMS };

static int64_t columns(const net *n)
{
    return (int64_t)n->plan.dims.L * n->plan.dims.K * n->plan.dims.B;
}

static nn_slice input(net *n, int32_t C)
{
    return n->in[n->n_in++] = nn_plan_take(&n->plan, C);
}

static int32_t parameters(net *n, int32_t count)
{
    n->n_params += count;
    CHECK(n->n_params <= MAX_PARAMS);
    return n->n_params - count;
}

static nn_slice linear(net *n, const nn_slice *in, int32_t n_in, int32_t O, nn_activation act)
{
    int32_t I = 0;
    for (int32_t i = 0; i < n_in; i++) I += in[i].C;
    const int32_t w = parameters(n, O * I), b = parameters(n, O);
    return nn_linear(&n->plan, in, n_in, O, w, b, act);
}

static void build_linear(net *n)
{
    const nn_slice x = input(n, 3);
    n->out = linear(n, &x, 1, 5, NN_NONE);
}

static void build_relu(net *n)
{
    const nn_slice x[] = {input(n, 2), input(n, 1)};
    n->out = linear(n, x, 2, 4, NN_RELU);
}

static void build_tanh(net *n)
{
    const nn_slice x = input(n, 4);
    n->out = linear(n, &x, 1, 1, NN_TANH);
}

/* One slice twice, a part of it once more, and another. */
static void build_shared(net *n)
{
    const nn_slice x = input(n, 6), y = input(n, 7);
    const nn_slice in[] = {x, y, x, nn_channels(&n->plan, x, 2, 3)};
    n->out = linear(n, in, 4, 12, NN_TANH);
}

static void build_other_users(net *n)
{
    n->out = nn_other_users(&n->plan, input(n, 3));
}

static void build_exchange(net *n)
{
    n->out = nn_exchange(&n->plan, input(n, 3));
}

static void build_squash(net *n)
{
    n->out = nn_squash(&n->plan, input(n, 2));
    n->scale = 0.02;
}

static void build_softmax(net *n)
{
    n->out = nn_softmax_users(&n->plan, input(n, 2));
}

static void build_max(net *n)
{
    const nn_slice x = input(n, 2), y = input(n, 2);
    n->out = nn_max(&n->plan, x, y);
}

/* U enters as numbers without gradient. */
static void build_gap(net *n)
{
    const nn_slice need = nn_plan_take(&n->plan, 2);
    n->out = nn_gap(&n->plan, need, input(n, 2));
}

static void build_soft_top(net *n)
{
    n->limit = nn_plan_take(&n->plan, 1);
    n->out = nn_soft_top(&n->plan, input(n, 2), n->limit, &TAU);
}

static void build_sum_users(net *n)
{
    n->out = nn_sum_users(&n->plan, input(n, 3), 8);
}

static void build_sum_aps(net *n)
{
    n->out = nn_sum_aps(&n->plan, input(n, 3), 4);
}

static void build_mean_all(net *n)
{
    n->out = nn_mean_all(&n->plan, input(n, 2));
}

static void build_max_users(net *n)
{
    n->out = nn_max_users(&n->plan, input(n, 2));
}

/* The logarithm away from where it is cut, and where it is. */
static void build_log(net *n)
{
    nn_plan *p = &n->plan;
    const nn_slice x = input(n, 2);
    const nn_slice far = nn_log(p, nn_scale(p, x, (real)0.4, 1), (real)1e-3);
    n->out = nn_add(p, far, nn_log(p, x, 2));
}

/* All operators in a row; values that several of them read, so that gradients add up. */
static void build_chain(net *n)
{
    nn_plan *p = &n->plan;
    n->limit = nn_plan_take(p, 1);
    const nn_slice x = input(n, 2), more = input(n, 1);
    const nn_slice h = linear(n, &x, 1, 4, NN_RELU), tail = nn_channels(p, h, 2, 2);
    const nn_slice pooled[] = {nn_channels(p, h, 0, 2), nn_other_users(p, tail), more};
    const nn_slice g = linear(n, pooled, 3, 3, NN_TANH);
    const nn_slice both[] = {nn_exchange(p, g), g, more};
    const nn_slice a = linear(n, both, 3, 1, NN_NONE), b = linear(n, &g, 1, 1, NN_NONE);
    const nn_slice first = nn_softmax_users(p, nn_squash(p, linear(n, &a, 1, 1, NN_TANH)));
    const nn_slice last[] = {nn_gap(p, n->limit, nn_max(p, first, b)), first,
                             nn_soft_top(p, a, n->limit, &TAU)};
    n->out = linear(n, last, 3, 2, NN_NONE);
}

static const builder BUILDERS[] = {
    build_linear,    build_relu,   build_tanh,      build_shared,  build_other_users,
    build_exchange,  build_squash, build_softmax,   build_max,     build_gap,
    build_soft_top,  build_chain,  build_sum_users, build_sum_aps, build_mean_all,
    build_max_users, build_log,
};
enum { N_BUILDERS = sizeof BUILDERS / sizeof *BUILDERS };

/* Limits below, at and above what K allows, an AP after the other. */
static real limit_of(const net *n, int64_t l)
{
    const int32_t K = n->plan.dims.K;
    const int32_t limit[] = {1, 0, 2, K, K + 3};
    return limit[l % 5];
}

static net *make(builder build, nn_dims dims, uint64_t seed)
{
    net *n = calloc(1, sizeof *n);
    if (!n) exit(2);
    random_numbers = rng_stream(seed, RNG_TEST, 0);
    nn_plan_begin(&n->plan, dims, 1);
    n->scale = 1;
    build(n);
    CHECK(nn_plan_finish(&n->plan) == CF_OK);
    for (int32_t i = 0; i < n->n_params; i++) n->params[i] = uniform();
    for (int32_t i = 0; i < MAX_OUT; i++) n->r[i] = uniform();
    for (int64_t at = 0; at < n->plan.ops[0].out.at; at += n->plan.stride)
        for (int64_t i = 0; i < columns(n); i++) n->plan.values[at + i] = uniform();
    for (int64_t i = 0; n->limit.C && i < columns(n); i++)
        nn_value(&n->plan, n->limit)[i] = limit_of(n, i / (dims.K * dims.B));
    CHECK(n->out.C * columns(n) <= MAX_OUT);
    return n;
}

static void drop(net *n)
{
    nn_plan_free(&n->plan);
    free(n);
}

/* The padding of all inputs, which are taken before the first operator. */
static void poison(net *n, real value)
{
    for (int64_t at = 0; at < n->plan.ops[0].out.at; at += n->plan.stride)
        for (int64_t i = columns(n); i < n->plan.stride; i++) n->plan.values[at + i] = value;
}

/* F = sum over real columns of scale r y + (scale y)^2 / 2, so dF/dy = scale (r + scale y). */
static void backward(net *n, real *dparams)
{
    nn_plan *p = &n->plan;
    nn_plan_forward(p, n->params);
    nn_plan_zero_grads(p);
    for (int64_t c = 0; c < n->out.C; c++)
        for (int64_t i = 0; i < columns(n); i++) {
            const int64_t at = c * p->stride + i;
            nn_grad(p, n->out)[at] =
                n->scale * (n->r[c * columns(n) + i] + n->scale * nn_value(p, n->out)[at]);
        }
    nn_plan_backward(p, n->params, dparams);
}

static void outputs(net *n, real *y)
{
    nn_plan_forward(&n->plan, n->params);
    for (int64_t c = 0; c < n->out.C; c++)
        memcpy(y + c * columns(n), nn_value(&n->plan, n->out) + c * n->plan.stride,
               (size_t)columns(n) * sizeof *y);
}

/* F(up) - F(down) term by term: what the coordinate does not reach cancels without rounding. */
static real difference(net *n, real *coordinate, real h)
{
    static _Thread_local real up[MAX_OUT], down[MAX_OUT];
    const real keep = *coordinate;
    *coordinate = keep + h;
    outputs(n, up);
    *coordinate = keep - h;
    outputs(n, down);
    *coordinate = keep;
    real sum = 0;
    for (int64_t i = 0; i < n->out.C * columns(n); i++) {
        const real u = n->scale * up[i], d = n->scale * down[i];
        sum += (u - d) * (n->r[i] + (u + d) / 2);
    }
    return sum;
}

/* Central difference of fourth order. */
static real slope(net *n, real *coordinate)
{
    const real near = difference(n, coordinate, STEP), far = difference(n, coordinate, 2 * STEP);
    return (8 * near - far) / (12 * STEP);
}

static void check_gradients(net *n)
{
    enum { MOST = 600 };
    real dparams[MAX_PARAMS], *dx = malloc(sizeof(real) * (size_t)n->plan.grad_room.size);
    if (!dx) exit(2);
    for (int32_t i = 0; i < n->n_params; i++) dparams[i] = 0.25; /* added to */
    poison(n, 1000);
    backward(n, dparams);
    memcpy(dx, n->plan.grads, sizeof(real) * (size_t)n->plan.grad_room.size);
    for (int32_t i = 0; i < n->n_params; i++)
        CHECK_NEAR(dparams[i] - 0.25, slope(n, &n->params[i]), 1e-9);
    for (int32_t s = 0; s < n->n_in; s++)
        for (int64_t c = 0; c < n->in[s].C; c++)
            for (int64_t i = 0; i < columns(n); i++) {
                const int64_t at = c * n->plan.stride + i;
                CHECK_NEAR(dx[n->in[s].grad + at], slope(n, nn_value(&n->plan, n->in[s]) + at),
                           1e-9);
            }
    free(dx);
}

static void gradients_match_central_differences(void)
{
    for (int b = 0; b < N_BUILDERS; b++)
        for (int d = 0; d < N_DIMS; d++) {
            const int before = t_failed;
            net *n = make(BUILDERS[b], DIMS[d], (uint64_t)(100 * b + d));
            check_gradients(n);
            drop(n);
            if (t_failed != before) fprintf(stderr, "builder %d, dimensions %d\n", b, d);
        }
}

/* Two runs that differ in the padding of the inputs alone. */
static void padding_reaches_no_result(void)
{
    for (int b = 0; b < N_BUILDERS; b++)
        for (int d = 0; d < N_DIMS; d++) {
            net *clean = make(BUILDERS[b], DIMS[d], 7), *dirty = make(BUILDERS[b], DIMS[d], 7);
            real dp[MAX_PARAMS] = {0}, dq[MAX_PARAMS] = {0};
            poison(dirty, -1e100);
            backward(clean, dp);
            backward(dirty, dq);
            for (int32_t i = 0; i < clean->n_params; i++) CHECK(dp[i] == dq[i]);
            for (int64_t at = 0; at < clean->plan.value_room.size; at++) {
                const int padding = at % clean->plan.stride >= columns(clean);
                CHECK(padding || clean->plan.values[at] == dirty->plan.values[at]);
            }
            for (int64_t at = 0; at < clean->plan.grad_room.size; at++) {
                const int padding = at % clean->plan.stride >= columns(clean);
                CHECK(dirty->plan.grads[at] == (padding ? 0 : clean->plan.grads[at]));
            }
            drop(clean);
            drop(dirty);
        }
}

/* <A x, v> = <x, A' v> of what is linear in its input; the bias, where there is one, is 0. */
static void backward_of_linear_operators_is_their_adjoint(void)
{
    static const builder LINEAR[] = {build_linear,    build_other_users, build_exchange, build_gap,
                                     build_sum_users, build_sum_aps,     build_mean_all};
    for (int b = 0; b < 7; b++)
        for (int d = 0; d < N_DIMS; d++) {
            net *n = make(LINEAR[b], DIMS[d], 11);
            nn_plan *p = &n->plan;
            real dparams[MAX_PARAMS], left = 0, right = 0;
            if (b == 0) memset(n->params + 15, 0, 5 * sizeof(real));
            if (b == 3) memset(p->values, 0, sizeof(real) * (size_t)(2 * p->stride));
            nn_plan_forward(p, n->params);
            nn_plan_zero_grads(p);
            for (int64_t c = 0; c < n->out.C; c++)
                for (int64_t i = 0; i < columns(n); i++) {
                    const real v = uniform();
                    nn_grad(p, n->out)[c * p->stride + i] = v;
                    left += v * nn_value(p, n->out)[c * p->stride + i];
                }
            nn_plan_backward(p, n->params, dparams);
            for (int64_t i = 0; i < n->in[0].C * p->stride; i++)
                right += nn_value(p, n->in[0])[i] * nn_grad(p, n->in[0])[i];
            CHECK_NEAR(left, right, 1e-13);
            drop(n);
        }
}

/* Forward values of (C,L,K,B) = (2,2,3,2) from the definitions, index by index. */
static void pools_and_gap_give_their_definitions(void)
{
    enum { C = 3, L = 2, K = 3, B = 2 };
    const nn_dims d = {L, K, B};
    net *u = make(build_other_users, d, 3), *e = make(build_exchange, d, 3);
    nn_plan_forward(&u->plan, NULL);
    nn_plan_forward(&e->plan, NULL);
    const real *x = nn_value(&u->plan, u->in[0]);
    const int64_t S = u->plan.stride;
    for (int c = 0; c < C; c++)
        for (int l = 0; l < L; l++)
            for (int k = 0; k < K; k++)
                for (int b = 0; b < B; b++) {
#define AT(l, k) (c * S + ((l)*K + (k)) * B + b)
                    const real others = (x[AT(l, (k + 1) % K)] + x[AT(l, (k + 2) % K)]) / 2;
                    CHECK_NEAR(nn_value(&u->plan, u->out)[AT(l, k)], others, 1e-15);
                    CHECK_NEAR(nn_value(&e->plan, e->out)[AT(l, k)], x[AT(1 - l, k)], 1e-15);
                }
    drop(u);
    drop(e);
    net *g = make(build_gap, d, 3);
    nn_plan_forward(&g->plan, NULL);
    const real *need = g->plan.values;
    x = nn_value(&g->plan, g->in[0]);
    for (int c = 0; c < 2; c++)
        for (int l = 0; l < L; l++)
            for (int k = 0; k < K; k++)
                for (int b = 0; b < B; b++)
                    CHECK_NEAR(nn_value(&g->plan, g->out)[AT(l, k)],
                               need[AT(l, k)] - x[AT(0, k)] - x[AT(1, k)], 1e-15);
#undef AT
    drop(g);
}

static void pools_of_one_are_zero(void)
{
    net *u = make(build_other_users, (nn_dims){3, 1, 2}, 5);
    net *e = make(build_exchange, (nn_dims){1, 3, 2}, 5);
    nn_plan_forward(&u->plan, NULL);
    nn_plan_forward(&e->plan, NULL);
    for (int64_t i = 0; i < 3 * u->plan.stride; i++) CHECK(nn_value(&u->plan, u->out)[i] == 0);
    for (int64_t i = 0; i < 3 * e->plan.stride; i++) CHECK(nn_value(&e->plan, e->out)[i] == 0);
    drop(u);
    drop(e);
}

static void softmax_sums_to_one_however_large_its_input(void)
{
    net *n = make(build_softmax, (nn_dims){2, 4, 3}, 5);
    real *x = nn_value(&n->plan, n->in[0]);
    for (int64_t i = 0; i < 24; i++) x[i] = 800 * uniform();
    x[0] = 1e300;
    nn_plan_forward(&n->plan, NULL);
    const real *y = nn_value(&n->plan, n->out);
    for (int l = 0; l < 2; l++)
        for (int b = 0; b < 3; b++) {
            real sum = 0;
            for (int k = 0; k < 4; k++) sum += y[(l * 4 + k) * 3 + b];
            CHECK_NEAR(sum, 1, 1e-14);
        }
    CHECK(y[0] == 1 && y[3] < 1e-37);
    drop(n);
}

/* Midway between the A-th and the next largest lies 1/2: A values are above it, the others below;
 * shifting all x changes nothing. */
static void soft_top_puts_the_limit_of_users_above_one_half(void)
{
    const nn_dims d = {5, 7, 3};
    net *n = make(build_soft_top, d, 9);
    nn_plan_forward(&n->plan, NULL);
    const real *y = nn_value(&n->plan, n->out);
    for (int64_t c = 0; c < 2; c++)
        for (int64_t l = 0; l < d.L; l++)
            for (int64_t b = 0; b < d.B; b++) {
                int above = 0, ones = 0, zeros = 0;
                for (int64_t k = 0; k < d.K; k++) {
                    const real v = y[c * n->plan.stride + (l * d.K + k) * d.B + b];
                    above += v > 0.5;
                    ones += v == 1;
                    zeros += v == 0;
                }
                const int A = (int)limit_of(n, l);
                CHECK(above == (A < d.K ? A : d.K));
                CHECK(ones == (A >= d.K ? d.K : 0) && zeros == (A == 0 ? d.K : 0));
            }
    drop(n);
}

static void soft_top_has_its_value_by_hand(void)
{
    net *n = make(build_soft_top, (nn_dims){1, 3, 1}, 9);
    real *x = nn_value(&n->plan, n->in[0]);
    x[0] = 0.5;
    x[1] = 2;
    x[2] = 1; /* A = 1: t = 1.5 */
    nn_plan_forward(&n->plan, NULL);
    const real *y = nn_value(&n->plan, n->out);
    CHECK_NEAR(y[0], 1 / (1 + exp(1 / TAU)), 1e-15);
    CHECK_NEAR(y[1], 1 / (1 + exp(-0.5 / TAU)), 1e-15);
    CHECK_NEAR(y[2], 1 / (1 + exp(0.5 / TAU)), 1e-15);
    x[0] = x[1] = x[2] = 4; /* all at the edge */
    nn_plan_forward(&n->plan, NULL);
    CHECK(y[0] == 0.5 && y[1] == 0.5 && y[2] == 0.5);
    drop(n);
}

static void where_both_are_equal_the_gradient_of_max_goes_to_the_first(void)
{
    net *n = make(build_max, (nn_dims){1, 2, 1}, 9);
    real *x = nn_value(&n->plan, n->in[0]), *y = nn_value(&n->plan, n->in[1]);
    x[0] = y[0] = 0.25;
    x[1] = -1;
    y[1] = 3;
    backward(n, NULL);
    CHECK(nn_value(&n->plan, n->out)[0] == 0.25 && nn_value(&n->plan, n->out)[1] == 3);
    CHECK(nn_grad(&n->plan, n->in[0])[0] == n->r[0] + 0.25);
    CHECK(nn_grad(&n->plan, n->in[1])[0] == 0);
    CHECK(nn_grad(&n->plan, n->in[0])[1] == 0);
    CHECK(nn_grad(&n->plan, n->in[1])[1] == n->r[1] + 3);
    drop(n);
}

/* A NaN among the inputs is seen in what depends on it: no activation or maximum swallows it. */
static void a_nan_stays_one(void)
{
    static const builder THROUGH[] = {
        build_linear, build_relu,    build_tanh, build_shared,   build_exchange, build_other_users,
        build_squash, build_softmax, build_max,  build_soft_top, build_gap};
    for (size_t b = 0; b < sizeof THROUGH / sizeof *THROUGH; b++)
        for (int32_t s = 0; s < 2; s++) {
            net *n = make(THROUGH[b], (nn_dims){3, 3, 1}, 9);
            const nn_slice from = n->in[s < n->n_in ? s : 0];
            nn_value(&n->plan, from)[0] = NAN;
            nn_plan_forward(&n->plan, n->params);
            int nans = 0;
            for (int64_t i = 0; i < n->out.C * n->plan.stride; i++)
                nans += isnan(nn_value(&n->plan, n->out)[i]) != 0;
            CHECK(nans > 0);
            if (!nans) fprintf(stderr, "builder %zu, input %d\n", b, s);
            drop(n);
        }
}

int main(void)
{
    RUN(gradients_match_central_differences);
    RUN(padding_reaches_no_result);
    RUN(backward_of_linear_operators_is_their_adjoint);
    RUN(pools_and_gap_give_their_definitions);
    RUN(pools_of_one_are_zero);
    RUN(softmax_sums_to_one_however_large_its_input);
    RUN(soft_top_puts_the_limit_of_users_above_one_half);
    RUN(soft_top_has_its_value_by_hand);
    RUN(where_both_are_equal_the_gradient_of_max_goes_to_the_first);
    RUN(a_nan_stays_one);
    return DONE();
}
