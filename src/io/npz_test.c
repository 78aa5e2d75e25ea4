#include <unistd.h>

#include <cellfree/status.h>

#include "base/file.h"
#include "base/rng.h"
#include "io/npz_fixture.h"
#include "io/source.h"

#include "t.h"

static char path[] = "/tmp/cellfree-npz-XXXXXX.npz";

/* Read array `a` of the file. */
static cf_status read_a(io_array *a)
{
    io_source *z = NULL;
    cf_status s = io_source_open(&z, path);
    if (s == CF_OK) s = io_source_find(z, "a", a);
    io_source_close(z);
    return s;
}

static void check_values(const char *descr, const void *data, size_t n, const double *want,
                         int count)
{
    char shape[32];
    snprintf(shape, sizeof shape, "(%d,)", count);
    write_npz(path, "a.npy", make_npy(1, descr, 0, shape, data, n), STORED);
    io_array a = {0};
    const cf_status s = read_a(&a);
    CHECK(s == CF_OK);
    if (s != CF_OK) fprintf(stderr, "  %s\n", cf_last_error());
    CHECK(a.ndim == 1 && a.count == count);
    for (int i = 0; i < count && a.data; i++) CHECK(a.data[i] == want[i]);
    io_array_free(&a);
}

static void every_real_dtype_is_read(void)
{
    const double two[] = {1.5, -2};
    check_values("'<f4'", (const float[]){1.5F, -2}, 8, two, 2);
    check_values("'<f8'", two, 16, two, 2);
    check_values("'>f4'", "\x3f\xc0\0\0\xc0\0\0\0", 8, two, 2);
    check_values("'>f8'", "\x3f\xf8\0\0\0\0\0\0\xc0\0\0\0\0\0\0\0", 16, two, 2);
    check_values("'<f2'", "\0\x3e\0\xc0", 4, two, 2);
    check_values("'>f2'", "\x3e\0\xc0\0", 4, two, 2);
    /* half: least subnormal 2^-24, largest 65504 */
    check_values("'<f2'", "\x01\0\xff\x7b", 4, (const double[]){0x1p-24, 65504}, 2);
    check_values("'|i1'", "\xff\x7f", 2, (const double[]){-1, 127}, 2);
    check_values("'|u1'", "\xff\x7f", 2, (const double[]){255, 127}, 2);
    check_values("'|b1'", "\0\1", 2, (const double[]){0, 1}, 2);
    check_values("'<i2'", "\xfe\xff\0\x01", 4, (const double[]){-2, 256}, 2);
    check_values("'>i2'", "\xff\xfe\x01\0", 4, (const double[]){-2, 256}, 2);
    check_values("'<u4'", "\xff\xff\xff\xff", 4, (const double[]){4294967295.0}, 1);
    check_values("'<i8'", "\xff\xff\xff\xff\xff\xff\xff\xff", 8, (const double[]){-1}, 1);
    check_values("'<u8'", "\0\0\0\0\0\0\0\x80", 8, (const double[]){0x1p63}, 1);
}

/* 1.5 - 2i, in Fortran order too. */
static void check_complex(const char *descr, const void *data, size_t n)
{
    for (int fortran = 0; fortran < 2; fortran++) {
        write_npz(path, "a.npy", make_npy(1, descr, fortran, "(1, 1)", data, n), STORED);
        io_source *z = NULL;
        io_array a = {0};
        CHECK(io_source_open(&z, path) == CF_OK && io_source_find_any(z, "a", &a) == CF_OK);
        CHECK(a.is_complex == 1 && a.count == 1 && a.data && a.data[0] == 1.5 && a.data[1] == -2);
        io_array_free(&a);
        CHECK(io_source_find(z, "a", &a) == CF_EFORMAT && !a.data);
        io_source_close(z);
    }
}

static void complex_numbers_are_read(void)
{
    check_complex("'<c8'", (const float[]){1.5F, -2}, 8);
    check_complex("'<c16'", (const double[]){1.5, -2}, 16);
    check_complex("'>c8'", "\x3f\xc0\0\0\xc0\0\0\0", 8);
    check_complex("'>c16'", "\x3f\xf8\0\0\0\0\0\0\xc0\0\0\0\0\0\0\0", 16);
}

static void not_a_number_arrives_as_such(void)
{
    write_npz(path, "a.npy", make_npy(1, "'<f2'", 0, "(2,)", "\0\x7c\x01\x7c", 4), STORED);
    io_array a = {0};
    CHECK(read_a(&a) == CF_OK && isinf(a.data[0]) && isnan(a.data[1]));
    io_array_free(&a);
}

