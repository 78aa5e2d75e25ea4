#ifndef CHANNEL_GEOMETRY_H
#define CHANNEL_GEOMETRY_H

#include <stdint.h>

#include "base/rng.h"
#include "channel/scenario.h"

/* Distance on the ground between a and b (x, y, ...) [m]; with wrap-around the shortest over the
 * torus. */
double chan_ground_distance(const cf_scenario *s, const float *a, const float *b);

/* Positions of L access points, (L,3): fixed, or drawn where the layout says so. */
void chan_place_aps(const cf_scenario *s, int32_t L, rng *r, float *position);

/* Positions of the users, (K,3), uniform over the area. */
void chan_place_users(const cf_scenario *s, rng *r, float *position);

#endif
