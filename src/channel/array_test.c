#include "channel/array.h"

#include <complex.h>
#include <stdlib.h>
#include <string.h>

#include "channel/drops.h"

#include "t.h"

#define NETWORK(antennas, loss, rest)                                \
    "task: power\nname: t\narea: {width_m: 100, depth_m: 60}\n"      \
    "aps: {layout: cells, rows: 1, columns: 3}\nusers: {count: 4}\n" \
    "antennas: {count: " antennas "}\n"                              \
    "path_loss: {model: log-distance, intercept_db: " loss ", slope_db: 0}\n" rest

static cf_drops *generate(const char *yaml, int32_t n)
{
    cf_scenario *s = NULL;
    cf_drops *d = NULL;
    const int good = cf_scenario_parse(&s, yaml, "t.yaml") == CF_OK &&
                     cf_drops_generate(&d, s, 5, 0, n, 0) == CF_OK;
    CHECK(good);
    if (!good) fprintf(stderr, "  %s\n", cf_last_error());
    cf_scenario_free(s);
    return d;
}

static double complex value(const cf_drops *d, size_t i)
{
    return (double)d->channel[2 * i] + I * (double)d->channel[2 * i + 1];
}

/* Path loss of 60 dB, no shadowing: E h = 0, E |h|^2 = 1e-6, E |h|^4 = 2e-12, E h^2 = 0, antennas
 * uncorrelated. */
static void rayleigh_channels_are_circular_normal(void)
{
    cf_drops *d = generate(NETWORK("2", "-60", ""), 40000);
    const size_t total = (size_t)d->n * 12 * 2;
    double complex mean = 0, square = 0, across = 0;
    double power = 0, fourth = 0;
    for (size_t i = 0; i < total; i++) {
        const double complex h = value(d, i) * 1e3;
        const double q = creal(h * conj(h));
        mean += h / (double)total;
        square += h * h / (double)total;
        across += h * conj(value(d, i ^ 1) * 1e3) * (i % 2 ? 0 : 1) / (double)total;
        power += q / (double)total;
        fourth += q * q / (double)total;
    }
    const double e = 4.5 / sqrt((double)total);
    CHECK(cabs(mean) < 1.5 * e && cabs(square) < 2 * e && cabs(across) < 1.5 * e);
    CHECK_NEAR(power, 1, e);
    CHECK_NEAR(fourth, 2, e * sqrt(20) / 2);
    cf_drops_free(d);
}

/* Without scatter every antenna has the path gain, and from one to the next the phase turns by pi
 * dx/d3D. */
static void a_steady_path_has_its_gain_and_direction(void)
{
    cf_drops *d = generate(NETWORK("6", "-60", "fading: {model: none}\n"), 50);
    double phases = 0;
    for (size_t j = 0; j < 50 * 12; j++) {
        const float *a = d->ap_position + 3 * (j / 4),
                    *u = d->ue_position + 3 * (j / 12 * 4 + j % 4);
        const double dx = (double)(u[0] - a[0]), dy = (double)(u[1] - a[1]);
        const double turn = 3.14159265358979323846 * dx / sqrt(dx * dx + dy * dy + 8.5 * 8.5);
        for (size_t n = 0; n < 6; n++) {
            const double complex h = value(d, 6 * j + n);
            CHECK_NEAR(cabs(h) * 1e3, 1, 1e-6);
            if (n == 0) continue;
            const double complex step = h / value(d, 6 * j + n - 1);
            CHECK(cabs(step - cexp(I * turn)) < 2e-6);
        }
        phases += carg(value(d, 6 * j)) > 0;
    }
    CHECK(phases > 230 && phases < 370); /* of 600, uniform */
    cf_drops_free(d);
}

/* K factor c: E|h|^2 = 1, E|h|^4 = 1 + (1 + 2c)/(1 + c)^2. */
static void a_rician_channel_has_its_k_factor(void)
{
    cf_drops *d = generate(NETWORK("1", "0", "fading: {model: rician, k_factor_db: 6}\n"), 60000);
    const size_t total = (size_t)d->n * 12;
    const double c = pow(10, 0.6);
    double power = 0, fourth = 0;
    for (size_t i = 0; i < total; i++) {
        const double q = pow(cabs(value(d, i)), 2);
        power += q / (double)total;
        fourth += q * q / (double)total;
    }
    CHECK_NEAR(power, 1, 4.5 / sqrt((double)total));
    CHECK_NEAR(fourth, 1 + (1 + 2 * c) / pow(1 + c, 2), 10 / sqrt((double)total));
    cf_drops_free(d);
}

