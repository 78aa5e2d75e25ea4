/* allocate: how much power each access point gives each user, decided by a trained policy. Links
 * libcellfree-run. usage: allocate POLICY.safetensors */
#include <stdio.h>
#include <stdlib.h>

#include <cellfree/policy.h>
#include <cellfree/power.h>

#define TRY(call)                                               \
    do {                                                        \
        if ((call) != CF_OK) {                                  \
            fprintf(stderr, "allocate: %s\n", cf_last_error()); \
            exit(1);                                            \
        }                                                       \
    } while (0)

enum { L = 2, K = 2 };

/* gain[l][k][j]: what user k hears of the beam that AP l points at user j */
static const float gain[L][K][K] = {{{100, 10}, {5, 50}}, {{20, 3}, {8, 400}}};

int main(int argc, char **argv)
{
    if (argc != 2) {
        fprintf(stderr, "usage: allocate POLICY.safetensors\n");
        return 2;
    }
    const cf_power drop = {.L = L,
                           .K = K,
                           .gain = &gain[0][0][0],
                           .noise_w = 1,
                           .mu = 1,
                           .static_w = 4,
                           .bandwidth_hz = 1e6};
    float watts[L][K];
    cf_policy *policy;
    cf_runner *runner;
    TRY(cf_power_check(&drop));
    TRY(cf_policy_load(&policy, argv[1]));
    TRY(cf_runner_make(&runner, policy, L, K, 1));
    TRY(cf_runner_power(runner, &drop, 1, &watts[0][0]));

    for (int l = 0; l < L; l++) printf("AP %d: %.4f W, %.4f W\n", l, watts[l][0], watts[l][1]);
    printf("%.6f Mbit/J\n", cf_power_value(&drop, &watts[0][0], NULL));
    cf_runner_free(runner);
    cf_policy_free(policy);
    return 0;
}
