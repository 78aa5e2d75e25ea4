#define KERNELS solver_sets_kernels_portable
#include "solver/power_sets_impl.h"
