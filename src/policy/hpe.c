/* B's network, in its authors' form: hierarchically permutation-equivariant message passing between
 * access points, run once for every user that an AP may serve.
 *
 *   P(y)     = [y(1..F), mean over the other users of y(F+1..2F)]
 *   phi_n(z) = P(W2 P(relu(W1 z + b1)) + b2)
 *   m_n      = mean over the other APs of phi_n([g0, x_n])                                    (B5)
 *   x_n+1    = gamma_n([x_n, m_n]),  gamma_n(z) = P(relu(W2 P(relu(W1 z + b1)) + b2))
 *
 * the last gamma having one output a without relu or P. g0 = x_1 = [gain, assignment so far, gap].
 * Then p = softmax over users of 50 tanh(2 tanh(a)); the assignment so far is the largest p of the
 * runs, and gap = U - sum over APs of it. */
#include <math.h>
#include <stdio.h>

#include "nn/ops.h"
#include "policy/hpe_message.h"
#include "policy/policy.h"

enum { FEATURES, LAYERS, RUNS, MEAN_DB, STD_DB, NOISE_DBM };

static const policy_size SIZES[] = {
    [FEATURES] = {"features", "own features of a user; as many again are pooled", 10, 1, 64, 1},
    [LAYERS] = {"layers", "message-passing layers", 5, 1, 7, 1},
    [RUNS] = {"runs", "runs of the network, one for each user that an AP may serve", 2, 1, 8, 1},
    [MEAN_DB] = {"mean_db", "mean of the received power [dBm]", -111.6, -1000, 1000, 0},
    [STD_DB] = {"std_db", "its scale [dB]", 4.335, 1e-6, 1000, 0},
    [NOISE_DBM] = {"noise_dbm", "noise power of the training drops [dBm]", -86.84029654543082,
                   -1000, 1000, 0},
};

static void conv(nn_params *t, const char *net, int32_t layer, int32_t which, int32_t O, int32_t I)
{
    char name[NN_MAX_NAME];
    snprintf(name, sizeof name, "gnn.%s%d.conv%d.weight", net, layer, which);
    nn_params_add(t, name, 4, (const int32_t[]){O, I, 1, 1});
    snprintf(name, sizeof name, "gnn.%s%d.conv%d.bias", net, layer, which);
    nn_params_add(t, name, 1, (const int32_t[]){O});
}

/* Channels of g0, and of x_n. */
enum { INPUTS = 3 };

static void declare(nn_params *t, const double *size)
{
    const int32_t F2 = 2 * (int32_t)size[FEATURES], last = (int32_t)size[LAYERS];
    for (int32_t n = 1; n <= last; n++) {
        const int32_t x = n == 1 ? INPUTS : F2;
        conv(t, "phi", n, 1, F2, INPUTS + x);
        conv(t, "phi", n, 2, F2, F2);
        conv(t, "gamma", n, 1, F2, x + F2);
        conv(t, "gamma", n, 2, n == last ? 1 : F2, F2);
    }
}

static void init(const nn_params *t, const double *size, uint64_t seed, real *params)
{
    (void)size;
    nn_params_init(t, seed, params);
}

/* (gain_dbm - mean)/std; a link without gain counts as -400 dBm, the import's word for none. */
static void gains(const double *size, const nn_kernels *k, int32_t n, const double *snr, real *gain)
{
    const real db = (real)(10 / log(10)), noise = (real)size[NOISE_DBM];
    const real mean = (real)size[MEAN_DB], scale = (real)(1 / size[STD_DB]);
    for (int32_t i = 0; i < n; i++) gain[i] = (real)fmin(snr[i], 1e38);
    k->logs(n, gain, gain);
    for (int32_t i = 0; i < n; i++) {
        const real dbm = db * gain[i] + noise;
        gain[i] = ((snr[i] > 0 && dbm > -400 ? dbm : -400) - mean) * scale;
    }
}

/* A list of slices that linear layers read one below the other. */
typedef struct stack {
    nn_slice part[NN_MAX_SLICES];
    int32_t n;
} stack;

static stack join(stack a, stack b)
{
    for (int32_t i = 0; i < b.n; i++) a.part[a.n++] = b.part[i];
    return a;
}

/* act(W x + b) with the next two tensors of the table. */
static nn_slice layer(nn_plan *plan, const nn_params *t, int32_t *tensor, stack x,
                      nn_activation act)
{
    const nn_tensor *w = &t->tensor[*tensor], *b = &t->tensor[*tensor + 1];
    *tensor += 2;
    return nn_linear(plan, x.part, x.n, w->dim[0], w->at, b->at, act);
}

static void drop(nn_plan *plan, stack x)
{
    for (int32_t i = 0; i < x.n; i++) nn_plan_drop(plan, x.part[i]);
}

static stack pool(nn_plan *plan, nn_slice y)
{
    const int32_t F = y.C / 2;
    if (!plan->train) {
        nn_other_users_here(plan, y, F);
        return (stack){{y}, 1};
    }
    const nn_slice own = nn_channels(plan, y, 0, F), rest = nn_channels(plan, y, F, F);
    const stack s = {{own, nn_other_users(plan, rest)}, 2};
    nn_plan_drop(plan, rest);
    return s;
}

/* act(W x + b), pooled; nothing else reads x. */
static stack inner(nn_plan *plan, const nn_params *t, int32_t *tensor, stack x, nn_activation act)
{
    const nn_slice y = layer(plan, t, tensor, x, act);
    drop(plan, x);
    return pool(plan, y);
}

/* One run: logits of every link. */
static nn_slice run(nn_plan *plan, const cf_policy *p, stack g0)
{
    const nn_params *t = &p->table;
    const int32_t last = (int32_t)p->size[LAYERS];
    int32_t tensor = 0;
    stack x = g0;
    for (int32_t n = 1;; n++) {
        const nn_slice phi = layer(plan, t, &tensor, join(g0, x), NN_RELU);
        const stack h = pool(plan, hpe_message(plan, phi, x.part, x.n, &t->tensor[tensor]));
        tensor += 4; /* phi's second layer and gamma's first */
        nn_plan_drop(plan, phi);
        if (n > 1) drop(plan, x); /* the first is g0 */
        if (n == last) {
            const nn_slice a = layer(plan, t, &tensor, h, NN_NONE);
            drop(plan, h);
            return a;
        }
        x = inner(plan, t, &tensor, h, NN_RELU);
    }
}

static void build(nn_plan *plan, const cf_policy *p, policy_io *io)
{
    plan->features_last = !plan->train && plan->dims.B == 1;
    const int32_t runs = (int32_t)p->size[RUNS];
    nn_slice so_far = nn_plan_take(plan, 1), gap = io->need; /* nothing assigned before run 1 */
    for (int32_t r = 0; r < runs; r++) {
        const nn_slice a = run(plan, p, (stack){{io->gain, so_far, gap}, INPUTS});
        const nn_slice x = nn_softmax_users(plan, nn_squash(plan, a));
        so_far = r == 0 ? x : nn_max(plan, so_far, x);
        if (r + 1 < runs) gap = nn_gap(plan, io->need, so_far);
    }
    io->score[0] = io->relaxed[0] = so_far;
    io->rounds = 1;
}

const policy_class policy_hpe;
const policy_class policy_hpe = {
    .name = "hpe",
    .about = "B's message-passing network, in its authors' form",
    .sizes = SIZES,
    .n_sizes = sizeof SIZES / sizeof *SIZES,
    .task = CF_TASK_ASSIGNMENT,
    .declare = declare,
    .init = init,
    .gains = gains,
    .build = build,
};
