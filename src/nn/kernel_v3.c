#if defined(__x86_64__)
#    define KERNELS    nn_kernels_v3
#    define NAME       "v3"
#    define WIDTH      32
#    define OUTS       5
#    define WEIGHT_INS 2
#    include "nn/kernel_impl.h"
#else
typedef int nn_kernels_v3_absent; /* another architecture */
#endif
