#include "io/source.h"

#include <matio.h>
#include <unistd.h>

#include "base/file.h"
#include "io/export.h"
#include "io/h5.h"
#include "io/npz_fixture.h"

#include "t.h"

static char folder[] = "/tmp/cellfree-source-XXXXXX";
static char path[64];

/* The file of that ending in our folder. */
static const char *at(const char *name)
{
    snprintf(path, sizeof path, "%s/%s", folder, name);
    return path;
}

static void write_text(const char *name, const char *s)
{
    const bytes b = {(unsigned char *)strdup(s), strlen(s)};
    write_bytes(at(name), &b);
    free(b.p);
}

static cf_status read_array(const char *name, io_array *a)
{
    io_source *s = NULL;
    cf_status status = io_source_open(&s, path);
    if (status == CF_OK) status = io_source_find(s, name, a);
    io_source_close(s);
    return status;
}

static void check_matrix(const char *csv)
{
    io_array a = {0};
    write_text("x.csv", csv);
    CHECK(read_array("x", &a) == CF_OK);
    CHECK(a.ndim == 2 && a.dims[0] == 2 && a.dims[1] == 3 && !*a.axes);
    const double want[] = {1, -2.5, 3e-9, 4, 5, 6};
    CHECK(a.data && memcmp(a.data, want, sizeof want) == 0);
    io_array_free(&a);
}

static void numbers_alone_are_a_matrix(void)
{
    check_matrix("1,-2.5,3e-9\n4,5,6\n");
    check_matrix("1, -2.5, 3e-9\r\n4 ,5 , 6\r\n");
    check_matrix("1;-2.5;3e-9\n4;5;6");
    check_matrix("\xef\xbb\xbf# from a spreadsheet\n1\t-2.5\t3e-9\n\n4\t5\t6\n");
    check_matrix("  1 -2.5   3e-9  \n% a remark\n4 5 6\n");
    check_matrix("\"1\",\"-2.5\",\"3e-9\"\n4,5,6\n");
}

static void a_header_names_axes_and_arrays(void)
{
    io_array a = {0};
    write_text("x.csv", "ap,g,user,\"h\"\n1,7,0,0\n0,5,1,0\n0,4,0,0\n1,8,1,9\n");
    CHECK(read_array("g", &a) == CF_OK && strcmp(a.axes, "ap,user") == 0);
    CHECK(a.ndim == 2 && a.data[0] == 4 && a.data[1] == 5 && a.data[2] == 7 && a.data[3] == 8);
    io_array_free(&a);
    CHECK(read_array("h", &a) == CF_OK && a.data[3] == 9);
    io_array_free(&a);
    CHECK(read_array("ap", &a) == CF_EARG);
}

static void check_refused(const char *csv, const char *said)
{
    io_array a = {0};
    write_text("x.csv", csv);
    const cf_status s = read_array("g", &a);
    const int good = s == CF_EFORMAT && strstr(cf_last_error(), said) && !a.data;
    CHECK(good);
    if (!good) fprintf(stderr, "  %d: %s\n", (int)s, cf_last_error());
}

static void tables_that_cannot_be_are_refused(void)
{
    check_refused("", "empty");
    check_refused("\n# nothing\n", "no numbers in it");
    check_refused("g,h\n1,2\n", "no column that is an axis");
    check_refused("ap,user\n1,2\n", "no column but axes");
    check_refused("ap,g\n0,1\n1\n", "line 3 has only 1 columns, wanted 2");
    check_refused("ap,g\n0,1\n1,2,3\n", "line 3 has more than 2 columns");
    check_refused("ap,g\n0,1\n1,\n", "line 3, column 2 is '', wanted a number");
    check_refused("ap,g\n0,1\n1,1+2i\n", "complex");
    check_refused("ap,g\n0,1\n2,1\n", "2 lines for (3)");
    check_refused("ap,g\n0,1\n0.5,1\n", "does not count from 0");
    check_refused("ap,user,g\n0,1,1\n", "does not count from 0");
    check_refused("ap,g\n3,1\n4,1\n", "does not count from 0 or 1");
    check_refused("ap,g\nnan,1\n", "does not count from");
    check_refused("ap,user,g\n0,0,1\n1,1,1\n0,0,1\n1,1,1\n", "two lines for the same ap,user");
}

