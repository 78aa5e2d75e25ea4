#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <cellfree/drops.h>

#include "base/status.h"
#include "channel/clones.h"

enum { LANES = 16 };
typedef float lanes __attribute__((vector_size(LANES * sizeof(float))));

/* One access point's channels h (K,N,2), and its unit beams h_j / ||h_j|| with users side by side:
 * re, im (N, K in blocks of LANES, filled up with zeros); own (K) = ||h_k||^2. */
typedef struct beams {
    const float *h;
    lanes *re, *im;
    float *own;
    size_t N, K, blocks;
} beams;

static void normalise(beams b)
{
    for (size_t k = 0; k < b.K; k++) {
        const float *h = b.h + 2 * b.N * k;
        double power = 0;
        for (size_t n = 0; n < 2 * b.N; n++) power += (double)h[n] * (double)h[n];
        const float unit = power > 0 ? (float)(1 / sqrt(power)) : 0;
        for (size_t n = 0; n < b.N; n++) {
            const size_t at = n * b.blocks + k / LANES;
            b.re[at][k % LANES] = h[2 * n] * unit;
            b.im[at][k % LANES] = h[2 * n + 1] * unit;
        }
        b.own[k] = (float)power;
    }
}

/* gain[k][j] = |h_k^H e_j|^2 over a block of beams e_j. Dividing by the norm first keeps weak
 * channels out of the denormals: products are of the size of g, not of its square. */
CHAN_CLONES static void multiply(beams b, float *gain)
{
    for (size_t k = 0; k < b.K; k++)
        for (size_t block = 0; block < b.blocks; block++) {
            const size_t j = block * LANES, left = b.K - j;
            const float *h = b.h + 2 * b.N * k;
            lanes re = {0}, im = {0};
            for (size_t n = 0; n < b.N; n++) {
                const lanes x = b.re[n * b.blocks + block], y = b.im[n * b.blocks + block];
                re += h[2 * n] * x + h[2 * n + 1] * y;
                im += h[2 * n] * y - h[2 * n + 1] * x;
            }
            const lanes g = re * re + im * im;
            memcpy(gain + k * b.K + j, &g, (left < LANES ? left : LANES) * sizeof(float));
        }
    for (size_t k = 0; k < b.K; k++) gain[k * b.K + k] = b.own[k];
}

static cf_status make_gains(const cf_drops *d, int32_t i, float *gain)
{
    const size_t L = (size_t)d->L, K = (size_t)d->K, N = (size_t)d->antennas;
    const size_t blocks = (K + LANES - 1) / LANES, size = (2 * N + 1) * blocks * sizeof(lanes);
    lanes *room = aligned_alloc(sizeof(lanes), size);
    if (!room) return base_fail(CF_ENOMEM, "no memory for the gains of a drop");
    memset(room, 0, size);
    beams b = {.re = room,
               .im = room + N * blocks,
               .own = (float *)(room + 2 * N * blocks),
               .N = N,
               .K = K,
               .blocks = blocks};
    for (size_t l = 0; l < L; l++) {
        b.h = d->channel + ((size_t)i * L + l) * K * N * 2;
        normalise(b);
        multiply(b, gain + l * K * K);
    }
    free(room);
    return CF_OK;
}

cf_status cf_drops_power(const cf_drops *d, int32_t i, float *gain, cf_power *out)
{
    if (!d || !gain || !out) return base_fail(CF_EARG, "power: NULL argument");
    if (d->task != CF_TASK_POWER)
        return base_fail(CF_EARG, "the drops are for the task %s, wanted power",
                         cf_task_name(d->task));
    if (i < 0 || i >= d->n) return base_fail(CF_EARG, "drop %d of %d", i, d->n);
    const size_t links = (size_t)d->L * (size_t)d->K, each = links * (size_t)d->K;
    if (d->channel) {
        const cf_status s = make_gains(d, i, gain);
        if (s != CF_OK) return s;
    } else {
        memcpy(gain, d->gain + (size_t)i * each, each * sizeof *gain);
    }
    *out = (cf_power){.L = d->L,
                      .K = d->K,
                      .gain = gain,
                      .serve = d->serve ? d->serve + (size_t)i * links : NULL,
                      .noise_w = d->noise_w,
                      .mu = d->mu,
                      .static_w = d->static_w,
                      .bandwidth_hz = d->bandwidth_hz,
                      .objective = d->objective,
                      .limit = d->limit,
                      .limit_w = d->limit_w,
                      .rate_floor = d->rate_floor};
    return CF_OK;
}
