#ifndef CHANNEL_DROPS_H
#define CHANNEL_DROPS_H

#include <stdint.h>

#include <cellfree/drops.h>

/* Room for n drops, zeroed; with_ap / with_ue: positions too. name and yaml are copied. CF_EARG for
 * sizes out of range, CF_ENOMEM. */
cf_status chan_drops_new(cf_drops **out, int32_t n, int32_t L, int32_t K, int32_t with_ap,
                         int32_t with_ue, const char *name, const char *yaml);

/* FNV-1a over sizes, gains, positions, limits and noise as they lie in memory (little-endian). */
uint64_t chan_drops_checksum(const cf_drops *d);

#endif