static double own(const cf_drops *d, size_t i, size_t l, size_t k)
{
    const size_t N = (size_t)d->antennas;
    double power = 0;
    for (size_t n = 0; n < N; n++) power += pow(cabs(value(d, ((i * 3 + l) * 4 + k) * N + n)), 2);
    return power;
}

static void the_strongest_access_points_serve(void)
{
    cf_drops *d = generate(NETWORK("3", "-60", "serve: {model: strongest, count: 2}\n"), 200);
    CHECK(d->serve != NULL);
    for (size_t i = 0; i < 200; i++)
        for (size_t k = 0; k < 4; k++) {
            double least_in = INFINITY, most_out = 0;
            int served = 0;
            for (size_t l = 0; l < 3; l++) {
                const int in = d->serve[(i * 3 + l) * 4 + k];
                served += in;
                if (in)
                    least_in = fmin(least_in, own(d, i, l, k));
                else
                    most_out = fmax(most_out, own(d, i, l, k));
            }
            CHECK(served == 2 && least_in > most_out);
        }
    cf_drops_free(d);
}

/* Without distance, fading and shadowing all are equally strong: the first in order serve. */
static void of_equal_gains_the_first_serve(void)
{
    cf_drops *d = generate("task: power\nname: t\narea: {width_m: 0, depth_m: 0}\n"
                           "aps: {layout: cells, rows: 1, columns: 3}\nusers: {count: 4}\n"
                           "antennas: {count: 1}\nfading: {model: rayleigh}\n"
                           "path_loss: {model: log-distance, intercept_db: -300, slope_db: 200}\n"
                           "serve: {model: strongest, count: 2}\n",
                           5);
    memset(d->channel, 0, (size_t)d->n * 12 * 2 * sizeof(float));
    float scratch[12];
    cf_scenario *s = NULL;
    CHECK(cf_scenario_parse(&s, d->scenario_yaml, "t.yaml") == CF_OK);
    chan_serve_fill(s, d, 2, scratch);
    for (int j = 0; j < 12; j++) CHECK(d->serve[24 + j] == (j < 8));
    cf_scenario_free(s);
    cf_drops_free(d);
}

static void links_above_the_threshold_serve(void)
{
    cf_drops *d =
        generate(NETWORK("3", "-60", "serve: {model: threshold, threshold_db: -55}\n"), 300);
    size_t in = 0;
    for (size_t j = 0; j < 300 * 12; j++) {
        const double db = 10 * log10(own(d, j / 12, j / 4 % 3, j % 4));
        CHECK(d->serve[j] == (db >= -55) || fabs(db + 55) < 1e-5);
        in += d->serve[j];
    }
    /* Gamma(3) above 10^0.5: e^-x (1 + x + x^2/2) = 0.38783 */
    CHECK(fabs((double)in - 3600 * 0.38783) < 4.5 * sqrt(3600 * 0.24));
    cf_drops_free(d);
    d = generate(NETWORK("3", "-60", ""), 2);
    CHECK(d->serve == NULL);
    cf_drops_free(d);
}

/* 100 dB with 50 dB of shadowing would leave float32. */
static void levels_beyond_reason_stay_finite(void)
{
    cf_drops *d = generate("task: power\nname: t\narea: {width_m: 10, depth_m: 10}\n"
                           "aps: {layout: cells, rows: 1, columns: 3}\nusers: {count: 4}\n"
                           "antennas: {count: 5}\npath_loss: {model: log-distance,\n"
                           "  intercept_db: 100, slope_db: 0, shadowing_std_db: 50}\n",
                           2000);
    float gain[48], most = 0;
    cf_power p;
    for (int32_t i = 0; i < d->n; i++) {
        CHECK(cf_drops_power(d, i, gain, &p) == CF_OK);
        for (int j = 0; j < 48; j++) CHECK(isfinite(gain[j]) && gain[j] >= 0);
    }
    for (size_t i = 0; i < (size_t)d->n * 12 * 10; i++) most = fmaxf(most, fabsf(d->channel[i]));
    CHECK(most > 1e11f && most < CHAN_MAX_AMPLITUDE);
    cf_drops_free(d);
}

int main(void)
{
    RUN(rayleigh_channels_are_circular_normal);
    RUN(a_steady_path_has_its_gain_and_direction);
    RUN(a_rician_channel_has_its_k_factor);
    RUN(the_strongest_access_points_serve);
    RUN(of_equal_gains_the_first_serve);
    RUN(links_above_the_threshold_serve);
    RUN(levels_beyond_reason_stay_finite);
    return DONE();
}
