#include <stdlib.h>
#include <string.h>

#include <cellfree/drops.h>

#include "base/clock.h"
#include "channel/drops.h"
#include "channel/pathloss.h"

#include "t.h"

#define AREA  "name: t\narea: {width_m: 300, depth_m: 300}\n"
#define APS   "aps: {layout: uniform, count: 6}\n"
#define USERS "users: {count: 5}\n"

static cf_scenario *load(const char *name_or_yaml)
{
    cf_scenario *s = NULL;
    const cf_status status = strchr(name_or_yaml, '\n')
                                 ? cf_scenario_parse(&s, name_or_yaml, "t.yaml")
                                 : cf_scenario_load(&s, name_or_yaml);
    CHECK(status == CF_OK);
    if (!s) fprintf(stderr, "  %s\n", cf_last_error());
    return s;
}

static cf_drops *generate(const char *name_or_yaml, uint64_t seed, int64_t first, int32_t n,
                          int32_t threads)
{
    cf_scenario *s = load(name_or_yaml);
    cf_drops *d = NULL;
    CHECK(s && cf_drops_generate(&d, s, seed, first, n, threads) == CF_OK);
    cf_scenario_free(s);
    return d;
}

/* Mean and standard deviation of the gain against the reference, within four standard errors. Links
 * of a drop share positions, so the errors come from the spread of drop means and drop variances. */
static void check_statistics(const char *name, double want_mean, double want_std)
{
    enum { N = 40000 };
    cf_drops *d = generate(name, 11, 0, N, 0);
    const size_t links = (size_t)d->L * (size_t)d->K;
    double mean = 0, square = 0, means = 0, squares = 0;
    for (size_t i = 0; i < N; i++) {
        double m = 0, q = 0;
        for (size_t j = 0; j < links; j++) {
            const double c = (double)d->gain_dbm[i * links + j] - want_mean;
            m += c / (double)links;
            q += c * c / (double)links;
        }
        mean += m / N;
        square += q / N;
        means += m * m / N;
        squares += q * q / N;
    }
    const double std = sqrt(square - mean * mean);
    const double error = sqrt((means - mean * mean) / N);
    const double error_std = sqrt((squares - square * square) / N) / (2 * std);
    fprintf(stderr, "  %s: gain %.3f +- %.3f dBm, std %.3f +- %.3f dB\n", name, want_mean + mean,
            error, std, error_std);
    CHECK(fabs(mean) <= 0.05 + 4 * error);
    CHECK(fabs(std - want_std) <= 0.005 + 4 * error_std);
    cf_drops_free(d);
}

static void built_ins_have_the_published_statistics(void)
{
    check_statistics("mmwave-small", -111.6, 9.30);
    check_statistics("mmwave-large", -128.9, 10.66);
}

/* What is left of the gain without path loss is N(0, 4.7 dB), link by link. */
static void shadowing_is_normal_with_its_deviation(void)
{
    cf_drops *d = generate("mmwave-small", 3, 0, 20000, 0);
    const size_t L = (size_t)d->L, K = (size_t)d->K, total = (size_t)d->n * L * K;
    double m[5] = {0};
    for (size_t j = 0; j < total; j++) {
        const float *a = d->ap_position + 3 * (j / K),
                    *u = d->ue_position + 3 * (j / K / L * K + j % K);
        const double distance =
            sqrt(pow((double)(a[0] - u[0]), 2) + pow((double)(a[1] - u[1]), 2) + 100);
        const double z = ((double)d->gain_dbm[j] + 49.27 + 35.3 * log10(distance)) / 4.7;
        for (int p = 1; p <= 4; p++) m[p] += pow(z, p) / (double)total;
    }
    const double e = 4 / sqrt((double)total);
    CHECK_NEAR(m[1], 0, e);
    CHECK_NEAR(m[2], 1, e * sqrt(2));
    CHECK_NEAR(m[3], 0, e * sqrt(15));
    CHECK_NEAR(m[4] / 3, 1, e * sqrt(96) / 3);
    cf_drops_free(d);
}

static int same_drop(const cf_drops *a, int32_t i, const cf_drops *b, int32_t j)
{
    const size_t L = (size_t)a->L, K = (size_t)a->K, x = (size_t)i, y = (size_t)j;
    return a->L == b->L && a->K == b->K &&
           !memcmp(a->gain_dbm + x * L * K, b->gain_dbm + y * L * K, L * K * sizeof(float)) &&
           !memcmp(a->ap_position + x * L * 3, b->ap_position + y * L * 3, L * 3 * sizeof(float)) &&
           !memcmp(a->ue_position + x * K * 3, b->ue_position + y * K * 3, K * 3 * sizeof(float));
}

static void a_drop_depends_on_seed_and_index_alone(void)
{
    static const char *const KINDS[] = {
        "mmwave-small",
        AREA APS USERS
        "path_loss: {model: 3gpp-umi, frequency_hz: 28e9,\n"
        "  shadowing_decorrelation_m: 10}\nfading: {model: rician, k_factor_db: 3}\n",
        "name: p\narea: {width_m: 1000, depth_m: 1000, wrap_around: true}\n"
        "aps: {layout: poisson, density_per_km2: 20, height_m: 25}\n" USERS
        "path_loss: {model: 3gpp-uma, frequency_hz: 2e9}\nfading: {model: rayleigh}\n",
    };
    for (int k = 0; k < 3; k++) {
        cf_drops *all = generate(KINDS[k], 9, 0, 64, 1), *two = generate(KINDS[k], 9, 0, 64, 2);
        cf_drops *part = generate(KINDS[k], 9, 40, 7, 3), *other = generate(KINDS[k], 10, 0, 64, 1);
        CHECK(all->checksum == two->checksum);
        for (int32_t i = 0; i < 64; i++) CHECK(same_drop(all, i, two, i));
        for (int32_t i = 0; i < 7; i++) CHECK(same_drop(part, i, all, 40 + i));
        CHECK(!same_drop(all, 0, all, 1) && all->checksum != other->checksum);
        CHECK(part->first == 40 && part->seed == 9 && all->checksum == chan_drops_checksum(all));
        cf_drops_free(all);
        cf_drops_free(two);
        cf_drops_free(part);
        cf_drops_free(other);
    }
}

