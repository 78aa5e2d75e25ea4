#ifndef POLICY_POLICY_H
#define POLICY_POLICY_H

#include <stdint.h>

#include <cellfree/policy.h>
#include <cellfree/power.h>
#include <cellfree/scenario.h>

#include "nn/params.h"
#include "nn/plan.h"

/* A network is a row of this kind (hpe.c, market.c, sinrnet.c, ...) and an entry in
 * policy_classes. */
enum { POLICY_MAX_SIZES = 16, POLICY_MAX_ROUNDS = 16 };

/* A number that shapes or normalises a network, stored in the file's metadata under `key`. */
typedef struct policy_size {
    const char *key, *about;
    double standard, least, most;
    int32_t integer;
} policy_size;

/* Where a plan takes its inputs and leaves its outputs; all are (1,L,K,B) unless said otherwise. */
typedef struct policy_io {
    int32_t L, K, rounds; /* the last round is the network's answer */

    /* assignment */
    nn_slice gain;  /* in: what policy_class.gains makes of the SNR                       */
    nn_slice limit; /* in: A_l in every column of AP l                                    */
    nn_slice need;  /* in: U_k in every column of user k                                  */
    nn_slice score[POLICY_MAX_ROUNDS];   /* out: an access point takes its A_l largest       */
    nn_slice relaxed[POLICY_MAX_ROUNDS]; /* out: relaxed assignments in [0,1], a round each  */

    /* power (policy/power.h): an absent output has C = 0 */
    int32_t pairs;  /* 1: columns are (L,K,K,B), a pair of users at an AP each, and the outputs
                       below stand at the pairs (k,k); policy_power_at finds them              */
    nn_slice input; /* in: what policy_class.feed writes, as many channels as it likes        */
    nn_slice log_p[POLICY_MAX_ROUNDS];   /* out: ln of the link's power over policy_power_unit;
                                            with log_pi: of its power where the link is chosen */
    nn_slice log_pi[POLICY_MAX_ROUNDS];  /* out: ln of the chance that AP l serves user k      */
    nn_slice log_off[POLICY_MAX_ROUNDS]; /* out: ln of the chance that nobody does, the same
                                            number for every l; with log_pi, chances of a user
                                            sum to 1; a gradient at l = 0 is enough           */
    int32_t support;      /* 1: log_support is wanted                                        */
    nn_slice log_support; /* out: ln of the width of the support, b - a = beta(H)            */
} policy_io;

typedef struct policy_class {
    const char *name, *about;
    const policy_size *sizes;
    int32_t n_sizes;
    cf_task task;
    int32_t alone; /* columns of a plan from which on a drop alone is decided as fast as among
                      many; 0: never                                                          */
    void (*declare)(nn_params *table, const double *size);
    void (*init)(const nn_params *table, const double *size, uint64_t seed, real *params);
    void (*build)(nn_plan *plan, const cf_policy *p, policy_io *io);

    /* assignment */
    /* gain (n) of snr (n), finite for every snr >= 0 */
    void (*gains)(const double *size, const nn_kernels *k, int32_t n, const double *snr,
                  real *gain);

    /* power */
    int32_t pairs;                                            /* see policy_io */
    double (*unit)(const cf_policy *p, const cf_power *drop); /* see policy_power_unit */
    void (*feed)(const nn_plan *plan, const policy_io *io, const cf_policy *p, const cf_power *drop,
                 int32_t b);
} policy_class;

extern const policy_class *const policy_classes[]; /* NULL-terminated */

typedef struct policy_meta {
    char *key, *value; /* malloc'ed */
} policy_meta;

struct cf_policy {
    const policy_class *class;
    double size[POLICY_MAX_SIZES];
    nn_params table;
    real *params; /* (table.size) */
    policy_meta *meta;
    int32_t n_meta;
};

const policy_class *policy_class_named(const char *name); /* NULL: unknown */

/* A policy with the sizes given (NULL: standard) and all parameters zero. CF_EARG names the size
 * that is out of range. */
cf_status policy_make(cf_policy **out, const policy_class *class, const double *size);

/* CF_EARG, with the policy's architecture and its task, where the task is another. */
cf_status policy_check_task(const cf_policy *p, cf_task task);

/* Set, or replace, a metadata string. Keys sort on saving. */
cf_status policy_set_meta(cf_policy *p, const char *key, const char *value);

/* What a plan is for: decisions; all that the network says, which while it trains may be more; or
 * training. */
typedef enum policy_use { POLICY_DECIDE, POLICY_SAY_ALL, POLICY_TRAIN } policy_use;

/* Build the plan of p and take its memory. Parameters that change later need nn_plan_prepare.
 * CF_EARG where its columns are more than CF_MAX_LINKS. */
cf_status policy_plan(nn_plan *plan, policy_io *io, const cf_policy *p, nn_dims dims,
                      policy_use use);

/* Lanes to decide many drops with: as many as are wanted, or as fill the kernels' vectors and leave
 * the plan in the cache; one where a drop does so by itself. */
enum { POLICY_LANES = 16 };
int32_t policy_lanes(const cf_policy *p, int32_t L, int32_t K, int32_t wanted);

/* Write drop `snr` (L,K) and its limits into lane b of the plan's inputs. */
void policy_feed(const nn_plan *plan, const policy_io *io, const cf_policy *p,
                 const cf_assignment *drop, const double *snr, int32_t b);

/* The A_l largest scores of each access point in lane b as 0/1, x (L,K); equal scores by index.
 * CF_ENUM if a score is not a number. */
cf_status policy_decode(const nn_plan *plan, nn_slice score, const int32_t *max_users, int32_t b,
                        uint8_t *x);

#endif
