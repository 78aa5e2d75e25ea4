#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cellfree/drops.h>

#include "base/file.h"
#include "base/rng.h"
#include "channel/drops.h"
#include "io/h5.h"

#include "t.h"

static char folder[] = "/tmp/cellfree-drops-power-XXXXXX";
static char path[64], other[64];

static const char SERVED[] =
    "task: power\nname: served\narea: {width_m: 100, depth_m: 100}\n"
    "aps: {layout: uniform, count: 4}\nantennas: {count: 3}\nusers: {count: 5}\n"
    "path_loss: {model: log-distance, intercept_db: -30.5, slope_db: 36.7}\n"
    "serve: {model: strongest, count: 2}\n"
    "power: {limit: ap, limit_w: 0.2, objective: min-rate, mu: 2, static_w: 3,\n"
    "        bandwidth_hz: 2e7, rate_floor: 0.5}\n";

static cf_drops *generated(int32_t n)
{
    cf_scenario *s = NULL;
    cf_drops *d = NULL;
    CHECK(cf_scenario_parse(&s, SERVED, "t.yaml") == CF_OK);
    CHECK(cf_drops_generate(&d, s, 77, 5, n, 1) == CF_OK);
    cf_scenario_free(s);
    return d;
}

/* Gains as an import leaves them: without positions, channels and serving sets. */
static cf_drops *imported(int32_t n)
{
    cf_drops *d = NULL;
    const chan_shape shape = {
        .task = CF_TASK_POWER, .n = n, .L = 4, .K = 5, .name = "imported", .yaml = ""};
    CHECK(chan_drops_new(&d, &shape) == CF_OK);
    for (int i = 0; i < n * 100; i++) d->gain[i] = 0.25f * (float)i;
    d->noise_w = 1;
    d->mu = 4;
    d->static_w = 1;
    d->bandwidth_hz = 180e3;
    d->checksum = chan_drops_checksum(d);
    return d;
}

static int same_bytes(const void *a, const void *b, size_t n)
{
    return !a == !b && (!a || memcmp(a, b, n) == 0);
}

static int same(const cf_drops *a, const cf_drops *b)
{
    const size_t n = (size_t)a->n, L = (size_t)a->L, K = (size_t)a->K, N = (size_t)a->antennas;
    return a->task == b->task && a->n == b->n && a->L == b->L && a->K == b->K &&
           a->antennas == b->antennas && a->seed == b->seed && a->first == b->first &&
           a->noise_w == b->noise_w && a->mu == b->mu && a->static_w == b->static_w &&
           a->bandwidth_hz == b->bandwidth_hz && a->limit_w == b->limit_w &&
           a->rate_floor == b->rate_floor && a->objective == b->objective && a->limit == b->limit &&
           a->checksum == b->checksum && !strcmp(a->scenario, b->scenario) &&
           !strcmp(a->scenario_yaml, b->scenario_yaml) &&
           same_bytes(a->channel, b->channel, n * L * K * N * 2 * sizeof(float)) &&
           same_bytes(a->gain, b->gain, n * L * K * K * sizeof(float)) &&
           same_bytes(a->serve, b->serve, n * L * K) &&
           same_bytes(a->ap_position, b->ap_position, n * L * 3 * sizeof(float)) &&
           same_bytes(a->ue_position, b->ue_position, n * K * 3 * sizeof(float)) && !b->gain_dbm &&
           !b->max_users && !b->min_aps;
}

static void check_round_trip(cf_drops *a)
{
    cf_drops *b = NULL;
    CHECK(cf_drops_save(a, path) == CF_OK && cf_drops_load(&b, path) == CF_OK);
    if (!b) fprintf(stderr, "  %s\n", cf_last_error());
    CHECK(b && same(a, b));
    cf_drops_free(a);
    cf_drops_free(b);
}

static void what_is_saved_is_loaded(void)
{
    check_round_trip(generated(30));
    check_round_trip(imported(3));
    cf_drops *a = generated(3);
    free(a->serve);
    a->serve = NULL;
    a->checksum = chan_drops_checksum(a);
    check_round_trip(a);
}

