#include "channel/array.h"

#include <math.h>

#include "base/rng.h"
#include "channel/functions.h"
#include "channel/geometry.h"

static const double PI = 3.14159265358979323846, NEPER_PER_DB = 0.115129254649702284;

/* Add the steady path to a link's N scattered values, which are there. */
static void add_steady(float *h, int32_t N, double amplitude, double phase, double turn)
{
    for (int32_t n = 0; n < N; n++) {
        h[2 * n] += (float)(amplitude * cos(phase + PI * n * turn));
        h[2 * n + 1] += (float)(amplitude * sin(phase + PI * n * turn));
    }
}

/* Cosine of the angle between the link and the line of antennas. */
static double direction(const cf_scenario *s, const float *ap, const float *ue)
{
    const double d2d = chan_ground_distance(s, ap, ue), height = s->ap_height_m - s->user_height_m;
    const double d3d = hypot(d2d, height);
    double dx = (double)ue[0] - (double)ap[0];
    if (s->wrap_around) dx -= s->width_m * nearbyint(dx / s->width_m);
    return d3d > 0 ? dx / d3d : 0;
}

enum { CHUNK = 128 }; /* links at a time */

void chan_array_fill(const cf_scenario *s, cf_drops *d, int32_t i, const float *level_db,
                     chan_normals_batch *normals)
{
    const size_t K = (size_t)d->K, links = (size_t)d->L * K, N = (size_t)d->antennas;
    const float *ap = d->ap_position + (size_t)i * (size_t)d->L * 3;
    const float *ue = d->ue_position + (size_t)i * K * 3;
    float *h = d->channel + (size_t)i * links * N * 2;
    const double c = s->fading == CHAN_RICIAN ? pow(10, s->k_factor_db / 10) : 0;
    const double scattered = s->fading == CHAN_NO_FADING ? 0 : 1 / (1 + c);
    const uint64_t index = (uint64_t)(d->first + i);
    rng phases = rng_stream(d->seed, RNG_PHASE, index);
    chan_normals(normals, d->seed, RNG_CHANNEL, index, h, links * N * 2);
    for (size_t first = 0; first < links; first += CHUNK) {
        const int32_t n = (int32_t)(links - first < CHUNK ? links - first : CHUNK);
        double amplitude[CHUNK];
        for (int32_t j = 0; j < n; j++) {
            const double level = (double)level_db[first + (size_t)j];
            amplitude[j] = NEPER_PER_DB * (level < -300 ? -300 : level > 250 ? 250 : level);
        }
        chan_exps(n, amplitude);
        for (size_t j = first; j < first + (size_t)n; j++, h += 2 * N) {
            const float scale = (float)(amplitude[j - first] * sqrt(scattered / 2));
            for (size_t m = 0; m < 2 * N; m++) h[m] *= scale;
            if (s->fading != CHAN_RAYLEIGH)
                add_steady(h, d->antennas, amplitude[j - first] * sqrt(1 - scattered),
                           2 * PI * rng_uniform(&phases),
                           direction(s, ap + 3 * (j / K), ue + 3 * (j % K)));
        }
    }
}

static float own_gain(const float *h, size_t N)
{
    double power = 0;
    for (size_t m = 0; m < 2 * N; m++) power += (double)h[m] * (double)h[m];
    return (float)power;
}

/* How many access points reach user k better than l does. */
static int64_t rank_of(const float *own, size_t L, size_t K, size_t l, size_t k)
{
    const float mine = own[l * K + k];
    int64_t rank = 0;
    for (size_t m = 0; m < l; m++) rank += own[m * K + k] >= mine;
    for (size_t m = l + 1; m < L; m++) rank += own[m * K + k] > mine;
    return rank;
}

void chan_serve_fill(const cf_scenario *s, cf_drops *d, int32_t i, float *own)
{
    if (!d->serve) return;
    const size_t L = (size_t)d->L, K = (size_t)d->K, N = (size_t)d->antennas;
    const float *h = d->channel + (size_t)i * L * K * N * 2;
    uint8_t *serve = d->serve + (size_t)i * L * K;
    const double least = pow(10, s->threshold_db / 10);
    for (size_t j = 0; j < L * K; j++) own[j] = own_gain(h + j * N * 2, N);
    for (size_t l = 0; l < L; l++)
        for (size_t k = 0; k < K; k++)
            serve[l * K + k] = s->serve == CHAN_STRONGEST ? rank_of(own, L, K, l, k) < s->strongest
                                                          : (double)own[l * K + k] >= least;
}
