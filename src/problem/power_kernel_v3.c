#if defined(__x86_64__)
#    define KERNELS prob_power_kernels_v3
#    include "problem/power_kernel_impl.h"
#else
typedef int prob_power_kernels_v3_absent; /* another architecture */
#endif