static void equal_drops_give_equal_bytes(void)
{
    cf_drops *a = generated(20), *b = generated(20);
    unsigned char *p = NULL, *q = NULL;
    size_t n = 0, m = 0;
    CHECK(cf_drops_save(a, path) == CF_OK && cf_drops_save(b, other) == CF_OK);
    CHECK(file_read(path, &p, &n) == CF_OK && file_read(other, &q, &m) == CF_OK);
    CHECK(n == m && n > 0 && memcmp(p, q, n) == 0);
    free(p);
    free(q);
    cf_drops_free(a);
    cf_drops_free(b);
}

/* Change a saved file by HDF5 itself. */
typedef void change(hid_t file);

static void check_change(cf_drops *d, change *apply, cf_status want, const char *said)
{
    cf_drops *e = NULL;
    CHECK(cf_drops_save(d, path) == CF_OK);
    cf_drops_free(d);
    const hid_t file = H5Fopen(path, H5F_ACC_RDWR, H5P_DEFAULT);
    apply(file);
    H5Fclose(file);
    const cf_status s = cf_drops_load(&e, path);
    const int good =
        s == want && !e && strstr(cf_last_error(), said) && strstr(cf_last_error(), path);
    CHECK(good);
    if (!good)
        fprintf(stderr, "  %d, wanted %d \"%s\": %s\n", (int)s, (int)want, said, cf_last_error());
    cf_drops_free(e);
}

static void set_text(hid_t file, const char *name, const char *value)
{
    io_h5_out o = {file, 0};
    H5Adelete(file, name);
    io_put_text(&o, file, name, value);
}

static void set_number(hid_t file, const char *name, double value)
{
    const hid_t a = H5Aopen(file, name, H5P_DEFAULT);
    H5Awrite(a, H5T_NATIVE_DOUBLE, &value);
    H5Aclose(a);
}

static void replace(hid_t file, const char *name, hid_t type, int rank, const hsize_t *dims)
{
    static const double zeros[4000];
    io_h5_out o = {file, 0};
    H5Ldelete(file, name, H5P_DEFAULT);
    io_put_array(&o, file, name, type, rank, dims, zeros, "", "");
}

/* One float of a dataset of them, or of complex numbers. */
static void set_float(hid_t file, const char *name, hid_t type, float value)
{
    const hid_t set = H5Dopen2(file, name, H5P_DEFAULT);
    float v[1000];
    H5Dread(set, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, v);
    v[33] = value;
    H5Dwrite(set, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, v);
    H5Dclose(set);
}

static void set_channel(hid_t file, float value)
{
    const hid_t type = io_complex_type();
    set_float(file, "channel", type, value);
    H5Tclose(type);
}

