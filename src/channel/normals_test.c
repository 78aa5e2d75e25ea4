#include "channel/normals.h"

#include <string.h>

#include "base/cpu.h"

#include "t.h"

enum { N = 1 << 20 };
static float v[N];

static double uniform(uint32_t word, int bits)
{
    return (word + 0.5) / pow(2, bits);
}

/* Box-Muller in double by the C library, over words read one by one, in the order of a batch. */
static void they_are_box_muller_of_the_stream(void)
{
    chan_normals(chan_normals_best(), 7, RNG_CHANNEL, 42, v, 4096);
    rng r = rng_stream(7, RNG_CHANNEL, 42);
    double worst = 0;
    for (int block = 0; block < 1024; block++)
        for (int half = 0; half < 2; half++) {
            const uint32_t a = rng_u32(&r), b = rng_u32(&r);
            const double radius = sqrt(-2 * log(uniform(a >> 1, 31)));
            const double angle = 2 * 3.14159265358979323846 *
                                 ((b >> 30) / 4.0 + (b & 0x3fffffff) / 4294967296.0 - 0.125);
            const int at = block / 64 * 256 + half * 128 + block % 64;
            worst = fmax(worst, fabs((double)v[at] - radius * cos(angle)));
            worst = fmax(worst, fabs((double)v[at + 64] - radius * sin(angle)));
        }
    fprintf(stderr, "  largest difference from double: %.1e\n", worst);
    CHECK(worst < 2e-6);
}

static void moments_and_tails_are_those_of_a_normal(void)
{
    double m[9] = {0}, pairs = 0, beyond[3] = {0};
    chan_normals(chan_normals_best(), 1, RNG_SHADOW, 0, v, N);
    for (int i = 0; i < N; i++) {
        double power = 1;
        for (int p = 1; p <= 8; p++) m[p] += (power *= (double)v[i]) / N;
        pairs += (double)v[i] * (double)v[(i + 64) % N] / N;
        for (int t = 0; t < 3; t++) beyond[t] += fabs((double)v[i]) > t + 2;
    }
    const double e = 4.5 / sqrt(N);
    CHECK_NEAR(m[1], 0, e);
    CHECK_NEAR(m[2], 1, e * sqrt(2));
    CHECK_NEAR(m[3], 0, e * sqrt(15));
    CHECK_NEAR(m[4] - 3, 0, e * sqrt(96));
    CHECK_NEAR(m[6] - 15, 0, e * sqrt(10395 - 225));
    CHECK_NEAR(pairs, 0, e); /* the two of a pair */
    for (int t = 0; t < 3; t++) {
        const double p = erfc((t + 2) / sqrt(2));
        CHECK(fabs(beyond[t] - N * p) < 4.5 * sqrt(N * p) + 1);
    }
}

static void a_length_is_the_beginning_of_a_longer_one(void)
{
    static const size_t LENGTHS[] = {0, 1, 2, 63, 64, 255, 256, 257, 512, 1000};
    float part[1001];
    chan_normals(chan_normals_best(), 3, RNG_CHANNEL, 5, v, 2000);
    for (size_t i = 0; i < sizeof LENGTHS / sizeof *LENGTHS; i++) {
        const size_t n = LENGTHS[i];
        part[n] = 99;
        chan_normals(chan_normals_best(), 3, RNG_CHANNEL, 5, part, n);
        CHECK(memcmp(part, v, n * sizeof *v) == 0 && part[n] == 99);
    }
}

static void streams_differ(void)
{
    float a[4], b[4];
    chan_normals(chan_normals_best(), 3, RNG_CHANNEL, 5, a, 4);
    chan_normals(chan_normals_best(), 4, RNG_CHANNEL, 5, b, 4);
    CHECK(a[0] != b[0]);
    chan_normals(chan_normals_best(), 3, RNG_CHANNEL, 6, b, 4);
    CHECK(a[0] != b[0]);
    chan_normals(chan_normals_best(), 3, RNG_SHADOW, 5, b, 4);
    CHECK(a[0] != b[0]);
    chan_normals(chan_normals_best(), 3, RNG_CHANNEL, UINT64_C(5) << 32, b, 4);
    CHECK(a[0] != b[0]);
}

/* FNV-1a over a million of them, as every processor and compiler must have it. */
static void check_bits(chan_normals_batch *batch)
{
    uint64_t h = UINT64_C(14695981039346656037);
    chan_normals(batch, 1, RNG_CHANNEL, 2, v, N);
    const unsigned char *bytes = (const unsigned char *)v;
    for (size_t i = 0; i < sizeof v; i++) h = (h ^ bytes[i]) * UINT64_C(1099511628211);

    CHECK(h == UINT64_C(0x7fffd76e836f7584));
}

static void they_are_the_same_bits_everywhere(void)
{
    check_bits(chan_normals_portable);
#if defined(__x86_64__)
    if (base_cpu_supported() >= 3) check_bits(chan_normals_v3);
    if (base_cpu_supported() >= 4) check_bits(chan_normals_v4);
#endif
}

int main(void)
{
    RUN(they_are_box_muller_of_the_stream);
    RUN(moments_and_tails_are_those_of_a_normal);
    RUN(a_length_is_the_beginning_of_a_longer_one);
    RUN(streams_differ);
    RUN(they_are_the_same_bits_everywhere);
    return DONE();
}
