#include "nn/kernel.h"

#include <stdlib.h>
#include <string.h>

#include "base/cpu.h"

static void plain_forward(int32_t O, int32_t I, int64_t N, const real *w, const real *b,
                          const real *const *x, real *restrict y)
{
    for (int32_t o = 0; o < O; o++)
        for (int64_t n = 0; n < N; n++) {
            real a = b ? b[o] : 0;
            for (int32_t i = 0; i < I; i++) a += w[(int64_t)o * I + i] * x[i][n];
            y[o * N + n] = a;
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

static const nn_kernels PLAIN = {"plain", plain_forward, plain_backward_data,
                                 plain_backward_weights};
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
