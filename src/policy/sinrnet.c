/* A's network: message passing between access points whose messages and states are SINRnets,
 * networks over the pairs of users (k,j) of one AP. Features X[f,k,j], and h[k,j] is the input: the
 * gain to user k of the beam for user j over the noise, in decibels or linear, less input_mean,
 * over input_std.
 *
 *   layer(X)    = P(relu(W X + b)), 4F outputs
 *   (A11)
 *   P           = category 1 as it is; 2: mean over the rest of the column; 3: of the row; 4: of
 *   neither
 *   SINRnet(X)  = V layers; with `skip` every layer after the first reads [X, h]
 *   m_n = mean over the other APs of phi_n([h, x_n]),  x_n+1 = gamma_n([x_n, m_n]),  x_1 = h
 *   (A10)
 *   u_lk = w [x_end, h where `skip`] + b at the pair (k,k)
 *   a_lk = exp(out_scale u_lk + out_offset) [W], or with output = 1 the exponent itself where above
 *   0
 *
 * Without messages x_end = SINRnet(h): the form of A's ancestor for interference networks. A second
 * network of the same shape, beta, gives the width of the support while it trains (A4 to A8);
 * decisions are alpha's. */
#include <math.h>
#include <stdio.h>

#include "nn/ops.h"
#include "policy/power.h"

enum {
    FEATURES,
    LAYERS,
    MESSAGES,
    SKIP,
    NETWORKS,
    LINEAR,
    INPUT_MEAN,
    INPUT_STD,
    OUTPUT,
    OUT_SCALE,
    OUT_OFFSET
};

static const policy_size SIZES[] = {
    [FEATURES] = {"features", "features a category; a layer has four categories", 8, 1, 40, 1},
    [LAYERS] = {"layers", "layers of each SINRnet", 1, 1, 8, 1},
    [MESSAGES] = {"messages", "rounds of messages between access points", 3, 0, 7, 1},
    [SKIP] = {"skip", "1: layers after the first of a SINRnet see the gains again", 0, 0, 1, 1},
    [NETWORKS] = {"networks", "2: alpha, and beta for the support; 1: alpha alone", 2, 1, 2, 1},
    [LINEAR] = {"linear", "1: the input is the gain itself; 0: in dB", 0, 0, 1, 1},
    [INPUT_MEAN] = {"input_mean", "mean of the gains over noise [dB, or 1/W]", 22, -1e12, 1e12, 0},
    [INPUT_STD] = {"input_std", "their scale [dB, or 1/W]", 11, 1e-12, 1e12, 0},
    [OUTPUT] = {"output", "power is exp(o) W (0) or o W, nothing where below 0 (1)", 0, 0, 1, 1},
    [OUT_SCALE] = {"out_scale", "o = out_scale u + out_offset", 3, 1e-6, 1e6, 0},
    [OUT_OFFSET] = {"out_offset", "see out_scale", -4, -100, 100, 0},
};

static void conv(nn_params *t, const char *net, const char *part, int32_t layer, int32_t O,
                 int32_t I)
{
    char name[NN_MAX_NAME];
    snprintf(name, sizeof name, "%s.%s.%d.weight", net, part, layer);
    nn_params_add(t, name, 2, (const int32_t[]){O, I});
    snprintf(name, sizeof name, "%s.%s.%d.bias", net, part, layer);
    nn_params_add(t, name, 1, (const int32_t[]){O});
}

/* A SINRnet of `in` input channels. */
static void declare_part(nn_params *t, const char *net, const char *part, const double *size,
                         int32_t in)
{
    const int32_t O = 4 * (int32_t)size[FEATURES], h = (int32_t)size[SKIP];
    for (int32_t v = 1; v <= (int32_t)size[LAYERS]; v++)
        conv(t, net, part, v, O, v == 1 ? in : O + h);
}

static void declare(nn_params *t, const double *size)
{
    static const char *const NETS[] = {"alpha", "beta"};
    const int32_t O = 4 * (int32_t)size[FEATURES], messages = (int32_t)size[MESSAGES];
    for (int32_t i = 0; i < (int32_t)size[NETWORKS]; i++) {
        char part[16];
        if (messages == 0) declare_part(t, NETS[i], "gamma1", size, 1);
        for (int32_t n = 1; n <= messages; n++) {
            const int32_t x = n == 1 ? 1 : O;
            snprintf(part, sizeof part, "phi%d", n);
            declare_part(t, NETS[i], part, size, 1 + x);
            snprintf(part, sizeof part, "gamma%d", n);
            declare_part(t, NETS[i], part, size, x + O);
        }
        conv(t, NETS[i], "head", 1, 1, O + (int32_t)size[SKIP]);
    }
}

static void init(const nn_params *t, const double *size, uint64_t seed, real *params)
{
    (void)size;
    nn_params_init(t, seed, params);
}

