#include "base/cpu.h"

#include <stdlib.h>
#include <string.h>
#if defined(__x86_64__)
#    include <cpuid.h>

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

int base_cpu_supported(void)
{
    return runs_v4() ? 4 : runs_v3() ? 3 : runs_v2() ? 2 : 0;
}
#else
int base_cpu_supported(void)
{
    return 0;
}
#endif

int base_cpu_level(void)
{
    static const char *const NAMES[] = {"portable", "", "v2", "v3", "v4"};
    const int level = base_cpu_supported();
    const char *wanted = getenv(BASE_CPU_VARIABLE);
    for (int i = 0; wanted && *wanted && i <= level; i++)
        if (strcmp(wanted, NAMES[i]) == 0) return i;
    return level;
}
