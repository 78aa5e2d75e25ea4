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
 * of a drop share positions, so the errors come from the spread of drop means and drop
 * variances. */
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

/* Mean and standard deviation of the effective gains over noise, own ones and leaks together
 * [dB]. */
static void check_power_statistics(const char *name, double want_mean, double want_std)
{
    enum { N = 4000 };
    cf_drops *d = generate(name, 11, 0, N, 0);
    const size_t K = (size_t)d->K, each = (size_t)d->L * K * K;
    float *gain = malloc(each * sizeof *gain);
    double mean = 0, square = 0, means = 0, own = 0;
    for (int32_t i = 0; i < N; i++) {
        cf_power p;
        double m = 0;
        CHECK(cf_drops_power(d, i, gain, &p) == CF_OK);
        for (size_t j = 0; j < each; j++) {
            const double db = 10 * log10((double)gain[j] / p.noise_w);
            m += db / (double)each;
            square += db * db / ((double)each * N);
            if (j / K % K == j % K) own += db / ((double)(each / K) * N);
        }
        mean += m / N;
        means += m * m / N;
    }
    const double std = sqrt(square - mean * mean), error = sqrt((means - mean * mean) / N);
    fprintf(stderr, "  %s: gain over noise %.3f +- %.3f dB, std %.3f dB; own gains %.3f dB\n", name,
            mean, error, std, own);
    CHECK(fabs(mean - want_mean) <= 0.05 + 4 * error);
    CHECK(fabs(std - want_std) <= 0.1);
    /* Own gains are Gamma(5), leaks Gamma(1) times the same: psi(5) - psi(1) = 25/12. */
    const double leak = (mean * (double)K - own) / (double)(K - 1);
    CHECK_NEAR(own - leak, 10 / log(10) * 25 / 12, 0.002);
    free(gain);
    cf_drops_free(d);
}

static void power_networks_have_the_known_statistics(void)
{
    check_power_statistics("power-5x10", 24.3, 10.5);
    check_power_statistics("power-10x10", 22.9, 11.1);
    check_power_statistics("power-15x15", 22.4, 11.0);
}

/* Side 0: every distance is the 10 m of height, 67.2 dB; noise -116 dBW; Gamma(5) has mean psi(5) =
 * 1.506118 and variance 0.221323 in nepers, shadowing 4 dB. */
static void in_a_network_of_side_0_position_has_no_effect(void)
{
    cf_drops *d = generate("power-5x10-table2", 2, 0, 20000, 0);
    float gain[500];
    double mean = 0, square = 0;
    for (int32_t i = 0; i < d->n; i++) {
        cf_power p;
        CHECK(cf_drops_power(d, i, gain, &p) == CF_OK);
        for (int j = 0; j < 50; j++) {
            const double db =
                10 * log10((double)gain[j / 10 * 100 + j % 10 * 11] / p.noise_w) - (116 - 67.2);
            mean += db / (50.0 * d->n);
            square += db * db / (50.0 * d->n);
        }
    }
    const double neper = 10 / log(10), std = sqrt(16 + 0.221323 * neper * neper);
    CHECK_NEAR(mean, 1.506118 * neper, 0.004);
    CHECK_NEAR(sqrt(square - mean * mean), std, 0.004);
    cf_drops_free(d);
}

static void a_drop_for_power_has_what_its_scenario_says(void)
{
    cf_drops *d = generate("task: power\n" AREA APS USERS "antennas: {count: 3}\n"
                           "path_loss: {model: 3gpp-umi, frequency_hz: 3.5e9}\n"
                           "noise: {temperature_k: 290, noise_figure_db: 7}\n"
                           "power: {limit: link, limit_w: 0.5, objective: sum-rate, mu: 2,\n"
                           "        static_w: 3, bandwidth_hz: 2e7, rate_floor: 0.25}\n",
                           1, 0, 2, 1);
    CHECK(d->task == CF_TASK_POWER && d->antennas == 3 && d->channel && !d->gain && !d->serve);
    CHECK(!d->gain_dbm && !d->max_users && !d->min_aps && d->noise_dbm == 0);
    CHECK_NEAR(d->noise_w * 1e13, 1.38e-23 * 290 * 2e7 * pow(10, 0.7) * 1e13, 1e-12);
    CHECK(d->mu == 2 && d->static_w == 3 && d->bandwidth_hz == 2e7 && d->rate_floor == 0.25);
    CHECK(d->limit == CF_LIMIT_LINK && d->limit_w == 0.5 && d->objective == CF_POWER_SUM_RATE);
    CHECK(chan_power_check(d) == CF_OK);
    cf_drops_free(d);
}

