#if defined(__x86_64__)
#    define KERNELS solver_sets_kernels_v3
#    include "solver/power_sets_impl.h"
#else
typedef int solver_sets_kernels_v3_absent; /* another architecture */
#endif
