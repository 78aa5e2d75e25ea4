#include "channel/scenario.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/rng.h"

#include "t.h"

#define AREA  "name: t\narea: {width_m: 100, depth_m: 100}\n"
#define APS   "aps: {layout: uniform, count: 6}\n"
#define USERS "users: {count: 4}\n"
#define LOSS  "path_loss: {model: log-distance, intercept_dbm: -40, slope_db: 30}\n"
#define POWER "task: power\n" AREA APS USERS "antennas: {count: 4}\n"
#define GAIN  "path_loss: {model: log-distance, intercept_db: -30, slope_db: 30}\n"
#define UMI   "path_loss: {model: 3gpp-umi, frequency_hz: 3.5e9}\n"

static cf_scenario *parse(const char *yaml)
{
    cf_scenario *s = NULL;
    CHECK(cf_scenario_parse(&s, yaml, "t.yaml") == CF_OK);
    if (!s) fprintf(stderr, "  %s\n", cf_last_error());
    return s;
}

static void round_trip(const char *yaml)
{
    cf_scenario *a = parse(yaml), *b = NULL;
    if (!a) return;
    b = parse(cf_scenario_yaml(a));
    CHECK(b && strcmp(cf_scenario_yaml(a), cf_scenario_yaml(b)) == 0);
    CHECK(b && strcmp(cf_scenario_name(a), cf_scenario_name(b)) == 0);
    cf_scenario_free(a);
    cf_scenario_free(b);
}

static void built_ins_are_those_of_the_paper(void)
{
    CHECK(cf_scenario_count() == 9);
    CHECK(cf_scenario_builtin_name(-1) == NULL && cf_scenario_builtin_name(9) == NULL);
    cf_scenario *s = NULL;
    CHECK(cf_scenario_load(&s, "mmwave-small") == CF_OK);
    CHECK(s->ap_count == 5 && s->user_count == 4 && s->positions_m.v[9] == 95);
    CHECK(s->ap_height_m - s->user_height_m == 10 && s->intercept_db == -49.27);
    CHECK_NEAR(chan_noise_dbm(s), -86.8402966, 1e-7); /* 10 log10(2.07e-12) + 30 */
    cf_scenario_free(s);
    CHECK(cf_scenario_load(&s, "mmwave-large") == CF_OK);
    CHECK(s->ap_count == 20 && s->user_count == 15 && s->x_m.v[1] == 275 && s->y_m.v[3] == 950);
    CHECK(s->slope_db == 35.3 && s->shadow_nlos_db == 4.7 && s->max_users.v[0] == 2);
    cf_scenario_free(s);
}

static void power_networks_are_those_of_the_paper(void)
{
    static const struct {
        const char *name;
        int rows, columns, users;
    } SIZES[] = {{"power-5x10", 1, 5, 10},
                 {"power-10x10", 2, 5, 10},
                 {"power-15x15", 3, 5, 15},
                 {"power-30x20", 5, 6, 20}};
    for (int i = 0; i < 7; i++) {
        const int size = i % 4, point = i >= 4;
        char name[40];
        cf_scenario *s = NULL;
        snprintf(name, sizeof name, "%s%s", SIZES[size].name, point ? "-table2" : "");
        CHECK(cf_scenario_load(&s, name) == CF_OK);
        if (!s) continue;
        CHECK(cf_scenario_task(s) == CF_TASK_POWER && strcmp(cf_scenario_name(s), name) == 0);
        CHECK(s->rows == SIZES[size].rows && s->columns == SIZES[size].columns);
        CHECK(s->user_count == SIZES[size].users && s->width_m == (point ? 0 : 100));
        CHECK(s->depth_m == s->width_m && s->ap_height_m - s->user_height_m == 10);
        CHECK(s->antennas == 5 && s->fading == CHAN_RAYLEIGH && s->serve == CHAN_ALL);
        CHECK(s->intercept_db == -30.5 && s->slope_db == 36.7 && s->shadow_los_db == 4);
        CHECK_NEAR(chan_noise_w(s) * 1e12, 2.51188643150958, 1e-12); /* -86 dBm */
        CHECK(s->mu == 1 && s->static_w == 4 && s->bandwidth_hz == 1e6 && s->rate_floor == 0);
        CHECK(s->objective == CF_POWER_EE && s->limit == CF_LIMIT_NONE);
        cf_scenario_free(s);
    }
}