/* Without shadowing every gain is one of the two laws; sight has its probability. */
static void three_gpp_links_are_in_sight_as_often_as_they_should(void)
{
    cf_drops *d = generate(
        AREA APS USERS "path_loss: {model: 3gpp-umi, frequency_hz: 3.5e9, tx_power_dbm: 20,\n"
                       "  antenna_gain_db: 5, shadowing_los_std_db: 0, shadowing_nlos_std_db: 0}\n",
        1, 0, 10000, 0);
    double expected = 0, variance = 0, seen = 0;
    const size_t L = 6, K = 5;
    for (size_t j = 0; j < (size_t)d->n * L * K; j++) {
        const float *a = d->ap_position + 3 * (j / K),
                    *u = d->ue_position + 3 * (j / K / L * K + j % K);
        const double d2d = hypot((double)(a[0] - u[0]), (double)(a[1] - u[1]));
        const double p = chan_los_probability(CHAN_UMI, d2d, 1.5);
        const double sight = 25 - chan_3gpp_loss_db(CHAN_UMI, 1, d2d, 10, 1.5, 1, 3.5e9);
        const double blocked = 25 - chan_3gpp_loss_db(CHAN_UMI, 0, d2d, 10, 1.5, 1, 3.5e9);
        const double gain = (double)d->gain_dbm[j];
        CHECK(fabs(gain - sight) < 1e-4 || fabs(gain - blocked) < 1e-4);
        seen += fabs(gain - sight) < 1e-4;
        expected += p;
        variance += p * (1 - p);
    }
    CHECK(fabs(seen - expected) < 4 * sqrt(variance));
    fprintf(stderr, "  UMi: %.0f links in sight, expected %.0f +- %.0f\n", seen, expected,
            sqrt(variance));
    cf_drops_free(d);
}

static void snr_is_gain_over_noise(void)
{
    cf_drops *d = generate("mmwave-small", 1, 0, 3, 1);
    double snr[20];
    cf_drops_snr(d, 2, snr);
    for (int j = 0; j < 20; j++)
        CHECK_NEAR(10 * log10(snr[j]), (double)d->gain_dbm[40 + j] - d->noise_dbm, 1e-12);
    /* B: 10^((gain - 30)/10) / (1.38e-23 * 300 * 500e6) */
    CHECK_NEAR(snr[0], pow(10, ((double)d->gain_dbm[40] - 30) / 10) / 2.07e-12, 1e-12);
    cf_drops_free(d);
}

static void limits_are_spread_over_access_points_and_users(void)
{
    cf_drops *d = generate(AREA APS USERS
                           "path_loss: {model: log-distance, intercept_dbm: -40, slope_db: 30}\n"
                           "limits: {max_users: 3, min_aps: [1, 2, 3, 1, 0]}\n",
                           1, 0, 1, 1);
    CHECK(d->max_users[0] == 3 && d->max_users[5] == 3 && d->min_aps[2] == 3 && d->min_aps[4] == 0);
    cf_drops_free(d);
}

static void requests_that_make_no_sense_are_refused(void)
{
    cf_scenario *s = load("mmwave-small");
    cf_drops *d = NULL;
    CHECK(cf_drops_generate(&d, s, 1, 0, 0, 1) == CF_EARG);
    CHECK(cf_drops_generate(&d, s, 1, -1, 1, 1) == CF_EARG);
    CHECK(cf_drops_generate(&d, s, 1, 0, 1, -1) == CF_EARG);
    CHECK(cf_drops_generate(&d, s, 1, INT64_MAX, 1, 1) == CF_EARG);
    CHECK(cf_drops_generate(&d, NULL, 1, 0, 1, 1) == CF_EARG);
    cf_scenario_free(s);
    s = load("name: p\narea: {width_m: 100, depth_m: 100}\n"
             "aps: {layout: poisson, density_per_km2: 10}\n" USERS
             "path_loss: {model: log-distance, intercept_dbm: -40, slope_db: 30}\n");
    CHECK(cf_drops_generate(&d, s, 1, 0, 1, 1) == CF_ESHAPE); /* one AP for five users */
    CHECK(strncmp(cf_last_error(), "p with seed 1: ", 15) == 0);
    CHECK(d == NULL);
    cf_scenario_free(s);
}

static void the_large_network_is_fast_to_draw(void)
{
    const double start = clock_now();
    cf_drops *d = generate("mmwave-large", 1, 0, 10000, 1);
    fprintf(stderr, "  mmwave-large: %.0f drops/s on one thread\n", 10000 / (clock_now() - start));
    CHECK(d != NULL);
    cf_drops_free(d);
}

int main(void)
{
    RUN(built_ins_have_the_published_statistics);
    RUN(shadowing_is_normal_with_its_deviation);
    RUN(a_drop_depends_on_seed_and_index_alone);
    RUN(three_gpp_links_are_in_sight_as_often_as_they_should);
    RUN(snr_is_gain_over_noise);
    RUN(limits_are_spread_over_access_points_and_users);
    RUN(requests_that_make_no_sense_are_refused);
    RUN(the_large_network_is_fast_to_draw);
    return DONE();
}
