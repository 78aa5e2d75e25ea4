#include "report/curve.h"

#include "base/rng.h"

#include "t.h"

static void few_values_are_all_there(void)
{
    double v[] = {3, 1, 2, 2};
    cf_curve c = {0};
    CHECK(report_curve(&c, v, 4) == CF_OK && c.n == 4);
    const double value[] = {1, 2, 2, 3}, share[] = {0.25, 0.5, 0.75, 1};
    for (int i = 0; i < c.n; i++) CHECK(c.value[i] == value[i] && c.share[i] == share[i]);
    report_curve_free(&c);
}

/* Of many, the share at or below each value, counted the slow way. */
static void shares_are_those_of_the_values(void)
{
    enum { N = 5000 };
    static double v[N], kept[N];
    rng g = rng_stream(1, RNG_TEST, 0);
    for (int i = 0; i < N; i++) kept[i] = v[i] = floor(100 * rng_uniform(&g) * rng_uniform(&g));
    cf_curve c = {0};
    CHECK(report_curve(&c, v, N) == CF_OK && c.n == CF_CURVE_POINTS);
    for (int i = 0; i < c.n; i++) {
        int below = 0, equal = 0;
        for (int j = 0; j < N; j++) below += kept[j] < c.value[i], equal += kept[j] == c.value[i];
        CHECK(c.share[i] * N > below - 0.5 && c.share[i] * N < below + equal + 0.5);
        CHECK(i == 0 || (c.value[i] >= c.value[i - 1] && c.share[i] > c.share[i - 1]));
    }
    CHECK(c.value[0] == 0 && c.share[c.n - 1] == 1);
    report_curve_free(&c);
}

static void what_is_not_finite_is_left_out(void)
{
    double v[] = {(double)NAN, 5, INFINITY, -INFINITY}, none[] = {(double)NAN};
    cf_curve c = {0};
    CHECK(report_curve(&c, v, 4) == CF_OK && c.n == 1 && c.value[0] == 5 && c.share[0] == 1);
    report_curve_free(&c);
    CHECK(report_curve(&c, none, 1) == CF_OK && c.n == 0 && !c.value);
    CHECK(report_curve(&c, none, 0) == CF_OK && c.n == 0);
}

int main(void)
{
    RUN(few_values_are_all_there);
    RUN(shares_are_those_of_the_values);
    RUN(what_is_not_finite_is_left_out);
    return DONE();
}
