#include <unistd.h>

#include <cellfree/drops.h>

#include "channel/drops.h"
#include "io/npz_fixture.h"

#include "t.h"

static char path[] = "/tmp/cellfree-import-XXXXXX";

static cf_import options(const char *axes, cf_unit unit)
{
    return (cf_import){.gain = "beta",
                       .axes = axes,
                       .unit = unit,
                       .tx_power_dbm = (double)NAN,
                       .noise_dbm = (double)NAN,
                       .min_aps = -1};
}

enum { N = 5, L = 4, K = 3 };

/* Power gain of drop i, AP l, user k. */
static double gain_of(int i, int l, int k)
{
    return 1e-9 * (1 + i + 10 * l + 100 * k);
}

static void write_gains(const char *shape, const double *v, size_t count)
{
    write_npz(path, "beta.npy", make_npy(1, "'<f8'", 0, shape, v, count * sizeof *v), DEFLATED);
}

static void check_gains(const cf_drops *d, double tx_power_dbm)
{
    for (int i = 0; i < d->n; i++)
        for (int l = 0; l < d->L; l++)
            for (int k = 0; k < d->K; k++)
                CHECK_NEAR((double)d->gain_dbm[(i * d->L + l) * d->K + k],
                           tx_power_dbm + 10 * log10(gain_of(i, l, k)), 1e-7);
}

static void every_order_of_axes_gives_the_same_drops(void)
{
    static const char *const ORDERS[] = {"drop,ap,user", "drop,user,ap", "ap,drop,user",
                                         "ap,user,drop", "user,drop,ap", "user,ap,drop"};
    uint64_t sum = 0;
    for (int o = 0; o < 6; o++) {
        double v[N * L * K];
        int dims[3], axis[3]; /* length along each axis; drop, ap, user's axis */
        for (int j = 0; j < 3; j++) {
            const char *names[] = {"drop", "ap", "user"};
            const char *at = strstr(ORDERS[o], names[j]);
            axis[j] = 0;
            for (const char *p = ORDERS[o]; p < at; p++) axis[j] += *p == ',';
            dims[axis[j]] = (int[]){N, L, K}[j];
        }
        for (int a = 0; a < N * L * K; a++) {
            const int at[] = {a / dims[2] / dims[1], a / dims[2] % dims[1], a % dims[2]};
            v[a] = gain_of(at[axis[0]], at[axis[1]], at[axis[2]]);
        }
        char shape[32];
        snprintf(shape, sizeof shape, "(%d, %d, %d)", dims[0], dims[1], dims[2]);
        write_gains(shape, v, N * L * K);
        const cf_import with = options(ORDERS[o], CF_UNIT_LINEAR);
        cf_drops *d = NULL;
        CHECK(cf_drops_import(&d, path, &with, NULL, 0) == CF_OK);
        if (!d) continue;
        CHECK(d->n == N && d->L == L && d->K == K);
        check_gains(d, 30);
        if (o == 0) sum = d->checksum;
        CHECK(d->checksum == sum && sum == chan_drops_checksum(d));
        cf_drops_free(d);
    }
}

static void one_drop_needs_no_drop_axis(void)
{
    double v[L * K];
    for (int a = 0; a < L * K; a++) v[a] = gain_of(0, a / K, a % K);
    write_gains("(4, 3)", v, L * K);
    const cf_import with = options("ap,user", CF_UNIT_LINEAR);
    cf_drops *d = NULL;
    CHECK(cf_drops_import(&d, path, &with, NULL, 0) == CF_OK && d->n == 1);
    if (d) check_gains(d, 30);
    cf_drops_free(d);
}

static void units_mean_what_they_say(void)
{
    const double v[] = {-100, -90, -80, 10};
    write_gains("(1, 2, 2)", v, 4);
    cf_import with = options("drop,ap,user", CF_UNIT_DBM);
    cf_drops *d = NULL;
    CHECK(cf_drops_import(&d, path, &with, NULL, 0) == CF_OK && d->gain_dbm[1] == -90);
    CHECK_NEAR(d->noise_dbm, -86.8402966, 1e-7);
    CHECK(d->max_users[1] == 2 && d->min_aps[1] == 2 && d->ap_position == NULL);
    CHECK(strcmp(d->scenario, "imported") == 0 && *d->scenario_yaml == 0 && d->seed == 0);
    cf_drops_free(d);
    with.unit = CF_UNIT_DB;
    with.tx_power_dbm = 7;
    with.noise_dbm = -94;
    with.max_users = 1;
    with.min_aps = 0;
    CHECK(cf_drops_import(&d, path, &with, NULL, 0) == CF_OK && d->gain_dbm[1] == -83);
    CHECK(d->noise_dbm == -94 && d->max_users[0] == 1 && d->min_aps[0] == 0);
    cf_drops_free(d);
}

