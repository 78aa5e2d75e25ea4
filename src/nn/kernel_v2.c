#if defined(__x86_64__)
#    define KERNELS    nn_kernels_v2
#    define NAME       "v2"
#    define WIDTH      16
#    define OUTS       4
#    define WEIGHT_INS 2
#    include "nn/kernel_impl.h"
#else
typedef int nn_kernels_v2_absent; /* another architecture */
#endif
