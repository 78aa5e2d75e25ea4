#ifndef CHANNEL_NORMALS_H
#define CHANNEL_NORMALS_H

#include <stddef.h>
#include <stdint.h>

#include "base/rng.h"

/* n standard normals, float32, from the numbers of rng_stream(seed, purpose, index): four words
 * of Philox give two Box-Muller pairs. The i-th normal is a function of (seed, purpose, index, i), bit by bit
 * the same on every machine: no library function and no fused multiply-add is in it. The largest
 * possible is 6.7; moments and tails are those of N(0,1) to float32. */
void chan_normals(uint64_t seed, rng_purpose purpose, uint64_t index, float *out, size_t n);

#endif
