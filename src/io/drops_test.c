#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cellfree/drops.h>

#include "base/file.h"
#include "base/rng.h"
#include "io/h5.h"

#include "t.h"

static char folder[] = "/tmp/cellfree-drops-XXXXXX";
static char path[64], other[64];

static cf_drops *sample(int32_t n)
{
    cf_scenario *s = NULL;
    cf_drops *d = NULL;
    CHECK(cf_scenario_load(&s, "mmwave-small") == CF_OK);
    CHECK(cf_drops_generate(&d, s, 77, 5, n, 1) == CF_OK);
    cf_scenario_free(s);
    return d;
}

static int same(const cf_drops *a, const cf_drops *b)
{
    const size_t n = (size_t)a->n, L = (size_t)a->L, K = (size_t)a->K;
    return a->n == b->n && a->L == b->L && a->K == b->K && a->seed == b->seed &&
           a->first == b->first && a->noise_dbm == b->noise_dbm && a->checksum == b->checksum &&
           !strcmp(a->scenario, b->scenario) && !strcmp(a->scenario_yaml, b->scenario_yaml) &&
           !memcmp(a->gain_dbm, b->gain_dbm, n * L * K * sizeof(float)) &&
           !memcmp(a->ap_position, b->ap_position, n * L * 3 * sizeof(float)) &&
           !memcmp(a->ue_position, b->ue_position, n * K * 3 * sizeof(float)) &&
           !memcmp(a->max_users, b->max_users, L * sizeof(int32_t)) &&
           !memcmp(a->min_aps, b->min_aps, K * sizeof(int32_t));
}

static void what_is_saved_is_loaded(void)
{
    cf_drops *a = sample(30), *b = NULL;
    a->max_users[2] = 4;
    a->min_aps[1] = 0;
    CHECK(cf_drops_save(a, path) == CF_OK);
    CHECK(cf_drops_load(&b, path) == CF_EFORMAT); /* the limits are not those of its checksum */
    cf_drops_free(a);
    a = sample(30);
    CHECK(cf_drops_save(a, path) == CF_OK);
    CHECK(cf_drops_load(&b, path) == CF_OK);
    CHECK(b && same(a, b));
    cf_drops_free(a);
    cf_drops_free(b);
}

/* More scenario text than a compact HDF5 attribute holds (64 KiB). */
static void a_long_scenario_fits(void)
{
    cf_drops *a = sample(2), *b = NULL;
    const size_t n = 300000;
    free(a->scenario_yaml);
    a->scenario_yaml = malloc(n + 1);
    memset(a->scenario_yaml, 'x', n);
    a->scenario_yaml[n] = 0;
    CHECK(cf_drops_save(a, path) == CF_OK && cf_drops_load(&b, path) == CF_OK);
    CHECK(b && same(a, b));
    cf_drops_free(a);
    cf_drops_free(b);
}

static void read_whole(const char *name, unsigned char **p, size_t *n)
{
    *p = NULL;
    *n = 0;
    CHECK(file_read(name, p, n) == CF_OK);
}

static void equal_drops_give_equal_bytes(void)
{
    cf_drops *a = sample(50), *b = sample(50);
    unsigned char *p, *q;
    size_t n, m;
    CHECK(cf_drops_save(a, path) == CF_OK);
    sleep(2); /* a time stamp would show */
    CHECK(cf_drops_save(b, other) == CF_OK);
    read_whole(path, &p, &n);
    read_whole(other, &q, &m);
    CHECK(n == m && n > 0 && memcmp(p, q, n) == 0);
    free(p);
    free(q);
    cf_drops_free(a);
    cf_drops_free(b);
}

/* Loading fails like this and says so in one line that names the file. */
static void check_refused(cf_status want, const char *said)
{
    cf_drops *d = NULL;
    const cf_status s = cf_drops_load(&d, path);
    const char *message = cf_last_error();
    const int good =
        s == want && !d && strstr(message, said) && strstr(message, path) && !strchr(message, '\n');
    CHECK(good);
    if (!good) fprintf(stderr, "  %d, wanted %d \"%s\": %s\n", (int)s, (int)want, said, message);
    cf_drops_free(d);
}