static void be_assignment(hid_t f)
{
    set_text(f, "task", "assignment");
}
static void be_cheerful(hid_t f)
{
    set_text(f, "objective", "joy");
}
static void be_unlimited(hid_t f)
{
    set_text(f, "limit", "sky");
}
static void be_free(hid_t f)
{
    set_text(f, "objective", "ee");
    set_number(f, "static_w", 0);
}
static void have_nan_mu(hid_t f)
{
    set_number(f, "mu", (double)NAN);
}
static void lose_mu(hid_t f)
{
    H5Adelete(f, "mu");
}
static void lose_channel(hid_t f)
{
    H5Ldelete(f, "channel", H5P_DEFAULT);
}
static void be_real(hid_t f)
{
    replace(f, "channel", H5T_NATIVE_FLOAT, 4, (hsize_t[]){3, 4, 5, 3});
}
static void be_muted(hid_t f)
{
    const hid_t type = io_complex_type();
    replace(f, "channel", type, 4, (hsize_t[]){3, 4, 5, 3});
    H5Tclose(type);
}
static void be_flat(hid_t f)
{
    const hid_t type = io_complex_type();
    replace(f, "channel", type, 3, (hsize_t[]){3, 4, 5});
    H5Tclose(type);
}
/* r and q in place of r and i */
static void be_misnamed(hid_t f)
{
    const hid_t type = H5Tcreate(H5T_COMPOUND, 8);
    H5Tinsert(type, "r", 0, H5T_NATIVE_FLOAT);
    H5Tinsert(type, "q", 4, H5T_NATIVE_FLOAT);
    replace(f, "channel", type, 4, (hsize_t[]){3, 4, 5, 3});
    H5Tclose(type);
}
static void be_short_served(hid_t f)
{
    replace(f, "serve", H5T_NATIVE_UINT8, 3, (hsize_t[]){3, 4, 4});
}
static void be_half_served(hid_t f)
{
    const uint8_t v[60] = {[7] = 2};
    const hid_t set = H5Dopen2(f, "serve", H5P_DEFAULT);
    H5Dwrite(set, H5T_NATIVE_UINT8, H5S_ALL, H5S_ALL, H5P_DEFAULT, v);
    H5Dclose(set);
}
static void have_nan(hid_t f)
{
    set_channel(f, NAN);
}
static void have_too_much(hid_t f)
{
    set_channel(f, 1e15f);
}
static void have_other(hid_t f)
{
    set_channel(f, 1e-5f);
}
static void lose_gain(hid_t f)
{
    H5Ldelete(f, "gain", H5P_DEFAULT);
}
static void be_oblong(hid_t f)
{
    replace(f, "gain", H5T_NATIVE_FLOAT, 4, (hsize_t[]){3, 4, 5, 4});
}
static void be_negative(hid_t f)
{
    set_float(f, "gain", H5T_NATIVE_FLOAT, -1);
}
static void be_infinite(hid_t f)
{
    set_float(f, "gain", H5T_NATIVE_FLOAT, INFINITY);
}

static void every_wrong_field_is_named(void)
{
    check_change(generated(3), be_assignment, CF_EFORMAT, "gain_dbm is missing");
    check_change(generated(3), be_cheerful, CF_EFORMAT, "objective is \"joy\", wanted \"ee\"");
    check_change(generated(3), be_unlimited, CF_EFORMAT, "limit is \"sky\", wanted \"none\"");
    check_change(generated(3), be_free, CF_EFORMAT, "static_w is 0, wanted above 0");
    check_change(generated(3), have_nan_mu, CF_EFORMAT, "mu is nan");
    check_change(generated(3), lose_mu, CF_EFORMAT, "attribute mu is missing");
    check_change(generated(3), lose_channel, CF_EFORMAT, "channel is missing");
    check_change(generated(3), be_real, CF_EFORMAT, "channel is of another type, wanted complex");
    check_change(generated(3), be_misnamed, CF_EFORMAT, "channel is of another type");
    check_change(generated(3), be_muted, CF_EFORMAT, "attribute noise_w is missing");
    check_change(generated(3), be_flat, CF_ESHAPE, "channel is (3,4,5), wanted (n,n,n,n)");
    check_change(generated(3), be_short_served, CF_ESHAPE, "serve is (3,4,4), wanted (3,4,5)");
    check_change(generated(3), be_half_served, CF_EFORMAT, "serve holds 2 at entry 7");
    check_change(generated(3), have_nan, CF_ENUM, "channel holds nan at entry 33");
    check_change(generated(3), have_too_much, CF_EFORMAT, "channel holds 1e+15 at entry 33");
    check_change(generated(3), have_other, CF_EFORMAT, "damaged: its data have checksum");
    check_change(imported(3), lose_gain, CF_EFORMAT, "channel is missing");
    check_change(imported(3), be_oblong, CF_ESHAPE, "gain has 5 users and 4 beams");
    check_change(imported(3), be_negative, CF_EFORMAT, "gain holds -1 at entry 33");
    check_change(imported(3), be_infinite, CF_ENUM, "gain holds inf");
}

