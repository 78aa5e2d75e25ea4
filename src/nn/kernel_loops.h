/* The rest of kernel_impl.h: plain loops, written so that the compiler makes vectors of them, lanes
 * innermost. What is compiled for the usual numbers of lanes apart is marked INLINE. */

INLINE vec pick(mask m, vec a, vec b)
{
    return (vec)(((mask)a & m) | ((mask)b & ~m));
}

INLINE real most_of(vec a)
{
    enum { N = V < 4 ? V : 4 };
    real m[N];
    for (int j = 0; j < N; j++) m[j] = a[j];
    for (int v = N; v < V; v += N)
        for (int j = 0; j < N; j++) m[j] = a[v + j] > m[j] ? a[v + j] : m[j];
    for (int j = 1; j < N; j++) m[0] = m[j] > m[0] ? m[j] : m[0];
    return m[0];
}

/* The pool of a and what has been pooled so far. */
INLINE vec join(nn_pool kind, vec a, vec so_far)
{
    if (kind == NN_POOL_MOST) return pick(a > so_far, a, so_far);
    return a + so_far;
}

INLINE vec answer(nn_pool kind, real scale, real all, vec x)
{
    const vec v = (vec){0} + all;
    if (kind == NN_POOL_MOST) return v;
    return kind == NN_POOL_OTHERS ? scale * (v - x) : scale * v;
}

/* The lanes first, first + 1, ..., first + n - 1. */
INLINE mask lanes_of(int64_t first, int64_t n)
{
    mask lane;
    for (int v = 0; v < V; v++) lane[v] = v;
    return (lane >= (mask){0} + (int32_t)first) & (lane < (mask){0} + (int32_t)(first + n));
}

/* One row. Its numbers behind whole vectors are read as lanes of a vector that starts `back`
 * before them; what is beside them does not count, and is written again where back = 0, or as it
 * was. */
INLINE void pool_row(nn_pool kind, int64_t n, int64_t back, real scale, const real *restrict x,
                     real *restrict y, int add)
{
    const int64_t whole = n / V * V, at = whole - back;
    const mask end = lanes_of(back, n - whole);
    const vec none = (vec){0} + (kind == NN_POOL_MOST ? x[0] : 0);
    vec a = none, x_end = none;
    for (int64_t i = 0; i < whole; i += V) a = join(kind, LOAD(x + i), a);
    if (whole < n) {
        x_end = pick(end, LOAD(x + at), none);
        a = join(kind, x_end, a);
    }
    const real all = kind == NN_POOL_MOST ? most_of(a) : total(a);
    for (int64_t i = 0; i < whole; i += V) {
        vec v = answer(kind, scale, all, LOAD(x + i));
        if (add) v += LOAD(y + i);
        STORE(y + i, v);
    }
    if (whole == n) return;
    vec v = answer(kind, scale, all, x_end);
    if (add || back > 0) {
        const vec before = LOAD(y + at);
        if (add) v += before;
        v = pick(end, v, before);
    }
    STORE(y + at, v);
}

/* Behind a row stand the next ones; the last rows' vectors end with them all. Fewer numbers than
 * a vector are copied to where there is room. */
INLINE void pool_kind_of_rows(nn_pool kind, int64_t rows, int64_t n, real scale,
                              const real *restrict x, real *restrict y, int add)
{
    const int64_t all = rows * n, whole = n / V * V;
    if (all < V) {
        real from[2 * V] = {0}, to[2 * V] = {0};
        for (int64_t i = 0; i < all; i++) from[i] = x[i], to[i] = y[i];
        for (int64_t at = 0; at < all; at += n)
            pool_row(kind, n, 0, scale, from + at, to + at, add);
        for (int64_t i = 0; i < all; i++) y[i] = to[i];
        return;
    }
    int64_t at = 0;
    for (; at + whole + V <= all; at += n) pool_row(kind, n, 0, scale, x + at, y + at, add);
    for (; at < all; at += n)
        pool_row(kind, n, whole < n ? at + whole + V - all : 0, scale, x + at, y + at, add);
}

/* Comparisons lose a NaN, and are quicker for that: 0 where every number is finite. */
INLINE int doubtful(int64_t n, const real *x)
{
    vec a = {0};
    int64_t i = 0;
    for (; i + V <= n; i += V) a += LOAD(x + i) - LOAD(x + i);
    real s = total(a);
    for (; i < n; i++) s += x[i] - x[i];
    return !(s == 0);
}

static void most_of_rows(int64_t rows, int64_t n, const real *restrict x, real *restrict y)
{
    for (int64_t r = 0; r < rows; r++, x += n, y += n) {
        real most = x[0];
        for (int64_t i = 1; i < n; i++)
            if (x[i] > most || x[i] != x[i]) most = x[i];
        for (int64_t i = 0; i < n; i++) y[i] = most;
    }
}