/* An assignment scenario says nothing of tasks: its text, which is in files, is as it always
 * was. */
static void the_default_task_is_not_written(void)
{
    cf_scenario *s = parse(AREA APS USERS LOSS),
                *t = parse("task: assignment\n" AREA APS USERS LOSS);
    CHECK(cf_scenario_task(s) == CF_TASK_ASSIGNMENT && !strstr(cf_scenario_yaml(s), "task"));
    CHECK(strcmp(cf_scenario_yaml(s), cf_scenario_yaml(t)) == 0);
    cf_scenario_free(s);
    cf_scenario_free(t);
}

static void every_kind_writes_what_reads_back_the_same(void)
{
    for (int32_t i = 0; i < cf_scenario_count(); i++) round_trip(chan_builtin_yaml(i));
    round_trip(AREA APS USERS LOSS);
    round_trip(AREA APS USERS UMI);
    round_trip(
        AREA "aps: {layout: cells, rows: 2, columns: 3}\n" USERS
             "path_loss: {model: 3gpp-uma, frequency_hz: 2e9, shadowing_decorrelation_m: 37}\n"
             "fading: {model: rician, k_factor_db: 9.3}\nnoise: {model: fixed, power_dbm: -94}\n");
    round_trip("name: p\narea: {width_m: 1e3, depth_m: 500, wrap_around: true}\n"
               "aps: {layout: poisson, density_per_km2: 40}\n" USERS LOSS
               "fading: {model: rayleigh}\nnoise: {noise_figure_db: 7}\n"
               "limits: {max_users: 3, min_aps: [1, 2, 1, 0]}\n");
    round_trip(AREA APS USERS LOSS
               "limits: {max_users: [1, 2, 3, 2, 2, 2], min_aps: [1, 2, 1, 2]}\n");
    round_trip(POWER GAIN);
    round_trip(POWER GAIN "serve: {model: strongest, count: 3}\n"
                          "power: {limit: ap, limit_w: 0.2, objective: min-rate, mu: 2.5}\n"
                          "noise: {noise_figure_db: 9}\nfading: {model: none}\n");
    round_trip(POWER "path_loss: {model: 3gpp-uma, frequency_hz: 2e9, antenna_gain_db: 3}\n"
                     "serve: {model: threshold, threshold_db: -95.5}\n"
                     "power: {limit: link, limit_w: 1, objective: proportional, static_w: 0}\n"
                     "fading: {model: rician, k_factor_db: 3}\n");
    round_trip(POWER GAIN "power: {objective: sum-rate, rate_floor: 0.5}\n");
}

static void defaults_are_as_documented(void)
{
    cf_scenario *s = parse(AREA APS USERS UMI);
    CHECK(s->shadow_los_db == 4 && s->shadow_nlos_db == 7.82 && s->decorrelation_m == 0);
    CHECK(s->tx_power_dbm == 30 && s->antenna_gain_db == 0 && s->fading == CHAN_NO_FADING);
    CHECK(s->ap_height_m == 10 && s->user_height_m == 1.5 && !s->wrap_around);
    CHECK(s->bandwidth_hz == 500e6 && s->temperature_k == 300 && s->noise_figure_db == 0);
    cf_scenario_free(s);
    s = parse(AREA APS USERS "path_loss: {model: 3gpp-uma, frequency_hz: 2e9}\n");
    CHECK(s->shadow_los_db == 4 && s->shadow_nlos_db == 6);
    cf_scenario_free(s);
    s = parse(POWER GAIN);
    CHECK(s->fading == CHAN_RAYLEIGH && s->serve == CHAN_ALL && s->limit == CF_LIMIT_NONE);
    CHECK(s->objective == CF_POWER_EE && s->mu == 1 && s->static_w == 4 && s->limit_w == 0);
    /* thermal noise in the bandwidth of the section power, 1 MHz */
    CHECK_NEAR(chan_noise_w(s) * 1e15, 1.38e-23 * 300 * 1e6 * 1e15, 1e-12);
    cf_scenario_free(s);
    s = parse(POWER UMI);
    CHECK(s->tx_power_dbm == 0); /* gains, not received power */
    cf_scenario_free(s);
}

