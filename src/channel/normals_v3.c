#if defined(__x86_64__)
#    include <immintrin.h>
#    define BATCH         chan_normals_v3
#    define WIDTH         32
#    define PRODUCT(a, m) ((wide)_mm256_mul_epu32((__m256i)(a), _mm256_set1_epi64x(m)))
#    include "channel/normals_impl.h"
#else
typedef int chan_normals_v3_absent; /* another architecture */
#endif
