/* What import takes beside gains: channels, serving sets, large-scale fading, arrays in memory and
 * conventions. */
#include <complex.h>
#include <stdio.h>
#include <string.h>

#include <cellfree/drops.h>

#include "channel/drops.h"

#include "t.h"

enum { N = 3, L = 2, K = 4, M = 5 }; /* drops, access points, users, antennas */

static const double NONE = (double)NAN;

static cf_import options(void)
{
    return (cf_import){.task = CF_TASK_POWER,
                       .channel = "h",
                       .tx_power_dbm = NONE,
                       .noise_dbm = NONE,
                       .min_aps = -1,
                       .noise_w = 1e-12,
                       .static_w = 4,
                       .mu = NONE,
                       .bandwidth_hz = NONE};
}

/* Antenna a of AP l to user k in drop i. */
static double complex channel_of(int i, int l, int k, int a)
{
    return 1e-6 * (1 + i + 10 * l + 100 * k) + 1e-7 * (a + 1) * (k + 2 * l - i) * I;
}

/* Does AP l serve user k in drop i? */
static int open_to(int i, int l, int k)
{
    return (i + l + k) % 3 != 0;
}

/* An array over the axes "dlka" in the order of `letters`, and its axes in words. */
typedef struct made {
    double complex v[N * L * K * M];
    uint8_t serve[N * L * K];
    int64_t dims[4];
    char axes[60];
} made;

static void make(made *x, const char *letters)
{
    static const char LETTERS[] = "dlka";
    static const char *const NAMES[] = {"drop", "ap", "user", "antenna"};
    static const int SIZE[] = {N, L, K, M};
    const int ndim = (int)strlen(letters);
    int count = 1, which[4];
    x->axes[0] = 0;
    for (int a = 0; a < ndim; a++) {
        which[a] = (int)(strchr(LETTERS, letters[a]) - LETTERS);
        snprintf(x->axes + strlen(x->axes), 20, "%s%s", a ? "," : "", NAMES[which[a]]);
        x->dims[a] = SIZE[which[a]];
        count *= SIZE[which[a]];
    }
    for (int j = 0; j < count; j++) {
        int index[4] = {0};
        for (int a = ndim - 1, rest = j; a >= 0; rest /= SIZE[which[a--]])
            index[which[a]] = rest % SIZE[which[a]];
        x->v[j] = channel_of(index[0], index[1], index[2], index[3]);
        if (j < N * L * K) x->serve[j] = (uint8_t)open_to(index[0], index[1], index[2]);
    }
}

static cf_drops *import(const cf_array *arrays, int32_t count, const cf_import *with, char *report,
                        size_t size)
{
    cf_drops *d = NULL;
    CHECK(cf_drops_import_arrays(&d, arrays, count, with, report, size) == CF_OK);
    if (!d) fprintf(stderr, "  %s\n", cf_last_error());
    return d;
}

static void check_channels(const cf_drops *d)
{
    CHECK(d && d->n == N && d->L == L && d->K == K && d->antennas == M && d->channel && !d->gain);
    if (!d) return;
    CHECK(d->checksum == chan_drops_checksum(d));
    for (int x = 0; x < N * L * K * M; x++) {
        const double complex h = channel_of(x / (L * K * M), x / (K * M) % L, x / M % K, x % M);
        CHECK(d->channel[2 * x] == (float)creal(h) && d->channel[2 * x + 1] == (float)cimag(h));
    }
}

static void channels_of_every_axis_order_are_the_same(void)
{
    static const char *const ORDERS[] = {"dlka", "akld", "kdal", "lakd"};
    for (int o = 0; o < 4; o++) {
        made x;
        make(&x, ORDERS[o]);
        cf_import with = options();
        with.axes = x.axes;
        cf_drops *d = import(&(cf_array){"h", "<c16", 4, x.dims, x.v}, 1, &with, NULL, 0);
        check_channels(d);
        cf_drops_free(d);
    }
}