static void pool_rows(nn_pool kind, int64_t rows, int64_t n, real scale, const real *restrict x,
                      real *restrict y, int add)
{
    switch (kind) {
    case NN_POOL_OTHERS: pool_kind_of_rows(NN_POOL_OTHERS, rows, n, scale, x, y, add); break;
    case NN_POOL_SUM: pool_kind_of_rows(NN_POOL_SUM, rows, n, scale, x, y, add); break;
    case NN_POOL_MOST:
        if (doubtful(rows * n, x))
            most_of_rows(rows, n, x, y);
        else
            pool_kind_of_rows(NN_POOL_MOST, rows, n, scale, x, y, 0);
        break;
    }
}

/* Vectors from `at` on, summed over the n rows of a group. */
#define SUM_OF(type, vectors)                                \
    enum { M = (vectors), W = sizeof(type) / sizeof(real) }; \
    type sum[M] = {0};                                       \
    for (int32_t i = 0; i < n; i++)                          \
        for (int v = 0; v < M; v++) sum[v] += *(const type *)(x + at + i * width + v * W);

/* Some vectors of each block of `width`; their sums stay in registers between the two passes. */
#define OTHERS(type, vectors)                                        \
    {                                                                \
        SUM_OF(type, vectors)                                        \
        for (int32_t i = 0; i < n; i++)                              \
            for (int v = 0; v < M; v++) {                            \
                const int64_t to = at + i * width + v * W;           \
                type a = scale * (sum[v] - *(const type *)(x + to)); \
                if (add) a += *(const type *)(y + to);               \
                *(type *)(y + to) = a;                               \
            }                                                        \
        at += M * W;                                                 \
    }

static void pool_others(int64_t groups, int32_t n, int64_t width, real scale, const real *x,
                        real *y, int add)
{
    for (int64_t g = 0; g < groups; g++, x += n * width, y += n * width) {
        int64_t at = 0;
        while (at + 4 * V <= width) OTHERS(vec, 4)
        while (at + V <= width) OTHERS(vec, 1)
        while ((int)V > NN_OCT && at + NN_OCT <= width) OTHERS(oct, 1)
        while (at + 4 <= width) OTHERS(quad, 1)
        while (at < width) OTHERS(real, 1)
    }
}

/* As in OTHERS, the sums alone; and what is common to a row, and to a column, together. */
#define SUMS(type, vectors)                                             \
    {                                                                   \
        SUM_OF(type, vectors)                                           \
        for (int v = 0; v < M; v++) *(type *)(y + at + v * W) = sum[v]; \
        at += M * W;                                                    \
    }

static void pool_sums(int64_t groups, int32_t n, int64_t width, const real *restrict x,
                      real *restrict y)
{
    for (int64_t g = 0; g < groups; g++, x += n * width, y += width) {
        int64_t at = 0;
        while (at + 4 * V <= width) SUMS(vec, 4)
        while (at + V <= width) SUMS(vec, 1)
        while ((int)V > NN_OCT && at + NN_OCT <= width) SUMS(oct, 1)
        while (at + 4 <= width) SUMS(quad, 1)
        while (at < width) SUMS(real, 1)
    }
}

#define SPREAD(type)                                                           \
    {                                                                          \
        const type own = *(const type *)(u + at);                              \
        for (int32_t k = 0; k < K; k++)                                        \
            *(type *)(y + k * B + at) = own + *(const type *)(v + k * B + at); \
        at += (int32_t)(sizeof(type) / sizeof(real));                          \
    }

static void spread(int32_t L, int32_t K, int32_t B, const real *u, const real *v, real *restrict y)
{
    for (int32_t l = 0; l < L; l++, u += B, y += (int64_t)K * B) {
        int32_t at = 0;
        while (at + V <= B) SPREAD(vec)
        while ((int)V > NN_OCT && at + NN_OCT <= B) SPREAD(oct)
        while (at + 4 <= B) SPREAD(quad)
        while (at < B) SPREAD(real)
    }
}

INLINE void leak_by(int32_t J, int64_t n, int32_t B, const real *g, int64_t stride, const real *x,
                    real *restrict out)
{
    for (int32_t j = 0; j < J; j++) {
        const real *row = g + j * stride;
        for (int32_t b = 0; b < B; b++) out[j * B + b] = 0;
        for (int64_t i = 0; i < n; i++)
            for (int32_t b = 0; b < B; b++) out[j * B + b] += row[i * B + b] * x[i * B + b];
    }
}

/* One lane: dot products, of two vectors at a time. */
static void leak_one(int32_t J, int64_t n, const real *g, int64_t stride, const real *x,
                     real *restrict out)
{
    for (int32_t j = 0; j < J; j++) {
        const real *row = g + j * stride;
        vec a = {0}, c = {0};
        int64_t i = 0;
        for (; i + 2 * V <= n; i += 2 * V) {
            a += LOAD(row + i) * LOAD(x + i);
            c += LOAD(row + i + V) * LOAD(x + i + V);
        }
        real s = total(a + c);
        for (; i < n; i++) s += row[i] * x[i];
        out[j] = s;
    }
}

