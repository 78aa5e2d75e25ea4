#include "bench/peak.h"

#include <math.h>

#include "base/clock.h"
#include "base/cpu.h"

extern const bench_peak_kernel bench_peak_portable;
#if defined(__x86_64__)
extern const bench_peak_kernel bench_peak_v2, bench_peak_v3, bench_peak_v4;
#endif

/* The best of many short runs: a long one would find out what else the machine is doing. */
static double best_of(const bench_peak_kernel *k)
{
    enum { RUNS = 40, ROUNDS = 4000 };
    volatile float sink, factor = 0.5f, term = 1;
    double least = INFINITY;
    for (int i = 0; i < RUNS; i++) {
        const double start = clock_now();
        sink = k->run(ROUNDS, factor, term);
        least = fmin(least, clock_now() - start);
    }
    (void)sink;
    return 1e-9 * ROUNDS * k->flops / least;
}

double bench_peak(void)
{
    double best = best_of(&bench_peak_portable);
#if defined(__x86_64__)
    const int level = base_cpu_supported();
    if (level >= 2) best = fmax(best, best_of(&bench_peak_v2));
    if (level >= 3) best = fmax(best, best_of(&bench_peak_v3));
    if (level >= 4) best = fmax(best, best_of(&bench_peak_v4));
#endif
    return best;
}
