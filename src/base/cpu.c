#include "base/cpu.h"

#include <stdlib.h>
#include <string.h>

/* The features that tell the levels apart; no processor has these without the others. */
static int supported(void)
{
#if defined(__x86_64__)
    if (!__builtin_cpu_supports("sse4.2") || !__builtin_cpu_supports("ssse3")) return 0;
    if (!__builtin_cpu_supports("avx2") || !__builtin_cpu_supports("fma") ||
        !__builtin_cpu_supports("bmi2"))
        return 2;
    if (!__builtin_cpu_supports("avx512f") || !__builtin_cpu_supports("avx512vl") ||
        !__builtin_cpu_supports("avx512bw") || !__builtin_cpu_supports("avx512dq") ||
        !__builtin_cpu_supports("avx512cd"))
        return 3;
    return 4;
#else
    return 0;
#endif
}

int base_cpu_level(void)
{
    static const char *const NAMES[] = {"portable", "", "v2", "v3", "v4"};
    const int level = supported();
    const char *wanted = getenv("CELLFREE_KERNELS");
    for (int i = 0; wanted && *wanted && i <= level; i++)
        if (strcmp(wanted, NAMES[i]) == 0) return i;
    return level;
}
