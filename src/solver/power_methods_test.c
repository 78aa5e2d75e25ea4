#include "power_methods.h"

#include "base/status.h"

static power_case c;
static float watts[POWER_CASE_LINKS], other[POWER_CASE_LINKS];
static cf_report report;

static void golden_case_is_solved(void)
{
    static const char *const NAMES[] = {"search", "beam",  "iterated", "enumeration", "global",
                                        "best",   "lbfgs", "sca",      "multistart"};
    power_case_golden(&c);
    for (size_t i = 0; i < sizeof NAMES / sizeof NAMES[0]; i++) {
        CHECK_NEAR(power_run(NAMES[i], "", &c, watts, &report), 2.28130525457, 2e-5);
        CHECK_NEAR((double)watts[0], .4268, 2e-2);
        CHECK_NEAR((double)watts[3], .4651, 2e-2);
    }
    CHECK_NEAR(power_run("search", "", &c, watts, &report), 2.28130525457, 1e-10);
    CHECK_NEAR(power_run("global", "", &c, watts, &report), 2.28130525457, 1e-9);
    CHECK(!report.proven && report.bound >= 2.28130525457 && report.bound < 2.2840);
}

static void global_bounds_what_sets_find(void)
{
    rng g = rng_stream(1, RNG_TEST, 11);
    static const int32_t SIZES[][2] = {{1, 3}, {2, 2}, {3, 1}, {1, 4},
                                       {4, 1}, {2, 2}, {1, 2}, {2, 1}};
    for (int i = 0; i < 24; i++) {
        power_case_drop(&c, &g, SIZES[i % 8][0], SIZES[i % 8][1], i % 3 ? 100 : 0);
        const double value = power_run("global", "", &c, watts, &report);
        CHECK(!report.proven || report.bound <= value * (1 + 1e-6));
        CHECK(report.bound >= value && report.bound <= value * 1.01 + 1e-2);
        CHECK_NEAR(power_run("enumeration", "", &c, other, &report), value, 1e-5);
        CHECK_NEAR(power_run("best", "", &c, other, &report), value, 1e-5);
    }
}

static void sets_agree_with_enumeration(void)
{
    rng g = rng_stream(1, RNG_TEST, 12);
    double all[3] = {0}, sum = 0;
    for (int i = 0; i < 60; i++) {
        power_case_drop(&c, &g, 2 + i % 3, 3 + i % 2, 100);
        const double value = power_run("enumeration", "", &c, watts, &report);
        static const char *const NAMES[] = {"search", "beam", "iterated"};
        for (int m = 0; m < 3; m++) {
            const double found =
                power_run(NAMES[m], m == 2 ? "kicks=100,aps=5" : "", &c, other, &report);
            CHECK(found <= value * (1 + 1e-6));
            if (m == 1) CHECK_NEAR(found, value, 1e-5);
            all[m] += found;
        }
        sum += value;
    }
    CHECK(all[0] > .97 * sum && all[2] > .999 * sum);
}

static void sca_and_quadratic_rise_monotonically(void)
{
    rng g = rng_stream(1, RNG_TEST, 13);
    for (int i = 0; i < 6; i++) {
        power_case_drop(&c, &g, 5, 7 + i, i % 2 ? 100 : 0);
        c.p.limit = (cf_power_limit)(i % 3);
        c.p.limit_w = .05;
        for (int m = c.p.limit == CF_LIMIT_NONE ? 0 : 1; m < 2; m++) {
            double last = power_run("equal", "", &c, watts, &report);
            for (int n = 1; n < 30; n++) {
                char spec[64];
                snprintf(spec, sizeof spec, "iterations=%d,tolerance=0", n);
                const double now = power_run(m ? "sca" : "quadratic", spec, &c, watts, &report);
                CHECK(now >= last * (1 - 1e-6)); /* watts are floats */
                last = now;
            }
        }
    }
}

