#include "channel/functions.h"

#include <math.h>
#include <string.h>

#include "base/rng.h"

#include "t.h"

enum { N = 5000 };

/* |a - b| in units of b's last place */
static double units_apart(double a, double b)
{
    const double up = nextafter(fabs(b), INFINITY) - fabs(b);
    return fabs(a - b) / up;
}

/* Against the C library, whose own error is up to 2 units. */
static void logarithms_are_those_of_the_library(void)
{
    static double x[N], y[N];
    rng r = rng_stream(1, RNG_TEST, 0);
    for (int i = 0; i < N; i++)
        x[i] = y[i] = i < 1000 ? 1 + i * 1e-3 : pow(10, 300 * rng_uniform(&r));
    chan_log10s(N, x);
    CHECK(x[0] == 0);
    for (int i = 1; i < N; i++) CHECK(units_apart(x[i], log10(y[i])) <= 6);
}

static void exponentials_are_those_of_the_library(void)
{
    static double x[N], y[N];
    rng r = rng_stream(2, RNG_TEST, 0);
    for (int i = 0; i < N; i++) x[i] = y[i] = 1400 * rng_uniform(&r) - 700;
    x[0] = y[0] = 0;
    chan_exps(N, x);
    CHECK(x[0] == 1);
    for (int i = 1; i < N; i++) CHECK(units_apart(x[i], exp(y[i])) <= 2);
}

/* Alone, or in a vector at whatever place. */
static void company_does_not_change_a_bit(void)
{
    enum { MOST = 40 };
    double x[MOST], y[MOST];
    for (int n = 1; n <= MOST; n++) {
        for (int i = 0; i < n; i++) x[i] = 1 + i * 0.7, y[i] = 30 - i * 1.7;
        chan_log10s(n, x);
        chan_exps(n, y);
        for (int i = 0; i < n; i++) {
            double a = 1 + i * 0.7, b = 30 - i * 1.7;
            chan_log10s(1, &a);
            chan_exps(1, &b);
            CHECK(memcmp(&a, &x[i], sizeof a) == 0 && memcmp(&b, &y[i], sizeof b) == 0);
        }
    }
}

int main(void)
{
    RUN(logarithms_are_those_of_the_library);
    RUN(exponentials_are_those_of_the_library);
    RUN(company_does_not_change_a_bit);
    return DONE();
}
