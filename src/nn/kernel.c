#include "nn/kernel.h"

#include <stdlib.h>
#include <string.h>
#if defined(__x86_64__)
#    include <cpuid.h>
#endif

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

/* Bits `wanted` of ecx: what __builtin_cpu_supports has no name for in clang 14. */
static int has(unsigned leaf, unsigned wanted)
{
    unsigned a = 0, b = 0, c = 0, d = 0;
    return __get_cpuid(leaf, &a, &b, &c, &d) && (c & wanted) == wanted;
}

/* All that the levels of the x86-64 psABI demand, since the compiler may use it all. The builtin
 * also asks whether the system saves the wide registers. */
static int runs_v2(void)
{
    enum { CX16 = 1 << 13, LAHF = 1 << 0 };
    return __builtin_cpu_supports("sse4.2") && __builtin_cpu_supports("sse4.1") &&
           __builtin_cpu_supports("ssse3") && __builtin_cpu_supports("sse3") &&
           __builtin_cpu_supports("popcnt") && has(1, CX16) && has(0x80000001, LAHF);
}
static int runs_v3(void)
{
    enum { MOVBE = 1 << 22, F16C = 1 << 29, LZCNT = 1 << 5 };
    return runs_v2() && __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") &&
           __builtin_cpu_supports("bmi") && __builtin_cpu_supports("bmi2") &&
           has(1, MOVBE | F16C) && has(0x80000001, LZCNT);
}
static int runs_v4(void)
{
    return runs_v3() && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl") &&
           __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512dq") &&
           __builtin_cpu_supports("avx512cd");
}
#endif

const nn_kernels *nn_kernels_named(const char *name)
{
    if (strcmp(name, "plain") == 0) return &PLAIN;
    if (strcmp(name, "portable") == 0) return &nn_kernels_portable;
#if defined(__x86_64__)
    if (strcmp(name, "v4") == 0 && runs_v4()) return &nn_kernels_v4;
    if (strcmp(name, "v3") == 0 && runs_v3()) return &nn_kernels_v3;
    if (strcmp(name, "v2") == 0 && runs_v2()) return &nn_kernels_v2;
#endif
    return NULL;
}

const nn_kernels *nn_kernels_best(void)
{
    static const char *const ORDER[] = {"v4", "v3", "v2", "portable"};
    const char *wanted = getenv(NN_KERNELS_VARIABLE);
    if (wanted && *wanted) return nn_kernels_named(wanted);
    const nn_kernels *k = NULL;
    for (int i = 0; !k; i++) k = nn_kernels_named(ORDER[i]);
    return k;
}
