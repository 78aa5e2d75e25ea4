#include "train/schedule.h"

#include <stdlib.h>

#include "t.h"

static cf_train_config *configure(const char *yaml)
{
    cf_train_config *c = NULL;
    if (cf_train_config_parse(&c, yaml, "here") != CF_OK) {
        fprintf(stderr, "%s\n", cf_last_error());
        exit(2);
    }
    return c;
}

static void the_rate_rises_linearly_at_the_start(void)
{
    cf_train_config *c = configure("rate: 0.01\nwarmup: 4\nschedule: constant\n");
    CHECK_NEAR(train_rate(c, 0, 0, 0), 0.0025, 1e-15);
    CHECK_NEAR(train_rate(c, 1, 0, 0), 0.005, 1e-15);
    CHECK_NEAR(train_rate(c, 3, 0, 0), 0.01, 1e-15);
    CHECK_NEAR(train_rate(c, 4, 0, 0), 0.01, 1e-15);
    CHECK_NEAR(train_rate(c, 1000, 1, 9), 0.01, 1e-15);
    cf_train_config_free(c);
    c = configure("rate: 0.01\nwarmup: 0\nschedule: constant\n");
    CHECK_NEAR(train_rate(c, 0, 0, 0), 0.01, 1e-15);
    cf_train_config_free(c);
}

/* From 1 to last_rate: cos(60 degrees) = 1/2 a third of the way, half way at a half. */
static void cosine_ends_at_the_last_rate(void)
{
    cf_train_config *c = configure("rate: 0.1\nwarmup: 0\nlast_rate: 0.2\nschedule: cosine\n");
    CHECK_NEAR(train_rate(c, 9, 0, 0), 0.1, 1e-15);
    CHECK_NEAR(train_rate(c, 9, 1.0 / 3, 0), 0.1 * (0.2 + 0.8 * 0.75), 1e-15);
    CHECK_NEAR(train_rate(c, 9, 0.5, 0), 0.1 * 0.6, 1e-15);
    CHECK_NEAR(train_rate(c, 9, 1, 0), 0.1 * 0.2, 1e-15);
    CHECK_NEAR(train_rate(c, 9, 1.7, 0), 0.1 * 0.2, 1e-15); /* a clock may run over */
    CHECK_NEAR(train_rate(c, 9, 0.5, 3), 0.1 * 0.6, 1e-15);
    cf_train_config_free(c);
}

static void plateau_halves_down_to_the_last_rate(void)
{
    cf_train_config *c = configure("rate: 0.1\nwarmup: 0\nlast_rate: 0.2\nschedule: plateau\n");
    static const double WANT[] = {0.1, 0.05, 0.025, 0.02, 0.02};
    for (int i = 0; i < 5; i++) CHECK_NEAR(train_rate(c, 9, 0.3, i), WANT[i], 1e-15);
    cf_train_config_free(c);
}

/* Phases of 100 batches by scale 0.1: 10 of the rate alone, 10 with the connection penalty. */
static const char *const PHASES =
    "scheme: lagrangian\nscale: 0.1\nrate_phase: 100\ngap_phase: 100\nwindow: 4\n"
    "mu_c_step: 1\nmu_c_cap: 2.5\nmu_d_step: 0.1\nmu_d_cap: 0.15\n";

static int is(const train_lagrangian *a, double lambda_c, double mu_c, double lambda_d, double mu_d)
{
    const loss_weights *w = &a->w;
    const int same = fabs(w->lambda_c - lambda_c) < 1e-14 && fabs(w->mu_c - mu_c) < 1e-14 &&
                     fabs(w->lambda_d - lambda_d) < 1e-14 && fabs(w->mu_d - mu_d) < 1e-14;
    if (!same)
        fprintf(stderr, "lambda_c %g, mu_c %g, lambda_d %g, mu_d %g\n", w->lambda_c, w->mu_c,
                w->lambda_d, w->mu_d);
    return same;
}

/* Nothing ever gets better, c = 1/2, e = 2: every fourth batch lambda_c grows by mu_c / 2. */
static void multipliers_follow_the_phases_up_to_their_caps(void)
{
    cf_train_config *c = configure(PHASES);
    const train_means m = {.loss = 5, .rate = 3, .shortage = 0.5, .entropy = 2};
    train_lagrangian a = {0};
    int64_t step = 0;
    for (; step < 9; step++) train_lagrangian_update(&a, c, step, &m);
    CHECK(is(&a, 0, 0, 0, 0));
    train_lagrangian_update(&a, c, step++, &m); /* batch 9: the next is the first with c */
    CHECK(is(&a, 0, 1, 0, 0));
    while (step < 12) train_lagrangian_update(&a, c, step++, &m);
    CHECK(is(&a, 0, 1, 0, 0));
    train_lagrangian_update(&a, c, step++, &m);
    CHECK(is(&a, 0.5, 2, 0, 0));
    while (step < 17) train_lagrangian_update(&a, c, step++, &m);
    CHECK(is(&a, 1.5, 2.5, 0, 0));
    while (step < 19) train_lagrangian_update(&a, c, step++, &m);
    CHECK(is(&a, 1.5, 2.5, 0, 0));
    train_lagrangian_update(&a, c, step++, &m); /* batch 19: the next is the first with e */
    CHECK(is(&a, 1.5, 2.5, 0, 0.1));
    while (step < 25) train_lagrangian_update(&a, c, step++, &m);
    CHECK(is(&a, 2.5, 2.5, 0.15, 0.15));
    while (step < 1000) train_lagrangian_update(&a, c, step++, &m);
    CHECK(is(&a, 2.5, 2.5, 0.15, 0.15));
    cf_train_config_free(c);
}

