#include <unistd.h>

#include <cellfree/drops.h>

#include "channel/drops.h"
#include "io/npz_fixture.h"

#include "t.h"

static char path[] = "/tmp/cellfree-import-power-XXXXXX";

enum { N = 3, L = 2, K = 4 };

static cf_import options(const char *axes)
{
    return (cf_import){.task = CF_TASK_POWER,
                       .gain = "g",
                       .axes = axes,
                       .noise_w = 1e-12,
                       .mu = (double)NAN,
                       .static_w = 4,
                       .bandwidth_hz = (double)NAN};
}

/* Gain of drop i from AP l to user k of the beam for user j. */
static double gain_of(int i, int l, int k, int j)
{
    return 1e-9 * (1 + i + 10 * l + 100 * k + 1000 * j);
}

static void write_gains(const char *shape, const double *v, size_t count)
{
    write_npz(path, "g.npy", make_npy(1, "'<f8'", 0, shape, v, count * sizeof *v), DEFLATED);
}

static void fill(double *v)
{
    for (int i = 0; i < N * L * K * K; i++)
        v[i] = gain_of(i / (L * K * K), i / (K * K) % L, i / K % K, i % K);
}

static cf_drops *import(const cf_import *with, char *report, size_t size)
{
    cf_drops *d = NULL;
    CHECK(cf_drops_import(&d, path, with, report, size) == CF_OK);
    if (!d) fprintf(stderr, "  %s\n", cf_last_error());
    return d;
}

static void check_gains(const cf_drops *d, int n, int l_count)
{
    CHECK(d && d->task == CF_TASK_POWER && d->n == n && d->L == l_count && d->K == K);
    float gain[L * K * K];
    cf_power p;
    for (int i = 0; d && i < n; i++) {
        CHECK(cf_drops_power(d, i, gain, &p) == CF_OK && p.serve == NULL);
        for (int x = 0; x < l_count * K * K; x++)
            CHECK(gain[x] == (float)gain_of(i, x / (K * K), x / K % K, x % K));
    }
}

/* Axes a, b, c, d of the array, one letter each of "dlkj". */
static void every_order_of_axes_gives_the_same_drops(void)
{
    static const char *const ORDERS[] = {"dlkj", "jkld", "kdjl", "ljdk"};
    static const char LETTERS[] = "dlkj";
    static const char *const NAMES[] = {"drop", "ap", "user", "beam"};
    static const int SIZE[] = {N, L, K, K};
    for (int o = 0; o < 4; o++) {
        double v[N * L * K * K];
        char axes[60] = "", shape[60] = "(";
        int which[4], at[4], index[4];
        for (int a = 0; a < 4; a++) {
            which[a] = (int)(strchr(LETTERS, ORDERS[o][a]) - LETTERS);
            snprintf(axes + strlen(axes), 20, "%s%s", a ? "," : "", NAMES[which[a]]);
            snprintf(shape + strlen(shape), 10, "%d%s", SIZE[which[a]], a < 3 ? ", " : ")");
        }
        for (int x = 0; x < N * L * K * K; x++) {
            for (int a = 3, rest = x; a >= 0; rest /= SIZE[which[a--]])
                at[a] = rest % SIZE[which[a]];
            for (int a = 0; a < 4; a++) index[which[a]] = at[a];
            v[x] = gain_of(index[0], index[1], index[2], index[3]);
        }
        write_gains(shape, v, N * L * K * K);
        const cf_import with = options(axes);
        cf_drops *d = import(&with, NULL, 0);
        check_gains(d, N, L);
        cf_drops_free(d);
    }
}

static void axes_that_are_not_said_are_in_order(void)
{
    double v[N * L * K * K];
    const cf_import with = options(NULL);
    fill(v);
    write_gains("(3, 2, 4, 4)", v, N * L * K * K);
    cf_drops *d = import(&with, NULL, 0);
    check_gains(d, N, L);
    CHECK(d->mu == 1 && d->bandwidth_hz == 1e6 && d->static_w == 4 && d->noise_w == 1e-12);
    CHECK(d->objective == CF_POWER_EE && d->limit == CF_LIMIT_NONE && d->antennas == 0);
    CHECK(d->checksum == chan_drops_checksum(d) && !strcmp(d->scenario, "imported"));
    cf_drops_free(d);
}

/* (n,K,K): one transmitter each, an interference network. */
static void three_axes_are_one_access_point(void)
{
    double v[N * K * K];
    cf_import with = options(NULL);
    for (int i = 0; i < N * K * K; i++) v[i] = gain_of(i / (K * K), 0, i / K % K, i % K);
    write_gains("(3, 4, 4)", v, N * K * K);
    cf_drops *d = import(&with, NULL, 0);
    check_gains(d, N, 1);
    cf_drops_free(d);
    with.axes = "user,beam";
    write_gains("(4, 4)", v, K * K);
    d = import(&with, NULL, 0);
    check_gains(d, 1, 1);
    cf_drops_free(d);
}

