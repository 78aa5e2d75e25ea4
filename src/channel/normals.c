#include "channel/normals.h"

#include <string.h>

#include "base/cpu.h"

chan_normals_batch *chan_normals_best(void)
{
#if defined(__x86_64__)
    const int level = base_cpu_level();
    if (level >= 4) return chan_normals_v4;
    if (level == 3) return chan_normals_v3;
#endif
    return chan_normals_portable;
}

void chan_normals(chan_normals_batch *batch, uint64_t seed, rng_purpose purpose, uint64_t index,
                  float *out, size_t n)
{
    const rng r = rng_stream(seed, purpose, index);
    float last[CHAN_BATCH];
    size_t done = 0;
    uint32_t first = 0;
    for (; n - done >= CHAN_BATCH; done += CHAN_BATCH, first += CHAN_BATCH / 4)
        batch(&r, first, out + done);
    if (done == n) return;
    batch(&r, first, last);
    memcpy(out + done, last, (n - done) * sizeof *out);
}
