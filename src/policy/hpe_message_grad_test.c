/* Built with -DCF_REAL_DOUBLE: see base/real.h. Against the equation, step by step. */
#include <stdlib.h>
#include <string.h>

#include "base/rng.h"
#include "policy/hpe_message.h"

#include "t.h"

enum { MOST = 6, C = 4, X = 3, O = 5, MOST_LINKS = MOST * MOST };

typedef struct net {
    nn_params table;
    real *params;
    nn_plan plan;
    nn_slice r, x[2], y;
} net;

static void make(net *n, nn_dims d, int32_t train)
{
    *n = (net){0};
    nn_params_add(&n->table, "inner", 2, (const int32_t[]){C, C});
    nn_params_add(&n->table, "inner bias", 1, (const int32_t[]){C});
    nn_params_add(&n->table, "outer", 2, (const int32_t[]){O, X + C});
    nn_params_add(&n->table, "outer bias", 1, (const int32_t[]){O});
    rng g = rng_stream(1, RNG_TEST, 0);
    n->params = calloc((size_t)n->table.size, sizeof *n->params);
    if (!n->params) exit(2);
    for (int32_t i = 0; i < n->table.size; i++) n->params[i] = 2 * rng_uniform(&g) - 1;
    nn_plan_begin(&n->plan, d, train);
    n->plan.features_last = !train && d.B == 1;
    n->r = nn_plan_take(&n->plan, C);
    n->x[0] = nn_plan_take(&n->plan, X - 1);
    n->x[1] = nn_plan_take(&n->plan, 1);
    n->y = hpe_message(&n->plan, n->r, n->x, 2, n->table.tensor);
    CHECK(nn_plan_finish(&n->plan) == CF_OK);
}

static void drop(net *n)
{
    nn_plan_free(&n->plan);
    free(n->params);
}

/* Channel c of link i in lane b, in either layout. */
static real *at(const net *n, real *base, int32_t step, int c, int i, int b)
{
    return base + (step ? i * step + c : c * n->plan.stride + i * n->plan.dims.B + b);
}

static void feed(const net *n)
{
    const nn_dims d = n->plan.dims;
    for (int b = 0; b < d.B; b++) {
        rng g = rng_stream(2, RNG_TEST, (uint64_t)b);
        for (int c = 0; c < C + X; c++)
            for (int i = 0; i < d.L * d.K; i++) {
                const nn_slice s = c < C ? n->r : n->x[c == C + X - 1];
                const int channel = c < C ? c : c == C + X - 1 ? 0 : c - C;
                *at(n, nn_value(&n->plan, s), s.step, channel, i, b) = 2 * rng_uniform(&g) - 1;
            }
    }
}

/* P and E, of value v[c][l K + k]. */
static void pool(nn_dims d, double v[][MOST_LINKS])
{
    for (int c = C / 2; c < C; c++)
        for (int l = 0; l < d.L; l++) {
            double sum = 0;
            for (int k = 0; k < d.K; k++) sum += v[c][l * d.K + k];
            for (int k = 0; k < d.K; k++) {
                double *one = &v[c][l * d.K + k];
                *one = d.K > 1 ? (sum - *one) / (d.K - 1) : 0;
            }
        }
}

static void exchange(nn_dims d, double v[][MOST_LINKS])
{
    for (int c = 0; c < C; c++)
        for (int k = 0; k < d.K; k++) {
            double sum = 0;
            for (int l = 0; l < d.L; l++) sum += v[c][l * d.K + k];
            for (int l = 0; l < d.L; l++) {
                double *one = &v[c][l * d.K + k];
                *one = d.L > 1 ? (sum - *one) / (d.L - 1) : 0;
            }
        }
}

static void multiply(nn_dims d, int out, int in, const real *w, const real *bias,
                     double x[][MOST_LINKS], double y[][MOST_LINKS])
{
    for (int o = 0; o < out; o++)
        for (int i = 0; i < d.L * d.K; i++) {
            y[o][i] = bias[o];
            for (int c = 0; c < in; c++) y[o][i] += w[o * in + c] * x[c][i];
        }
}

static void check_lane(const net *n, int b)
{
    const nn_dims d = n->plan.dims;
    const nn_tensor *t = n->table.tensor;
    static double all[X + C][MOST_LINKS], r[C][MOST_LINKS], y[O][MOST_LINKS];
    for (int i = 0; i < d.L * d.K; i++) {
        for (int c = 0; c < C; c++) r[c][i] = *at(n, nn_value(&n->plan, n->r), n->r.step, c, i, b);
        for (int c = 0; c < X; c++) {
            const nn_slice s = n->x[c == X - 1];
            all[c][i] = *at(n, nn_value(&n->plan, s), s.step, c == X - 1 ? 0 : c, i, b);
        }
    }
    pool(d, r);
    multiply(d, C, C, n->params + t[0].at, n->params + t[1].at, r, all + X);
    pool(d, all + X);
    exchange(d, all + X);
    multiply(d, O, X + C, n->params + t[2].at, n->params + t[3].at, all, y);
    for (int o = 0; o < O; o++)
        for (int i = 0; i < d.L * d.K; i++)
            CHECK_NEAR(*at(n, nn_value(&n->plan, n->y), n->y.step, o, i, b), fmax(y[o][i], 0),
                       1e-13);
}

