#include "channel/geometry.h"

#include "t.h"

static double pairs[] = {1, 2, 30, 40};
static double xs[] = {10, 20, 30}, ys[] = {5, 7};

static void explicit_positions_are_kept(void)
{
    const cf_scenario s = {.layout = CHAN_POSITIONS, .positions_m = {pairs, 2}, .ap_height_m = 8};
    rng r = rng_stream(1, RNG_TEST, 0);
    float p[6];
    chan_place_aps(&s, 2, &r, p);
    CHECK(p[0] == 1 && p[1] == 2 && p[2] == 8 && p[3] == 30 && p[4] == 40 && p[5] == 8);
}

static void grid_takes_every_x_with_every_y(void)
{
    const cf_scenario s = {.layout = CHAN_GRID, .x_m = {xs, 3}, .y_m = {ys, 2}};
    rng r = rng_stream(1, RNG_TEST, 0);
    float p[18];
    chan_place_aps(&s, 6, &r, p);
    for (int l = 0; l < 6; l++)
        CHECK(p[3 * l] == (float)xs[l / 2] && p[3 * l + 1] == (float)ys[l % 2]);
}

static void cells_have_an_access_point_in_their_centre(void)
{
    const cf_scenario s = {
        .layout = CHAN_CELLS, .rows = 2, .columns = 5, .width_m = 100, .depth_m = 40};
    rng r = rng_stream(1, RNG_TEST, 0);
    float p[30];
    chan_place_aps(&s, 10, &r, p);
    CHECK(p[0] == 10 && p[1] == 10);
    CHECK(p[3] == 30 && p[4] == 10);
    CHECK(p[27] == 90 && p[28] == 30);
}

/* Mean side/2, variance side^2/12, and the quarters equally full. */
static void uniform_fills_the_area_evenly(void)
{
    enum { N = 100000 };
    const cf_scenario s = {.user_count = 1, .width_m = 200, .depth_m = 50, .user_height_m = 1.5};
    rng r = rng_stream(2, RNG_TEST, 0);
    double x = 0, xx = 0, y = 0, corner = 0;
    for (int i = 0; i < N; i++) {
        float p[3];
        chan_place_users(&s, &r, p);
        CHECK(p[0] >= 0 && p[0] <= 200 && p[1] >= 0 && p[1] <= 50 && p[2] == 1.5f);
        x += (double)p[0] / N;
        xx += (double)p[0] * (double)p[0] / N;
        y += (double)p[1] / N;
        corner += (p[0] < 100 && p[1] < 25) / (double)N;
    }
    CHECK_NEAR(x, 100, 4 * 57.735 / sqrt(N) / 100);
    CHECK_NEAR(y, 25, 4 * 14.434 / sqrt(N) / 25);
    CHECK_NEAR(xx - x * x, 200.0 * 200 / 12, 0.02);
    CHECK_NEAR(corner, 0.25, 4 * 0.433 / sqrt(N));
}

static void a_torus_has_no_edge(void)
{
    cf_scenario s = {.width_m = 100, .depth_m = 60};
    const float a[] = {5, 50, 10}, b[] = {95, 5, 1.5f};
    CHECK_NEAR(chan_ground_distance(&s, a, b), hypot(90, 45), 1e-12);
    s.wrap_around = 1;
    CHECK_NEAR(chan_ground_distance(&s, a, b), hypot(10, 15), 1e-12);
    CHECK_NEAR(chan_ground_distance(&s, b, a), hypot(10, 15), 1e-12);
    CHECK(chan_ground_distance(&s, a, a) == 0);
}

int main(void)
{
    RUN(explicit_positions_are_kept);
    RUN(grid_takes_every_x_with_every_y);
    RUN(cells_have_an_access_point_in_their_centre);
    RUN(uniform_fills_the_area_evenly);
    RUN(a_torus_has_no_edge);
    return DONE();
}
