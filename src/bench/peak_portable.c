/* Any processor: 16-byte vectors, which GCC and clang map to NEON or to what there is. */
#define KERNEL bench_peak_portable
#define WIDTH  16
#define CHAINS 12
#include "bench/peak_impl.h"
