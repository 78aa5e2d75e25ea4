#ifndef EVALUATE_POWER_POLICY_H
#define EVALUATE_POWER_POLICY_H

#include "policy/power.h"
#include "problem/power.h"

/* Methods that ask a policy, and those that go on from its answer. */
extern const prob_power_class *const eval_power_policy_classes[];
extern const int32_t eval_power_policy_class_count;

extern const prob_power_class eval_power_policy, eval_power_policy_steps, eval_power_policy_lbfgs,
    eval_power_policy_search, eval_power_policy_beam;

/* The network of a method and what it said of the last drop: the first member of the method's
 * state. */
typedef struct eval_network {
    const cf_policy *policy;
    nn_plan plan; /* one lane */
    policy_io io;
    int32_t chances; /* 1: the network gives chances */
    float *watts;    /* (L,K) its answer [W]         */
} eval_network;

void eval_network_place(eval_network *n, arena *a, int32_t L, int32_t K);

/* Take the plan's memory for a method's state that has been laid out, and give the state to *self.
 * A failure frees it. */
cf_status eval_network_open(void **self, void *state, const cf_policy *policy, int32_t L,
                            int32_t K);
void eval_network_free(void *state);

/* Its answer for this drop into n->watts (policy_power_read). */
cf_status eval_network_ask(eval_network *n, const cf_power *p);

#endif
