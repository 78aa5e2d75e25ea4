#if defined(__x86_64__)
#    define KERNEL bench_peak_v3
#    define WIDTH  32
#    define CHAINS 12
#    include "bench/peak_impl.h"
#else
typedef int bench_peak_v3_absent; /* another architecture */
#endif
