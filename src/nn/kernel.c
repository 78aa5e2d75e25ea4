#include "nn/kernel.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/cpu.h"

static void plain_forward(int32_t O, int32_t I, int64_t N, const real *w, const real *b,
                          const real *const *x, int cut, real *restrict y)
{
    for (int32_t o = 0; o < O; o++)
        for (int64_t n = 0; n < N; n++) {
            real a = b ? b[o] : y[o * N + n];
            for (int32_t i = 0; i < I; i++) a += w[(int64_t)o * I + i] * x[i][n];
            y[o * N + n] = cut && a < 0 ? 0 : a; /* NaN stays */
        }
}

static void plain_backward_data(int32_t O, int32_t I, int64_t N, const real *w, const real *dy,
                                real *const *dx)
{
    for (int32_t i = 0; i < I; i++)
        for (int64_t n = 0; dx[i] && n < N; n++)
            for (int32_t o = 0; o < O; o++) dx[i][n] += w[(int64_t)o * I + i] * dy[o * N + n];
}

static void plain_backward_weights(int32_t O, int32_t I, int64_t N, const real *dy,
                                   const real *const *x, real *restrict dw, real *restrict db)
{
    for (int32_t o = 0; o < O; o++) {
        for (int32_t i = 0; i < I; i++)
            for (int64_t n = 0; n < N; n++) dw[(int64_t)o * I + i] += dy[o * N + n] * x[i][n];
        for (int64_t n = 0; db && n < N; n++) db[o] += dy[o * N + n];
    }
}

static void plain_backward_cut(int64_t n, const real *y, real *restrict dy)
{
    for (int64_t i = 0; i < n; i++) dy[i] = y[i] > 0 ? dy[i] : 0;
}

static void plain_positive(int64_t n, const real *y, int8_t *restrict kept)
{
    for (int64_t i = 0; i < n; i++) kept[i] = y[i] > 0 ? -1 : 0;
}

static void plain_keep(int64_t n, const int8_t *kept, real *restrict dy)
{
    for (int64_t i = 0; i < n; i++) dy[i] = kept[i] ? dy[i] : 0;
}

static void plain_pool_rows(nn_pool kind, int64_t rows, int64_t n, real scale,
                            const real *restrict x, real *restrict y, int add)
{
    for (int64_t r = 0; r < rows; r++, x += n, y += n)
        for (int64_t i = 0; i < n; i++) {
            real sum = 0, most = x[0];
            for (int64_t j = 0; j < n; j++) {
                if (j != i || kind == NN_POOL_SUM) sum += x[j];
                if (x[j] > most || x[j] != x[j]) most = x[j];
            }
            y[i] = kind == NN_POOL_MOST ? most : add ? y[i] + scale * sum : scale * sum;
        }
}

static void plain_pool_others(int64_t groups, int32_t n, int64_t width, real scale, const real *x,
                              real *y, int add)
{
    for (int64_t g = 0; g < groups; g++, x += n * width, y += n * width)
        for (int64_t at = 0; at < width; at++) {
            real sum = 0;
            for (int32_t i = 0; i < n; i++) sum += x[i * width + at];
            for (int32_t i = 0; i < n; i++) {
                const real v = scale * (sum - x[i * width + at]);
                y[i * width + at] = add ? y[i * width + at] + v : v;
            }
        }
}

static void plain_pool_sums(int64_t groups, int32_t n, int64_t width, const real *restrict x,
                            real *restrict y)
{
    for (int64_t g = 0; g < groups; g++)
        for (int64_t at = 0; at < width; at++) {
            real sum = 0;
            for (int32_t i = 0; i < n; i++) sum += x[(g * n + i) * width + at];
            y[g * width + at] = sum;
        }
}

static void plain_spread(int32_t L, int32_t K, int32_t B, const real *u, const real *v,
                         real *restrict y)
{
    for (int32_t l = 0; l < L; l++)
        for (int32_t k = 0; k < K; k++)
            for (int32_t b = 0; b < B; b++) *y++ = u[l * B + b] + v[k * B + b];
}

static void plain_leak(int32_t J, int64_t n, int32_t B, const real *g, int64_t stride,
                       const real *x, real *restrict out)
{
    for (int32_t j = 0; j < J; j++)
        for (int32_t b = 0; b < B; b++) {
            real sum = 0;
            for (int64_t i = 0; i < n; i++) sum += g[j * stride + i * B + b] * x[i * B + b];
            out[j * B + b] = sum;
        }
}

static void plain_price(int32_t J, int64_t n, int32_t B, const real *g, int64_t stride,
                        const real *w, real *restrict out)
{
    for (int64_t i = 0; i < n * B; i++) {
        real sum = 0;
        for (int32_t j = 0; j < J; j++) sum += w[j * B + i % B] * g[j * stride + i];
        out[i] = sum;
    }
}

