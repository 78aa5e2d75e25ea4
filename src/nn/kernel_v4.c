#if defined(__x86_64__)
#    define KERNELS    nn_kernels_v4
#    define NAME       "v4"
#    define WIDTH      64
#    define OUTS       10
#    define WEIGHT_INS 4
#    include "nn/kernel_impl.h"
#else
typedef int nn_kernels_v4_absent; /* another architecture */
#endif