static void axes_of_channels_are_in_order_unless_said(void)
{
    made x;
    make(&x, "dlka");
    char report[2000];
    const cf_import with = options();
    cf_drops *d = import(&(cf_array){"h", "<c16", 4, x.dims, x.v}, 1, &with, report, sizeof report);
    check_channels(d);
    static const char *const LINES[] = {
        ("channel: array h, dtype <c16, shape (3,2,4,5): axis 0 is drop (3), axis 1 is ap (2), "
         "axis 2 is user (4), axis 3 is antenna (5)\n"),
        "axes: drop,ap,user,antenna (assumed)\n", "unit: complex channel h, linear (assumed)",
        "own gain over noise of 1e-12 W: "};
    for (size_t i = 0; i < sizeof LINES / sizeof *LINES; i++) {
        CHECK(strstr(report, LINES[i]) != NULL);
        if (!strstr(report, LINES[i])) fprintf(stderr, "  no '%s' in %s\n", LINES[i], report);
    }
    cf_drops_free(d);
}

/* (L M, drop, user): the antennas of an access point side by side. */
static void antennas_of_all_access_points_may_be_one_axis(void)
{
    double complex v[L * M * N * K];
    const int64_t dims[] = {L * M, N, K};
    for (int j = 0; j < L * M * N * K; j++)
        v[j] = channel_of(j / K % N, j / (N * K) / M, j % K, j / (N * K) % M);
    const cf_array h = {"h", "<c16", 3, dims, v};
    cf_import with = options();
    with.axes = "ap:antenna,drop,user";
    with.antennas = M;
    char report[2000];
    cf_drops *d = import(&h, 1, &with, report, sizeof report);
    check_channels(d);
    CHECK(strstr(report, "axis 0 is ap (2) by antenna (5), axis 1 is drop (3)") != NULL);
    cf_drops_free(d);
}

static void one_antenna_needs_no_axis(void)
{
    made x;
    make(&x, "dlk");
    const cf_array h = {"h", "<c16", 3, x.dims, x.v};
    cf_import with = options();
    with.axes = "drop,ap,user";
    cf_drops *d = import(&h, 1, &with, NULL, 0);
    CHECK(d && d->antennas == 1 && d->channel[2 * 23] == (float)creal(channel_of(2, 1, 3, 0)));
    cf_drops_free(d);
}

static void check_serve(const cf_drops *d, int drop_of_all)
{
    CHECK(d && d->serve);
    for (int x = 0; d && d->serve && x < N * L * K; x++)
        CHECK(d->serve[x] ==
              open_to(drop_of_all < 0 ? x / (L * K) : drop_of_all, x / K % L, x % K));
}

static void serving_sets_come_along(void)
{
    made x, s;
    char report[2000];
    cf_import with = options();
    make(&x, "kdal");
    make(&s, "kdl"); /* the axes of the channels but for antenna */
    with.axes = x.axes;
    with.serve = "D";
    cf_array arrays[] = {{"h", "<c16", 4, x.dims, x.v}, {"D", "|u1", 3, s.dims, s.serve}};
    cf_drops *d = import(arrays, 2, &with, report, sizeof report);
    check_channels(d);
    check_serve(d, -1);
    CHECK(strstr(report, "serve: array D, dtype |u1, shape (4,3,2): axis 0 is user (4)") != NULL);
    CHECK(strstr(report, "serve: 66.7 % of links may carry power\n") != NULL);
    cf_drops_free(d);
    make(&s, "lkd"); /* axes of its own */
    with.serve_axes = s.axes;
    d = import(arrays, 2, &with, NULL, 0);
    check_serve(d, -1);
    cf_drops_free(d);
    make(&s, "kl"); /* one for all drops */
    with.serve_axes = NULL;
    arrays[1].ndim = 2;
    d = import(arrays, 2, &with, report, sizeof report);
    check_serve(d, 0);
    CHECK(strstr(report, "; the same in all drops\n") != NULL);
    cf_drops_free(d);
}

static void users_that_nobody_may_serve_are_counted(void)
{
    made x;
    char report[2000];
    const double none[L * K] = {1, 0, 0, 1, 1, 0, 0, 0};
    make(&x, "dlka");
    cf_import with = options();
    with.serve = "D";
    const cf_array arrays[] = {{"h", "<c16", 4, x.dims, x.v},
                               {"D", "<f8", 2, (const int64_t[]){L, K}, none}};
    cf_drops *d = import(arrays, 2, &with, report, sizeof report);
    CHECK(strstr(report, "users that nobody may serve: 6 of 12; the same in all drops") != NULL);
    cf_drops_free(d);
}