/* The slices that a layer reads one below the other, and the next tensor of the table. */
typedef struct stack {
    nn_slice part[NN_MAX_SLICES];
    int32_t n;
} stack;

typedef struct builder {
    nn_plan *plan;
    const cf_policy *policy;
    nn_slice h;
    int32_t K, tensor;
} builder;

/* The next weights of the table, and the biases behind them. */
static const nn_tensor *weights(builder *b)
{
    b->tensor += 2;
    return &b->policy->table.tensor[b->tensor - 2];
}

static nn_slice layer(builder *b, stack x)
{
    const nn_tensor *w = weights(b);
    return nn_pairs(b->plan, x.part, x.n, b->K, w->dim[0] / 4, w[0].at, w[1].at);
}

static nn_slice sinrnet(builder *b, stack x)
{
    const int32_t V = (int32_t)b->policy->size[LAYERS], skip = (int32_t)b->policy->size[SKIP];
    nn_slice y = layer(b, x);
    for (int32_t v = 2; v <= V; v++) {
        const nn_slice next = layer(b, (stack){{y, b->h}, 1 + skip});
        nn_plan_drop(b->plan, y);
        y = next;
    }
    return y;
}

static nn_slice exchange(builder *b, nn_slice x)
{
    const nn_slice m = nn_exchange(b->plan, x);
    nn_plan_drop(b->plan, x);
    return m;
}

/* Least width of a support, and power where the map has no logarithm [W]. */
static const real LEAST_W = (real)1e-8;

/* One network: ln of what it says of every link, at the pairs (k,k). */
static nn_slice network(builder *b)
{
    const double *size = b->policy->size;
    const stack h = {{b->h}, 1};
    const int32_t messages = (int32_t)size[MESSAGES];
    nn_slice x = messages == 0 ? sinrnet(b, h) : b->h;
    for (int32_t n = 1; n <= messages; n++) {
        const nn_slice m = exchange(b, sinrnet(b, (stack){{b->h, x}, 2}));
        const nn_slice next = sinrnet(b, (stack){{x, m}, 2});
        nn_plan_drop(b->plan, m);
        if (n > 1) nn_plan_drop(b->plan, x); /* the first is h */
        x = next;
    }
    const stack last = {{x, b->h}, size[SKIP] > 0 ? 2 : 1};
    const nn_tensor *w = weights(b);
    const nn_slice u = nn_linear(b->plan, last.part, last.n, 1, w[0].at, w[1].at, NN_NONE);
    const nn_slice o = nn_scale(b->plan, u, (real)size[OUT_SCALE], (real)size[OUT_OFFSET]);
    return size[OUTPUT] > 0 ? nn_log(b->plan, o, LEAST_W) : o;
}

static void build(nn_plan *plan, const cf_policy *p, policy_io *io)
{
    plan->features_last = 1;
    io->input = nn_plan_take(plan, 1);
    io->input.constant = 1;
    builder b = {.plan = plan, .policy = p, .h = io->input, .K = io->K};
    io->log_p[0] = network(&b);
    io->rounds = 1;
    if (io->support && p->size[NETWORKS] > 1) io->log_support = network(&b);
}

static double unit(const cf_policy *p, const cf_power *drop)
{
    (void)p, (void)drop;
    return 1;
}

/* A gain of 0 counts as 100 dB below the noise of a watt. */
static void feed(const nn_plan *plan, const policy_io *io, const cf_policy *p, const cf_power *drop,
                 int32_t b)
{
    enum { SOME = 128 };
    const int64_t pairs = (int64_t)io->L * io->K * io->K;
    const double factor = 1 / drop->noise_w, mean = p->size[INPUT_MEAN];
    const double scale = 1 / p->size[INPUT_STD];
    const int in_db = p->size[LINEAR] == 0;
    const real to = (real)(in_db ? 10 / log(10) * scale : scale), less = (real)(mean * scale);
    real *h = nn_value(plan, io->input) + b;
    for (int64_t first = 0; first < pairs; first += SOME) {
        const int32_t n = (int32_t)(pairs - first < SOME ? pairs - first : SOME);
        real some[SOME];
        for (int32_t i = 0; i < n; i++) {
            const double g = (double)drop->gain[first + i] * factor;
            some[i] = (real)(in_db && !(g > 1e-10) ? 1e-10 : g);
        }
        if (in_db) plan->kernels->logs(n, some, some);
        for (int32_t i = 0; i < n; i++) h[(first + i) * plan->dims.B] = some[i] * to - less;
    }
}

const policy_class policy_sinrnet;
const policy_class policy_sinrnet = {
    .name = "sinrnet",
    .about = "A's nested SINRnet, a power for every link from the gains of all pairs of users",
    .sizes = SIZES,
    .n_sizes = sizeof SIZES / sizeof *SIZES,
    .task = CF_TASK_POWER,
    .alone = 1,
    .declare = declare,
    .init = init,
    .build = build,
    .pairs = 1,
    .unit = unit,
    .feed = feed,
};