static void plain_rows(int64_t R, int32_t O, int32_t parts, const nn_part *part, const real *w,
                       const real *b, int cut, real *y)
{
    const int32_t width = nn_octs(O);
    for (int64_t r = 0; r < R; r++)
        for (int32_t o = 0; o < (O == 1 ? 1 : width); o++) {
            const real *f = w + o;
            real *to = &y[O == 1 ? r : r * width + o], a = b ? b[o] : *to;
            for (int32_t s = 0; s < parts; s++)
                for (int32_t c = 0; c < part[s].C; c++, f += width)
                    a += *f * part[s].x[r * part[s].step + c];
            *to = cut && a < 0 ? 0 : a;
        }
}

static void plain_rows_others(nn_group g, int32_t first, int32_t width, real scale, const real *x,
                              real *y)
{
    for (int64_t i = 0; i < g.groups; i++)
        for (int32_t o = first / NN_OCT * NN_OCT; o < width; o++) {
            const int64_t at = i * g.group_step + o;
            real sum = 0;
            for (int32_t j = 0; j < g.n; j++) sum += x[at + j * g.step];
            for (int32_t j = 0; j < g.n; j++) {
                const real own = x[at + j * g.step];
                y[at + j * g.step] = o < first ? own : scale * (sum - own);
            }
        }
}

static void plain_rows_weights(int64_t R, int32_t O, const real *dy, int32_t parts,
                               const nn_part *part, real *restrict dw, real *restrict db)
{
    const int32_t step = O == 1 ? 1 : nn_octs(O);
    for (int32_t o = 0; o < O; o++) {
        for (int32_t s = 0; s < parts; s++)
            for (int32_t c = 0; c < part[s].C; c++, dw++)
                for (int64_t r = 0; r < R; r++)
                    *dw += dy[r * step + o] * part[s].x[r * part[s].step + c];
        for (int64_t r = 0; r < R; r++) db[o] += dy[r * step + o];
    }
}

static void plain_pool_pairs(int32_t K, int32_t B, int32_t width, const real *factor,
                             real *restrict sums, real *restrict y)
{
    const int64_t row = (int64_t)B * width;
    real *rows = sums, *columns = sums + K;
    for (int64_t f = 0; f < row; f++) {
        const real *by = factor + f % width;
        real all = 0;
        for (int32_t i = 0; i < 2 * K; i++) sums[i] = 0;
        for (int32_t i = 0; i < K * K; i++) {
            rows[i / K] += y[i * row + f];
            columns[i % K] += y[i * row + f];
            all += y[i * row + f];
        }
        for (int32_t i = 0; i < K * K; i++)
            y[i * row + f] = by[0] * y[i * row + f] + by[width] * columns[i % K] +
                             by[2 * width] * rows[i / K] + by[3 * width] * all;
    }
}

static void plain_exps(int64_t n, const real *x, real *y)
{
    for (int64_t i = 0; i < n; i++)
        y[i] = (real)exp((double)(x[i] < -87 ? -87 : x[i] > 80 ? 80 : x[i]));
}

static void plain_logs(int64_t n, const real *x, real *y)
{
    for (int64_t i = 0; i < n; i++)
        y[i] = (real)log((double)(x[i] < (real)1e-36 ? (real)1e-36 : x[i]));
}

static void plain_tanhs(int64_t n, const real *x, real *y)
{
    for (int64_t i = 0; i < n; i++) y[i] = (real)tanh((double)x[i]);
}

static const nn_kernels PLAIN = {"plain",
                                 plain_forward,
                                 plain_backward_data,
                                 plain_backward_weights,
                                 plain_backward_cut,
                                 plain_positive,
                                 plain_keep,
                                 plain_pool_rows,
                                 plain_pool_others,
                                 plain_pool_sums,
                                 plain_spread,
                                 plain_leak,
                                 plain_price,
                                 plain_rows,
                                 plain_rows_others,
                                 plain_rows_weights,
                                 plain_pool_pairs,
                                 plain_exps,
                                 plain_logs,
                                 plain_tanhs};
extern const nn_kernels nn_kernels_portable;

#if defined(__x86_64__)
extern const nn_kernels nn_kernels_v2, nn_kernels_v3, nn_kernels_v4;
#endif

const nn_kernels *nn_kernels_named(const char *name)
{
    if (strcmp(name, "plain") == 0) return &PLAIN;
    if (strcmp(name, "portable") == 0) return &nn_kernels_portable;
#if defined(__x86_64__)
    const int level = base_cpu_supported();
    if (level >= 4 && strcmp(name, "v4") == 0) return &nn_kernels_v4;
    if (level >= 3 && strcmp(name, "v3") == 0) return &nn_kernels_v3;
    if (level >= 2 && strcmp(name, "v2") == 0) return &nn_kernels_v2;
#endif
    return NULL;
}

const nn_kernels *nn_kernels_best(void)
{
    static const char *const ORDER[] = {"v4", "v3", "v2", "portable"};
    const char *wanted = getenv(BASE_CPU_VARIABLE);
    if (wanted && *wanted) return nn_kernels_named(wanted);
    const nn_kernels *k = NULL;
    for (int i = 0; !k; i++) k = nn_kernels_named(ORDER[i]);
    return k;
}
