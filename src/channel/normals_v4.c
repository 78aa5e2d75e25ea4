#if defined(__x86_64__)
#    include <immintrin.h>
#    define BATCH         chan_normals_v4
#    define WIDTH         64
#    define PRODUCT(a, m) ((wide)_mm512_mul_epu32((__m512i)(a), _mm512_set1_epi64(m)))
#    include "channel/normals_impl.h"
#else
typedef int chan_normals_v4_absent; /* another architecture */
#endif
