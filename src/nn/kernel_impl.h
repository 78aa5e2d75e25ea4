/* Included by one source per instruction set, which defines KERNELS (the table's symbol), NAME,
 * WIDTH (bytes of a vector) and OUTS (rows of outputs kept in registers beside two vectors of
 * columns; more than the registers hold makes the compiler spill, and speed falls tenfold). */
#include "nn/kernel.h"

typedef real vec __attribute__((vector_size(WIDTH), aligned(sizeof(real)), may_alias));
enum { V = WIDTH / sizeof(real) };

#define LOAD(p)     (*(const vec *)(p))
#define STORE(p, v) (*(vec *)(p) = (v))
#define INLINE      static inline __attribute__((always_inline))

/* `outs` outputs by two vectors of columns: one load of x feeds 2 outs multiply-adds. */
INLINE void forward_block(int outs, int32_t I, int64_t N, const real *w, const real *b,
                          const real *const *x, int64_t n, real *restrict y)
{
    vec a0[OUTS], a1[OUTS];
    for (int o = 0; o < outs; o++) a0[o] = a1[o] = (vec){0} + (b ? b[o] : 0);
    for (int32_t i = 0; i < I; i++) {
        const vec x0 = LOAD(x[i] + n), x1 = LOAD(x[i] + n + V);
#pragma GCC unroll 16
        for (int o = 0; o < outs; o++) {
            const real f = w[(int64_t)o * I + i];
            a0[o] += f * x0;
            a1[o] += f * x1;
        }
    }
    for (int o = 0; o < outs; o++) {
        STORE(y + o * N + n, a0[o]);
        STORE(y + o * N + n + V, a1[o]);
    }
}

INLINE void forward_one(int outs, int32_t I, int64_t N, const real *w, const real *b,
                        const real *const *x, int64_t n, real *restrict y)
{
    for (int o = 0; o < outs; o++) {
        vec a = (vec){0} + (b ? b[o] : 0);
        for (int32_t i = 0; i < I; i++) a += w[(int64_t)o * I + i] * LOAD(x[i] + n);
        STORE(y + o * N + n, a);
    }
}

static void forward(int32_t O, int32_t I, int64_t N, const real *w, const real *b,
                    const real *const *x, real *restrict y)
{
    int64_t n = 0;
    for (; n + 2 * V <= N; n += 2 * V) {
        int32_t o = 0;
        for (; o + OUTS <= O; o += OUTS)
            forward_block(OUTS, I, N, w + (int64_t)o * I, b ? b + o : 0, x, n, y + o * N);
        for (; o + 4 <= O; o += 4)
            forward_block(4, I, N, w + (int64_t)o * I, b ? b + o : 0, x, n, y + o * N);
        for (; o < O; o++)
            forward_block(1, I, N, w + (int64_t)o * I, b ? b + o : 0, x, n, y + o * N);
    }
    for (; n < N; n += V) forward_one(O, I, N, w, b, x, n, y);
}

/* The forward product with the weights transposed, added to what is there. */
INLINE void data_block(int ins, int32_t O, int32_t I, int64_t N, const real *w, const real *dy,
                       int64_t n, real *const *dx)
{
    vec a0[OUTS], a1[OUTS];
    for (int i = 0; i < ins; i++) a0[i] = a1[i] = (vec){0};
    for (int32_t o = 0; o < O; o++) {
        const vec d0 = LOAD(dy + o * N + n), d1 = LOAD(dy + o * N + n + V);
#pragma GCC unroll 16
        for (int i = 0; i < ins; i++) {
            const real f = w[(int64_t)o * I + i];
            a0[i] += f * d0;
            a1[i] += f * d1;
        }
    }
    for (int i = 0; i < ins; i++) {
        if (!dx[i]) continue;
        STORE(dx[i] + n, LOAD(dx[i] + n) + a0[i]);
        STORE(dx[i] + n + V, LOAD(dx[i] + n + V) + a1[i]);
    }
}

static int wanted(int n, real *const *dx)
{
    for (int i = 0; i < n; i++)
        if (dx[i]) return 1;
    return 0;
}

static void backward_data(int32_t O, int32_t I, int64_t N, const real *w, const real *dy,
                          real *const *dx)
{
    int64_t n = 0;
    for (; n + 2 * V <= N; n += 2 * V) {
        int32_t i = 0;
        for (; i + OUTS <= I; i += OUTS)
            if (wanted(OUTS, dx + i)) data_block(OUTS, O, I, N, w + i, dy, n, dx + i);
        for (; i + 4 <= I; i += 4)
            if (wanted(4, dx + i)) data_block(4, O, I, N, w + i, dy, n, dx + i);
        for (; i < I; i++)
            if (dx[i]) data_block(1, O, I, N, w + i, dy, n, dx + i);
    }
    for (; n < N; n += V) {
        for (int32_t i = 0; i < I; i++) {
            if (!dx[i]) continue;
            vec a = LOAD(dx[i] + n);
            for (int32_t o = 0; o < O; o++) a += w[(int64_t)o * I + i] * LOAD(dy + o * N + n);
            STORE(dx[i] + n, a);
        }
    }
}

INLINE real total(vec a)
{
    real s = 0;
    for (int v = 0; v < V; v++) s += a[v];
    return s;
}

/* `outs` by `ins` dot products over the columns, each in one vector until the end. */
INLINE void weights_block(int outs, int ins, int32_t I, int64_t N, const real *dy,
                          const real *const *x, real *restrict dw)
{
    vec a[4][4];
    for (int o = 0; o < outs; o++)
        for (int i = 0; i < ins; i++) a[o][i] = (vec){0};
    for (int64_t n = 0; n < N; n += V) {
        vec d[4], f[4];
        for (int o = 0; o < outs; o++) d[o] = LOAD(dy + o * N + n);
        for (int i = 0; i < ins; i++) f[i] = LOAD(x[i] + n);
        for (int o = 0; o < outs; o++)
            for (int i = 0; i < ins; i++) a[o][i] += d[o] * f[i];
    }
    for (int o = 0; o < outs; o++)
        for (int i = 0; i < ins; i++) dw[(int64_t)o * I + i] += total(a[o][i]);
}

INLINE void weights_rows(int outs, int32_t I, int64_t N, const real *dy, const real *const *x,
                         real *restrict dw)
{
    int32_t i = 0;
    for (; i + WEIGHT_INS <= I; i += WEIGHT_INS)
        weights_block(outs, WEIGHT_INS, I, N, dy, x + i, dw + i);
    for (; i < I; i++) weights_block(outs, 1, I, N, dy, x + i, dw + i);
}

static void backward_weights(int32_t O, int32_t I, int64_t N, const real *dy, const real *const *x,
                             real *restrict dw, real *restrict db)
{
    int32_t o = 0;
    for (; o + 4 <= O; o += 4) weights_rows(4, I, N, dy + o * N, x, dw + (int64_t)o * I);
    for (; o < O; o++) weights_rows(1, I, N, dy + o * N, x, dw + (int64_t)o * I);
    for (o = 0; db && o < O; o++) {
        vec a = {0};
        for (int64_t n = 0; n < N; n += V) a += LOAD(dy + o * N + n);
        db[o] += total(a);
    }
}

#include "nn/kernel_loops.h"

extern const nn_kernels KERNELS;
const nn_kernels KERNELS = {NAME,       forward,    backward_data, backward_weights,
                            sum_others, pool_pairs, leak,          price,
                            exps,       logs};
