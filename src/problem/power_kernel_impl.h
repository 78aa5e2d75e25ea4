/* Included by one source per instruction set, which defines KERNELS, the table's symbol. Vectors
 * are 8 doubles everywhere; the compiler splits them where registers are shorter. */
#include <stdint.h>

#include "problem/power_kernel.h"

#pragma GCC diagnostic ignored "-Wpsabi" /* vectors are passed to inlined functions only */

typedef double vec __attribute__((vector_size(64), aligned(8), may_alias));
typedef int64_t ivec __attribute__((vector_size(64)));

#define LOAD(p)     (*(const vec *)(p))
#define STORE(p, v) (*(vec *)(p) = (v))

static void leak(int32_t n, int32_t lanes, const double *cross, const double *p, double one,
                 double *restrict out)
{
    for (int32_t r = 0; r < lanes; r += 8) {
        vec a = (vec){0} + one, b = {0}, c = {0}, d = {0};
        const double *g = cross + r;
        int32_t i = 0;
        for (; i + 4 <= n; i += 4, g += 4 * (int64_t)lanes) {
            a += p[i] * LOAD(g);
            b += p[i + 1] * LOAD(g + lanes);
            c += p[i + 2] * LOAD(g + 2 * (int64_t)lanes);
            d += p[i + 3] * LOAD(g + 3 * (int64_t)lanes);
        }
        for (; i < n; i++, g += lanes) a += p[i] * LOAD(g);
        STORE(out + r, (a + b) + (c + d));
    }
}

/* Sum over the lanes, as a tree. */
static inline __attribute__((always_inline)) double sum(vec a)
{
    return ((a[0] + a[4]) + (a[2] + a[6])) + ((a[1] + a[5]) + (a[3] + a[7]));
}

#if defined(__clang__)
#    define SHUFFLE(a, b, ...) __builtin_shufflevector(a, b, __VA_ARGS__)
#else
#    define SHUFFLE(a, b, ...) __builtin_shuffle(a, b, (ivec){__VA_ARGS__})
#endif

/* Sums of eight vectors at once: out[i] is the sum of a[i]. */
static inline __attribute__((always_inline)) void sums(const vec *a, double *out)
{
    vec b[4], c[2];
    for (int i = 0; i < 4; i++)
        b[i] = SHUFFLE(a[2 * i], a[2 * i + 1], 0, 8, 2, 10, 4, 12, 6, 14) +
               SHUFFLE(a[2 * i], a[2 * i + 1], 1, 9, 3, 11, 5, 13, 7, 15);
    for (int i = 0; i < 2; i++)
        c[i] = SHUFFLE(b[2 * i], b[2 * i + 1], 0, 1, 8, 9, 4, 5, 12, 13) +
               SHUFFLE(b[2 * i], b[2 * i + 1], 2, 3, 10, 11, 6, 7, 14, 15);
    STORE(out, SHUFFLE(c[0], c[1], 0, 1, 2, 3, 8, 9, 10, 11) +
                   SHUFFLE(c[0], c[1], 4, 5, 6, 7, 12, 13, 14, 15));
}

static void price(int32_t n, int32_t lanes, const double *cross, const double *w,
                  double *restrict out)
{
    int32_t i = 0;
    for (; i + 8 <= n; i += 8) {
        vec a[8] = {{0}};
        for (int32_t r = 0; r < lanes; r += 8) {
            const vec f = LOAD(w + r);
            for (int j = 0; j < 8; j++) a[j] += f * LOAD(cross + (int64_t)(i + j) * lanes + r);
        }
        sums(a, out + i);
    }
    for (; i < n; i++) {
        vec a = {0};
        for (int32_t r = 0; r < lanes; r += 8)
            a += LOAD(w + r) * LOAD(cross + (int64_t)i * lanes + r);
        out[i] = sum(a);
    }
}

/* Eight rows by eight lanes at a time. */
static void gram(int32_t n, int32_t lanes, const double *a, const double *e, double *restrict out)
{
    for (int32_t i = 0; i < lanes; i += 8)
        for (int32_t j = 0; j <= i; j += 8) {
            vec t[8] = {{0}};
            const double *row = a;
            for (int32_t c = 0; c < n; c++, row += lanes) {
                const vec f = e[c] * LOAD(row + j);
                for (int k = 0; k < 8; k++) t[k] += row[i + k] * f;
            }
            for (int k = 0; k < 8; k++) STORE(out + (int64_t)(i + k) * lanes + j, t[k]);
        }
}

/* exp x = 2^i exp r with r = x - i ln 2 in +-0.347, ln 2 in two parts, and Taylor's series to
 * r^13. */
static void exps(int32_t count, const double *x, double *restrict y)
{
    const double magic = 6755399441055744.0; /* 1.5 2^52: adding it rounds to a whole number */
    static const double C[] = {1.0 / 6227020800,
                               1.0 / 479001600,
                               1.0 / 39916800,
                               1.0 / 3628800,
                               1.0 / 362880,
                               1.0 / 40320,
                               1.0 / 5040,
                               1.0 / 720,
                               1.0 / 120,
                               1.0 / 24,
                               1.0 / 6,
                               0.5,
                               1,
                               1};
    for (int32_t j = 0; j < count; j += 8) {
        const vec v = LOAD(x + j), shifted = v * 1.4426950408889634 + magic, i = shifted - magic;
        const vec r = (v - i * 0x1.62e42fefa3800p-1) - i * 0x1.ef35793c76730p-45;
        vec q = (vec){0} + C[0];
        for (int k = 1; k < 14; k++) q = q * r + C[k];
        const ivec power = ((ivec)shifted - (ivec)((vec){0} + magic)) << 52;
        STORE(y + j, (vec)((ivec)q + power));
    }
}

/* ln x = e ln 2 + 2 artanh((m - 1)/(m + 1)) with x = 2^e m and m in [0.707, 1.414]. */
static void logs(int32_t count, const double *x, double *restrict y)
{
    const int64_t half_sqrt = INT64_C(0x3fe6a09e667f3bcd), mantissa = INT64_C(0xfffffffffffff);
    const double magic = 6755399441055744.0;
    for (int32_t j = 0; j < count; j += 8) {
        const ivec bits = (ivec)LOAD(x + j), above = bits - half_sqrt, e = above >> 52;
        const vec m = (vec)((above & mantissa) + half_sqrt);
        const vec whole = (vec)((ivec)((vec){0} + magic) + e) - magic;
        const vec f = (m - 1) / (m + 1), s = f * f;
        vec q = (vec){0} + 2.0 / 21;
        for (int k = 19; k >= 3; k -= 2) q = q * s + 2.0 / k;
        STORE(y + j,
              whole * 0x1.62e42fefa3800p-1 + (2 * f + (f * s * q + whole * 0x1.ef35793c76730p-45)));
    }
}

const prob_power_kernels KERNELS = {leak, price, gram, exps, logs};
