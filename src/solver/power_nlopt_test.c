#include <nlopt.h>

#include "power_methods.h"

/* An oracle that shares nothing with ours: NLopt's SLSQP and MMA on p itself, with numbers from the
 * public objective alone (central differences in p), started near our answers and from random
 * points. */

enum { LINKS = 12 };

static power_case c;
static float watts[POWER_CASE_LINKS];

static double value_at(unsigned n, const double *p)
{
    float w[LINKS];
    for (unsigned i = 0; i < n; i++) w[i] = (float)p[i];
    return cf_power_value(&c.p, w, NULL);
}

/* sqrt-power coordinates p = v^2 keep p positive and the scales together. */
static double objective(unsigned n, const double *v, double *gradient, void *unused)
{
    double p[LINKS];
    (void)unused;
    for (unsigned i = 0; i < n; i++) p[i] = v[i] * v[i];
    for (unsigned i = 0; gradient && i < n; i++) {
        const double h = 1e-3 * (fabs(v[i]) + 1e-3), at = p[i];
        p[i] = (v[i] + h) * (v[i] + h);
        const double above = value_at(n, p);
        p[i] = (v[i] - h) * (v[i] - h);
        gradient[i] = (above - value_at(n, p)) / (2 * h);
        p[i] = at;
    }
    return value_at(n, p);
}

static double improve(nlopt_algorithm algorithm, double most_w, double *p)
{
    const unsigned n = (unsigned)(c.p.L * c.p.K);
    double v[LINKS], best = 0;
    nlopt_opt o = nlopt_create(algorithm, n);
    nlopt_set_max_objective(o, objective, NULL);
    nlopt_set_lower_bounds1(o, 0);
    nlopt_set_upper_bounds1(o, sqrt(most_w));
    nlopt_set_xtol_rel(o, 1e-7);
    nlopt_set_maxeval(o, 1000);
    for (unsigned i = 0; i < n; i++) v[i] = fmin(sqrt(p[i]), sqrt(most_w));
    CHECK(nlopt_optimize(o, v, &best) > 0);
    nlopt_destroy(o);
    for (unsigned i = 0; i < n; i++) p[i] = v[i] * v[i];
    return value_at(n, p);
}

static void nlopt_does_not_improve_our_answers(void)
{
    static const char *const NAMES[] = {"lbfgs", "search", "beam", "multistart"};
    rng g = rng_stream(1, RNG_TEST, 40);
    cf_report report;
    for (int i = 0; i < 16; i++) {
        power_case_drop(&c, &g, 3, 4, i % 2 ? 100 : 0);
        const char *spec = i % 4 == 0 ? "tolerance=1e-10,evaluations=3000" : "";
        const double ours = power_run(NAMES[i % 4], spec, &c, watts, &report);
        double p[LINKS];
        for (int j = 0; j < LINKS; j++) p[j] = (double)watts[j];
        CHECK(improve(NLOPT_LD_SLSQP, 10, p) <= ours * (1 + 1e-4));
    }
}

static void nlopt_finds_nothing_better_than_best(void)
{
    rng g = rng_stream(1, RNG_TEST, 41);
    cf_report report;
    double theirs_sum = 0, ours_sum = 0;
    for (int i = 0; i < 8; i++) {
        power_case_drop(&c, &g, 3, 4, i % 2 ? 100 : 0);
        const double ours = power_run("best", "", &c, watts, &report);
        double theirs = 0;
        for (int t = 0; t < 10; t++) {
            double p[LINKS];
            for (int j = 0; j < LINKS; j++)
                p[j] = rng_below(&g, 2) ? pow(10, -4 + 3 * rng_uniform(&g)) : 0;
            theirs = fmax(theirs, improve(t % 2 ? NLOPT_LD_MMA : NLOPT_LD_SLSQP, 10, p));
        }
        CHECK(theirs <= ours * (1 + 1e-5));
        theirs_sum += theirs;
        ours_sum += ours;
    }
    CHECK(theirs_sum > .95 * ours_sum); /* it does come near, so that the test says something */
}

static void limits_and_objectives_agree_per_link(void)
{
    rng g = rng_stream(1, RNG_TEST, 42);
    cf_report report;
    for (int i = 0; i < 8; i++) {
        power_case_drop(&c, &g, 3, 3, 100);
        static const cf_power_objective OBJECTIVES[] = {CF_POWER_EE, CF_POWER_SUM_RATE,
                                                        CF_POWER_PROPORTIONAL};
        c.p.objective = OBJECTIVES[i % 3];
        c.p.limit = CF_LIMIT_LINK;
        c.p.limit_w = .05;
        const double ours = power_run("multistart", "starts=20", &c, watts, &report);
        double theirs = -1e9;
        for (int t = 0; t < 10; t++) {
            double p[LINKS];
            for (int j = 0; j < 9; j++) p[j] = .05 * rng_uniform(&g);
            theirs = fmax(theirs, improve(NLOPT_LD_SLSQP, .05, p));
        }
        CHECK(theirs <= ours + 2e-3 * fabs(ours));
        CHECK(theirs >= ours - .1 * fabs(ours));
    }
}

int main(void)
{
    RUN(nlopt_does_not_improve_our_answers);
    RUN(nlopt_finds_nothing_better_than_best);
    RUN(limits_and_objectives_agree_per_link);
    return DONE();
}