/* Arrays of every kind, as exported. */
static void export_all(const char *name)
{
    static const uint8_t serve[24] = {1, 0, 1};
    static const int32_t users[3] = {1, 2, 3};
    static const float gain[24] = {0.5F, -1, 3}, channel[48] = {1, 2, 3, 4};
    static const double noise = 1e-12;
    io_items t = {.sizes = {2, 3, 4, 1}};
    io_items_add(&t, NULL, "serve", IO_U8, "drop,ap,user", "1", serve);
    io_items_add(&t, NULL, "users", IO_I32, "ap", "1", users);
    io_items_add(&t, "policy+50:a", "gain", IO_F32, "drop,ap,user", "1", gain);
    io_items_add(&t, NULL, "channel", IO_C64, "drop,ap,user,antenna", "1", channel);
    io_items_add(&t, NULL, "noise", IO_F64, "", "W", &noise);
    io_items_text(&t, NULL, "said", "a \"text\",\n\xc3\xbc");
    io_items_text(&t, NULL, "nothing", "");
    char report[1000];
    CHECK(io_items_write(&t, at(name), report, sizeof report) == CF_OK);
    CHECK(strstr(report, "policy+50:a/gain: float32 (2,3,4) drop,ap,user, 1\n") != NULL);
    free(t.v);
}

/* (2,3,4,1) complex: the second number is 3 + 4i. */
static void check_channel(void)
{
    io_source *s = NULL;
    io_array a = {0};
    CHECK(io_source_open(&s, path) == CF_OK && io_source_find_any(s, "channel", &a) == CF_OK);
    CHECK(a.is_complex == 1 && a.count == 24 && a.data && a.data[1] == 2 && a.data[2] == 3 &&
          a.data[3] == 4 && a.data[4] == 0);
    io_array_free(&a);
    io_source_close(s);
}

static void what_is_exported_is_read(void)
{
    static const char *const FILES[][2] = {{"x.npz", "policy+50:a/gain"},
                                           {"x.mat", "policy_50_a_gain"}};
    for (int i = 0; i < 2; i++) {
        io_array a = {0};
        export_all(FILES[i][0]);
        CHECK(read_array(FILES[i][1], &a) == CF_OK && a.ndim == 3 && a.dims[2] == 4);
        CHECK(a.data && a.data[0] == 0.5 && a.data[1] == -1 && a.data[2] == 3 && a.data[3] == 0);
        io_array_free(&a);
        CHECK(read_array("noise", &a) == CF_OK && a.data[0] == 1e-12);
        io_array_free(&a);
        CHECK(read_array("channel", &a) == CF_EFORMAT && strstr(cf_last_error(), "|h|^2"));
        check_channel();
        CHECK(read_array("said", &a) == CF_EFORMAT);
    }
}

/* HDF5 by our own writer: h (2,3) complex, n (3) whole, a text and a group, which are no arrays. */
static void write_hdf5(void)
{
    static const float h[12] = {1, 2, 3, 4, 0.5F, -6};
    static const int32_t n[3] = {-1, 0, 7};
    const io_quiet q = io_quiet_begin();
    io_h5_out o = io_h5_begin(at("x.h5"));
    const hid_t type = io_complex_type();
    io_put_array(&o, o.file, "h", type, 2, (hsize_t[]){2, 3}, h, "ap,user", "1");
    io_put_array(&o, o.file, "n", H5T_STD_I32LE, 1, (hsize_t[]){3}, n, "user", "1");
    io_put_text(&o, o.file, "said", "a text");
    H5Tclose(type);
    H5Gclose(io_h5_group(&o, "group"));
    CHECK(io_h5_finish(&o, at("x.h5")) == CF_OK);
    io_quiet_end(q);
}