static void files_that_are_no_drops_are_refused(void)
{
    unlink(path);
    check_refused(CF_EIO, "No such file");
    CHECK(mkdir(path, 0700) == 0);
    check_refused(CF_EIO, "not a regular file");
    rmdir(path);
    file_write(path, "", 0);
    check_refused(CF_EFORMAT, "empty");
    file_write(path, "plain text\n", 11);
    check_refused(CF_EFORMAT, "not an HDF5 file");
    const hid_t f = H5Fcreate(path, H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT);
    H5Fclose(f);
    check_refused(CF_EFORMAT, "attribute format is missing");
    CHECK(cf_drops_load(NULL, path) == CF_EARG && cf_drops_save(NULL, path) == CF_EARG);
}

/* Change a saved file by HDF5 itself. */
typedef void change(hid_t file);

static void check_change(change *apply, cf_status want, const char *said)
{
    cf_drops *d = sample(4);
    CHECK(cf_drops_save(d, path) == CF_OK);
    cf_drops_free(d);
    const hid_t file = H5Fopen(path, H5F_ACC_RDWR, H5P_DEFAULT);
    CHECK(file >= 0);
    apply(file);
    H5Fclose(file);
    check_refused(want, said);
}

static void set_text(hid_t file, const char *name, const char *value)
{
    io_h5_out o = {file, 0};
    H5Adelete(file, name);
    io_put_text(&o, file, name, value);
}

static void replace(hid_t file, const char *name, hid_t type, int rank, const hsize_t *dims)
{
    static const double zeros[1000];
    io_h5_out o = {file, 0};
    H5Ldelete(file, name, H5P_DEFAULT);
    io_put_array(&o, file, name, type, rank, dims, zeros, "", "");
}

static void put_gain(hid_t file, float value)
{
    const hid_t set = H5Dopen2(file, "gain_dbm", H5P_DEFAULT);
    float v[80];
    H5Dread(set, H5T_NATIVE_FLOAT, H5S_ALL, H5S_ALL, H5P_DEFAULT, v);
    v[33] = value;
    H5Dwrite(set, H5T_NATIVE_FLOAT, H5S_ALL, H5S_ALL, H5P_DEFAULT, v);
    H5Dclose(set);
}

static void be_power(hid_t f)
{
    set_text(f, "task", "power");
}
static void be_both(hid_t f)
{
    set_text(f, "task", "both");
}
static void be_result(hid_t f)
{
    set_text(f, "format", "cellfree.result");
}
static void be_numbered(hid_t f)
{
    set_text(f, "version", "one");
}
static void lose_seed(hid_t f)
{
    H5Adelete(f, "seed");
}
static void lose_gain(hid_t f)
{
    H5Ldelete(f, "gain_dbm", H5P_DEFAULT);
}
static void lose_limits(hid_t f)
{
    H5Ldelete(f, "max_users", H5P_DEFAULT);
}
static void have_nan(hid_t f)
{
    put_gain(f, NAN);
}
static void have_infinity(hid_t f)
{
    put_gain(f, -INFINITY);
}
static void have_other(hid_t f)
{
    put_gain(f, -100);
}

static void be_newer(hid_t f)
{
    const hid_t a = H5Aopen(f, "version", H5P_DEFAULT);
    H5Awrite(a, H5T_NATIVE_INT, &(int){2});
    H5Aclose(a);
}

