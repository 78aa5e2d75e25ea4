/* Ours: who is served by whom. In every round each link sees what its power brings and costs
 * (power_op.h), and a small network says for every user how likely it is off or served by AP l, and
 * with what power. The powers that the next round sees are chance times power. A solver then
 * searches among the likely sets. Sees ratios, rates and logarithms of gains over noise only: any
 * size, noise, P_c and mu. */
#include "nn/ops.h"
#include "policy/power_op.h"

enum { ROUNDS, CHANNELS };

static const policy_size SIZES[] = {
    [ROUNDS] = {"rounds", "rounds", 3, 1, POLICY_MAX_ROUNDS, 1},
    [CHANNELS] = {"channels", "what a link carries from round to round", 10, 1, 64, 1},
};

static void declare(nn_params *t, const double *size)
{
    power_declare(t, (int32_t)size[ROUNDS], (int32_t)size[CHANNELS], 1, 3);
}

static void build(nn_plan *plan, const cf_policy *p, policy_io *io)
{
    const int32_t C = (int32_t)p->size[CHANNELS], rounds = (int32_t)p->size[ROUNDS];
    const power_known known = power_take(plan, io);
    nn_slice u = power_start(plan, &known), h = {0};
    nn_slice pi = power_start_share(plan, &known), y = {0};
    for (int32_t r = 0; r < rounds; r++) {
        const nn_tensor *t = &p->table.tensor[POWER_TENSORS * r];
        const nn_slice state = power_state(plan, &known, u);
        const nn_slice view = power_view(plan, &known, state, u), before = y;
        nn_plan_drop(plan, state);
        h = power_block(plan, &known, view, pi, h, C, t);
        nn_plan_drop(plan, view);
        const nn_slice x = nn_linear(plan, &h, 1, 3, t[4].at, t[5].at, NN_NONE);
        if (before.C > 0) power_answered(plan, before);
        y = power_choose(plan, &known, x);
        nn_plan_drop(plan, x);
        u = nn_channels(plan, y, POWER_SOFT_U, 1);
        pi = nn_channels(plan, y, POWER_PI, 1);
        io->log_p[r] = nn_channels(plan, y, POWER_LOG_P, 1);
        io->log_pi[r] = nn_channels(plan, y, POWER_LOG_PI, 1);
        io->log_off[r] = nn_channels(plan, y, POWER_LOG_OFF, 1);
    }
    io->rounds = rounds;
}

const policy_class policy_setnet;
const policy_class policy_setnet = {
    .name = "setnet",
    .about = "how likely each user is off or served by each AP, for a solver to search among",
    .sizes = SIZES,
    .n_sizes = sizeof SIZES / sizeof *SIZES,
    .task = CF_TASK_POWER,
    .alone = 200,
    .declare = declare,
    .init = power_init,
    .build = build,
    .unit = power_unit,
    .feed = power_feed,
};
