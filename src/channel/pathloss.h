#ifndef CHANNEL_PATHLOSS_H
#define CHANNEL_PATHLOSS_H

#include <stdint.h>

#include "channel/scenario.h"

/* n distances d3D [m] become levels over log-distance path loss, intercept - slope log10(d3D / 1
 * m), in the intercept's unit; nearer than 1 m counts as 1 m. */
void chan_log_distance(double intercept_db, double slope_db, int32_t n, double *d3d_m);

/* Probability of line of sight, 3GPP TR 38.901, table 7.4.2-1, UMi street canyon or UMa; d2d_m is
 * the distance on the ground, user_m the user's height. */
double chan_los_probability(chan_path_loss model, double d2d_m, double user_m);

/* Path loss [dB], 3GPP TR 38.901, table 7.4.1-1. d2d_m below 10 m counts as 10 m, where the table
 * begins. ap_m and user_m are heights, environment_m is the effective environment height h_E. */
double chan_3gpp_loss_db(chan_path_loss model, int32_t los, double d2d_m, double ap_m,
                         double user_m, double environment_m, double frequency_hz);

/* h_E [m] of one link, from note 1 of that table: 1 m in UMi; in UMa a draw for users of 13 m and
 * above, u uniform in [0,1). */
double chan_environment_m(chan_path_loss model, double d2d_m, double user_m, double u);

#endif
