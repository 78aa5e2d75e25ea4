#ifndef CHANNEL_SCENARIO_CHECK_H
#define CHANNEL_SCENARIO_CHECK_H

#include "channel/scenario.h"

/* What one key alone cannot tell: counts, lists against counts, heights against the model, limits
 * that admit an assignment. Fills in ap_count of fixed layouts and what follows from other keys.
 * CF_EARG or CF_ESHAPE with file, line and key. */
cf_status chan_scenario_check(cf_scenario *s, const chan_yaml *y);

#endif