/* beta, and N beta to the user itself. */
static void large_scale_fading_makes_mean_gains(void)
{
    static const double beta[] = {1e-9, 2e-9, 3e-9, 5e-9, 7e-9, 11e-9};
    cf_import with = options();
    with.channel = NULL;
    with.gain = "beta";
    with.axes = "ap,user";
    with.antennas = 8;
    char report[2000];
    cf_drops *d = import(&(cf_array){"beta", "<f8", 2, (const int64_t[]){2, 3}, beta}, 1, &with,
                         report, sizeof report);
    CHECK(d && d->n == 1 && d->L == 2 && d->K == 3 && d->gain && !d->channel);
    for (int x = 0; d && x < 18; x++)
        CHECK(d->gain[x] == (float)beta[x / 3] * (x / 3 % 3 == x % 3 ? 8.0F : 1.0F));
    CHECK(strstr(report, "mean effective gains of 8 antennas: 8 beta to the user itself") != NULL);
    cf_drops_free(d);
}

static void every_type_is_taken(void)
{
    static const float single[] = {-50, -60};
    static const int16_t whole[] = {-50, -60};
    const int64_t dims[] = {2, 1};
    const cf_array TYPES[] = {{"g", "<f4", 2, dims, single}, {"g", "<i2", 2, dims, whole}};
    for (int i = 0; i < 2; i++) {
        cf_import with = options();
        with.task = CF_TASK_ASSIGNMENT;
        with.channel = NULL;
        with.unit = CF_UNIT_DBM;
        with.axes = "ap,user";
        cf_drops *d = import(TYPES + i, 1, &with, NULL, 0);
        CHECK(d && d->gain_dbm[0] == -50 && d->gain_dbm[1] == -60);
        cf_drops_free(d);
    }
}

static void complex_positions_are_coordinates(void)
{
    static const double beta[] = {1e-9, 2e-9};
    static const double complex at[] = {3 + 4 * I, 5 + 6 * I};
    cf_import with = options();
    with.channel = NULL;
    with.gain = "beta";
    with.antennas = 1;
    with.axes = "ap,user";
    with.ap_position = "ap";
    const cf_array arrays[] = {{"beta", "<f8", 2, (const int64_t[]){2, 1}, beta},
                               {"ap", "<c16", 2, (const int64_t[]){2, 1}, at}};
    char report[2000];
    cf_drops *d = import(arrays, 2, &with, report, sizeof report);
    static const float want[] = {3, 4, 0, 5, 6, 0};
    CHECK(d && memcmp(d->ap_position, want, sizeof want) == 0);
    CHECK(strstr(report, "ap_position: array ap, shape (2,2) of complex numbers x + iy") != NULL);
    cf_drops_free(d);
}

/* ---- what cannot be ---- */

static void check_refused(const cf_array *arrays, int32_t count, const cf_import *with,
                          cf_status want, const char *said)
{
    cf_drops *d = NULL;
    const cf_status s = cf_drops_import_arrays(&d, arrays, count, with, NULL, 0);
    const int good = s == want && !d && strstr(cf_last_error(), said) != NULL;
    CHECK(good);
    if (!good)
        fprintf(stderr, "  %d, wanted %d \"%s\": %s\n", (int)s, (int)want, said, cf_last_error());
    cf_drops_free(d);
}

