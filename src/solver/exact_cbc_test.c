#include <coin/Cbc_C_Interface.h>
#include <stdlib.h>

#include "methods.h"

/* An oracle that shares nothing with `exact`: CBC on the mixed-integer linear program
 *
 *   maximise sum_k t_k   subject to B2b to B2d and, for tangents at points r',
 *   t_k <= ln(1 + r'_k) + (r_k - r'_k)/(1 + r'_k),
 *
 * whose optimum is above that of the problem; tangents are added at its answers until the two are
 * together. Nothing of `exact` goes in. */

enum { LINKS = 20 * 15, DROPS = 100, ROUNDS = 40 };
static const double FIRST[] = {0, 0.03, 0.1, 0.3, 1, 3, 10};
static const double SCALE = 1e3; /* CBC's tolerances are absolute, 1e-7 */

static test_case c;
static uint8_t x[LINKS];

static void add_limits(Cbc_Model *m)
{
    const int L = c.p.L, K = c.p.K;
    int at[LINKS];
    double one[LINKS];
    for (int i = 0; i < L * K; i++) one[i] = 1;
    for (int l = 0; l < L; l++) {
        for (int k = 0; k < K; k++) at[k] = l * K + k;
        Cbc_addRow(m, "ap", K, at, one, 'L', c.max_users[l]);
    }
    for (int k = 0; k < K; k++) {
        for (int l = 0; l < L; l++) at[l] = l * K + k;
        Cbc_addRow(m, "user", L, at, one, 'G', c.min_aps[k]);
    }
}

static void add_tangent(Cbc_Model *m, int k, double r)
{
    int at[21];
    double factor[21];
    for (int l = 0; l < c.p.L; l++) {
        at[l] = l * c.p.K + k;
        factor[l] = -SCALE * c.snr[l * c.p.K + k] / (1 + r);
    }
    at[c.p.L] = c.p.L * c.p.K + k;
    factor[c.p.L] = 1;
    Cbc_addRow(m, "tangent", c.p.L + 1, at, factor, 'L', SCALE * (log1p(r) - r / (1 + r)));
}

/* points (n,K). The bound, in bit/s/Hz; the assignment goes to x. */
static double solve(const double *points, int n)
{
    const int L = c.p.L, K = c.p.K;
    Cbc_Model *m = Cbc_newModel();
    Cbc_setLogLevel(m, 0);
    Cbc_setParameter(m, "log", "0");
    for (int i = 0; i < L * K; i++) Cbc_addCol(m, "x", 0, 1, 0, 1, 0, NULL, NULL);
    for (int k = 0; k < K; k++) Cbc_addCol(m, "t", 0, 1e6, 1, 0, 0, NULL, NULL);
    Cbc_setObjSense(m, -1);
    add_limits(m);
    for (int i = 0; i < n; i++)
        for (int k = 0; k < K; k++) add_tangent(m, k, points[i * K + k]);
    Cbc_setAllowableGap(m, 1e-6);
    Cbc_solve(m);
    CHECK(Cbc_isProvenOptimal(m));
    const double *solution = Cbc_getColSolution(m);
    for (int i = 0; i < L * K; i++) x[i] = solution[i] > 0.5;
    const double bound = fmax(Cbc_getBestPossibleObjValue(m), Cbc_getObjValue(m));
    Cbc_deleteModel(m);
    return bound / SCALE / log(2.0);
}

static void sums(const uint8_t *links, double *r)
{
    for (int k = 0; k < c.p.K; k++) {
        r[k] = 0;
        for (int l = 0; l < c.p.L; l++)
            if (links[l * c.p.K + k]) r[k] += c.snr[l * c.p.K + k];
    }
}

static void exact_equals_cbc_on_large_drops(void)
{
    double points[ROUNDS * 15];
    for (int i = 0; i < DROPS; i++) {
        rng g = rng_stream(2, RNG_TEST, (uint64_t)i);
        cf_report report;
        case_mmwave(&c, &g, 1);
        const double rate = method_rate("exact", "", &c, x, &report);
        double bound = INFINITY, best = 0;
        for (int n = 0; n < 7; n++)
            for (int k = 0; k < 15; k++) points[n * 15 + k] = FIRST[n];
        for (int n = 7; n < ROUNDS && bound > best * (1 + 1e-6); n++) {
            bound = solve(points, n);
            CHECK(case_feasible(&c, x));
            best = fmax(best, cf_assignment_rate(&c.p, x));
            sums(x, points + n * c.p.K);
        }
        CHECK(bound <= best * (1 + 1e-6));
        CHECK(bound >= rate * (1 - 1e-9));
        CHECK_NEAR(rate, best, 1e-6);
        CHECK(rate >= best * (1 - 1e-9));
    }
}

int main(void)
{
    RUN(exact_equals_cbc_on_large_drops);
    return DONE();
}
