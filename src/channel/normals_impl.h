/* Included by one source per instruction set, which defines BATCH (the function's symbol), WIDTH
 * (bytes of a vector) and PRODUCT(a, m): of 64-bit numbers, that of their lower halves. No multiply
 * and add may become one (cmake/kernels.cmake), so that all give the same bits. */
#include <math.h>
#include <string.h>

#include "channel/normals.h"

enum {
    LANES = CHAN_BATCH / 4, /* blocks of Philox at a time */
    ROUNDS = 10,
    W = WIDTH / 8,
    AT_ONCE = 4, /* vectors of blocks, so that one does not wait for another's products */
};

/* Multipliers and Weyl increments of Philox4x32 (Salmon et al., SC 2011, table 2). */
static const uint32_t MULTIPLY[2] = {0xD2511F53, 0xCD9E8D57};
static const uint32_t WEYL[2] = {0x9E3779B9, 0xBB67AE85};

#define INLINE static inline __attribute__((always_inline))

/* A word of a block in the lower half of 64 bits; whatever is in the upper half. */
typedef uint64_t wide __attribute__((vector_size(WIDTH), aligned(8), may_alias));

/* Four words of each of LANES counters that differ in word 0; base/rng.h reads the same numbers one
 * by one (normals_test.c). */
INLINE void philox(const rng *r, uint32_t first, uint64_t word[4][LANES])
{
    for (int i = 0; i < LANES; i++) word[0][i] = first + (uint32_t)i;
    for (int at = 0; at < LANES; at += AT_ONCE * W) {
        uint32_t key[2] = {r->key[0], r->key[1]};
        wide w[AT_ONCE][4];
        for (int v = 0; v < AT_ONCE; v++) {
            w[v][0] = *(const wide *)(word[0] + at + v * W);
            for (int i = 1; i < 4; i++) w[v][i] = (wide){0} + r->counter[i];
        }
        for (int round = 0; round < ROUNDS; round++) {
            for (int v = 0; v < AT_ONCE; v++) {
                const wide a = PRODUCT(w[v][0], MULTIPLY[0]), b = PRODUCT(w[v][2], MULTIPLY[1]);
                w[v][0] = (b >> 32) ^ w[v][1] ^ key[0];
                w[v][1] = b;
                w[v][2] = (a >> 32) ^ w[v][3] ^ key[1];
                w[v][3] = a;
            }
            key[0] += WEYL[0];
            key[1] += WEYL[1];
        }
        for (int v = 0; v < AT_ONCE; v++)
            for (int i = 0; i < 4; i++) *(wide *)(word[i] + at + v * W) = w[v][i];
    }
}

/* ln u for normal u > 0: u = m 2^e with m in [sqrt(1/2), sqrt 2), ln m = 2 artanh((m-1)/(m+1)). */
INLINE float logarithm(float u)
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
INLINE void pair(uint64_t low_a, uint64_t low_b, float *x, float *y)
{
    const uint32_t a = (uint32_t)low_a, b = (uint32_t)low_b;
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

void BATCH(const rng *r, uint32_t first, float *out)
{
    uint64_t word[4][LANES];
    float z[4][LANES];
    philox(r, first, word);
    for (int i = 0; i < LANES; i++) {
        pair(word[0][i], word[1][i], &z[0][i], &z[1][i]);
        pair(word[2][i], word[3][i], &z[2][i], &z[3][i]);
    }
    memcpy(out, z, sizeof z);
}
