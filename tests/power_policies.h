#ifndef POWER_POLICIES_H
#define POWER_POLICIES_H

/* Policies for the tests of power: networks without a layer, which say what the test writes
 * here. */

#include <math.h>

#include "policy/power.h"

#include "power_cases.h"
#include "t.h"

enum { POWER_SAID_LINKS = POWER_CASE_APS * POWER_CASE_USERS };

/* (L,K), log_off the same for every AP. */
static double power_said_p[POWER_SAID_LINKS], power_said_pi[POWER_SAID_LINKS],
    power_said_off[POWER_SAID_LINKS];

static inline void power_said_declare(nn_params *t, const double *size)
{
    (void)size;
    nn_params_add(t, "unused", 1, (const int32_t[]){1});
}

static inline double power_said_unit(const cf_policy *p, const cf_power *drop)
{
    (void)p;
    return drop->static_w / drop->mu;
}

static inline void power_said_powers(nn_plan *plan, const cf_policy *p, policy_io *io)
{
    (void)p;
    io->rounds = 1;
    io->log_p[0] = nn_plan_take(plan, 1);
}

static inline void power_said_chances(nn_plan *plan, const cf_policy *p, policy_io *io)
{
    power_said_powers(plan, p, io);
    io->log_pi[0] = nn_plan_take(plan, 1);
    io->log_off[0] = nn_plan_take(plan, 1);
}

static inline void power_said_feed(const nn_plan *plan, const policy_io *io, const cf_policy *p,
                                   const cf_power *drop, int32_t b)
{
    (void)p, (void)drop;
    for (int32_t l = 0; l < io->L; l++)
        for (int32_t k = 0; k < io->K; k++) {
            const int64_t at = policy_power_at(plan, io, l, k, b), i = (int64_t)l * io->K + k;
            nn_value(plan, io->log_p[0])[at] = (real)power_said_p[i];
            if (io->log_pi[0].C == 0) continue;
            nn_value(plan, io->log_pi[0])[at] = (real)power_said_pi[i];
            nn_value(plan, io->log_off[0])[at] = (real)power_said_off[i];
        }
}

static const policy_class power_said_powers_class = {
    .name = "said-powers",
    .task = CF_TASK_POWER,
    .declare = power_said_declare,
    .build = power_said_powers,
    .unit = power_said_unit,
    .feed = power_said_feed,
};

static const policy_class power_said_chances_class = {
    .name = "said-chances",
    .task = CF_TASK_POWER,
    .declare = power_said_declare,
    .build = power_said_chances,
    .unit = power_said_unit,
    .feed = power_said_feed,
};

static inline cf_policy *power_said_policy(int chances)
{
    cf_policy *p = NULL;
    CHECK(policy_make(&p, chances ? &power_said_chances_class : &power_said_powers_class, NULL) ==
          CF_OK);
    return p;
}

/* Say these powers, 0 as far below every cut; and of each user with power that it is served by its
 * AP of most power with chance 1 - doubt, the rest evenly on everything else. */
static inline void power_say(const cf_power *c, const float *watts, double doubt)
{
    const double unit = power_said_unit(NULL, c);
    for (int32_t k = 0; k < c->K; k++) {
        int32_t best = -1;
        for (int32_t l = 0; l < c->L; l++) {
            const int32_t i = l * c->K + k;
            power_said_p[i] = watts[i] > 0 ? log((double)watts[i] / unit) : -80;
            if (watts[i] > 0 && (best < 0 || watts[i] > watts[best * c->K + k])) best = l;
        }
        for (int32_t l = -1; l < c->L; l++) {
            const double chance = log(l == best ? 1 - doubt : doubt / c->L);
            if (l >= 0) power_said_pi[l * c->K + k] = chance;
            for (int32_t j = 0; l < 0 && j < c->L; j++) power_said_off[j * c->K + k] = chance;
        }
    }
}

/* Of any network: parameters as it starts, stirred a little. */
static inline cf_policy *power_random_policy(const policy_class *class, uint64_t seed)
{
    cf_policy *p = NULL;
    CHECK(policy_make(&p, class, NULL) == CF_OK);
    class->init(&p->table, p->size, seed, p->params);
    rng g = rng_stream(seed, RNG_TEST, 1);
    for (int32_t i = 0; i < p->table.size; i++) p->params[i] += (real)(0.02 * rng_normal(&g));
    return p;
}

#endif
