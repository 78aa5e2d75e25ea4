#include "base/rng.h"

#include <string.h>

#include "t.h"

/* Known answers of philox4x32-10 from the Random123 distribution's kat_vectors. */
static void philox_gives_its_known_answers(void)
{
    static const struct {
        uint32_t counter[4], key[2], want[4];
    } KNOWN[] = {
        {{0, 0, 0, 0}, {0, 0}, {0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}},
        {{0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff},
         {0xffffffff, 0xffffffff},
         {0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}},
        {{0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344},
         {0xa4093822, 0x299f31d0},
         {0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}},
    };
    for (int i = 0; i < 3; i++) {
        rng r = {0};
        memcpy(r.counter, KNOWN[i].counter, sizeof r.counter);
        memcpy(r.key, KNOWN[i].key, sizeof r.key);
        for (int j = 0; j < 4; j++) CHECK(rng_u32(&r) == KNOWN[i].want[j]);
    }
}

/* Where in Philox' counter and key a stream's name goes: files depend on it. */
static void a_stream_is_named_by_seed_purpose_and_index(void)
{
    rng r = rng_stream(UINT64_C(0x299f31d0a4093822), (rng_purpose)0x85a308d3,
                       UINT64_C(0x0370734413198a2e));
    r.counter[0] = 0x243f6a88;
    CHECK(rng_u32(&r) == 0xd16cfe09 && rng_u32(&r) == 0x94fdcceb);
    const rng fresh = rng_stream(1, RNG_DROP, 2);
    CHECK(fresh.counter[0] == 0 && fresh.left == 0 && fresh.has_spare == 0);
}

enum { DRAWS = 200000 };

/* Moments 1/2, 1/12, 0 and 1/80 of u - 1/2, to five standard errors; neighbours uncorrelated. */
static void uniforms_have_their_moments(void)
{
    rng r = rng_stream(1, RNG_TEST, 0);
    double sum[5] = {0}, neighbours = 0, before = 0, least = 1, most = 0;
    for (int i = 0; i < DRAWS; i++) {
        const double u = rng_uniform(&r), c = u - 0.5;
        for (int j = 1; j < 5; j++) sum[j] += pow(c, j);
        neighbours += c * before;
        before = c;
        least = fmin(least, u);
        most = fmax(most, u);
    }
    const double n = DRAWS, root = sqrt(n);
    CHECK(least >= 0 && most < 1 && least < 20 / n && most > 1 - 20 / n);
    CHECK(fabs(sum[1] / n) < 5 * sqrt(1.0 / 12) / root);
    CHECK(fabs(sum[2] / n - 1.0 / 12) < 5 * sqrt(1.0 / 180) / root);
    CHECK(fabs(sum[3] / n) < 5 * sqrt(1.0 / 448) / root);
    CHECK(fabs(sum[4] / n - 1.0 / 80) < 5 * sqrt(1.0 / 2304 - 1.0 / 6400) / root);
    CHECK(fabs(neighbours / n) < 5.0 / 12 / root);
}

/* 53 bits, each of them 1 as often as 0. */
static void uniforms_use_every_bit_of_a_double(void)
{
    rng r = rng_stream(2, RNG_TEST, 0);
    int ones[53] = {0};
    for (int i = 0; i < DRAWS; i++) {
        const double u = rng_uniform(&r) * 0x1p53;
        CHECK(u == floor(u));
        for (int j = 0; j < 53; j++) ones[j] += (int)((uint64_t)u >> j & 1);
    }
    for (int j = 0; j < 53; j++) CHECK(fabs(ones[j] - DRAWS / 2.0) < 5 * sqrt(DRAWS / 4.0));
}

/* Moments 0, 1, 0, 3 with variances 1, 2, 15, 96; tails; and the two of a pair uncorrelated. */
static void normals_have_their_moments(void)
{
    rng r = rng_stream(3, RNG_TEST, 0);
    double sum[5] = {0}, pairs = 0, squares = 0, before = 0;
    int beyond = 0;
    for (int i = 0; i < DRAWS; i++) {
        const double x = rng_normal(&r);
        for (int j = 1; j < 5; j++) sum[j] += pow(x, j);
        pairs += i % 2 ? x * before : 0;
        squares += i % 2 ? (x * x - 1) * (before * before - 1) : 0;
        before = x;
        beyond += fabs(x) > 2.5758293035489004; /* 1 in 100 */
    }
    const double n = DRAWS, root = sqrt(n);
    CHECK(fabs(sum[1] / n) < 5 / root);
    CHECK(fabs(sum[2] / n - 1) < 5 * sqrt(2) / root);
    CHECK(fabs(sum[3] / n) < 5 * sqrt(15) / root);
    CHECK(fabs(sum[4] / n - 3) < 5 * sqrt(96) / root);
    CHECK(fabs(beyond / n - 0.01) < 5 * sqrt(0.01 * 0.99) / root);
    CHECK(fabs(pairs / (n / 2)) < 5 / sqrt(n / 2));
    CHECK(fabs(squares / (n / 2)) < 5 * 2 / sqrt(n / 2));
}

