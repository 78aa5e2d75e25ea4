#include "nn/adam.h"

#include "t.h"

/* After a first gradient g the corrected moments are g and g^2: a step of rate g / (|g| + 1e-8),
 * whatever the size of g. */
static void the_first_step_is_the_rate_against_the_sign(void)
{
    real m[4] = {0}, v[4] = {0}, w[4] = {1, 1, 1, 1};
    const real g[4] = {(real)3, (real)-2000, 0, (real)1e-8};
    nn_adam a = {.n = 4, .m = m, .v = v};
    nn_adam_update(&a, (real)0.01, 0, g, w);
    CHECK(a.step == 1);
    CHECK_NEAR(w[0], 0.99, 1e-6);
    CHECK_NEAR(w[1], 1.01, 1e-6);
    CHECK(w[2] == 1);
    CHECK_NEAR(w[3], 0.995, 1e-6); /* as large as the 1e-8 below it */
    CHECK_NEAR(m[0], 0.3, 1e-6);
    CHECK_NEAR(v[0], 0.009, 1e-8);
}

/* The sums of the definition in double, for gradients that change:
 * m_t = 0.1 sum_i 0.9^(t-i) g_i, v_t = 0.001 sum_i 0.999^(t-i) g_i^2. */
static void later_steps_follow_the_closed_form(void)
{
    enum { STEPS = 12 };
    static const double G[STEPS] = {1, -0.5, 2, 0, 0.25, -3, 1, 1, 0.1, -0.7, 0.02, 4};
    real m = 0, v = 0, w = (real)0.5;
    double want = 0.5;
    nn_adam a = {.n = 1, .m = &m, .v = &v};
    for (int t = 1; t <= STEPS; t++) {
        double mean = 0, square = 0;
        for (int i = 1; i <= t; i++) {
            mean += 0.1 * pow(0.9, t - i) * G[i - 1];
            square += 0.001 * pow(0.999, t - i) * G[i - 1] * G[i - 1];
        }
        mean /= 1 - pow(0.9, t);
        square /= 1 - pow(0.999, t);
        want -= 0.01 * mean / (sqrt(square) + 1e-8);
        const real g = (real)G[t - 1];
        nn_adam_update(&a, (real)0.01, 0, &g, &w);
        CHECK_NEAR(w, want, 2e-6);
    }
}

/* What is kept is all there is: stopping and starting again with it changes nothing. */
static void a_copy_of_the_state_goes_on_alike(void)
{
    real m = 0, v = 0, w = 1;
    nn_adam a = {.n = 1, .m = &m, .v = &v};
    for (int i = 0; i < 5; i++) nn_adam_update(&a, (real)0.1, 0, &(const real){(real)i}, &w);
    real m2 = m, v2 = v, w2 = w;
    nn_adam b = {.n = 1, .step = a.step, .m = &m2, .v = &v2};
    for (int i = 0; i < 5; i++) {
        nn_adam_update(&a, (real)0.1, 0, &(const real){(real)-i}, &w);
        nn_adam_update(&b, (real)0.1, 0, &(const real){(real)-i}, &w2);
    }
    CHECK(w == w2 && m == m2 && v == v2 && a.step == b.step);
}

static void weights_stay_within_the_clamp(void)
{
    real m[3] = {0}, v[3] = {0}, w[3] = {(real)0.95, (real)-0.95, (real)0.2};
    const real g[3] = {-1, 1, 1};
    nn_adam a = {.n = 3, .m = m, .v = v};
    nn_adam_update(&a, (real)0.1, 1, g, w);
    CHECK(w[0] == 1 && w[1] == -1);
    CHECK_NEAR(w[2], 0.1, 1e-6);
    real free_m = 0, free_v = 0, free_w = (real)0.95;
    nn_adam b = {.n = 1, .m = &free_m, .v = &free_v};
    nn_adam_update(&b, (real)0.1, 0, g, &free_w); /* 0: no clamp */
    CHECK_NEAR(free_w, 1.05, 1e-6);
}

/* f(w) = (w - 3)^2 / 2 from 0. */
static void a_parabola_is_descended_to_its_foot(void)
{
    real m = 0, v = 0, w = 0;
    nn_adam a = {.n = 1, .m = &m, .v = &v};
    for (int i = 0; i < 2000; i++) {
        const real g = w - 3;
        nn_adam_update(&a, (real)0.02, 0, &g, &w);
    }
    CHECK_NEAR(w, 3, 1e-3);
}

static void clipping_shortens_to_the_norm_and_keeps_the_direction(void)
{
    real g[2] = {3, -4};
    CHECK_NEAR(nn_clip(2, 2.5, g), 5, 1e-12);
    CHECK_NEAR(g[0], 1.5, 1e-6);
    CHECK_NEAR(g[1], -2, 1e-6);
    CHECK_NEAR(nn_clip(2, 2.6, g), 2.5, 1e-6); /* short enough already */
    CHECK_NEAR(g[0], 1.5, 1e-6);
    real none[3] = {0};
    CHECK(nn_clip(3, 1, none) == 0 && none[0] == 0);
    CHECK(nn_clip(0, 1, none) == 0);
}

/* Squares that a float cannot hold: the sum is in double. */
static void clipping_measures_what_float_squares_overflow(void)
{
    real g[2] = {(real)3e30, (real)4e30};
    CHECK_NEAR(nn_clip(2, 1, g) / 5e30, 1, 1e-6);
    CHECK_NEAR(g[0], 0.6, 1e-6);
    CHECK_NEAR(g[1], 0.8, 1e-6);
}

static void the_norm_of_what_is_no_number_is_none(void)
{
    real g[2] = {1, (real)NAN};
    CHECK(isnan(nn_clip(2, 1, g)));
    g[1] = (real)INFINITY;
    CHECK(isinf(nn_clip(2, 1, g)));
}

int main(void)
{
    RUN(the_first_step_is_the_rate_against_the_sign);
    RUN(later_steps_follow_the_closed_form);
    RUN(a_copy_of_the_state_goes_on_alike);
    RUN(weights_stay_within_the_clamp);
    RUN(a_parabola_is_descended_to_its_foot);
    RUN(clipping_shortens_to_the_norm_and_keeps_the_direction);
    RUN(clipping_measures_what_float_squares_overflow);
    RUN(the_norm_of_what_is_no_number_is_none);
    return DONE();
}
