/* Our network. Rounds of a market in which users bid for access points (market_op.h gives each link
 * its view of it) and a small network, the same for every link and every round, scores the links:
 *
 *   h = relu(W1 f + b1)
 *   g = relu(W2 [h, mean over other users of h(1..P), mean over other APs of h(P+1..2P)] + b2)
 *   z = W3 [g, phi(margin)] + b3
 *
 * with P the pooled units, at most half of all. The picks of the next round, and after the last
 * round the answer, are those that the AP went into this round with, but for the swaps of higher z
 * that both users agree to (market_commit.h). All f are rates, counts and ranks: no size of network
 * and no scale of gain is built in, so one set of weights serves all. Untrained (W3 = [0, 2], b3 =
 * 0) it is an auction without a network. The relaxed assignment of a round is soft_top(z), which
 * sums to about A_l. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "nn/ops.h"
#include "policy/market_commit.h"
#include "policy/market_op.h"
#include "policy/policy.h"

enum { ROUNDS, HIDDEN, POOLED };

static const policy_size SIZES[] = {
    [ROUNDS] = {"rounds", "rounds of the market", 6, 1, POLICY_MAX_ROUNDS, 1},
    [HIDDEN] = {"hidden", "units of both hidden layers", 24, 2, 128, 1},
    [POOLED] = {"pooled", "of them averaged over the other users, and over the other APs", 6, 1, 32,
                1},
};

/* Units pooled over users, and as many others over APs: at most half of them each. */
static int32_t pooled(const double *size)
{
    const int32_t half = (int32_t)size[HIDDEN] / 2, wanted = (int32_t)size[POOLED];
    return wanted < half ? wanted : half;
}

static void tensor(nn_params *t, const char *layer, int32_t O, int32_t I)
{
    char name[NN_MAX_NAME];
    snprintf(name, sizeof name, "link.%s.weight", layer);
    nn_params_add(t, name, 2, (const int32_t[]){O, I});
    snprintf(name, sizeof name, "link.%s.bias", layer);
    nn_params_add(t, name, 1, (const int32_t[]){O});
}

static void declare(nn_params *t, const double *size)
{
    const int32_t H = (int32_t)size[HIDDEN];
    tensor(t, "in", H, MARKET_FEATURES);
    tensor(t, "hidden", H, H + 2 * pooled(size));
    tensor(t, "out", 1, H + 1);
}

static void init(const nn_params *t, const double *size, uint64_t seed, real *params)
{
    nn_params_init(t, seed, params);
    const nn_tensor *out = &t->tensor[4];
    memset(params + out->at, 0, (size_t)(out->size + 1) * sizeof(real));
    params[out->at + (int32_t)size[HIDDEN]] = 2;
}

/* The SNR itself; past 120 dB more makes no difference to which link is taken. */
static void gains(const double *size, const nn_kernels *k, int32_t n, const double *snr, real *gain)
{
    (void)size, (void)k;
    for (int32_t i = 0; i < n; i++) gain[i] = (real)fmin(snr[i], 1e12);
}

static void build(nn_plan *plan, const cf_policy *p, policy_io *io)
{
    static const real TAU = 1;
    const nn_tensor *t = p->table.tensor;
    const int32_t H = (int32_t)p->size[HIDDEN], P = pooled(p->size);
    nn_slice market = {0}, picks = {0};
    const int32_t rounds = (int32_t)p->size[ROUNDS];
    for (int32_t r = 0; r < rounds; r++) {
        market = market_round(plan, io->gain, io->limit, io->need, r ? &picks : NULL,
                              r ? &market : NULL, r);
        const nn_slice f = nn_channels(plan, market, 0, MARKET_FEATURES);
        const nn_slice margin = nn_channels(plan, market, MARKET_MARGIN, 1);
        nn_slice h = nn_linear(plan, &f, 1, H, t[0].at, t[1].at, NN_RELU);
        const nn_slice all[] = {h, nn_other_users(plan, nn_channels(plan, h, 0, P)),
                                nn_exchange(plan, nn_channels(plan, h, P, P))};
        h = nn_linear(plan, all, 3, H, t[2].at, t[3].at, NN_RELU);
        const nn_slice z =
            nn_linear(plan, (const nn_slice[]){h, margin}, 2, 1, t[4].at, t[5].at, NN_NONE);
        picks = market_commit(plan, nn_channels(plan, market, MARKET_PICKED, 1), io->need, z);
        if (!plan->train && r < rounds - 1) continue; /* only a loss asks for these */
        io->score[io->rounds] = picks;
        io->relaxed[io->rounds++] = nn_soft_top(plan, z, io->limit, &TAU);
    }
}

const policy_class policy_market;
const policy_class policy_market = {
    .name = "market",
    .about = "a learned market between users and access points, for any size of network",
    .sizes = SIZES,
    .n_sizes = sizeof SIZES / sizeof *SIZES,
    .task = CF_TASK_ASSIGNMENT,
    .alone = 200,
    .declare = declare,
    .init = init,
    .gains = gains,
    .build = build,
};