static void be_flat(hid_t f)
{
    replace(f, "gain_dbm", H5T_NATIVE_FLOAT, 2, (hsize_t[]){4, 20});
}
static void be_whole(hid_t f)
{
    replace(f, "gain_dbm", H5T_NATIVE_INT, 3, (hsize_t[]){4, 5, 4});
}
static void be_short(hid_t f)
{
    replace(f, "max_users", H5T_NATIVE_INT, 1, (hsize_t[]){4});
}
static void be_mute(hid_t f)
{
    replace(f, "gain_dbm", H5T_NATIVE_FLOAT, 3, (hsize_t[]){4, 5, 4});
}
static void be_closed(hid_t f)
{
    replace(f, "max_users", H5T_NATIVE_INT, 1, (hsize_t[]){5});
}
static void be_misplaced(hid_t f)
{
    replace(f, "ue_position", H5T_NATIVE_FLOAT, 3, (hsize_t[]){4, 4, 2});
}

/* A shape of 2^31 drops of which the file holds nothing. */
static void be_absurd(hid_t f)
{
    const hid_t space = H5Screate_simple(3, (hsize_t[]){2147483647, 5, 4}, NULL);
    H5Ldelete(f, "gain_dbm", H5P_DEFAULT);
    H5Dclose(
        H5Dcreate2(f, "gain_dbm", H5T_NATIVE_FLOAT, space, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT));
    H5Sclose(space);
}

static void every_wrong_field_is_named(void)
{
    check_change(be_both, CF_EFORMAT, "task is \"both\", wanted \"assignment\", \"power\"");
    check_change(be_power, CF_EFORMAT, "attribute objective is missing");
    check_change(be_result, CF_EFORMAT, "format is \"cellfree.result\", wanted \"cellfree.drops\"");
    check_change(be_newer, CF_EFORMAT, "version 2 of cellfree.drops");
    check_change(be_numbered, CF_EFORMAT, "attribute version is something else");
    check_change(lose_seed, CF_EFORMAT, "attribute seed is missing");
    check_change(lose_gain, CF_EFORMAT, "gain_dbm is missing");
    check_change(lose_limits, CF_EFORMAT, "max_users is missing");
    check_change(be_flat, CF_ESHAPE, "gain_dbm is (4,20), wanted (n,n,n)");
    check_change(be_whole, CF_EFORMAT, "gain_dbm is of another type");
    check_change(be_short, CF_ESHAPE, "max_users is (4), wanted (5)");
    check_change(be_mute, CF_EFORMAT, "attribute noise_dbm is missing");
    check_change(be_misplaced, CF_ESHAPE, "ue_position is (4,4,2), wanted (4,4,3)");
    check_change(be_absurd, CF_EFORMAT, "gain_dbm holds 0 bytes");
    check_change(have_nan, CF_ENUM, "gain_dbm holds nan at entry 33");
    check_change(have_infinity, CF_ENUM, "gain_dbm holds -inf");
    check_change(have_other, CF_EFORMAT, "damaged: its data have checksum");
    check_change(be_closed, CF_ESHAPE, "assignment");
}

static void every_truncation_is_refused(void)
{
    cf_drops *d = sample(20);
    unsigned char *p;
    size_t n;
    CHECK(cf_drops_save(d, path) == CF_OK);
    read_whole(path, &p, &n);
    for (size_t cut = 1; cut < n; cut += 1 + n / 60) {
        cf_drops *e = NULL;
        file_write(path, p, cut);
        CHECK(cf_drops_load(&e, path) == CF_EFORMAT && !e);
    }
    free(p);
    cf_drops_free(d);
}

