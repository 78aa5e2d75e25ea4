#if defined(__x86_64__)
#    define KERNELS prob_power_kernels_v4
#    include "problem/power_kernel_impl.h"
#else
typedef int prob_power_kernels_v4_absent; /* another architecture */
#endif
