#if defined(__x86_64__)
#    define KERNEL bench_peak_v2
#    define WIDTH  16
#    define CHAINS 12
#    include "bench/peak_impl.h"
#else
typedef int bench_peak_v2_absent; /* another architecture */
#endif
