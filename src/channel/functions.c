#include "channel/functions.h"

#include <string.h>

#include "channel/clones.h"

static inline __attribute__((always_inline)) uint64_t bits_of(double x)
{
    uint64_t b;
    memcpy(&b, &x, sizeof b);
    return b;
}

static inline __attribute__((always_inline)) double of_bits(uint64_t b)
{
    double x;
    memcpy(&x, &b, sizeof x);
    return x;
}

/* x = m 2^e with m in [sqrt(1/2), sqrt 2): ln m = 2 artanh s, s = (m-1)/(m+1), its series to s^21.
 * The exponent, at least 0, becomes a number as the last bits of 2^52. */
CHAN_CLONES static void logarithms(int32_t n, double *x)
{
    const uint64_t sqrt_half = UINT64_C(0x3fe6a09e667f3bcd), two_52 = UINT64_C(0x4330000000000000);
    for (int32_t i = 0; i < n; i++) {
        const uint64_t bits = bits_of(x[i]), e = (bits - sqrt_half) >> 52;
        const double m = of_bits(bits - (e << 52)), whole = of_bits(e | two_52) - 0x1p52;
        const double s = (m - 1) / (m + 1), q = s * s;
        double p = 1.0 / 21;
        p = p * q + 1.0 / 19;
        p = p * q + 1.0 / 17;
        p = p * q + 1.0 / 15;
        p = p * q + 1.0 / 13;
        p = p * q + 1.0 / 11;
        p = p * q + 1.0 / 9;
        p = p * q + 1.0 / 7;
        p = p * q + 1.0 / 5;
        p = p * q + 1.0 / 3;
        /* log10 2 in two parts, the first times any e exact */
        x[i] = whole * 0x1.34413509f8p-2 +
               (whole * -0x1.80433b83b532ap-44 + 0.43429448190325182765 * (2 * s + 2 * s * q * p));
    }
}

/* exp x = 2^k exp r, |r| <= ln(2)/2, its series to r^13. Adding 1.5 2^52 rounds to a whole number
 * and leaves it in the last bits. */
CHAN_CLONES static void exponentials(int32_t n, double *x)
{
    for (int32_t i = 0; i < n; i++) {
        const double shifted = x[i] * 1.4426950408889634074 + 0x1.8p52, k = shifted - 0x1.8p52;
        const double r = (x[i] - k * 0x1.62e42fefp-1) - k * 0x1.473de6af278edp-34;
        double p = 1.0 / 6227020800;
        p = p * r + 1.0 / 479001600;
        p = p * r + 1.0 / 39916800;
        p = p * r + 1.0 / 3628800;
        p = p * r + 1.0 / 362880;
        p = p * r + 1.0 / 40320;
        p = p * r + 1.0 / 5040;
        p = p * r + 1.0 / 720;
        p = p * r + 1.0 / 120;
        p = p * r + 1.0 / 24;
        p = p * r + 1.0 / 6;
        p = p * r + 1.0 / 2;
        x[i] = of_bits(bits_of(1 + (r + r * r * p)) + (bits_of(shifted) << 52));
    }
}

void chan_log10s(int32_t n, double *x)
{
    logarithms(n, x);
}

void chan_exps(int32_t n, double *x)
{
    exponentials(n, x);
}