static void a_gain_of_zero_is_silence(void)
{
    const double v[] = {0, 1e-10, 1e-300, -0.0};
    write_gains("(1, 2, 2)", v, 4);
    const cf_import with = options("drop,ap,user", CF_UNIT_LINEAR);
    cf_drops *d = NULL;
    char report[1000];
    CHECK(cf_drops_import(&d, path, &with, report, sizeof report) == CF_OK);
    CHECK(d->gain_dbm[0] == -400 && d->gain_dbm[1] == -70 && d->gain_dbm[2] == -400);
    CHECK(d->gain_dbm[3] == -400 && strstr(report, "gains of 0: 2, stored as -400 dBm") != NULL);
    cf_drops_free(d);
}

static void the_report_says_what_was_taken_as_what(void)
{
    double v[N * L * K];
    for (int a = 0; a < N * L * K; a++) v[a] = gain_of(a / K / L, a / K % L, a % K);
    write_gains("(5, 4, 3)", v, N * L * K);
    cf_import with = options("drop,ap,user", CF_UNIT_LINEAR);
    cf_drops *d = NULL;
    char report[1000], cut[20];
    CHECK(cf_drops_import(&d, path, &with, report, sizeof report) == CF_OK);
    CHECK(
        strcmp(report,
               "gain: array beta, dtype <f8, shape (5,4,3): axis 0 is drop (5), axis 1 is ap (4), "
               "axis 2 is user (3)\n"
               "unit: linear power gain; received power = 10 log10(gain) + 30 dBm transmitted "
               "(assumed)\n"
               "received power: -60.00 to -36.29 dBm\n"
               "SNR: 26.84 to 50.55 dB over noise of -86.84 dBm (assumed: thermal, 500 MHz, 300 "
               "K)\n"
               "limits: A = 2 users an access point (assumed), U = 2 access points a user "
               "(assumed)\n") == 0);
    cf_drops_free(d);
    with.tx_power_dbm = 20;
    with.max_users = 3;
    CHECK(cf_drops_import(&d, path, &with, report, sizeof report) == CF_OK);
    CHECK(strstr(report, "+ 20 dBm transmitted\n") &&
          strstr(report, "A = 3 users an access point,"));
    cf_drops_free(d);
    CHECK(cf_drops_import(&d, path, &with, cut, sizeof cut) == CF_OK && strlen(cut) == 19);
    cf_drops_free(d);
}

static void write_with_positions(const char *ap_shape, const double *ap, size_t n)
{
    const double v[4] = {1e-9, 1e-9, 1e-9, 1e-9}, ue[12] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12};
    archive a = {0};
    add_member(&a, "beta.npy", make_npy(1, "'<f8'", 0, "(2, 2, 1)", v, sizeof v), STORED);
    add_member(&a, "ap.npy", make_npy(1, "'<f8'", 0, ap_shape, ap, n * sizeof *ap), STORED);
    add_member(&a, "ue.npy", make_npy(1, "'<f8'", 0, "(2, 1, 3)", ue, 6 * sizeof *ue), STORED);
    bytes b = close_archive(&a);
    write_bytes(path, &b);
    free(b.p);
}

static void positions_come_along(void)
{
    const double ap[] = {1, 2, 3, 4};
    write_with_positions("(2, 2)", ap, 4);
    cf_import with = options("drop,ap,user", CF_UNIT_LINEAR);
    with.ap_position = "ap";
    with.ue_position = "ue";
    cf_drops *d = NULL;
    CHECK(cf_drops_import(&d, path, &with, NULL, 0) == CF_OK);
    const float want[] = {1, 2, 0, 3, 4, 0, 1, 2, 0, 3, 4, 0};
    CHECK(d && memcmp(d->ap_position, want, sizeof want) == 0 && d->ue_position[5] == 6);
    cf_drops_free(d);
    d = NULL;
    write_with_positions("(4,)", ap, 4);
    CHECK(cf_drops_import(&d, path, &with, NULL, 0) == CF_ESHAPE);
    CHECK(strstr(cf_last_error(), "ap is (4), wanted (2,2,3), (2,3) or 2 in place of 3") != NULL);
    write_with_positions("(2, 2)", (const double[]){1, (double)NAN, 3, 4}, 4);
    CHECK(cf_drops_import(&d, path, &with, NULL, 0) == CF_ENUM);
    with.ap_position = "none";
    CHECK(cf_drops_import(&d, path, &with, NULL, 0) == CF_EARG && !d);
}

/* The import fails like this, with these words. */
static void check_refused(const cf_import *with, cf_status want, const char *said)
{
    cf_drops *d = NULL;
    char report[100] = "as it was";
    const cf_status s = cf_drops_import(&d, path, with, report, sizeof report);
    const int good = s == want && !d && strstr(cf_last_error(), said) != NULL;
    CHECK(good);
    CHECK(strcmp(report, "as it was") == 0);
    if (!good) fprintf(stderr, "  %d: %s\n", (int)s, cf_last_error());
}