static void noise_is_k_t_b_f(void)
{
    /* 1.38e-23 * 290 * 20e6 = 8.004e-14 W = -100.9669 dBm; 9 dB more with the receiver's figure */
    CHECK_NEAR(chan_thermal_noise_dbm(20e6, 290, 0), -100.96693, 1e-7);
    CHECK_NEAR(chan_thermal_noise_dbm(20e6, 290, 9), -91.96693, 1e-7);
}

static void poisson_counts_follow_their_law(void)
{
    cf_scenario *s = parse("name: p\narea: {width_m: 1000, depth_m: 1000}\n"
                           "aps: {layout: poisson, density_per_km2: 30}\n" USERS LOSS);
    enum { SEEDS = 20000 };
    double mean = 0, square = 0;
    for (uint64_t seed = 0; seed < SEEDS; seed++) {
        const double n = chan_ap_count(s, seed);
        mean += n / SEEDS;
        square += n * n / SEEDS;
    }
    CHECK_NEAR(mean, 30, 4 * sqrt(30.0 / SEEDS) / 30);
    CHECK_NEAR(square - mean * mean, 30, 4 * sqrt(2.0 / SEEDS));
    CHECK(chan_ap_count(s, 5) == chan_ap_count(s, 5));
    cf_scenario_free(s);
}