static void check_flips(cf_drops *d)
{
    unsigned char *p = NULL;
    size_t n = 0;
    CHECK(cf_drops_save(d, path) == CF_OK && file_read(path, &p, &n) == CF_OK);
    int refused = 0;
    for (uint64_t trial = 0; trial < 300; trial++) {
        rng r = rng_stream(4, RNG_TEST, trial);
        const size_t at = rng_below(&r, (uint32_t)n);
        const unsigned char bit = (unsigned char)(1u << rng_below(&r, 8));
        cf_drops *e = NULL;
        p[at] ^= bit;
        file_write(path, p, n);
        if (cf_drops_load(&e, path) == CF_OK)
            CHECK(same(d, e));
        else
            refused++;
        p[at] ^= bit;
        cf_drops_free(e);
    }
    fprintf(stderr, "  %d of 300 flipped bits were refused\n", refused);
    CHECK(refused > 150);
    free(p);
    cf_drops_free(d);
}

/* A flipped bit is refused, or lies where nothing is read from. */
static void flipped_bits_never_change_a_drop(void)
{
    check_flips(generated(20));
    check_flips(imported(20));
}

static void every_truncation_is_refused(void)
{
    cf_drops *d = generated(20);
    unsigned char *p = NULL;
    size_t n = 0;
    CHECK(cf_drops_save(d, path) == CF_OK && file_read(path, &p, &n) == CF_OK);
    for (size_t cut = 1; cut < n; cut += 1 + n / 40) {
        cf_drops *e = NULL;
        file_write(path, p, cut);
        CHECK(cf_drops_load(&e, path) == CF_EFORMAT && !e);
    }
    free(p);
    cf_drops_free(d);
}

/* What people read the file with: h5py takes {r, i} for complex numbers. */
static void h5py_reads_it(void)
{
    if (system("/usr/bin/python3 -c 'import h5py' 2>/dev/null") != 0) {
        fprintf(stderr, "  (no h5py here)\n");
        return;
    }
    cf_drops *d = generated(6);
    CHECK(cf_drops_save(d, path) == CF_OK);
    float gain[100];
    cf_power p;
    CHECK(cf_drops_power(d, 2, gain, &p) == CF_OK);
    char command[1200];
    snprintf(command, sizeof command,
             "/usr/bin/python3 -c \"\n"
             "import h5py, numpy as np\n"
             "f = h5py.File('%s')\n"
             "t = lambda v: v.decode() if isinstance(v, bytes) else v\n"
             "h = f['channel']\n"
             "assert t(f.attrs['task']) == 'power' and t(f.attrs['objective']) == 'min-rate'\n"
             "assert h.shape == (6, 4, 5, 3) and h.dtype == 'complex64'\n"
             "assert t(h.attrs['dims']) == 'drop,ap,user,antenna' and h.attrs['noise_w'] == %.17g\n"
             "assert f['serve'].dtype == 'uint8' and (f['serve'][:].sum(1) == 2).all()\n"
             "x = h[2].astype('complex128')\n"
             "g = abs(np.einsum('lkn,ljn->lkj', x.conj(), x)) ** 2\n"
             "g /= (abs(x) ** 2).sum(2)[:, None, :]\n"
             "assert abs(g[3, 1, 4] / %.9g - 1) < 1e-5 and abs(g[0, 2, 2] / %.9g - 1) < 1e-5\n"
             "\"",
             path, d->noise_w, (double)gain[3 * 25 + 5 + 4], (double)gain[12]);
    CHECK(system(command) == 0);
    cf_drops_free(d);
}

int main(void)
{
    if (!mkdtemp(folder)) return 1;
    snprintf(path, sizeof path, "%s/drops.h5", folder);
    snprintf(other, sizeof other, "%s/other.h5", folder);
    RUN(what_is_saved_is_loaded);
    RUN(equal_drops_give_equal_bytes);
    RUN(every_wrong_field_is_named);
    RUN(flipped_bits_never_change_a_drop);
    RUN(every_truncation_is_refused);
    RUN(h5py_reads_it);
    unlink(path);
    unlink(other);
    rmdir(folder);
    return DONE();
}