static void leak(int32_t J, int64_t n, int32_t B, const real *g, int64_t stride, const real *x,
                 real *restrict out)
{
    switch (B) {
    case 1: leak_one(J, n, g, stride, x, out); break;
    case 8: leak_by(J, n, 8, g, stride, x, out); break;
    case 16: leak_by(J, n, 16, g, stride, x, out); break;
    default: leak_by(J, n, B, g, stride, x, out); break;
    }
}

INLINE void price_by(int32_t J, int64_t n, int32_t B, const real *g, int64_t stride, const real *w,
                     real *restrict out)
{
    for (int64_t i = 0; i < n * B; i++) out[i] = 0;
    for (int32_t j = 0; j < J; j++)
        for (int64_t i = 0; i < n; i++)
            for (int32_t b = 0; b < B; b++)
                out[i * B + b] += w[j * B + b] * g[j * stride + i * B + b];
}

/* One lane: two vectors of links stay in registers while all users pass. */
static void price_one(int32_t J, int64_t n, const real *g, int64_t stride, const real *w,
                      real *restrict out)
{
    int64_t i = 0;
    for (; i + 2 * V <= n; i += 2 * V) {
        vec a = {0}, c = {0};
        for (int32_t j = 0; j < J; j++) {
            a += w[j] * LOAD(g + j * stride + i);
            c += w[j] * LOAD(g + j * stride + i + V);
        }
        STORE(out + i, a);
        STORE(out + i + V, c);
    }
    for (; i < n; i++) {
        real a = 0;
        for (int32_t j = 0; j < J; j++) a += w[j] * g[j * stride + i];
        out[i] = a;
    }
}

static void price(int32_t J, int64_t n, int32_t B, const real *g, int64_t stride, const real *w,
                  real *restrict out)
{
    switch (B) {
    case 1: price_one(J, n, g, stride, w, out); break;
    case 8: price_by(J, n, 8, g, stride, w, out); break;
    case 16: price_by(J, n, 16, g, stride, w, out); break;
    default: price_by(J, n, B, g, stride, w, out); break;
    }
}

#ifdef CF_REAL_DOUBLE
#    include <math.h>
#    define EXP1(x) exp(x)
#    define LN1(x)  log(x)
#else
typedef union bits {
    float f;
    int32_t i;
} bits;

/* exp x = 2^n exp r, |r| <= ln(2)/2, its series to r^6. */
INLINE float exp_float(float x)
{
    const float shifter = 12582912.0f; /* 1.5 2^23: adding it rounds to a whole number */
    const float m = x * 1.44269504088896341f + shifter, n = m - shifter;
    const float r = (x - n * 0.693359375f) + n * 2.12194440e-4f;
    float e = 1.38888889e-3f;
    e = e * r + 8.33333333e-3f;
    e = e * r + 4.16666667e-2f;
    e = e * r + 0.166666667f;
    e = e * r + 0.5f;
    const bits power = {.i = ((int32_t)n + 127) << 23};
    return (1 + (r + r * r * e)) * power.f;
}

/* ln x of normal positive x: x = 2^e (1 + f), 1 + f in [0.707, 1.414];
 * ln(1 + f) = f - f^2/2 + f^3 q(f), q fitted by least squares. */
INLINE float ln_float(float x)
{
    const bits whole = {.f = x};
    const int32_t above = whole.i - 0x3f3504f3;
    const bits mantissa = {.i = (above & 0x7fffff) + 0x3f3504f3};
    const float f = mantissa.f - 1;
    float q = -0.0736286034f;
    q = q * f + 0.126203233f;
    q = q * f + -0.132021054f;
    q = q * f + 0.142271148f;
    q = q * f + -0.166213699f;
    q = q * f + 0.199998265f;
    q = q * f + -0.250008519f;
    q = q * f + 0.33333354f;
    return (float)(above >> 23) * 0.693147180559945309f + (f + f * f * (q * f - 0.5f));
}
#    define EXP1(x) exp_float(x)
#    define LN1(x)  ln_float(x)
#endif

static void exps(int64_t n, const real *x, real *y)
{
    for (int64_t i = 0; i < n; i++) {
        const real low = x[i] < -87 ? -87 : x[i], v = low > 80 ? 80 : low;
        const real e = EXP1(v != v ? 0 : v); /* no whole number is NaN's */
        y[i] = v != v ? v : e;
    }
}

static void logs(int64_t n, const real *x, real *y)
{
    for (int64_t i = 0; i < n; i++) {
        const real v = x[i] < (real)1e-36 ? (real)1e-36 : x[i];
        const real e = LN1(v);
        y[i] = v != v ? v : e;
    }
}

/* 1 - 2/(exp 2x + 1), which rounds to +-1 from |x| = 20 on in either precision. */
static void tanhs(int64_t n, const real *x, real *y)
{
    for (int64_t i = 0; i < n; i++) {
        const real low = x[i] < -20 ? -20 : x[i], v = low > 20 ? 20 : low;
        const real e = EXP1(v != v ? 0 : 2 * v);
        y[i] = v != v ? v : 1 - 2 / (e + 1);
    }
}
