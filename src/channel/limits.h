#ifndef CHANNEL_LIMITS_H
#define CHANNEL_LIMITS_H

#include "channel/scenario.h"

/* Spread the scenario's lists over L access points and K users: max_users (L), min_aps (K). */
void chan_limits_fill(const cf_scenario *s, int32_t L, int32_t *max_users, int32_t *min_aps);

/* Do they admit an assignment with L access points? As cf_assignment_check_limits. */
cf_status chan_limits_check(const cf_scenario *s, int32_t L);

#endif