static void fortran_order_is_turned(void)
{
    /* a[i][j][k] = 100 i + 10 j + k of shape (2,3,4), first index fastest in the file */
    double data[24];
    for (int i = 0, at = 0; at < 24; at++, i = at % 2)
        data[at] = 100 * i + 10 * (at / 2 % 3) + at / 6;
    write_npz(path, "a.npy", make_npy(1, "'<f8'", 1, "(2, 3, 4)", data, sizeof data), DEFLATED);
    io_array a = {0};
    char shape[32];
    CHECK(read_a(&a) == CF_OK && strcmp(io_array_shape(&a, shape, sizeof shape), "(2,3,4)") == 0);
    for (int at = 0; at < 24; at++)
        CHECK(a.data[at] == 100 * (at / 12) + 10 * (at / 4 % 3) + at % 4);
    io_array_free(&a);
}

static void every_version_and_packing_is_read(void)
{
    double data[5000];
    for (int i = 0; i < 5000; i++) data[i] = i % 17;
    for (int version = 1; version <= 3; version++)
        for (int how = 0; how < 4; how++) {
            write_npz(path, "a.npy", make_npy(version, "'<f8'", 0, "(50, 100)", data, sizeof data),
                      (how & 1 ? DEFLATED : STORED) | (how & 2 ? WIDE : 0));
            io_array a = {0};
            CHECK(read_a(&a) == CF_OK && a.ndim == 2 && a.dims[1] == 100);
            CHECK(a.data && memcmp(a.data, data, sizeof data) == 0);
            io_array_free(&a);
        }
}

static void scalars_and_empty_arrays_are_arrays(void)
{
    io_array a = {0};
    write_npz(path, "a.npy", make_npy(1, "'<f8'", 0, "()", (const double[]){7}, 8), STORED);
    CHECK(read_a(&a) == CF_OK && a.ndim == 0 && a.count == 1 && a.data[0] == 7);
    io_array_free(&a);
    write_npz(path, "a.npy", make_npy(1, "'<f8'", 0, "(3, 0)", NULL, 0), STORED);
    CHECK(read_a(&a) == CF_OK && a.ndim == 2 && a.count == 0);
    io_array_free(&a);
}

static void arrays_are_found_by_name(void)
{
    archive made = {0};
    add_member(&made, "first.npy", make_npy(1, "'<f8'", 0, "(1,)", (const double[]){1}, 8), STORED);
    add_member(&made, "gnn.phi1.weight.npy",
               make_npy(1, "'<f8'", 0, "(1,)", (const double[]){2}, 8), DEFLATED);
    bytes b = close_archive(&made);
    write_bytes(path, &b);
    free(b.p);
    io_source *z = NULL;
    io_array a = {0};
    CHECK(io_source_open(&z, path) == CF_OK && io_source_count(z) == 2);
    CHECK(strcmp(io_source_name(z, 1), "gnn.phi1.weight") == 0);
    CHECK(io_source_find(z, "gnn.phi1.weight", &a) == CF_OK && a.data[0] == 2);
    io_array_free(&a);
    CHECK(io_source_find(z, "third", &a) == CF_EARG && a.data == NULL);
    CHECK(strstr(cf_last_error(), "no array third; it has first, gnn.phi1.weight") != NULL);
    io_source_close(z);
}

/* The array is refused, with these words. */
static void check_refused(bytes npy, const char *said)
{
    io_array a = {0};
    write_npz(path, "a.npy", npy, STORED);
    CHECK(read_a(&a) == CF_EFORMAT && a.data == NULL);
    const int good = strstr(cf_last_error(), said) != NULL;
    CHECK(good);
    if (!good) fprintf(stderr, "  %s\n", cf_last_error());
}

static void what_is_no_array_of_numbers_is_refused(void)
{
    const double v[4] = {0};
    check_refused(make_npy(1, "'<c16'", 0, "(2,)", v, 32), "dtype <c16");
    check_refused(make_npy(1, "'<c32'", 0, "(1,)", v, 32), "dtype <c32");
    check_refused(make_npy(1, "'<c16'", 0, "(1,)", v, 32), "as long as it says");
    check_refused(make_npy(1, "'|O'", 0, "(2,)", v, 32), "wanted a real number");
    check_refused(make_npy(1, "'<U8'", 0, "(1,)", v, 32), "dtype <U8");
    check_refused(make_npy(1, "'<f16'", 0, "(2,)", v, 32), "dtype <f16");
    check_refused(make_npy(1, "[('x', '<f8')]", 0, "(4,)", v, 32), "several fields");
    check_refused(make_npy(1, "'<f8'", 0, "(5,)", v, 32), "as long as it says");
    check_refused(make_npy(1, "'<f8'", 0, "(3,)", v, 32), "as long as it says");
    check_refused(make_npy(1, "'<f8'", 0, "(-1,)", v, 32), "not a .npy");
    check_refused(make_npy(1, "'<f8'", 0, "(4", v, 32), "not a .npy");
    check_refused(make_npy(1, "'<f8'", 0, "(9223372036854775807, 9223372036854775807)", v, 32),
                  "not a .npy");
    check_refused(make_npy(1, "'<f8'", 0, "(99999999999999999999999,)", v, 32), "not a .npy");
    check_refused(make_npy(1, "'<f8'", 0, "(1,1,1,1,1,1,1,1,4)", v, 32), "8 dimensions");
    check_refused(make_npy(4, "'<f8'", 0, "(4,)", v, 32), "version 1 to 3");
    bytes text = {0};
    add_bytes(&text, "plain text, not an array", 24);
    check_refused(text, "not a .npy");
    check_refused((bytes){malloc(1), 0}, "not a .npy");
}

