#include "problem/power.h"

#include <stdlib.h>

#include "base/status.h"

#include "power_cases.h"
#include "t.h"

static power_case c;
static float watts[POWER_CASE_APS * POWER_CASE_USERS];
static double p[POWER_CASE_APS * POWER_CASE_USERS], plus[POWER_CASE_APS * POWER_CASE_USERS],
    minus[POWER_CASE_APS * POWER_CASE_USERS], unused[POWER_CASE_APS * POWER_CASE_USERS];
static prob_power_form f;
static void *memory;

static void prepare(void)
{
    arena measured = {0}, a = {0};
    prob_power_form_place(&f, &measured, c.p.L, c.p.K);
    free(memory);
    memory = aligned_alloc(64, measured.used);
    a = (arena){.base = memory, .cap = measured.used};
    prob_power_form_place(&f, &a, c.p.L, c.p.K);
    prob_power_form_fill(&f, &c.p);
}

static void golden_case_has_the_value_and_gradient_of_the_paper(void)
{
    static const double P[] = {.2, .1, .05, .3}; /* (K,L) */
    static const double GRADIENT[] = {.6150874790133535, -.8323498309076992, -1.417916008862196,
                                      .3908111154786555};
    power_case_golden(&c);
    CHECK(cf_power_check(&c.p) == CF_OK);
    prepare();
    CHECK_NEAR(prob_power_form_value(&f, P), 2.0387344764767623, 1e-14);
    CHECK_NEAR(prob_power_form_gradient(&f, P, plus, minus), 2.0387344764767623, 1e-14);
    for (int i = 0; i < 4; i++) CHECK_NEAR(plus[i] - minus[i], GRADIENT[i], 1e-13);
    prob_power_form_store(&f, P, watts);
    CHECK(watts[0] == .2f && watts[1] == .05f && watts[2] == .1f && watts[3] == .3f);
    cf_status s = CF_ENUM;
    CHECK_NEAR(cf_power_value(&c.p, watts, &s), 2.0387344764767623, 1e-7);
    CHECK(s == CF_OK);
    const float best[] = {.42683f, 0, 0, .46509f};
    CHECK_NEAR(cf_power_value(&c.p, best, NULL), 2.28130525457, 1e-7);
}

static void random_watts(rng *g)
{
    const double most = c.p.limit != CF_LIMIT_NONE ? c.p.limit_w : .1;
    for (int32_t i = 0; i < c.p.L * c.p.K; i++) watts[i] = (float)(most / c.p.K * rng_uniform(g));
}

static void form_agrees_with_the_public_value(void)
{
    rng g = rng_stream(1, RNG_TEST, 1);
    for (int32_t i = 0; i < 400; i++) {
        power_case_drop(&c, &g, 1 + i % 7, 1 + i % 20, i % 3 ? 100 : 0);
        c.p.objective = (cf_power_objective)(i % 4);
        prepare();
        random_watts(&g);
        prob_power_form_load(&f, watts, p);
        CHECK_NEAR(prob_power_form_value(&f, p), cf_power_value(&c.p, watts, NULL), 1e-12);
        double rate[POWER_CASE_USERS];
        cf_power_rates(&c.p, watts, rate);
        for (int32_t k = 0; k < c.p.K; k++) CHECK_NEAR(f.R[k] / log(2), rate[k], 1e-12);
    }
}

static void gradients_agree_with_central_differences(void)
{
    rng g = rng_stream(1, RNG_TEST, 2);
    for (int32_t i = 0; i < 60; i++) {
        power_case_drop(&c, &g, 1 + i % 6, 1 + i % 11, 100);
        c.p.objective = (cf_power_objective)(i % 4);
        c.p.mu = 1 + i % 3;
        prepare();
        random_watts(&g);
        prob_power_form_load(&f, watts, p);
        const double value = prob_power_form_gradient(&f, p, plus, minus);
        for (int32_t j = 0; j < f.n; j++) {
            const double at = p[j], h = 1e-5 * at;
            p[j] = at + h;
            const double above = prob_power_form_gradient(&f, p, unused, unused);
            p[j] = at - h;
            const double below = prob_power_form_value(&f, p);
            p[j] = at;
            CHECK(plus[j] >= 0 && minus[j] >= 0);
            CHECK_NEAR((plus[j] - minus[j]) * at, (above - below) / (2 * h) * at,
                       1e-8 * fmax(1, fabs(value)));
        }
    }
}