/* Four batches at the end of a phase with these losses and residuals. */
static train_lagrangian after_window(const cf_train_config *c, const double *loss,
                                     const double *shortage, const double *entropy)
{
    train_lagrangian a = {.w = {.mu_c = 1, .mu_d = 0.1}};
    for (int i = 0; i < 4; i++)
        train_lagrangian_update(
            &a, c, 100 + i,
            &(train_means){.loss = loss[i], .shortage = shortage[i], .entropy = entropy[i]});
    CHECK(a.n == 0 && a.loss == 0 && a.shortage == 0 && a.entropy == 0);
    return a;
}

static void multipliers_rest_while_things_get_better(void)
{
    static const double FALLS[] = {4, 3, 2, 1}, RISES[] = {0.1, 0.2, 0.3, 0.6},
                        STAYS[] = {1, 1, 1, 1};
    cf_train_config *c = configure(PHASES);
    train_lagrangian a = after_window(c, FALLS, RISES, RISES);
    CHECK(is(&a, 0, 1, 0, 0.1));
    a = after_window(c, STAYS, FALLS, FALLS);
    CHECK(is(&a, 0, 1, 0, 0.1));
    a = after_window(c, RISES, RISES, FALLS); /* mean 0.3: lambda_c = 1 * 0.3, mu_c = 1 + 1 */
    CHECK(is(&a, 0.3, 2, 0, 0.1));
    a = after_window(c, STAYS, FALLS, RISES); /* lambda_d = 0.1 * 0.3 */
    CHECK(is(&a, 0, 1, 0.03, 0.15));
    cf_train_config_free(c);
}

static void a_cap_of_zero_keeps_a_penalty_out(void)
{
    cf_train_config *c = configure("scale: 0.001\nmu_c_cap: 0\nmu_d_cap: 0\nwindow: 1\n");
    const train_means m = {.loss = 1, .shortage = 1, .entropy = 1};
    train_lagrangian a = {0};
    for (int64_t step = 0; step < 200; step++) train_lagrangian_update(&a, c, step, &m);
    CHECK(is(&a, 0, 0, 0, 0));
    cf_train_config_free(c);
}

/* Window 3, step 1/4: three batches fill the window, then each is compared with the mean of the
 * three before it. */
static void kappa_follows_a8(void)
{
    static const struct {
        double psi, kappa;
    } COURSE[] = {
        {5, 0},     {4, 0}, {6, 0},   /* not yet                */
        {6, 0.25},                    /* above (5+4+6)/3 = 5    */
        {5, 0.125},                   /* below (4+6+6)/3        */
        {7, 0.375},                   /* above (6+6+5)/3        */
        {6, 0.25},                    /* a tie with (6+5+7)/3   */
        {1, 0.125}, {1, 0}, {0.5, 0}, /* never below 0          */
    };
    cf_train_config *c = configure("architecture: sinrnet\nwindow: 3\nkappa_step: 0.25\n");
    train_kappa k = {0};
    for (size_t i = 0; i < sizeof COURSE / sizeof *COURSE; i++) {
        train_kappa_update(&k, c, COURSE[i].psi);
        CHECK_NEAR(k.value, COURSE[i].kappa, 1e-15);
        CHECK(k.n == (int64_t)i + 1);
    }
    cf_train_config_free(c);
}

/* A's "at least as large" would raise kappa for ever here. */
static void a_support_that_stands_still_does_not_raise_kappa(void)
{
    static const double PSI[] = {0.5, 0.1, 5e-7, 0.3};
    cf_train_config *c = configure("architecture: sinrnet\n");
    for (int p = 0; p < 4; p++) {
        train_kappa k = {.value = 0.002};
        for (int i = 0; i < 100; i++) train_kappa_update(&k, c, PSI[p]);
        CHECK(k.value == 0);
    }
    cf_train_config_free(c);
}

int main(void)
{
    RUN(the_rate_rises_linearly_at_the_start);
    RUN(cosine_ends_at_the_last_rate);
    RUN(plateau_halves_down_to_the_last_rate);
    RUN(multipliers_follow_the_phases_up_to_their_caps);
    RUN(multipliers_rest_while_things_get_better);
    RUN(a_cap_of_zero_keeps_a_penalty_out);
    RUN(kappa_follows_a8);
    RUN(a_support_that_stands_still_does_not_raise_kappa);
    return DONE();
}