static void channels_that_cannot_be_are_refused(void)
{
    made x;
    make(&x, "dlka");
    const cf_array h = {"h", "<c16", 4, x.dims, x.v};
    const int place = ((1 * L + 1) * K + 2) * M + 3;
    cf_import with = options();
    x.v[place] = NONE;
    check_refused(&h, 1, &with, CF_ENUM, "arrays: h at drop 1, ap 1, user 2, antenna 3 is nan");
    ((double *)(x.v + place))[0] = 0;
    ((double *)(x.v + place))[1] = (double)INFINITY;
    check_refused(&h, 1, &with, CF_ENUM, "is 0+infi: not a finite number");
    x.v[place] = 2e14;
    check_refused(&h, 1, &with, CF_EARG, "is 2e+14+0i: above 1e14: is the unit right?");
    make(&x, "dlka");
    for (int j = 0; j < L * M; j++) x.v[(2 * L + j / M) * K * M + 1 * M + j % M] = 0;
    check_refused(&h, 1, &with, CF_EARG, "at drop 2: the own gain of user 1 is 0 from every");
    make(&x, "dlka");
    with.unit = CF_UNIT_DB;
    check_refused(&h, 1, &with, CF_EARG, "a channel in decibels, wanted linear");
    with = options();
    with.antennas = 4;
    check_refused(&h, 1, &with, CF_ESHAPE, "5 along antenna, wanted 4 antennas");
    with.antennas = 0;
    with.axes = "drop,ap:antenna,user";
    const cf_array joined = {"h", "<c16", 3, (const int64_t[]){N, L * M, K}, x.v};
    check_refused(&joined, 1, &with, CF_EARG, "axis ap:antenna without the number of antennas");
    with.antennas = 3;
    check_refused(&joined, 1, &with, CF_ESHAPE, "10 along ap:antenna, no multiple of 3 antennas");
    with = options();
    with.axes = "drop,ap,user,beam";
    check_refused(&h, 1, &with, CF_EARG, "wanted an order of drop,ap,user,antenna");
    with.axes = "drop,ap,ap:antenna,user";
    check_refused(&h, 1, &with, CF_EARG, "wanted an order of drop,ap,user,antenna");
    with = options();
    const cf_array real = {"h", "<f8", 4, x.dims, x.v};
    check_refused(&real, 1, &with, CF_EFORMAT, "h: dtype <f8, wanted complex channels");
    with.channel = NULL;
    with.gain = "h";
    check_refused(&h, 1, &with, CF_EFORMAT, "h: dtype <c16: complex, wanted real numbers");
    with.channel = "h";
    check_refused(&h, 1, &with, CF_EARG, "gain and channel, wanted one of them");
}

static void serving_sets_that_cannot_be_are_refused(void)
{
    made x, s;
    make(&x, "dlka");
    make(&s, "dlk");
    cf_array arrays[] = {{"h", "<c16", 4, x.dims, x.v}, {"D", "|u1", 3, s.dims, s.serve}};
    cf_import with = options();
    with.serve = "E";
    check_refused(arrays, 2, &with, CF_EARG, "no array E; it has h, D");
    with.serve = "D";
    s.serve[13] = 2;
    check_refused(arrays, 2, &with, CF_EARG, "D at drop 1, ap 1, user 1 is 2, wanted 0 or 1");
    s.serve[13] = 1;
    s.dims[0] = 2;
    check_refused(arrays, 2, &with, CF_ESHAPE, "2 drops of 2 access points and 4 users, wanted 3");
    with.serve_axes = "drop,user,ap";
    check_refused(arrays, 2, &with, CF_ESHAPE, "2 drops of 4 access points and 2 users, wanted 3");
    with.serve_axes = "drop,ap,nobody";
    check_refused(arrays, 2, &with, CF_EARG, "wanted an order of drop,ap,user");
    with.serve_axes = NULL;
    arrays[1].type = "<c16";
    arrays[1].data = x.v;
    check_refused(arrays, 2, &with, CF_EFORMAT, "D: dtype <c16, wanted 0 and 1");
}

