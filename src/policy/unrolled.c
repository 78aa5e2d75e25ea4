/* Ours: unrolled multiplicative steps. In every round each link sees what its power brings and
 * costs (power_op.h), a small network passes on what it makes of it between users and access
 * points, and the power moves by
 *
 *   ln p <- ln p + x1 + (1 + x2) ln(brings / costs),
 *
 * x from a head that starts at 0: an untrained round is exactly one multiplicative step. Only
 * ratios, rates and logarithms of gains over noise are seen: any size, noise, P_c and mu. */
#include "nn/ops.h"
#include "policy/power_op.h"

enum { ROUNDS, CHANNELS };

static const policy_size SIZES[] = {
    [ROUNDS] = {"rounds", "rounds, each of them a step", 8, 1, POLICY_MAX_ROUNDS, 1},
    [CHANNELS] = {"channels", "what a link carries from round to round", 16, 1, 64, 1},
};

static void declare(nn_params *t, const double *size)
{
    power_declare(t, (int32_t)size[ROUNDS], (int32_t)size[CHANNELS], 0, 2);
}

static void build(nn_plan *plan, const cf_policy *p, policy_io *io)
{
    const int32_t C = (int32_t)p->size[CHANNELS], rounds = (int32_t)p->size[ROUNDS];
    const power_known known = power_take(plan, io);
    nn_slice u = power_start(plan, &known), h = {0};
    for (int32_t r = 0; r < rounds; r++) {
        const nn_tensor *t = &p->table.tensor[POWER_TENSORS * r];
        const nn_slice state = power_state(plan, &known, u);
        const nn_slice view = power_view(plan, &known, state, u), before = u;
        nn_plan_drop(plan, state);
        h = power_block(plan, &known, view, (nn_slice){0}, h, C, t);
        const nn_slice x = nn_linear(plan, &h, 1, 2, t[4].at, t[5].at, NN_NONE);
        u = power_advance(plan, view, before, x);
        nn_plan_drop(plan, view);
        nn_plan_drop(plan, x);
        if (r > 0) power_answered(plan, before); /* the first is a fact */
        io->log_p[r] = u;
    }
    io->rounds = rounds;
}

const policy_class policy_unrolled;
const policy_class policy_unrolled = {
    .name = "unrolled",
    .about = "multiplicative steps that a small network corrects, for any size of network",
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