/* Sizes without other users or other access points; lanes of every remainder; one drop alone,
 * features last. */
static void the_answer_is_that_of_the_equation(void)
{
    static const int32_t LANES[] = {1, 2, 5, 8, 21};
    for (int i = 0; i < MOST_LINKS * 5 * 2; i++) {
        const nn_dims d = {1 + i % MOST, 1 + i / MOST % MOST, LANES[i / MOST_LINKS % 5]};
        net n;
        make(&n, d, i >= MOST_LINKS * 5);
        feed(&n);
        nn_plan_prepare(&n.plan, n.params);
        nn_plan_forward(&n.plan, n.params);
        for (int b = 0; b < d.B; b++) check_lane(&n, b);
        drop(&n);
    }
}

/* F = sum of f .* y, f of either sign. */
static double objective(const net *n, real *f)
{
    const int64_t size = O * n->plan.stride;
    const int links = n->plan.dims.L * n->plan.dims.K * n->plan.dims.B;
    double sum = 0;
    nn_plan_prepare(&n->plan, n->params);
    nn_plan_forward(&n->plan, n->params);
    for (int64_t i = 0; i < size; i++) {
        f[i] = i % n->plan.stride < links ? (double)(i % 7) - 2.5 : 0;
        sum += f[i] * nn_value(&n->plan, n->y)[i];
    }
    return sum;
}

static double slope(const net *n, real *of, real *f)
{
    const double h = 1e-5, keep = *of;
    *of = keep + h;
    const double above = objective(n, f);
    *of = keep - h;
    const double below = objective(n, f);
    *of = keep;
    return (above - below) / (2 * h);
}

static void check_gradients(nn_dims d)
{
    net n;
    make(&n, d, 1);
    feed(&n);
    real *f = calloc((size_t)(O * n.plan.stride), sizeof *f);
    real *g = calloc((size_t)n.table.size, sizeof *g);
    if (!f || !g) exit(2);
    for (int twice = 0; twice < 2; twice++) { /* the second is added */
        objective(&n, f);
        nn_plan_zero_grads(&n.plan);
        memcpy(nn_grad(&n.plan, n.y), f, sizeof *f * (size_t)(O * n.plan.stride));
        nn_plan_backward(&n.plan, n.params, g);
    }
    for (int32_t i = 0; i < n.table.size; i++)
        CHECK_NEAR(g[i], 2 * slope(&n, &n.params[i], f), 1e-6);
    const nn_slice in[] = {n.r, n.x[0], n.x[1]};
    for (int s = 0; s < 3; s++)
        for (int c = 0; c < in[s].C; c++)
            for (int i = 0; i < d.L * d.K * d.B; i++) {
                const int64_t to = c * n.plan.stride + i;
                CHECK_NEAR(nn_grad(&n.plan, in[s])[to], slope(&n, nn_value(&n.plan, in[s]) + to, f),
                           1e-6);
            }
    free(f);
    free(g);
    drop(&n);
}

static void gradients_match_central_differences(void)
{
    check_gradients((nn_dims){3, 4, 2});
    check_gradients((nn_dims){2, 2, 17});
    check_gradients((nn_dims){1, 3, 3});
    check_gradients((nn_dims){4, 1, 1});
    check_gradients((nn_dims){1, 1, 1});
    check_gradients((nn_dims){5, 6, 1});
}

/* Padding too: what grew from run to run would not be finite in the end, and 0 times that is no
 * 0. */
static void running_again_changes_nothing(void)
{
    static real first[O * MOST_LINKS + 16 * O];
    net n;
    make(&n, (nn_dims){3, 5, 2}, 1);
    const size_t size = sizeof *first * (size_t)(O * n.plan.stride);
    CHECK(size <= sizeof first);
    real *in = nn_value(&n.plan, n.r), *x = nn_value(&n.plan, n.x[0]);
    for (int64_t i = 0; i < C * n.plan.stride; i++) in[i] = 1;
    for (int64_t i = 0; i < (X - 1) * n.plan.stride; i++) x[i] = -1;
    feed(&n);
    nn_plan_prepare(&n.plan, n.params);
    nn_plan_forward(&n.plan, n.params);
    memcpy(first, nn_value(&n.plan, n.y), size);
    nn_plan_forward(&n.plan, n.params);
    CHECK(memcmp(first, nn_value(&n.plan, n.y), size) == 0);
    drop(&n);
}

int main(void)
{
    RUN(the_answer_is_that_of_the_equation);
    RUN(gradients_match_central_differences);
    RUN(running_again_changes_nothing);
    return DONE();
}
