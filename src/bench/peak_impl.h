/* Included by one source per instruction set, which defines KERNEL (the table's symbol), WIDTH
 * (bytes of a vector) and CHAINS: sums that each wait for themselves alone, enough to cover the
 * latency of a multiply-add in every unit of a core, and no more than its registers hold. */
#include "bench/peak.h"

typedef float vec __attribute__((vector_size(WIDTH)));
enum { V = WIDTH / sizeof(float) };

static float run(int64_t rounds, float factor, float term)
{
    const vec f = (vec){0} + factor, t = (vec){0} + term;
    vec a[CHAINS], sum = {0};
    for (int i = 0; i < CHAINS; i++) a[i] = t + (float)i;
    for (int64_t r = 0; r < rounds; r++)
#pragma GCC unroll 32
        for (int i = 0; i < CHAINS; i++) a[i] = a[i] * f + t;
    for (int i = 0; i < CHAINS; i++) sum += a[i];
    float all = 0;
    for (int v = 0; v < V; v++) all += sum[v];
    return all;
}

extern const bench_peak_kernel KERNEL;
const bench_peak_kernel KERNEL = {run, 2 * CHAINS *V};
