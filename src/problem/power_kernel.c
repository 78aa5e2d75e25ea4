#include "problem/power_kernel.h"

#include "base/cpu.h"

const prob_power_kernels *prob_power_kernels_best(void)
{
#if defined(__x86_64__)
    const int level = base_cpu_level();
    if (level >= 4) return &prob_power_kernels_v4;
    if (level == 3) return &prob_power_kernels_v3;
#endif
    return &prob_power_kernels_portable;
}
