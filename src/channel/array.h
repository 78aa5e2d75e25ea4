#ifndef CHANNEL_ARRAY_H
#define CHANNEL_ARRAY_H

#include <stdint.h>

#include <cellfree/drops.h>

#include "channel/normals.h"
#include "channel/scenario.h"

/* Channels of drop i of d to the N antennas of every access point (task power):
 *
 *   h[l,k,n] = 10^(level_db[l,k]/20) (sqrt(c/(1+c)) e^{j (a + pi n u)} + sqrt(1/(1+c)) CN(0,1))
 *
 * none: the steady path alone; rayleigh: c = 0; rician: c the K factor. The steady path meets a
 * line of antennas half a wavelength apart along x at u = dx/d3D, with a phase a that is uniform,
 * one a link. Levels count within -300 .. 250 dB. level_db (L,K): path gain with shadowing [dB].
 * Random numbers: streams RNG_CHANNEL and RNG_PHASE of the drop. */
void chan_array_fill(const cf_scenario *s, cf_drops *d, int32_t i, const float *level_db,
                     chan_normals_batch *normals);

/* Who may serve whom in drop i, from ||h||^2: d->serve, where there is one. Of equal gains the
 * lower index counts as the stronger. own (L,K) is scratch. */
void chan_serve_fill(const cf_scenario *s, cf_drops *d, int32_t i, float *own);

#endif