/* p_c dJ/dp_c is small where p_c > 0, and dJ/dp_c <= 0 where p_c = 0. */
static void check_kkt(double tolerance)
{
    prob_power_form f;
    arena measured = {0}, a = {0};
    prob_power_form_place(&f, &measured, c.p.L, c.p.K);
    CHECK(solver_alloc(&a, "test", measured) == CF_OK);
    prob_power_form_place(&f, &a, c.p.L, c.p.K);
    prob_power_form_fill(&f, &c.p);
    double p[POWER_CASE_LINKS], plus[POWER_CASE_LINKS + 8], minus[POWER_CASE_LINKS + 8];
    prob_power_form_load(&f, watts, p);
    const double value = prob_power_form_gradient(&f, p, plus, minus);
    for (int32_t i = 0; i < f.n; i++) CHECK(fabs(p[i] * (plus[i] - minus[i])) <= tolerance * value);
    free(a.base);
}

static void answers_are_stationary(void)
{
    rng g = rng_stream(1, RNG_TEST, 14);
    for (int i = 0; i < 10; i++) {
        power_case_drop(&c, &g, 5 + i, 10, i % 2 ? 100 : 0);
        power_run("search", "", &c, watts, &report);
        check_kkt(1e-5);
        power_run("beam", "width=8", &c, watts, &report);
        check_kkt(1e-5);
        power_run("lbfgs", "tolerance=1e-12,evaluations=3000", &c, watts, &report);
        check_kkt(1e-4);
        power_run("multiplicative", "steps=3000", &c, watts, &report);
        check_kkt(1e-2);
        power_run("sca", "tolerance=0,iterations=300", &c, watts, &report);
        check_kkt(1e-2);
    }
}

static void one_ap_a_user_is_enough(void)
{
    rng g = rng_stream(1, RNG_TEST, 15);
    for (int i = 0; i < 10; i++) {
        power_case_drop(&c, &g, 5, 10, 100);
        power_run("lbfgs", "tolerance=1e-12,evaluations=3000", &c, watts, &report);
        for (int k = 0; k < 10; k++) {
            int served = 0;
            for (int l = 0; l < 5; l++) served += watts[l * 10 + k] > 1e-5f;
            CHECK(served <= 1);
        }
    }
}

static void better_methods_are_better(void)
{
    static const char *const NAMES[] = {"equal", "strongest", "multiplicative", "search", "beam"};
    static const double LITERAL[] = {1.61, 4.13, 6.38, 6.47, 6.60};
    rng g = rng_stream(1, RNG_TEST, 16);
    double sum[5] = {0};
    for (int i = 0; i < 200; i++) {
        power_case_drop(&c, &g, 5, 10, 100);
        for (int m = 0; m < 5; m++) sum[m] += power_run(NAMES[m], "", &c, watts, &report) / 200;
    }
    for (int m = 0; m < 5; m++) CHECK_NEAR(sum[m], LITERAL[m], .05);
    for (int m = 1; m < 5; m++) CHECK(sum[m] > sum[m - 1]);
}

static void every_method_keeps_every_limit_it_serves(void)
{
    rng g = rng_stream(1, RNG_TEST, 17);
    for (int i = 0; i < 48; i++) {
        power_case_drop(&c, &g, 3, 4, 100);
        c.p.objective = (cf_power_objective)(i % 4);
        c.p.limit = (cf_power_limit)(i / 4 % 3);
        c.p.limit_w = i % 5 ? .02 : 2;
        memset(c.serve, 1, sizeof c.serve);
        c.serve[i % 12] = 0;
        c.p.serve = c.serve;
        for (int32_t m = 0; m < solver_power_class_count; m++) {
            const prob_power_class *class = solver_power_classes[m];
            if (strcmp(class->name, "global") == 0) continue;
            if (class->serves(c.p.objective, c.p.limit) == CF_OK)
                CHECK(isfinite(power_run(class->name, "", &c, watts, &report)));
            else
                CHECK(strstr(cf_last_error(), class->name) != NULL);
        }
    }
}

/* Ascent beats a thousand feasible points, with objectives and limits that have no other oracle. */
static void limited_ascent_beats_random_points(void)
{
    rng g = rng_stream(1, RNG_TEST, 18);
    for (int i = 0; i < 24; i++) {
        power_case_drop(&c, &g, 3, 3, 100);
        c.p.objective = (cf_power_objective)(i % 4);
        c.p.limit = i / 4 % 2 ? CF_LIMIT_AP : CF_LIMIT_LINK;
        c.p.limit_w = .05;
        const double value = power_run("multistart", "starts=10", &c, watts, &report);
        for (int t = 0; t < 1000; t++) {
            for (int j = 0; j < 9; j++)
                other[j] = rng_below(&g, 2) ? (float)(c.p.limit_w * rng_uniform(&g)) : 0;
            cf_power_project(&c.p, other);
            CHECK(cf_power_value(&c.p, other, NULL) <= value * (1 + (value > 0 ? 1e-3 : -1e-3)));
        }
    }
}