static void hdf5_is_read(void)
{
    io_source *s = NULL;
    io_array a = {0};
    write_hdf5();
    CHECK(io_source_open(&s, at("x.h5")) == CF_OK && io_source_count(s) == 2);
    CHECK(io_source_find_any(s, "h", &a) == CF_OK && a.is_complex == 1 && a.ndim == 2);
    CHECK(a.data && a.dims[1] == 3 && a.data[0] == 1 && a.data[1] == 2 && a.data[5] == -6);
    CHECK(strcmp(a.dtype, "complex64") == 0);
    io_array_free(&a);
    CHECK(io_source_find(s, "n", &a) == CF_OK && a.ndim == 1 && a.data[0] == -1 && a.data[2] == 7);
    CHECK(strcmp(a.dtype, "int32") == 0);
    io_array_free(&a);
    CHECK(io_source_find(s, "h", &a) == CF_EFORMAT && strstr(cf_last_error(), "complex64"));
    CHECK(io_source_find(s, "group", &a) == CF_EARG && strstr(cf_last_error(), "it has h, n"));
    io_source_close(s);
}

static void names_that_matlab_takes_for_one_are_refused(void)
{
    const double one = 1;
    io_items t = {.sizes = {1, 1, 1, 1}};
    io_items_add(&t, "a+b", "x", IO_F64, "", "1", &one);
    io_items_add(&t, "a-b", "x", IO_F64, "", "1", &one);
    CHECK(io_items_write(&t, at("y.mat"), NULL, 0) == CF_EARG);
    CHECK(strstr(cf_last_error(), "two arrays would be named a_b_x") && access(path, F_OK) != 0);
    CHECK(io_items_write(&t, at("y.xls"), NULL, 0) == CF_EARG);
    free(t.v);
}

/* All arrays of a damaged file: read or refused, never a crash. */
static void read_all(void)
{
    io_source *s = NULL;
    if (io_source_open(&s, path) != CF_OK) return;
    for (int32_t i = 0; i < io_source_count(s); i++) {
        io_array a = {0};
        if (io_source_find(s, io_source_name(s, i), &a) == CF_OK) io_array_free(&a);
    }
    io_source_close(s);
}

/* Cut short now and then; with flipped bits where `flips`. */
static void damage(const char *name, int rounds, int flipped)
{
    unsigned char *data = NULL;
    size_t size = 0;
    CHECK(file_read(at(name), &data, &size) == CF_OK);
    uint64_t state = 7;
    for (int i = 0; i < rounds && size > 0; i++) {
        bytes b = {malloc(size), size};
        memcpy(b.p, data, size);
        for (int flips = 1 + i % 3; flips > 0; flips--) {
            state = state * UINT64_C(6364136223846793005) + 1442695040888963407U;
            if (flipped) b.p[(state >> 20) % size] ^= (unsigned char)(1U << (state >> 60 & 7));
        }
        if (!flipped || i % 4 == 0) b.n = (state >> 24) % size;
        write_bytes(path, &b);
        read_all();
        free(b.p);
    }
    free(data);
}

static void write_seven(void)
{
    size_t dims[] = {4, 3, 5};
    double v[60] = {0};
    mat_t *m = Mat_CreateVer(at("seven.mat"), NULL, MAT_FT_MAT73);
    matvar_t *x = Mat_VarCreate("beta", MAT_C_DOUBLE, MAT_T_DOUBLE, 3, dims, v, 0);
    CHECK(m && x && Mat_VarWrite(m, x, MAT_COMPRESSION_ZLIB) == 0);
    Mat_VarFree(x);
    Mat_Close(m);
}

static void damaged_files_are_read_or_refused(void)
{
    export_all("x.mat");
    damage("x.mat", 400, 1);
    write_text("x.csv", "ap,g,user,h\n1,7,0,0\n0,5,1,0\n0,4,0,0\n1,8,1,9\n");
    damage("x.csv", 400, 1);
    write_seven();
    write_hdf5();
    damage("x.h5", 200, 1);
    damage("seven.mat", 100, 0); /* HDF5 1.10 itself trusts the sizes of packed chunks */
}

int main(void)
{
    if (!mkdtemp(folder)) return 1;
    RUN(numbers_alone_are_a_matrix);
    RUN(a_header_names_axes_and_arrays);
    RUN(tables_that_cannot_be_are_refused);
    RUN(what_is_exported_is_read);
    RUN(hdf5_is_read);
    RUN(names_that_matlab_takes_for_one_are_refused);
    RUN(damaged_files_are_read_or_refused);
    static const char *const LEFT[] = {"x.csv", "x.npz", "x.mat", "seven.mat", "x.h5"};
    for (int i = 0; i < 5; i++) unlink(at(LEFT[i]));
    rmdir(folder);
    return DONE();
}
