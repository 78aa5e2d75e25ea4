/* Any processor: 16-byte vectors, which GCC and clang map to NEON or to what there is. */
#define KERNELS    nn_kernels_portable
#define NAME       "portable"
#define WIDTH      16
#define OUTS       4
#define WEIGHT_INS 2
#include "nn/kernel_impl.h"
