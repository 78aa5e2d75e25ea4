#ifndef CHANNEL_FADING_H
#define CHANNEL_FADING_H

#include "base/rng.h"
#include "channel/scenario.h"

/* Power of one small-scale fading draw [dB]; its linear mean is 1.
 * none: 0 dB. rayleigh: |h|^2 exponential. rician: h = sqrt(k/(1+k)) + sqrt(1/(1+k)) CN(0,1).
 * A power below 1e-30 counts as 1e-30. */
double chan_fading_db(chan_fading model, double k_factor, rng *r);

#endif
