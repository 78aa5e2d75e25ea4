#ifndef EVALUATE_CHECK_POWER_H
#define EVALUATE_CHECK_POWER_H

#include <stdint.h>

#include <cellfree/power.h>

/* What an answer in watts is worth, worked out in double from the gains by code that shares nothing
 * with src/problem: a mistake there cannot hide itself here. */
typedef struct eval_power_verdict {
    double value;        /* the objective (cellfree/power.h); NaN if an entry is not finite    */
    double most;         /* no answer is worth more: for EE every user alone in the network,
                                 at its strongest AP and its own best power; else infinity        */
    double watts;        /* sum over all links                                              */
    int32_t bad_entries; /* negative, not finite, or of a link that may not serve            */
    int32_t over;        /* access points or links over limit_w                             */
    int32_t below_floor; /* users with a rate below rate_floor                              */
    int32_t users_on;    /* users with a rate of CF_RATE_ON or more                         */
} eval_power_verdict;

/* watts (L,K); limits and the floor hold to a relative 1e-6. */
eval_power_verdict eval_check_power(const cf_power *p, const float *watts);

#endif
