#include "channel/normals.h"

#include <math.h>
#include <string.h>

#include "base/rng.h"
#include "channel/clones.h"

enum {
    LANES = 64,        /* blocks of Philox at a time             */
    BATCH = 4 * LANES, /* words, and normals, that they give     */
    ROUNDS = 10,
};

/* Multipliers and Weyl increments of Philox4x32 (Salmon et al., SC 2011, table 2). */
static const uint32_t MULTIPLY[2] = {0xD2511F53, 0xCD9E8D57};
static const uint32_t WEYL[2] = {0x9E3779B9, 0xBB67AE85};

/* Four words of each of LANES counters that differ in word 0; base/rng.h reads the same numbers one
 * by one (normals_test.c). */
static inline __attribute__((always_inline)) void philox(const rng *r, uint32_t first,
                                                         uint32_t word[4][LANES])
{
    uint32_t key[2] = {r->key[0], r->key[1]};
    for (int i = 0; i < LANES; i++) {
        word[0][i] = first + (uint32_t)i;
        for (int w = 1; w < 4; w++) word[w][i] = r->counter[w];
    }
    for (int round = 0; round < ROUNDS; round++) {
        for (int i = 0; i < LANES; i++) {
            const uint64_t a = (uint64_t)word[0][i] * MULTIPLY[0];
            const uint64_t b = (uint64_t)word[2][i] * MULTIPLY[1];
            word[0][i] = (uint32_t)(b >> 32) ^ word[1][i] ^ key[0];
            word[1][i] = (uint32_t)b;
            word[2][i] = (uint32_t)(a >> 32) ^ word[3][i] ^ key[1];
            word[3][i] = (uint32_t)a;
        }
        key[0] += WEYL[0];
        key[1] += WEYL[1];
    }
}

/* ln u for normal u > 0: u = m 2^e with m in [sqrt(1/2), sqrt 2), ln m = 2 artanh((m-1)/(m+1)). */
static inline __attribute__((always_inline)) float logarithm(float u)
{
    int32_t bits;
    memcpy(&bits, &u, sizeof bits);
    const int32_t e = (bits - 0x3f3504f3) >> 23;
    bits -= (int32_t)((uint32_t)e << 23);
    float m;
    memcpy(&m, &bits, sizeof m);
    const float s = (m - 1) / (m + 1), q = s * s;
    const float series = 1 + q * (1.0f / 3 + q * (1.0f / 5 + q * (1.0f / 7 + q * (1.0f / 9))));
    return (float)e * 0.693147181f + 2 * s * series;
}

/* Box-Muller: radius from one word, angle from the other. The top two bits of that turn the pair by
 * a multiple of 90 degrees, the rest is an angle within 45 degrees of 0, by its Taylor series. */
static inline __attribute__((always_inline)) void pair(uint32_t a, uint32_t b, float *x, float *y)
{
    const float u = ((float)(int32_t)(a >> 1) + 0.5f) * 0x1p-31f;
    const float radius = sqrtf(-2 * logarithm(u));
    const float t = ((float)(int32_t)(b & 0x3fffffff) - 0x1p29f) * (1.57079633f * 0x1p-30f);
    const float q = t * t;
    const float sine =
        t * (1 - q * (1.0f / 6 - q * (1.0f / 120 - q * (1.0f / 5040 - q * (1.0f / 362880)))));
    const float cosine =
        1 - q * (1.0f / 2 - q * (1.0f / 24 - q * (1.0f / 720 - q * (1.0f / 40320))));
    const int turned = (b >> 30 & 1) != 0;
    const float sign = b >> 31 ? -radius : radius;
    *x = sign * (turned ? -sine : cosine);
    *y = sign * (turned ? cosine : sine);
}

CHAN_CLONES static void batch(const rng *r, uint32_t first, float *out)
{
    uint32_t word[4][LANES];
    float z[4][LANES];
    philox(r, first, word);
    for (int i = 0; i < LANES; i++) {
        pair(word[0][i], word[1][i], &z[0][i], &z[1][i]);
        pair(word[2][i], word[3][i], &z[2][i], &z[3][i]);
    }
    memcpy(out, z, sizeof z);
}

void chan_normals(uint64_t seed, rng_purpose purpose, uint64_t index, float *out, size_t n)
{
    const rng r = rng_stream(seed, purpose, index);
    float last[BATCH];
    size_t done = 0;
    uint32_t first = 0;
    for (; n - done >= BATCH; done += BATCH, first += LANES) batch(&r, first, out + done);
    if (done == n) return;
    batch(&r, first, last);
    memcpy(out + done, last, (n - done) * sizeof *out);
}