static void one_user_is_enough(void)
{
    static const double v[] = {3, 5};
    const cf_import with = options("ap,user,beam");
    write_gains("(2, 1, 1)", v, 2);
    cf_drops *d = import(&with, NULL, 0);
    CHECK(d && d->n == 1 && d->L == 2 && d->K == 1 && d->gain[1] == 5);
    cf_drops_free(d);
}

static void decibels_are_turned_into_factors(void)
{
    static const double v[] = {-30, 3, -300, 10};
    cf_import with = options("user,beam");
    with.unit = CF_UNIT_DB;
    write_gains("(2, 2)", v, 4);
    cf_drops *d = import(&with, NULL, 0);
    for (int i = 0; d && i < 4; i++) CHECK_NEAR((double)d->gain[i] / pow(10, v[i] / 10), 1, 1e-6);
    cf_drops_free(d);
    with.unit = CF_UNIT_DB_OVER_NOISE; /* gain in dB less 10 log10(1000 noise_w) */
    with.noise_w = 2e-3;
    d = import(&with, NULL, 0);
    for (int i = 0; d && i < 4; i++)
        CHECK_NEAR((double)d->gain[i] / (2 * pow(10, v[i] / 10)), 1, 1e-6);
    cf_drops_free(d);
}

static void every_parameter_is_taken(void)
{
    double v[N * L * K * K];
    cf_import with = options(NULL);
    with.noise_w = 1;
    with.mu = 4;
    with.static_w = 1;
    with.bandwidth_hz = 180e3;
    with.objective = CF_POWER_PROPORTIONAL;
    with.limit = CF_LIMIT_LINK;
    with.limit_w = 0.5;
    with.rate_floor = 0.1;
    fill(v);
    write_gains("(3, 2, 4, 4)", v, N * L * K * K);
    cf_drops *d = import(&with, NULL, 0);
    CHECK(d->noise_w == 1 && d->mu == 4 && d->static_w == 1 && d->bandwidth_hz == 180e3);
    CHECK(d->objective == CF_POWER_PROPORTIONAL && d->limit == CF_LIMIT_LINK);
    CHECK(d->limit_w == 0.5 && d->rate_floor == 0.1);
    cf_drops_free(d);
    with = options(NULL);
    with.objective = CF_POWER_SUM_RATE;
    with.static_w = (double)NAN; /* of no use to a sum rate */
    d = import(&with, NULL, 0);
    CHECK(d->static_w == 0);
    cf_drops_free(d);
}

static void the_report_says_what_was_taken_as_what(void)
{
    double v[N * L * K * K];
    char report[2000];
    const cf_import with = options(NULL);
    fill(v);
    v[1] = 0;
    write_gains("(3, 2, 4, 4)", v, N * L * K * K);
    cf_drops *d = import(&with, report, sizeof report);
    static const char *const LINES[] = {
        ("gain: array g, dtype <f8, shape (3,2,4,4): axis 0 is drop (3), axis 1 is ap (2), axis 2 "
         "is user (4), axis 3 is beam (4)\n"),
        "axes: gain[..., k, j] is what user k hears of the beam for user j (assumed)\n",
        "unit: effective power gain, linear (assumed)\n",
        "own gain over noise of 1e-12 W: 30.00 to ",
        "gains of 0: 1\n",
        ("power: mu 1 (assumed), static 4 W, bandwidth 1000000 Hz (assumed), objective ee, limit "
         "none\n")};
    for (size_t i = 0; i < sizeof LINES / sizeof *LINES; i++)
        CHECK(strstr(report, LINES[i]) != NULL);
    if (t_failed) fprintf(stderr, "%s", report);
    cf_drops_free(d);
}

static void positions_come_along(void)
{
    static const double AP[] = {1, 2, 3, 4};
    double v[N * L * K * K];
    cf_import with = options(NULL);
    archive a = {0};
    fill(v);
    add_member(&a, "g.npy", make_npy(1, "'<f8'", 0, "(3, 2, 4, 4)", v, sizeof v), STORED);
    add_member(&a, "ap.npy", make_npy(1, "'<f8'", 0, "(2, 2)", AP, sizeof AP), STORED);
    bytes b = close_archive(&a);
    write_bytes(path, &b);
    free(b.p);
    with.ap_position = "ap";
    cf_drops *d = import(&with, NULL, 0);
    CHECK(d->ap_position[0] == 1 && d->ap_position[4] == 4 && d->ap_position[6] == 1);
    CHECK(d->ue_position == NULL);
    cf_drops_free(d);
}