/* A flipped bit is refused, or lies where nothing is read from. */
static void flipped_bits_never_change_a_drop(void)
{
    cf_drops *d = sample(20);
    unsigned char *p;
    size_t n;
    CHECK(cf_drops_save(d, path) == CF_OK);
    read_whole(path, &p, &n);
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

static int files_in_folder(void)
{
    char command[128];
    snprintf(command, sizeof command, "ls -A %s | wc -l", folder);
    FILE *f = popen(command, "r");
    int n = -1;
    if (!f || fscanf(f, "%d", &n) != 1) n = -1;
    if (f) pclose(f);
    return n;
}

/* A full disk, played by a limit on file size: an error, the old file as it was, nothing beside. */
static void a_full_disk_leaves_the_old_file(void)
{
    cf_drops *small = sample(3), *large = sample(2000), *back = NULL;
    unlink(other);
    CHECK(cf_drops_save(small, path) == CF_OK);
    signal(SIGXFSZ, SIG_IGN);
    struct rlimit limit, was;
    getrlimit(RLIMIT_FSIZE, &was);
    limit = (struct rlimit){65536, was.rlim_max};
    setrlimit(RLIMIT_FSIZE, &limit);
    CHECK(cf_drops_save(large, path) == CF_EIO);
    setrlimit(RLIMIT_FSIZE, &was);
    CHECK(strstr(cf_last_error(), path) != NULL);
    CHECK(files_in_folder() == 1);
    CHECK(cf_drops_load(&back, path) == CF_OK && back && same(small, back));
    cf_drops_free(small);
    cf_drops_free(large);
    cf_drops_free(back);
}

static void a_folder_that_is_not_there_is_named(void)
{
    cf_drops *d = sample(1);
    CHECK(cf_drops_save(d, "/tmp/no/such/folder/d.h5") == CF_EIO);
    CHECK(strstr(cf_last_error(), "/tmp/no/such/folder/d.h5") != NULL);
    CHECK(cf_drops_save(d, "/dev/full") == CF_EIO);
    CHECK(cf_drops_save(d, folder) == CF_EIO);
    cf_drops_free(d);
}

/* What people read the file with. */
static void h5py_reads_it(void)
{
    if (system("/usr/bin/python3 -c 'import h5py' 2>/dev/null") != 0) {
        fprintf(stderr, "  (no h5py here)\n");
        return;
    }
    cf_drops *d = sample(6);
    CHECK(cf_drops_save(d, path) == CF_OK);
    char command[1024];
    snprintf(
        command, sizeof command,
        "/usr/bin/python3 -c \"\n"
        "import h5py\n"
        "f = h5py.File('%s')\n"
        "t = lambda v: v.decode() if isinstance(v, bytes) else v\n"
        "g = f['gain_dbm']\n"
        "assert t(f.attrs['format']) == 'cellfree.drops' and f.attrs['version'] == 1\n"
        "assert t(f.attrs['scenario']) == 'mmwave-small' and f.attrs['seed'] == 77\n"
        "assert t(f.attrs['scenario_yaml']).startswith('# A cellfree scenario')\n"
        "assert g.shape == (6, 5, 4) and g.dtype == 'float32' and t(g.attrs['unit']) == 'dBm'\n"
        "assert t(g.attrs['dims']) == 'drop,ap,user'\n"
        "assert abs(g.attrs['noise_dbm'] + 86.84029665) < 1e-6\n"
        "assert abs(g[2, 3, 1] - %.9g) < 1e-4 and f['min_aps'][3] == 2\n"
        "\"",
        path, (double)d->gain_dbm[2 * 20 + 3 * 4 + 1]);
    CHECK(system(command) == 0);
    cf_drops_free(d);
}

int main(void)
{
    if (!mkdtemp(folder)) return 1;
    snprintf(path, sizeof path, "%s/drops.h5", folder);
    snprintf(other, sizeof other, "%s/other.h5", folder);
    RUN(what_is_saved_is_loaded);
    RUN(a_long_scenario_fits);
    RUN(equal_drops_give_equal_bytes);
    RUN(files_that_are_no_drops_are_refused);
    RUN(every_wrong_field_is_named);
    RUN(every_truncation_is_refused);
    RUN(flipped_bits_never_change_a_drop);
    RUN(a_full_disk_leaves_the_old_file);
    RUN(a_folder_that_is_not_there_is_named);
    RUN(h5py_reads_it);
    unlink(path);
    unlink(other);
    rmdir(folder);
    return DONE();
}
