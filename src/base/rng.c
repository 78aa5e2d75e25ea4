#include "base/rng.h"

#include <Random123/philox.h>
#include <math.h>

rng rng_stream(uint64_t seed, rng_purpose purpose, uint64_t index)
{
    return (rng){
        .key = {(uint32_t)seed, (uint32_t)(seed >> 32)},
        .counter = {0, (uint32_t)purpose, (uint32_t)index, (uint32_t)(index >> 32)},
    };
}

uint32_t rng_u32(rng *r)
{
    if (r->left == 0) {
        const philox4x32_ctr_t c = {{r->counter[0], r->counter[1], r->counter[2], r->counter[3]}};
        const philox4x32_key_t k = {{r->key[0], r->key[1]}};
        const philox4x32_ctr_t o = philox4x32(c, k);
        for (int i = 0; i < 4; i++) r->out[i] = o.v[i];
        r->counter[0]++;
        r->left = 4;
    }
    return r->out[4 - r->left--];
}

double rng_uniform(rng *r)
{
    const uint64_t high = rng_u32(r) >> 5, low = rng_u32(r) >> 6;
    return (double)(high << 26 | low) * 0x1p-53;
}

double rng_normal(rng *r)
{
    if (r->has_spare) {
        r->has_spare = 0;
        return r->spare;
    }
    const double radius = sqrt(-2 * log1p(-rng_uniform(r)));
    const double angle = 2 * 3.14159265358979323846 * rng_uniform(r);
    r->spare = radius * sin(angle);
    r->has_spare = 1;
    return radius * cos(angle);
}

/* Lemire's method: a multiply, and a rejection that is rare. */
uint32_t rng_below(rng *r, uint32_t n)
{
    uint64_t m = (uint64_t)rng_u32(r) * n;
    if ((uint32_t)m < n) {
        const uint32_t threshold = -n % n;
        while ((uint32_t)m < threshold) m = (uint64_t)rng_u32(r) * n;
    }
    return (uint32_t)(m >> 32);
}