static void check_refused(const cf_import *with, cf_status want, const char *said)
{
    cf_drops *d = NULL;
    const cf_status s = cf_drops_import(&d, path, with, NULL, 0);
    const int good = s == want && !d && strstr(cf_last_error(), said) != NULL;
    CHECK(good);
    if (!good)
        fprintf(stderr, "  %d, wanted %d \"%s\": %s\n", (int)s, (int)want, said, cf_last_error());
    cf_drops_free(d);
}

static void bad_gains_are_refused_with_their_place(void)
{
    double v[N * L * K * K];
    const cf_import with = options(NULL);
    const struct {
        double value;
        cf_status status;
        const char *said;
    } CASES[] = {
        {-1, CF_EARG, "g at drop 1, ap 1, user 2, beam 3 is -1: a negative power gain"},
        {(double)NAN, CF_ENUM, "g at drop 1, ap 1, user 2, beam 3 is nan: not a finite"},
        {(double)INFINITY, CF_ENUM, "is inf: not a finite"},
        {1e31, CF_EARG, "is 1e+31: above 1e30"},
    };
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        fill(v);
        v[((1 * L + 1) * K + 2) * K + 3] = CASES[i].value;
        write_gains("(3, 2, 4, 4)", v, N * L * K * K);
        check_refused(&with, CASES[i].status, CASES[i].said);
    }
    fill(v);
    for (int l = 0; l < L; l++) v[((2 * L + l) * K + 1) * K + 1] = l ? 1e-60 : 0;
    write_gains("(3, 2, 4, 4)", v, N * L * K * K);
    check_refused(&with, CF_EARG, "at drop 2: the own gain of user 1 is 0 from every access point");
}

static void bad_options_are_refused(void)
{
    double v[N * L * K * K];
    const cf_import good = options(NULL);
    cf_import with = good;
    fill(v);
    write_gains("(3, 2, 4, 4)", v, N * L * K * K);
    with.static_w = 0;
    check_refused(&with, CF_EARG, "import: static_w is 0, wanted above 0");
    with.static_w = (double)NAN;
    check_refused(&with, CF_EARG, "no static_w");
    with = good;
    with.noise_w = (double)NAN;
    check_refused(&with, CF_EARG, "no noise_w");
    with.noise_w = 0;
    check_refused(&with, CF_EARG, "noise_w is 0, wanted above 0");
    with = good;
    with.mu = -1;
    check_refused(&with, CF_EARG, "mu is -1");
    with = good;
    with.bandwidth_hz = (double)INFINITY;
    check_refused(&with, CF_EARG, "bandwidth_hz is inf");
    with = good;
    with.limit = CF_LIMIT_AP;
    check_refused(&with, CF_EARG, "limit_w is 0, wanted above 0");
    with = good;
    with.limit_w = 1;
    check_refused(&with, CF_EARG, "limit_w is 1, wanted from 0 to 0");
    with = good;
    with.objective = (cf_power_objective)4;
    check_refused(&with, CF_EARG, "objective 4");
    with = good;
    with.task = (cf_task)7;
    check_refused(&with, CF_EARG, "task 7");
    with = good;
    with.unit = CF_UNIT_DBM;
    check_refused(&with, CF_EARG, "unit dbm, wanted linear, db or db-over-noise");
    with = good;
    with.axes = "drop,ap,user";
    check_refused(&with, CF_EARG, "wanted user and beam among them");
    with.axes = "drop,ap,user,antenna";
    check_refused(&with, CF_EARG, "wanted an order of drop,ap,user,beam");
    with.axes = "ap,user,beam";
    check_refused(&with, CF_ESHAPE,
                  "g is (3,2,4,4), which has 4 axes; --axes ap,user,beam names 3");
    write_gains("(3, 4, 4, 2)", v, N * L * K * K);
    check_refused(&good, CF_ESHAPE, "g is (3,4,4,2): 4 users and 2 beams");
    write_gains("(96,)", v, N * L * K * K);
    check_refused(&good, CF_ESHAPE, "which has 1 axes; --axes drop,ap,user,beam names 4");
}

int main(void)
{
    const int fd = mkstemp(path);
    if (fd < 0) return 1;
    close(fd);
    RUN(every_order_of_axes_gives_the_same_drops);
    RUN(axes_that_are_not_said_are_in_order);
    RUN(three_axes_are_one_access_point);
    RUN(one_user_is_enough);
    RUN(decibels_are_turned_into_factors);
    RUN(every_parameter_is_taken);
    RUN(the_report_says_what_was_taken_as_what);
    RUN(positions_come_along);
    RUN(bad_gains_are_refused_with_their_place);
    RUN(bad_options_are_refused);
    unlink(path);
    return DONE();
}