static void lbfgs_is_no_worse_than_multiplicative_per_ap(void)
{
    rng g = rng_stream(1, RNG_TEST, 24);
    for (int i = 0; i < 12; i++) {
        power_case_drop(&c, &g, 5, 10, 100);
        c.p.objective = i % 3 == 0   ? CF_POWER_EE
                        : i % 3 == 1 ? CF_POWER_SUM_RATE
                                     : CF_POWER_PROPORTIONAL;
        c.p.limit = CF_LIMIT_AP;
        c.p.limit_w = .02;
        const double steps = power_run("multiplicative", "steps=50", &c, other, &report);
        const double value = power_run("lbfgs", "", &c, watts, &report);
        CHECK(value >= steps - 1e-5 * fabs(steps));
    }
}

/* As cf_power_value has it: a user that nobody serves holds the least rate at 0. */
static void least_rate_counts_users_that_nobody_serves(void)
{
    rng g = rng_stream(1, RNG_TEST, 25);
    power_case_drop(&c, &g, 2, 3, 100);
    for (int l = 0; l < 2; l++)
        for (int j = 0; j < 3; j++) c.gain[(l * 3 + 1) * 3 + j] = 0;
    c.p.objective = CF_POWER_MIN_RATE;
    c.p.limit = CF_LIMIT_LINK;
    c.p.limit_w = .05;
    prob_power_form f;
    arena measured = {0}, a = {0};
    prob_power_form_place(&f, &measured, 2, 3);
    CHECK(solver_alloc(&a, "test", measured) == CF_OK);
    prob_power_form_place(&f, &a, 2, 3);
    prob_power_form_fill(&f, &c.p);
    double p[6] = {.01, .01, .01, .01, .01, .01};
    CHECK(prob_power_form_value(&f, p) == 0);
    free(a.base);
    CHECK(power_run("lbfgs", "", &c, watts, &report) == 0);
    CHECK((watts[0] > 0 || watts[3] > 0) && (watts[2] > 0 || watts[5] > 0));
}

static void users_that_nobody_serves_get_nothing(void)
{
    rng g = rng_stream(1, RNG_TEST, 19);
    for (int32_t m = 0; m < solver_power_class_count; m++) {
        power_case_drop(&c, &g, 2, 3, 100);
        for (int l = 0; l < 2; l++)
            for (int j = 0; j < 3; j++) c.gain[(l * 3 + 1) * 3 + j] = 0;
        power_run(solver_power_classes[m]->name, "", &c, watts, &report);
        CHECK(watts[1] == 0 && watts[4] == 0);
        memset(c.gain, 0, sizeof c.gain);
        CHECK(power_run(solver_power_classes[m]->name, "", &c, watts, &report) == 0);
        for (int i = 0; i < 6; i++) CHECK(watts[i] == 0);
        memset(c.serve, 0, sizeof c.serve);
        power_case_drop(&c, &g, 2, 3, 100);
        c.p.serve = c.serve;
        CHECK(power_run(solver_power_classes[m]->name, "", &c, watts, &report) == 0);
    }
}

/* K = 1: ln(1 + g p)/(mu p + P_c) has one maximum. */
static void one_user_has_its_own_optimum(void)
{
    rng g = rng_stream(1, RNG_TEST, 20);
    for (int32_t m = 0; m < solver_power_class_count; m++) {
        const char *name = solver_power_classes[m]->name;
        power_case_drop(&c, &g, 1 + m % 5, 1, 100);
        const double value = power_run(name, "", &c, watts, &report);
        float best = 0;
        for (int32_t l = 0; l < c.p.L; l++) best = fmaxf(best, c.gain[l]);
        double most = 0;
        for (double p = 1e-4; p < 100; p *= 1.001)
            most = fmax(most, log2(1 + (double)best * p / c.p.noise_w) / (p + 4));
        CHECK(value <= most * (1 + 1e-6));
        if (strcmp(name, "equal") && strcmp(name, "random") && strcmp(name, "strongest") &&
            strcmp(name, "multiplicative"))
            CHECK_NEAR(value, most, 5e-3);
    }
}

