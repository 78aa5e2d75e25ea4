#if defined(__x86_64__)
#    define KERNEL bench_peak_v4
#    define WIDTH  64
#    define CHAINS 24
#    include "bench/peak_impl.h"
#else
typedef int bench_peak_v4_absent; /* another architecture */
#endif
