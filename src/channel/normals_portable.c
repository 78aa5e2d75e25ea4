#if defined(__SSE2__)
#    include <emmintrin.h>
#    define PRODUCT(a, m) ((wide)_mm_mul_epu32((__m128i)(a), _mm_set1_epi64x(m)))
#else
#    define PRODUCT(a, m) (((a)&0xffffffff) * (m))
#endif
#define BATCH chan_normals_portable
#define WIDTH 16
#include "channel/normals_impl.h"