static void files_that_are_no_archive_are_refused(void)
{
    io_source *z = NULL;
    bytes b = {0};
    CHECK(io_source_open(&z, "/tmp/no-such-file.npz") == CF_EIO);
    CHECK(io_source_open(&z, "/tmp") == CF_EIO);
    write_bytes(path, &b);
    CHECK(io_source_open(&z, path) == CF_EFORMAT && strstr(cf_last_error(), "empty") != NULL);
    add_bytes(&b, "just some text that is long enough to be looked at\n", 51);
    write_bytes(path, &b);
    CHECK(io_source_open(&z, path) == CF_EFORMAT && strstr(cf_last_error(), "no zip") != NULL);
    CHECK(z == NULL);
    free(b.p);
}

static bytes sample_file(int how)
{
    double data[300];
    for (int i = 0; i < 300; i++) data[i] = i % 7;
    archive a = {0};
    add_member(&a, "a.npy", make_npy(1, "'<f8'", 0, "(300,)", data, sizeof data), how);
    return close_archive(&a);
}

static void every_truncation_is_refused(void)
{
    for (int how = 0; how < 2; how++) {
        bytes b = sample_file(how ? DEFLATED | WIDE : STORED);
        const size_t whole = b.n;
        for (b.n = 1; b.n < whole; b.n += 1 + b.n / 40) {
            io_array a = {0};
            write_bytes(path, &b);
            CHECK(read_a(&a) != CF_OK && a.data == NULL);
        }
        free(b.p);
    }
}

/* A good file, changed by `damage`, read, and made good again. */
typedef void damage(rng *r, uint64_t trial, bytes *b);

static int read_damaged(damage *change, uint64_t trials)
{
    bytes good[3] = {sample_file(STORED), sample_file(DEFLATED), sample_file(DEFLATED | WIDE)};
    int refused = 0;
    for (uint64_t trial = 0; trial < trials; trial++) {
        bytes b = {0};
        add_bytes(&b, good[trial % 3].p, good[trial % 3].n);
        rng r = rng_stream(2, RNG_TEST, trial);
        change(&r, trial, &b);
        write_bytes(path, &b);
        io_array a = {0};
        refused += read_a(&a) != CF_OK;
        CHECK(a.data == NULL || a.count == 300);
        for (int64_t i = 0; i < a.count; i++) CHECK(a.data[i] == (double)(i % 7));
        io_array_free(&a);
        free(b.p);
    }
    for (int i = 0; i < 3; i++) free(good[i].p);
    return refused;
}

static void flip_bit(rng *r, uint64_t trial, bytes *b)
{
    (void)trial;
    b->p[rng_below(r, (uint32_t)b->n)] ^= (unsigned char)(1u << rng_below(r, 8));
}

/* Runs of noise over the directory or the headers. */
static void scribble(rng *r, uint64_t trial, bytes *b)
{
    const size_t start = trial % 4 ? b->n - 1 - rng_below(r, 250) : rng_below(r, 60);
    for (size_t i = start; i < b->n && i < start + 1 + rng_below(r, 12); i++)
        b->p[i] = rng_below(r, 2) ? 255 : (unsigned char)rng_below(r, 256);
}

static void flipped_bits_never_change_a_number(void)
{
    CHECK(read_damaged(flip_bit, 3000) > 1500);
}

static void noise_does_no_harm(void)
{
    CHECK(read_damaged(scribble, 3000) > 1500);
}

int main(void)
{
    const int fd = mkstemps(path, 4);
    if (fd < 0) return 1;
    close(fd);
    RUN(every_real_dtype_is_read);
    RUN(complex_numbers_are_read);
    RUN(not_a_number_arrives_as_such);
    RUN(fortran_order_is_turned);
    RUN(every_version_and_packing_is_read);
    RUN(scalars_and_empty_arrays_are_arrays);
    RUN(arrays_are_found_by_name);
    RUN(what_is_no_array_of_numbers_is_refused);
    RUN(files_that_are_no_archive_are_refused);
    RUN(every_truncation_is_refused);
    RUN(flipped_bits_never_change_a_number);
    RUN(noise_does_no_harm);
    unlink(path);
    return DONE();
}