static void vectors_of_exponentials_and_logarithms_are_exact(void)
{
    rng g = rng_stream(1, RNG_TEST, 3);
    const prob_power_kernels *all[] = {&prob_power_kernels_portable, prob_power_kernels_best()};
    for (int i = 0; i < 2000; i++) {
        double x[16], y[16];
        for (int j = 0; j < 16; j++) x[j] = (i % 2 ? 700 : 1) * (2 * rng_uniform(&g) - 1);
        all[i / 2 % 2]->exps(16, x, y);
        for (int j = 0; j < 16; j++) CHECK(fabs(y[j] / exp(x[j]) - 1) < 1e-15);
        for (int j = 0; j < 16; j++) x[j] = exp(x[j]);
        all[i / 2 % 2]->logs(16, x, y);
        for (int j = 0; j < 16; j++) CHECK_NEAR(y[j], log(x[j]), 4e-16);
    }
}

static void links_that_may_not_serve_get_nothing(void)
{
    rng g = rng_stream(1, RNG_TEST, 4);
    power_case_drop(&c, &g, 3, 4, 100);
    memset(c.serve, 1, sizeof c.serve);
    c.serve[5] = 0;
    c.p.serve = c.serve;
    prepare();
    for (int i = 0; i < 12; i++) watts[i] = .01f;
    CHECK(cf_power_check_watts(&c.p, watts).bad_entries == 1);
    prob_power_form_load(&f, watts, p);
    CHECK(p[1 * 3 + 1] == 0);
    prob_power_form_gradient(&f, p, plus, minus);
    CHECK(plus[1 * 3 + 1] == 0);
    cf_power_project(&c.p, watts);
    CHECK(watts[5] == 0 && watts[4] == .01f);
    CHECK(cf_power_check_watts(&c.p, watts).bad_entries == 0);
}

/* w is the projection of v if it is feasible and (v - w)'(z - w) <= 0 for every feasible z. */
static void projection_is_the_nearest_point(void)
{
    rng g = rng_stream(1, RNG_TEST, 5);
    for (int i = 0; i < 300; i++) {
        power_case_shape(&c, 2, 7);
        c.p.limit = i % 2 ? CF_LIMIT_AP : CF_LIMIT_LINK;
        c.p.limit_w = .5;
        float before[14];
        for (int j = 0; j < 14; j++) watts[j] = before[j] = (float)rng_normal(&g);
        memset(c.gain, 0, sizeof c.gain);
        for (int j = 0; j < 98; j++) c.gain[j] = 1;
        prepare();
        for (int j = 0; j < 14; j++) p[j % 7 * 2 + j / 7] = (double)before[j];
        cf_power_project(&c.p, watts);
        prob_power_form_project(&f, p);
        const cf_power_violations v = cf_power_check_watts(&c.p, watts);
        CHECK(v.bad_entries + v.aps_over + v.links_over == 0);
        for (int j = 0; j < 14; j++) CHECK_NEAR(p[j % 7 * 2 + j / 7], (double)watts[j], 1e-7);
        for (int t = 0; t < 20; t++) {
            double inner = 0;
            for (int j = 0; j < 14; j++) {
                const double z = c.p.limit_w * rng_uniform(&g) / (i % 2 ? 7 : 1);
                inner += ((double)before[j] - (double)watts[j]) * (z - (double)watts[j]);
            }
            CHECK(inner <= 1e-6);
        }
    }
}