static void calls_that_cannot_be_are_refused(void)
{
    static const double v[4] = {1, 1, 1, 1};
    const int64_t dims[] = {2, 2};
    const cf_array good = {"h", "<f8", 2, dims, v};
    cf_array array = good;
    cf_import with = options();
    with.channel = NULL;
    with.antennas = 2;
    check_refused(&array, 1, &with, CF_EARG, "no axes, wanted an order of drop,ap,user");
    with.antennas = -1;
    check_refused(&array, 1, &with, CF_EARG, "-1 antennas");
    with = options();
    with.channel = NULL;
    with.axes = "user,beam";
    array.type = "<U3";
    check_refused(&array, 1, &with, CF_EFORMAT, "h: dtype <U3, wanted a real number");
    array = good;
    array.data = NULL;
    check_refused(&array, 1, &with, CF_EARG, "array 0: a pointer is NULL");
    array = good;
    array.ndim = 9;
    check_refused(&array, 1, &with, CF_EFORMAT, "h has 9 axes");
    array = good;
    array.dims = (const int64_t[]){2, -2};
    check_refused(&array, 1, &with, CF_EARG, "-2 along axis 1");
    array.dims = (const int64_t[]){INT64_MAX, INT64_MAX};
    check_refused(&array, 1, &with, CF_EFORMAT, "too large");
    array.ndim = 3;
    array.dims = (const int64_t[]){0, INT64_MAX, INT64_MAX}; /* an empty one has steps too */
    check_refused(&array, 1, &with, CF_EFORMAT, "too large");
    with.task = CF_TASK_ASSIGNMENT;
    with.serve = "h";
    check_refused(&good, 1, &with, CF_EARG, "serving sets are of the task power");
    with.serve = NULL;
    with.antennas = 2;
    check_refused(&good, 1, &with, CF_EARG, "antennas are of the task power");
    cf_drops *d = NULL;
    CHECK(cf_drops_import_arrays(&d, NULL, 0, &with, NULL, 0) == CF_EARG && !d);
}

/* ---- conventions ---- */

static void conventions_fill_what_is_open(void)
{
    cf_import o = options();
    o.channel = NULL;
    o.noise_w = NONE;
    CHECK(cf_import_like(&o, "bjornson") == CF_OK);
    CHECK(!strcmp(o.gain, "gainOverNoisedB") && !strcmp(o.axes, "ap,user,drop"));
    CHECK(o.unit == CF_UNIT_DB_OVER_NOISE && o.bandwidth_hz == 20e6 && o.static_w == 4);
    CHECK_NEAR(10 * log10(1e3 * o.noise_w), -174 + 10 * log10(20e6) + 7, 1e-9);
    o = options();
    o.channel = "mine";
    o.noise_w = NONE;
    o.bandwidth_hz = 1;
    CHECK(cf_import_like(&o, "bjornson") == CF_OK && !o.gain && !strcmp(o.channel, "mine"));
    CHECK(!strcmp(o.axes, "ap:antenna,drop,user") && o.bandwidth_hz == 1 && o.noise_w == 1e-3);
    o = options();
    o.channel = NULL;
    o.task = CF_TASK_ASSIGNMENT;
    o.axes = "user,ap";
    CHECK(cf_import_like(&o, "eemax") == CF_OK && !strcmp(o.gain, "BETAA"));
    CHECK(!strcmp(o.axes, "user,ap") && o.unit == CF_UNIT_LINEAR && o.tx_power_dbm == 30);
    CHECK_NEAR(o.noise_dbm, 30 - 203.975 + 10 * log10(20e6) + 9, 1e-9);
    CHECK(cf_import_like(&o, "mine") == CF_EARG);
    CHECK(strstr(cf_last_error(), "'mine', wanted one of bjornson, eemax, peng") != NULL);
    o = options();
    CHECK(cf_import_like(&o, "peng") == CF_EARG);
    CHECK(strstr(cf_last_error(), "peng has no channels for the task power") != NULL);
}

int main(void)
{
    RUN(channels_of_every_axis_order_are_the_same);
    RUN(axes_of_channels_are_in_order_unless_said);
    RUN(antennas_of_all_access_points_may_be_one_axis);
    RUN(one_antenna_needs_no_axis);
    RUN(serving_sets_come_along);
    RUN(users_that_nobody_may_serve_are_counted);
    RUN(large_scale_fading_makes_mean_gains);
    RUN(every_type_is_taken);
    RUN(complex_positions_are_coordinates);
    RUN(channels_that_cannot_be_are_refused);
    RUN(serving_sets_that_cannot_be_are_refused);
    RUN(calls_that_cannot_be_are_refused);
    RUN(conventions_fill_what_is_open);
    return DONE();
}