static void extreme_gains_never_give_nan(void)
{
    rng g = rng_stream(1, RNG_TEST, 21);
    static const double FACTOR[] = {1e-30, 1e-9, 1e9, 1e30};
    for (int i = 0; i < 8; i++)
        for (int32_t m = 0; m < solver_power_class_count; m++) {
            power_case_drop(&c, &g, 2, 3, 100);
            if (strcmp(solver_power_classes[m]->name, "global") == 0) continue;
            for (int j = 0; j < 18; j++) c.gain[j] = fminf(c.gain[j] * (float)FACTOR[i % 4], 1e37f);
            if (i >= 4) c.p.mu = 0;
            CHECK(isfinite(power_run(solver_power_classes[m]->name, "", &c, watts, &report)));
        }
}

static void large_shapes_are_solved(void)
{
    rng g = rng_stream(1, RNG_TEST, 22);
    power_case_drop(&c, &g, 30, 20, 100);
    const double search = power_run("search", "", &c, watts, &report);
    const double beam = power_run("beam", "width=8", &c, watts, &report);
    const double strongest = power_run("strongest", "", &c, watts, &report);
    CHECK(search > 1.3 * strongest && beam > .95 * search);
}

static void same_seed_same_answer(void)
{
    rng g = rng_stream(1, RNG_TEST, 23);
    power_case_drop(&c, &g, 5, 10, 100);
    for (int32_t m = 0; m < solver_power_class_count; m++) {
        const char *name = solver_power_classes[m]->name;
        if (strcmp(name, "global") == 0 || strcmp(name, "enumeration") == 0) continue;
        power_run(name, "", &c, watts, &report);
        power_run(name, "", &c, other, &report);
        CHECK(memcmp(watts, other, sizeof(float) * 50) == 0);
    }
}

static void bad_parameters_are_refused(void)
{
    void *self = NULL;
    for (int32_t m = 0; m < solver_power_class_count; m++) {
        CHECK(solver_power_classes[m]->make(&self, "nonsense=1", NULL, 2, 2) == CF_EARG);
        CHECK(strstr(cf_last_error(), solver_power_classes[m]->name) != NULL);
    }
    CHECK(power_class("beam")->make(&self, "width=0", NULL, 2, 2) == CF_EARG);
    CHECK(power_class("global")->make(&self, "", NULL, 2, 4) == CF_ESHAPE);
    CHECK(power_class("enumeration")->make(&self, "", NULL, 5, 10) == CF_EARG);
    CHECK(power_class("search")->make(&self, "", NULL, 2, 1025) == CF_ESHAPE);
    CHECK(self == NULL);
    CHECK(power_class("search")->serves(CF_POWER_EE, CF_LIMIT_AP) == CF_EARG);
    CHECK(strstr(cf_last_error(), "per access point") != NULL);
    CHECK(power_class("lbfgs")->serves(CF_POWER_SUM_RATE, CF_LIMIT_NONE) == CF_EARG);
}

int main(void)
{
    RUN(golden_case_is_solved);
    RUN(global_bounds_what_sets_find);
    RUN(sets_agree_with_enumeration);
    RUN(sca_and_quadratic_rise_monotonically);
    RUN(answers_are_stationary);
    RUN(one_ap_a_user_is_enough);
    RUN(better_methods_are_better);
    RUN(every_method_keeps_every_limit_it_serves);
    RUN(limited_ascent_beats_random_points);
    RUN(lbfgs_is_no_worse_than_multiplicative_per_ap);
    RUN(least_rate_counts_users_that_nobody_serves);
    RUN(users_that_nobody_serves_get_nothing);
    RUN(one_user_has_its_own_optimum);
    RUN(extreme_gains_never_give_nan);
    RUN(large_shapes_are_solved);
    RUN(same_seed_same_answer);
    RUN(bad_parameters_are_refused);
    return DONE();
}
