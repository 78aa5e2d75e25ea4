/* What a round of both networks is made of. */
#include <stdio.h>
#include <string.h>

#include "nn/ops.h"
#include "policy/power_op.h"

static void tensor(nn_params *t, int32_t round, const char *part, int32_t O, int32_t I)
{
    char name[NN_MAX_NAME];
    snprintf(name, sizeof name, "round%d.%s.weight", round + 1, part);
    nn_params_add(t, name, 2, (const int32_t[]){O, I});
    snprintf(name, sizeof name, "round%d.%s.bias", round + 1, part);
    nn_params_add(t, name, 1, (const int32_t[]){O});
}

void power_declare(nn_params *t, int32_t rounds, int32_t C, int32_t more, int32_t heads)
{
    for (int32_t r = 0; r < rounds; r++) {
        tensor(t, r, "in", 5 * C, POWER_SEEN + POWER_VIEW + more + (r > 0 ? C : 0));
        tensor(t, r, "out", C, 5 * C);
        tensor(t, r, "head", heads, C);
    }
}

/* All as PyTorch would begin, but the heads at 0. */
void power_init(const nn_params *t, const double *size, uint64_t seed, real *params)
{
    (void)size;
    nn_params_init(t, seed, params);
    for (int32_t i = 0; i < t->count; i++)
        if (i % POWER_TENSORS >= 4)
            memset(params + t->tensor[i].at, 0, (size_t)t->tensor[i].size * sizeof(real));
}

nn_slice power_block(nn_plan *plan, const power_known *known, nn_slice view, nn_slice more,
                     nn_slice h, int32_t C, const nn_tensor *t)
{
    nn_slice in[4] = {nn_channels(plan, known->fact, POWER_GAIN, POWER_SEEN), view};
    int32_t n = 2;
    if (more.C > 0) in[n++] = more;
    if (h.C > 0) in[n++] = h;
    const nn_slice y = nn_linear(plan, in, n, 5 * C, t[0].at, t[1].at, NN_RELU);
    const nn_slice pooled[] = {nn_channels(plan, y, 0, C),
                               nn_sum_users(plan, nn_channels(plan, y, C, C), 8),
                               nn_sum_aps(plan, nn_channels(plan, y, 2 * C, C), 4),
                               nn_mean_all(plan, nn_channels(plan, y, 3 * C, C)),
                               nn_max_users(plan, nn_channels(plan, y, 4 * C, C))};
    const nn_slice next = nn_linear(plan, pooled, 5, C, t[2].at, t[3].at, NN_NONE);
    nn_plan_drop(plan, y);
    for (int i = 1; i < 5; i++) nn_plan_drop(plan, pooled[i]);
    if (h.C == 0) return next;
    const nn_slice sum = nn_add(plan, next, h);
    nn_plan_drop(plan, next);
    nn_plan_drop(plan, h);
    return sum;
}
