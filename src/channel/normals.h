#ifndef CHANNEL_NORMALS_H
#define CHANNEL_NORMALS_H

#include <stddef.h>
#include <stdint.h>

#include "base/rng.h"

/* CHAN_BATCH normals from the words of CHAN_BATCH / 4 counters, of which the first is given. */
enum { CHAN_BATCH = 256 };
typedef void chan_normals_batch(const rng *r, uint32_t first, float *out);
chan_normals_batch chan_normals_portable;
#if defined(__x86_64__)
chan_normals_batch chan_normals_v3, chan_normals_v4;
#endif

/* For this processor. To find it takes as long as some hundred normals. */
chan_normals_batch *chan_normals_best(void);

/* n standard normals, float32, from the numbers of rng_stream(seed, purpose, index): four words
 * of Philox give two Box-Muller pairs. The i-th normal is a function of (seed, purpose, index, i),
 * bit by bit the same on every machine: no library function and no fused multiply-add is in it. The
 * largest possible is 6.7; moments and tails are those of N(0,1) to float32. */
void chan_normals(chan_normals_batch *batch, uint64_t seed, rng_purpose purpose, uint64_t index,
                  float *out, size_t n);

#endif