static void violations_are_counted(void)
{
    power_case_golden(&c);
    c.p.limit = CF_LIMIT_AP;
    c.p.limit_w = 1;
    c.p.rate_floor = 3;
    const float w[] = {.6f, .5f, -1, NAN};
    const cf_power_violations v = cf_power_check_watts(&c.p, w);
    CHECK(v.bad_entries == 2 && v.aps_over == 2 && v.links_over == 0 && v.users_below_floor == 2);
    c.p.limit = CF_LIMIT_LINK;
    const float x[] = {1.1f, .5f, 0, 1.0000001f};
    CHECK(cf_power_check_watts(&c.p, x).links_over == 1);
}

static void refuses(cf_status s, const char *word)
{
    CHECK(cf_power_check(&c.p) == s);
    CHECK(strstr(cf_last_error(), word) != NULL);
    power_case_golden(&c);
}

static void bad_problems_are_refused(void)
{
    power_case_golden(&c);
    c.gain[5] = -1;
    refuses(CF_ENUM, "access point 1 to user 0 of the beam for user 1");
    c.gain[5] = NAN;
    refuses(CF_ENUM, "nan");
    c.gain[0] = INFINITY;
    refuses(CF_ENUM, "inf");
    c.p.static_w = 0;
    refuses(CF_EARG, "static power");
    c.p.noise_w = 0;
    refuses(CF_EARG, "noise");
    c.p.noise_w = NAN;
    refuses(CF_ENUM, "noise");
    c.p.mu = -1;
    refuses(CF_EARG, "mu");
    c.p.bandwidth_hz = 0;
    refuses(CF_EARG, "bandwidth");
    c.p.limit = CF_LIMIT_AP;
    refuses(CF_EARG, "limit");
    c.p.limit = (cf_power_limit)7;
    refuses(CF_EARG, "7");
    c.p.objective = (cf_power_objective)9;
    refuses(CF_EARG, "9");
    c.p.K = 0;
    refuses(CF_ESHAPE, "0 users");
    c.p.L = CF_MAX_POWER_LINKS;
    refuses(CF_ESHAPE, "links");
    c.p.gain = NULL;
    refuses(CF_EARG, "missing");
    c.p.static_w = 0;
    c.p.objective = CF_POWER_SUM_RATE;
    CHECK(cf_power_check(&c.p) == CF_OK);
}

static void nothing_is_ever_nan(void)
{
    power_case_golden(&c);
    memset(c.gain, 0, sizeof c.gain);
    for (int objective = 0; objective < 4; objective++) {
        c.p.objective = (cf_power_objective)objective;
        prepare();
        const float zero[4] = {0}, some[4] = {1, 1, 1, 1}, bad[4] = {NAN, 1, 1, 1};
        cf_status s;
        CHECK(isfinite(cf_power_value(&c.p, zero, &s)) && s == CF_OK);
        CHECK(isfinite(cf_power_value(&c.p, some, &s)) && s == CF_OK);
        CHECK(cf_power_value(&c.p, bad, &s) == -INFINITY && s == CF_ENUM);
        prob_power_form_load(&f, some, p);
        CHECK(isfinite(prob_power_form_gradient(&f, p, plus, minus)));
        for (int i = 0; i < 4; i++) CHECK(isfinite(plus[i]) && isfinite(minus[i]));
    }
}

int main(void)
{
    RUN(golden_case_has_the_value_and_gradient_of_the_paper);
    RUN(form_agrees_with_the_public_value);
    RUN(gradients_agree_with_central_differences);
    RUN(vectors_of_exponentials_and_logarithms_are_exact);
    RUN(links_that_may_not_serve_get_nothing);
    RUN(projection_is_the_nearest_point);
    RUN(violations_are_counted);
    RUN(bad_problems_are_refused);
    RUN(nothing_is_ever_nan);
    free(memory);
    return DONE();
}