static void what_cannot_be_is_refused_with_its_line(void)
{
    static const struct {
        const char *yaml, *said;
        cf_status status;
    } CASES[] = {
        {AREA APS USERS, "path_loss.model: missing", CF_EARG},
        {"name: a/b\n" APS USERS LOSS "area: {width_m: 1, depth_m: 1}\n", "t.yaml:1: name: found",
         CF_EARG},
        {AREA "aps: {layout: grid, x_m: [1, 2]}\n" USERS LOSS, "t.yaml:3: aps.y_m: missing",
         CF_EARG},
        {AREA "aps: {layout: uniform, count: 0}\n" USERS LOSS, "aps.count: found 0", CF_EARG},
        {AREA "aps: {layout: uniform, count: 65536}\n" USERS LOSS, "aps.count: found 65536",
         CF_EARG},
        {AREA "aps: {layout: cells, rows: 60000, columns: 2}\n" USERS LOSS,
         "t.yaml:3: aps.rows: found 120000 access points", CF_EARG},
        {AREA "aps: {layout: poisson, density_per_km2: 1e9}\n" USERS LOSS,
         "is 10000000 access points", CF_EARG},
        {"name: t\narea: {width_m: 0, depth_m: 10}\n"
         "aps: {layout: poisson, density_per_km2: 10}\n" USERS LOSS,
         "is 0 access points", CF_EARG},
        {"name: t\narea: {width_m: 10, depth_m: 10, wrap_around: true}\n"
         "aps:\n  layout: positions\n  positions_m: [[1, 2], [3, 11]]\n" USERS LOSS,
         "t.yaml:5: aps.positions_m: [3, 11] is outside", CF_EARG},
        {AREA "aps: {layout: uniform, count: 6, height_m: 1}\n" USERS UMI, "aps.height_m: found 1",
         CF_EARG},
        {AREA APS "users: {count: 4, height_m: 0}\n" UMI, "users.height_m: found 0", CF_EARG},
        {AREA APS USERS LOSS "limits: {max_users: [1, 2]}\n",
         "t.yaml:6: limits.max_users: found 2 numbers, wanted one, or one for each of 6", CF_EARG},
        {AREA APS USERS LOSS "limits: {min_aps: [1, 1, 1]}\n", "each of 4 users", CF_EARG},
        {AREA "aps: {layout: poisson, density_per_km2: 900}\n" USERS LOSS
              "limits: {max_users: [1, 2]}\n",
         "wanted one: the number of access points is drawn", CF_EARG},
        {AREA APS USERS LOSS "limits:\n  max_users: 1\n", "t.yaml:7: limits: ", CF_ESHAPE},
        {AREA APS USERS LOSS "limits: {min_aps: 7, max_users: 10}\n",
         "t.yaml:6: limits: ", CF_ESHAPE},
        {AREA APS "users: {count: 5000}\n"
                  "path_loss: {model: 3gpp-umi, frequency_hz: 1e9, shadowing_decorrelation_m: 9}\n"
                  "limits: {min_aps: 0}\n",
         "correlates at most 4096 users, found 5000", CF_EARG},
        {"task: both\n" AREA APS USERS LOSS,
         "t.yaml:1: task: found both, wanted one of assignment, power", CF_EARG},
        {"task: power\n" AREA APS USERS GAIN, "antennas.count: missing", CF_EARG},
        {POWER LOSS, "t.yaml:7: path_loss.intercept_dbm: unknown key", CF_EARG},
        {POWER "path_loss: {model: 3gpp-umi, frequency_hz: 2e9, tx_power_dbm: 30}\n",
         "t.yaml:7: path_loss.tx_power_dbm: unknown key", CF_EARG},
        {POWER GAIN "limits: {max_users: 2}\n", "t.yaml:8: limits: not used with task: power",
         CF_EARG},
        {POWER GAIN "noise: {bandwidth_hz: 1e6}\n", "t.yaml:8: noise.bandwidth_hz: unknown key",
         CF_EARG},
        {AREA APS USERS GAIN, "t.yaml:5: path_loss.intercept_db: unknown key", CF_EARG},
        {AREA APS USERS LOSS "power: {mu: 1}\n", "t.yaml:6: power: not used with task: assignment",
         CF_EARG},
        {AREA APS USERS LOSS "serve: {model: all}\n",
         "t.yaml:6: serve: not used with task: assignment", CF_EARG},
        {AREA APS USERS LOSS "antennas: {count: 2}\n",
         "t.yaml:6: antennas: not used with task: assignment", CF_EARG},
        {POWER GAIN "serve: {model: strongest}\n", "serve.count: missing", CF_EARG},
        {POWER GAIN "serve: {model: strongest, count: 7}\n",
         "t.yaml:8: serve.count: found 7, wanted 1 to 6", CF_EARG},
        {POWER GAIN "serve: {model: all, count: 2}\n",
         "t.yaml:8: serve.count: not used with model: all", CF_EARG},
        {POWER GAIN "serve: {model: threshold, threshold_db: .nan}\n",
         "t.yaml:8: serve.threshold_db: found .nan", CF_EARG},
        {POWER GAIN "power:\n  mu: 1\n  limit_w: 2\n",
         "t.yaml:10: power.limit_w: not used with limit: none", CF_EARG},
        {POWER GAIN "power: {limit: ap}\n", "power.limit_w: missing", CF_EARG},
        {POWER GAIN "power:\n  static_w: 0\n",
         "t.yaml:9: power.static_w: found 0, wanted above 0 with objective ee", CF_EARG},
        {POWER GAIN "power: {mu: -1}\n", "power.mu: found -1", CF_EARG},
        {"task: power\n" AREA APS USERS GAIN "antennas: {count: 4097}\n",
         "antennas.count: found 4097", CF_EARG},
        {"task: power\n" AREA APS USERS GAIN "antennas: {count: 4, precoding: zf}\n",
         "antennas.precoding: found zf, wanted one of mr", CF_EARG},
        {"task: power\n" AREA "aps: {layout: uniform, count: 2048}\nusers:\n  count: 1024\n" GAIN
         "antennas: {count: 1}\n",
         "t.yaml:6: users.count: found 1024 users of 2048 access points", CF_EARG},
    };
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        cf_scenario *s = NULL;
        const cf_status status = cf_scenario_parse(&s, CASES[i].yaml, "t.yaml");
        const int good = status != CF_OK && !s && strstr(cf_last_error(), CASES[i].said) != NULL;
        CHECK(good);
        CHECK(status == CASES[i].status || (CASES[i].status == CF_ESHAPE && status == CF_EARG));
        if (!good) fprintf(stderr, "  case %zu: %s\n", i, cf_last_error());
        cf_scenario_free(s);
    }
}

