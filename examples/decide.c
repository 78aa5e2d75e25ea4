/* decide: which users each access point serves, decided by a trained policy. Links libcellfree-run.
 * usage: decide POLICY.safetensors [SNR.txt]   SNR.txt: L K, then L rows of K linear SNRs */
#include <stdio.h>
#include <stdlib.h>

#include <cellfree/assignment.h>
#include <cellfree/policy.h>

#define TRY(call)                                             \
    do {                                                      \
        if ((call) != CF_OK) {                                \
            fprintf(stderr, "decide: %s\n", cf_last_error()); \
            exit(1);                                          \
        }                                                     \
    } while (0)

enum { SIDE = 64 }; /* the largest network this example reads */

static double snr[SIDE * SIDE] = {9,  4,  1, .5, 7,  6,  .8, .3, 5,  8,
                                  .6, .2, 3, 2,  .9, .7, 6,  1,  .4, .35};
static int32_t max_users[SIDE], min_aps[SIDE]; /* A and U */
static uint8_t x[SIDE * SIDE];

static int read_snr(const char *path, int32_t *L, int32_t *K)
{
    FILE *f = fopen(path, "r");
    int ok = f && fscanf(f, "%d %d", L, K) == 2 && *L > 0 && *L <= SIDE && *K > 0 && *K <= SIDE;
    for (int32_t i = 0; ok && i < *L * *K; i++) ok = fscanf(f, "%lf", &snr[i]) == 1;
    if (f) fclose(f);
    return ok;
}

int main(int argc, char **argv)
{
    int32_t L = 5, K = 4;
    if (argc < 2 || (argc > 2 && !read_snr(argv[2], &L, &K))) {
        fprintf(stderr, "usage: decide POLICY.safetensors [SNR.txt]\n");
        return 2;
    }
    for (int32_t l = 0; l < L; l++) max_users[l] = 2;
    for (int32_t k = 0; k < K; k++) min_aps[k] = 2;
    const cf_assignment drop = {L, K, snr, max_users, min_aps};

    cf_policy *policy;
    cf_runner *runner;
    TRY(cf_assignment_check(&drop));
    TRY(cf_policy_load(&policy, argv[1]));
    TRY(cf_runner_make(&runner, policy, L, K, 1));
    void *scratch = aligned_alloc(64, (cf_assignment_repair_workspace(L, K) + 63) / 64 * 64);
    TRY(cf_runner_decide(runner, &drop, 1, x, NULL)); /* at most A users an access point */
    TRY(cf_assignment_repair(&drop, x, scratch));     /* and U access points a user      */

    for (int32_t i = 0; i < L * K; i++) printf("%d%c", x[i], i % K == K - 1 ? '\n' : ' ');
    printf("%.6f bit/s/Hz\n", cf_assignment_rate(&drop, x));
    free(scratch);
    cf_runner_free(runner);
    cf_policy_free(policy);
    return 0;
}