/* Every byte and parameter counts, also the last ones that do not fill a word. */
static void the_checksum_sees_every_change(void)
{
    cf_drops *d = generate("task: power\nname: t\narea: {width_m: 9, depth_m: 9}\n"
                           "aps: {layout: uniform, count: 3}\nusers: {count: 3}\n"
                           "antennas: {count: 1}\nserve: {model: strongest, count: 1}\n"
                           "path_loss: {model: log-distance, intercept_db: -30, slope_db: 30}\n",
                           1, 0, 1, 1);
    unsigned char *const bytes[] = {(unsigned char *)d->channel, d->serve, (unsigned char *)&d->mu,
                                    (unsigned char *)&d->limit};
    static const size_t COUNT[] = {9 * 2 * sizeof(float), 9, sizeof(double), 1};
    for (int a = 0; a < 4; a++)
        for (size_t i = 0; i < COUNT[a]; i++)
            for (int bit = 0; bit < 8; bit++) {
                bytes[a][i] ^= (unsigned char)(1u << bit);
                CHECK(chan_drops_checksum(d) != d->checksum);
                bytes[a][i] ^= (unsigned char)(1u << bit);
            }
    CHECK(chan_drops_checksum(d) == d->checksum);
    cf_drops_free(d);
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
    const size_t N = (size_t)a->antennas * 2;
    return a->L == b->L && a->K == b->K && a->antennas == b->antennas &&
           (a->channel ? !memcmp(a->channel + x * L * K * N, b->channel + y * L * K * N,
                                 L * K * N * sizeof(float))
                       : !memcmp(a->gain_dbm + x * L * K, b->gain_dbm + y * L * K,
                                 L * K * sizeof(float))) &&
           (!a->serve || !memcmp(a->serve + x * L * K, b->serve + y * L * K, L * K)) &&
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
        "power-5x10",
        "task: power\n" AREA APS USERS "antennas: {count: 3}\n"
        "path_loss: {model: 3gpp-umi, frequency_hz: 28e9,\n"
        "  shadowing_decorrelation_m: 10}\nfading: {model: rician, k_factor_db: 3}\n"
        "serve: {model: strongest, count: 3}\n",
    };
    for (size_t k = 0; k < sizeof KINDS / sizeof *KINDS; k++) {
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

static void networks_for_power_are_fast_to_draw(void)
{
    const double start = clock_now();
    cf_drops *d = generate("power-15x15", 1, 0, 5000, 1);
    const double drawn = clock_now();
    static float gain[15 * 15 * 15];
    cf_power p;
    for (int32_t i = 0; i < d->n; i++) CHECK(cf_drops_power(d, i, gain, &p) == CF_OK);
    fprintf(stderr, "  power-15x15: %.0f drops/s on one thread, gains %.0f drops/s\n",
            5000 / (drawn - start), 5000 / (clock_now() - drawn));
    cf_drops_free(d);
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
    RUN(power_networks_have_the_known_statistics);
    RUN(in_a_network_of_side_0_position_has_no_effect);
    RUN(a_drop_for_power_has_what_its_scenario_says);
    RUN(the_checksum_sees_every_change);
    RUN(shadowing_is_normal_with_its_deviation);
    RUN(a_drop_depends_on_seed_and_index_alone);
    RUN(three_gpp_links_are_in_sight_as_often_as_they_should);
    RUN(snr_is_gain_over_noise);
    RUN(limits_are_spread_over_access_points_and_users);
    RUN(requests_that_make_no_sense_are_refused);
    RUN(networks_for_power_are_fast_to_draw);
    RUN(the_large_network_is_fast_to_draw);
    return DONE();
}