static void files_that_are_no_scenario_are_refused(void)
{
    char path[] = "/tmp/cellfree-XXXXXX";
    const int fd = mkstemp(path);
    cf_scenario *s = NULL;
    CHECK(cf_scenario_load(&s, "no-such-thing") == CF_EIO);
    CHECK(strstr(cf_last_error(), "mmwave-small, mmwave-large") != NULL);
    CHECK(cf_scenario_load(&s, "/tmp") == CF_EIO);
    CHECK(cf_scenario_load(&s, path) == CF_EFORMAT);
    CHECK(write(fd, "name: a\0b\n", 10) == 10);
    CHECK(cf_scenario_load(&s, path) == CF_EFORMAT);
    CHECK(ftruncate(fd, 0) == 0 && pwrite(fd, "\xff\xfe\x00", 3, 0) == 3);
    CHECK(cf_scenario_load(&s, path) == CF_EFORMAT);
    CHECK(cf_scenario_load(NULL, path) == CF_EARG && cf_scenario_load(&s, NULL) == CF_EARG);
    CHECK(s == NULL);
    close(fd);
    unlink(path);
}

/* Any damage to a good text is read or refused, never more. */
static void check_damage(const char *name)
{
    cf_scenario *s = NULL;
    CHECK(cf_scenario_load(&s, name) == CF_OK);
    const size_t n = strlen(cf_scenario_yaml(s));
    char *yaml = malloc(n + 1);
    for (uint64_t trial = 0; yaml && trial < 3000; trial++) {
        rng r = rng_stream(1, RNG_TEST, trial);
        memcpy(yaml, cf_scenario_yaml(s), n + 1);
        for (uint32_t i = rng_below(&r, 4) + 1; i > 0; i--)
            yaml[rng_below(&r, (uint32_t)n)] = (char)(1 + rng_below(&r, 255));
        cf_scenario *other = NULL;
        const cf_status status = cf_scenario_parse(&other, yaml, "t.yaml");
        CHECK((status == CF_OK) == (other != NULL));
        cf_scenario_free(other);
    }
    free(yaml);
    cf_scenario_free(s);
}

static void damaged_text_does_no_harm(void)
{
    check_damage("mmwave-large");
    check_damage("power-30x20");
}

int main(void)
{
    RUN(built_ins_are_those_of_the_paper);
    RUN(power_networks_are_those_of_the_paper);
    RUN(the_default_task_is_not_written);
    RUN(every_kind_writes_what_reads_back_the_same);
    RUN(defaults_are_as_documented);
    RUN(noise_is_k_t_b_f);
    RUN(poisson_counts_follow_their_law);
    RUN(what_cannot_be_is_refused_with_its_line);
    RUN(files_that_are_no_scenario_are_refused);
    RUN(damaged_text_does_no_harm);
    return DONE();
}
