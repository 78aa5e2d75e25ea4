#include "bench/peak.h"

#include "base/clock.h"

#include "t.h"

/* One sum that waits for itself: a core with a pipeline is several times faster than that. */
static double waiting(void)
{
    enum { ADDS = 100000 };
    volatile float factor = 0.5f;
    const float f = factor;
    double least = INFINITY;
    for (int run = 0; run < 20; run++) {
        float a = f;
        const double start = clock_now();
        for (int i = 0; i < ADDS; i++) a = a * f + f;
        least = fmin(least, clock_now() - start);
        factor = a > 2 ? 1 : f;
    }
    return 2e-9 * ADDS / least;
}

static void the_peak_is_far_above_a_single_sum(void)
{
    const double peak = bench_peak();
    CHECK(isfinite(peak) && peak < 1e5);
    CHECK(peak > 2 * waiting());
}

int main(void)
{
    RUN(the_peak_is_far_above_a_single_sum);
    return DONE();
}