static void gains_that_cannot_be_are_refused(void)
{
    cf_import with = options("drop,ap,user", CF_UNIT_LINEAR);
    write_gains("(1, 2, 2)", (const double[]){1e-9, 1e-9, (double)NAN, 1e-9}, 4);
    check_refused(&with, CF_ENUM, "beta at drop 0, ap 1, user 0 is nan: not a finite number");
    write_gains("(1, 2, 2)", (const double[]){1e-9, (double)INFINITY, 1, 1}, 4);
    check_refused(&with, CF_ENUM, "is inf: not a finite number");
    write_gains("(1, 2, 2)", (const double[]){1e-9, 1e-9, 1e-9, -70}, 4);
    check_refused(&with, CF_EARG, "ap 1, user 1 is -70: a negative power gain");
    write_gains("(1, 2, 2)", (const double[]){1e-9, 1e-9, 1e-9, 5000}, 4);
    check_refused(&with, CF_EARG, "received power above 60 dBm");
    with.unit = CF_UNIT_DBM;
    write_gains("(1, 2, 2)", (const double[]){1e-9, 1e-9, 1e-9, -1e300}, 4);
    check_refused(&with, CF_EARG, "out of range");
}

static void options_that_cannot_be_are_refused(void)
{
    double v[N * L * K] = {0};
    write_gains("(5, 4, 3)", v, N * L * K);
    const cf_import good = options("drop,ap,user", CF_UNIT_LINEAR);
    cf_import with = good;
    with.gain = "alpha";
    check_refused(&with, CF_EARG, "no array alpha; it has beta");
    with = good;
    with.unit = CF_UNIT_UNKNOWN;
    check_refused(&with, CF_EARG, "no unit, wanted dbm, db, linear or db-over-noise");
    with = good;
    with.axes = NULL;
    check_refused(&with, CF_EARG, "no axes");
    with.axes = "drop,ap,ap";
    check_refused(&with, CF_EARG, "axes are drop,ap,ap");
    with.axes = "drop,ap,ue";
    check_refused(&with, CF_EARG, "wanted an order of drop,ap,user");
    with.axes = "drop,user";
    check_refused(&with, CF_EARG, "wanted ap and user among them");
    with.axes = "ap,user,";
    check_refused(&with, CF_EARG, "axes are ap,user,");
    with.axes = "ap,user";
    check_refused(&with, CF_ESHAPE, "beta is (5,4,3), which has 3 axes; --axes ap,user names 2");
    with = good;
    with.max_users = -1;
    check_refused(&with, CF_EARG, "A is -1");
    with = good;
    with.noise_dbm = (double)INFINITY;
    check_refused(&with, CF_EARG, "noise inf dBm");
    with = good;
    with.min_aps = 5;
    check_refused(&with, CF_ESHAPE, "U of user 0 is 5");
    write_gains("(5, 0, 3)", v, 0);
    check_refused(&good, CF_ESHAPE, "0 along ap, wanted 1 to 65535");
}

/* The case that has to work: what NumPy writes, 50 drops, 64 access points, 40 users. */
static void numpy_files_are_read(void)
{
    if (system("/usr/bin/python3 -c 'import numpy' 2>/dev/null") != 0) {
        fprintf(stderr, "  (no NumPy here)\n");
        return;
    }
    static const char *const SAVE[] = {
        "savez(p, beta=b)", "savez_compressed(p, beta=b, other=b[0])",
        "savez(p, beta=n.asfortranarray(b))", "savez(p, beta=b.astype('>f8'))",
        "savez(p, beta=b.transpose(2,0,1).copy().transpose(1,2,0))"};
    uint64_t sum = 0;
    for (int i = 0; i < 5; i++) {
        char command[500];
        snprintf(command, sizeof command,
                 "/usr/bin/python3 -c \"import numpy as n\np = open('%s', 'wb')\n"
                 "b = 10 ** (-n.arange(50*64*40).reshape(50, 64, 40) %% 9973 / 1000 - 15)\n"
                 "n.%s\"",
                 path, SAVE[i]);
        CHECK(system(command) == 0);
        const cf_import with = options("drop,ap,user", CF_UNIT_LINEAR);
        cf_drops *d = NULL;
        CHECK(cf_drops_import(&d, path, &with, NULL, 0) == CF_OK);
        if (!d) continue;
        CHECK(d->n == 50 && d->L == 64 && d->K == 40);
        const long at = (7 * 64 + 5) * 40 + 3;
        const double remainder = (double)(((-at) % 9973 + 9973) % 9973);
        CHECK_NEAR((double)d->gain_dbm[at], 30 + 10 * (remainder / 1000 - 15), 1e-6);
        if (i == 0) sum = d->checksum;
        CHECK(d->checksum == sum);
        cf_drops_free(d);
    }
}

int main(void)
{
    const int fd = mkstemp(path);
    if (fd < 0) return 1;
    close(fd);
    RUN(every_order_of_axes_gives_the_same_drops);
    RUN(one_drop_needs_no_drop_axis);
    RUN(units_mean_what_they_say);
    RUN(a_gain_of_zero_is_silence);
    RUN(the_report_says_what_was_taken_as_what);
    RUN(positions_come_along);
    RUN(gains_that_cannot_be_are_refused);
    RUN(options_that_cannot_be_are_refused);
    RUN(numpy_files_are_read);
    unlink(path);
    return DONE();
}
