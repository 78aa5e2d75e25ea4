#ifndef CHANNEL_DROPS_H
#define CHANNEL_DROPS_H

#include <stdint.h>

#include <cellfree/drops.h>

/* Sizes and name of drops to make room for. */
typedef struct chan_shape {
    cf_task task;
    int32_t n, L, K;
    int32_t antennas;         /* power: of an access point, or 0 for gains (n,L,K,K) */
    int32_t with_serve;       /* power: a serving set                                */
    int32_t with_ap, with_ue; /* positions                                           */
    const char *name, *yaml;  /* copied                                              */
} chan_shape;

enum { CHAN_MAX_ANTENNAS = 4096 };
#define CHAN_MAX_GAIN 1e30f /* effective power gain; sums over links and antennas stay finite */
#define CHAN_MAX_AMPLITUDE \
    1e14f /* |Re h|, |Im h|                                                 */

/* Room for drops, zeroed. CF_EARG for sizes out of range, CF_ENOMEM. */
cf_status chan_drops_new(cf_drops **out, const chan_shape *shape);

/* FNV-1a over sizes, gains or channels, positions and parameters as they lie in memory
 * (little-endian). */
uint64_t chan_drops_checksum(const cf_drops *d);

/* Parameters of task power in range? CF_EARG with the name and the number. */
cf_status chan_power_check(const cf_drops *d);

#endif
