/* Included by one source per instruction set, which defines KERNELS (the table's symbol), NAME,
 * WIDTH (bytes of a vector) and OUTS (rows of outputs kept in registers beside two vectors of
 * columns; more than the registers hold makes the compiler spill, and speed falls tenfold). */
#include "nn/kernel.h"

typedef real vec __attribute__((vector_size(WIDTH), aligned(sizeof(real)), may_alias));
enum { V = WIDTH / sizeof(real) };
typedef real oct
    __attribute__((vector_size(NN_OCT * sizeof(real)), aligned(sizeof(real)), may_alias));

#ifdef CF_REAL_DOUBLE
typedef int64_t word __attribute__((may_alias));
typedef int64_t mask __attribute__((vector_size(WIDTH)));
#else
typedef int32_t word __attribute__((may_alias));
typedef int32_t mask __attribute__((vector_size(WIDTH)));
#endif

#define LOAD(p)     (*(const vec *)(p))
#define STORE(p, v) (*(vec *)(p) = (v))
#define INLINE      static inline __attribute__((always_inline))

typedef struct product {
    int32_t I;
    int64_t N;
    const real *w, *b; /* b NULL: added to y */
    const real *const *x;
    int cut; /* 1: what is below 0 becomes 0 */
} product;

INLINE void put(const product *p, real *y, vec a)
{
    vec v = a;
    if (p->cut) v = (vec)((mask)a & ~(a < 0)); /* NaN stays */
    STORE(y, v);
}

/* `outs` outputs from o by one or two vectors of columns: one load of x feeds outs
 * multiply-adds. */
INLINE void forward_block(int outs, int two, const product *p, int32_t o, int64_t n,
                          real *restrict y)
{
    const real *w = p->w + (int64_t)o * p->I;
    vec a0[OUTS], a1[OUTS];
    for (int j = 0; j < outs; j++) {
        const real *from = y + (o + j) * p->N + n;
        a0[j] = LOAD(from);
        a1[j] = LOAD(from + (two ? V : 0));
        if (p->b) a0[j] = a1[j] = (vec){0} + p->b[o + j];
    }
    for (int32_t i = 0; i < p->I; i++) {
        const vec x0 = LOAD(p->x[i] + n), x1 = LOAD(p->x[i] + n + (two ? V : 0));
#pragma GCC unroll 16
        for (int j = 0; j < outs; j++) {
            const real f = w[(int64_t)j * p->I + i];
            a0[j] += f * x0;
            if (two) a1[j] += f * x1;
        }
    }
    for (int j = 0; j < outs; j++) {
        put(p, y + (o + j) * p->N + n, a0[j]);
        if (two) put(p, y + (o + j) * p->N + n + V, a1[j]);
    }
}

INLINE void forward_columns(int two, const product *p, int32_t O, int64_t n, real *restrict y)
{
    int32_t o = 0;
    for (; o + OUTS <= O; o += OUTS) forward_block(OUTS, two, p, o, n, y);
    for (; o + 4 <= O; o += 4) forward_block(4, two, p, o, n, y);
    for (; o < O; o++) forward_block(1, two, p, o, n, y);
}

static void forward(int32_t O, int32_t I, int64_t N, const real *w, const real *b,
                    const real *const *x, int cut, real *restrict y)
{
    const product p = {I, N, w, b, x, cut};
    int64_t n = 0;
    for (; n + 2 * V <= N; n += 2 * V) forward_columns(1, &p, O, n, y);
    for (; n < N; n += V) forward_columns(0, &p, O, n, y);
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

/* Four sums, then one: added up lane by lane it would be one long chain. */
INLINE real total(vec a)
{
    enum { N = V < 4 ? V : 4 };
    real s[N];
    for (int j = 0; j < N; j++) s[j] = a[j];
    for (int v = N; v < V; v += N)
        for (int j = 0; j < N; j++) s[j] += a[v + j];
    for (int j = 1; j < N; j++) s[0] += s[j];
    return s[0];
}

typedef real quad __attribute__((vector_size(4 * sizeof(real)), aligned(sizeof(real)), may_alias));

/* to += total(a[0]), ..., total(a[3]), of vectors of four or more: added one by one, a short
 * product's sums cost as much as the product. */
INLINE void add_totals(const vec *a, real *to)
{
    quad s[4], pairs[2];
    for (int i = 0; i < 4; i++) {
        s[i] = (quad){a[i][0], a[i][1], a[i][2 % V], a[i][3 % V]};
        for (int v = 4; v < V; v += 4)
            s[i] += (quad){a[i][v], a[i][v + 1], a[i][v + 2], a[i][v + 3]};
    }
    for (int i = 0; i < 2; i++)
        pairs[i] = __builtin_shufflevector(s[2 * i], s[2 * i + 1], 0, 4, 1, 5) +
                   __builtin_shufflevector(s[2 * i], s[2 * i + 1], 2, 6, 3, 7);
    *(quad *)to += __builtin_shufflevector(pairs[0], pairs[1], 0, 1, 4, 5) +
                   __builtin_shufflevector(pairs[0], pairs[1], 2, 3, 6, 7);
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
        if (ins == 4 && V >= 4)
            add_totals(a[o], dw + (int64_t)o * I);
        else
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

static void backward_cut(int64_t n, const real *y, real *restrict dy)
{
    for (int64_t i = 0; i < n; i++) dy[i] = y[i] > 0 ? dy[i] : 0;
}

static void positive(int64_t n, const real *restrict y, int8_t *restrict kept)
{
    for (int64_t i = 0; i < n; i++) kept[i] = y[i] > 0 ? -1 : 0;
}

/* All bits of a number, or none. */
static void keep(int64_t n, const int8_t *restrict kept, real *restrict dy)
{
    word *bits = (word *)dy;
    for (int64_t i = 0; i < n; i++) bits[i] &= kept[i];
}

#include "nn/kernel_loops.h"
#include "nn/kernel_rows.h"

extern const nn_kernels KERNELS;
const nn_kernels KERNELS = {NAME,         forward,   backward_data, backward_weights,
                            backward_cut, positive,  keep,          pool_rows,
                            pool_others,  pool_sums, spread,        leak,
                            price,        rows,      rows_others,   rows_weights,
                            pool_pairs,   exps,      logs,          tanhs};
