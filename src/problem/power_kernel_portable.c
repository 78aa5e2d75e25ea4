#define KERNELS prob_power_kernels_portable
#include "problem/power_kernel_impl.h"