/* Chi-square with n - 1 degrees of freedom: mean n - 1, variance 2 (n - 1). */
static void counts_below_n_are_even(void)
{
    static const uint32_t N[] = {2, 3, 5, 7, 10, 64, 100};
    for (size_t s = 0; s < sizeof N / sizeof *N; s++) {
        rng r = rng_stream(4, RNG_TEST, s);
        int count[100] = {0};
        for (int i = 0; i < DRAWS; i++) {
            const uint32_t k = rng_below(&r, N[s]);
            CHECK(k < N[s]);
            count[k < N[s] ? k : 0]++;
        }
        const double expected = (double)DRAWS / N[s], freedom = N[s] - 1;
        double chi = 0;
        for (uint32_t k = 0; k < N[s]; k++) chi += pow(count[k] - expected, 2) / expected;
        CHECK(chi < freedom + 5 * sqrt(2 * freedom) + 10);
    }
}

/* Of 3 2^30 values a plain multiply would give every third twice as often. */
static void large_n_is_without_bias(void)
{
    rng r = rng_stream(5, RNG_TEST, 0);
    const uint32_t n = UINT32_C(3) << 30;
    int third[3] = {0};
    for (int i = 0; i < DRAWS; i++) {
        const uint32_t k = rng_below(&r, n);
        CHECK(k < n);
        third[k % 3]++;
    }
    for (int i = 0; i < 3; i++) CHECK(fabs(third[i] - DRAWS / 3.0) < 5 * sqrt(DRAWS * 2.0 / 9));
    for (int i = 0; i < 100; i++) CHECK(rng_below(&r, 1) == 0);
}

/* Drawing from streams in turns, backwards or one after the other is the same. */
static void streams_do_not_depend_on_order(void)
{
    enum { STREAMS = 8, LENGTH = 13 };
    uint32_t want[STREAMS][LENGTH];
    rng turns[STREAMS];
    for (uint64_t s = 0; s < STREAMS; s++) {
        rng r = rng_stream(6, RNG_TEST, s);
        for (int i = 0; i < LENGTH; i++) want[s][i] = rng_u32(&r);
    }
    for (uint64_t s = STREAMS; s-- > 0;) turns[s] = rng_stream(6, RNG_TEST, s);
    for (int i = 0; i < LENGTH; i++)
        for (int s = STREAMS; s-- > 0;) CHECK(rng_u32(&turns[s]) == want[s][i]);
}

/* Any bit of the name makes another stream, without a number in common at the same place. */
static void names_that_differ_give_streams_that_differ(void)
{
    enum { NAMES = 134, LENGTH = 8 };
    rng r[NAMES];
    for (int i = 0; i < 64; i++) {
        r[i] = rng_stream(UINT64_C(1) << i, RNG_TEST, 0);
        r[64 + i] = rng_stream(0, RNG_TEST, UINT64_C(1) << i);
    }
    for (int i = 0; i < 6; i++) r[128 + i] = rng_stream(0, (rng_purpose)(i + 1), 0);
    uint32_t first[NAMES];
    int equal = 0;
    for (int n = 0; n < LENGTH; n++) {
        for (int i = 0; i < NAMES; i++) first[i] = rng_u32(&r[i]);
        for (int i = 0; i < NAMES; i++)
            for (int j = 0; j < i; j++) equal += first[i] == first[j];
    }
    CHECK(equal == 0);
}

int main(void)
{
    RUN(philox_gives_its_known_answers);
    RUN(a_stream_is_named_by_seed_purpose_and_index);
    RUN(uniforms_have_their_moments);
    RUN(uniforms_use_every_bit_of_a_double);
    RUN(normals_have_their_moments);
    RUN(counts_below_n_are_even);
    RUN(large_n_is_without_bias);
    RUN(streams_do_not_depend_on_order);
    RUN(names_that_differ_give_streams_that_differ);
    return DONE();
}
