#include "io/h5.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/file.h"
#include "base/status.h"

/* HDF5 1.10 loses memory of its own while it turns a damaged file down; the leak checker of the
 * sanitized builds is not to count that as ours. */
#if defined(__has_feature)
#    if __has_feature(address_sanitizer)
#        define LEAKS_CHECKED 1
#    endif
#elif defined(__SANITIZE_ADDRESS__)
#    define LEAKS_CHECKED 1
#endif
#ifdef LEAKS_CHECKED
CF_API const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void)
{
    return "leak:libhdf5";
}
#endif

/* After a damaged file HDF5 1.10 cannot shut down and says so on stderr as the program ends.
 * Nothing here needs that shutdown: every file is closed by then. (Without effect where the host
 * program has used HDF5 before.) */
io_quiet io_quiet_begin(void)
{
    H5dont_atexit();
    io_quiet q = {NULL, NULL};
    H5Eget_auto2(H5E_DEFAULT, &q.print, &q.data);
    H5Eset_auto2(H5E_DEFAULT, NULL, NULL);
    return q;
}

void io_quiet_end(io_quiet q)
{
    H5Eset_auto2(H5E_DEFAULT, q.print, q.data);
}

/* ---- writing ---- */

io_h5_out io_h5_begin(const char *path)
{
    io_h5_out o = {H5I_INVALID_HID, 0};
    const hid_t access = H5Pcreate(H5P_FILE_ACCESS), create = H5Pcreate(H5P_FILE_CREATE);
    const int ready =
        H5Pset_fapl_core(access, 1 << 22, 0) >= 0 &&
        H5Pset_libver_bounds(access, H5F_LIBVER_V18, H5F_LIBVER_V18) >= 0 &&
        H5Pset_obj_track_times(create, 0) >= 0 &&
        H5Pset_link_creation_order(create, H5P_CRT_ORDER_TRACKED | H5P_CRT_ORDER_INDEXED) >= 0;
    if (ready) o.file = H5Fcreate(path, H5F_ACC_TRUNC, create, access);
    o.failed = o.file < 0;
    H5Pclose(create);
    H5Pclose(access);
    return o;
}

hid_t io_h5_group(io_h5_out *o, const char *name)
{
    const hid_t create = H5Pcreate(H5P_GROUP_CREATE);
    H5Pset_obj_track_times(create, 0);
    const hid_t g = H5Gcreate2(o->file, name, H5P_DEFAULT, create, H5P_DEFAULT);
    H5Pclose(create);
    if (g < 0) o->failed = 1;
    return g;
}

static void put_attribute(io_h5_out *o, hid_t at, const char *name, hid_t type, const void *value)
{
    const hid_t space = H5Screate(H5S_SCALAR);
    const hid_t a = H5Acreate2(at, name, type, space, H5P_DEFAULT, H5P_DEFAULT);
    if (a < 0 || H5Awrite(a, type, value) < 0) o->failed = 1;
    if (a >= 0) H5Aclose(a);
    H5Sclose(space);
}

void io_put_text(io_h5_out *o, hid_t at, const char *name, const char *value)
{
    const hid_t type = H5Tcopy(H5T_C_S1);
    const size_t n = strlen(value);
    H5Tset_size(type, n > 0 ? n : 1);
    H5Tset_strpad(type, H5T_STR_NULLPAD);
    H5Tset_cset(type, H5T_CSET_UTF8);
    put_attribute(o, at, name, type, value);
    H5Tclose(type);
}

void io_put_number(io_h5_out *o, hid_t at, const char *name, hid_t type, const void *value)
{
    put_attribute(o, at, name, type, value);
}

hid_t io_complex_type(void)
{
    const hid_t type = H5Tcreate(H5T_COMPOUND, 2 * sizeof(float));
    H5Tinsert(type, "r", 0, H5T_IEEE_F32LE);
    H5Tinsert(type, "i", sizeof(float), H5T_IEEE_F32LE);
    return type;
}

void io_put_array(io_h5_out *o, hid_t at, const char *name, hid_t type, int rank,
                  const hsize_t *dims, const void *data, const char *dims_text, const char *unit)
{
    const hid_t create = H5Pcreate(H5P_DATASET_CREATE);
    const hid_t space = H5Screate_simple(rank, dims, NULL);
    H5Pset_obj_track_times(create, 0);
    const hid_t set = H5Dcreate2(at, name, type, space, H5P_DEFAULT, create, H5P_DEFAULT);
    if (set < 0 || H5Dwrite(set, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, data) < 0) o->failed = 1;
    if (set >= 0) {
        io_put_text(o, set, "dims", dims_text);
        io_put_text(o, set, "unit", unit);
        H5Dclose(set);
    }
    H5Sclose(space);
    H5Pclose(create);
}

void io_put_on(io_h5_out *o, hid_t at, const char *dataset, const char *name, hid_t type,
               const void *value)
{
    const hid_t set = H5Dopen2(at, dataset, H5P_DEFAULT);
    if (set < 0) {
        o->failed = 1;
        return;
    }
    put_attribute(o, set, name, type, value);
    H5Dclose(set);
}

/* The core driver's own buffer: H5Fget_file_image gives the size, but its copy has a superblock
 * whose checksum is wrong (HDF5 1.10.8 clears a byte of it after the sum was taken). */
static cf_status write_image(const io_h5_out *o, const char *path)
{
    void **image = NULL;
    const int whole = !o->failed && H5Fflush(o->file, H5F_SCOPE_GLOBAL) >= 0 &&
                      H5Fget_vfd_handle(o->file, H5P_DEFAULT, (void **)&image) >= 0;
    const ssize_t size = whole ? H5Fget_file_image(o->file, NULL, 0) : -1;
    if (size <= 0) return base_fail(CF_ENOMEM, "%.300s: HDF5 could not build the file", path);
    return file_write(path, *image, (size_t)size);
}

cf_status io_h5_finish(io_h5_out *o, const char *path)
{
    const cf_status s = write_image(o, path);
    if (o->file >= 0) H5Fclose(o->file);
    o->file = H5I_INVALID_HID;
    return s;
}

/* ---- reading ---- */

cf_status io_h5_check_file(const char *path, const char *wanted)
{
    struct stat st;
    if (stat(path, &st) == 0 && !S_ISREG(st.st_mode)) /* before opening: that waits at a pipe */
        return base_fail(CF_EIO, "%.300s: not a regular file", path);
    FILE *f = fopen(path, "rb");
    const int found = f && fstat(fileno(f), &st) == 0;
    const int error = errno;
    if (f) fclose(f);
    if (!found) return base_fail(CF_EIO, "%.300s: %s", path, strerror(error));
    if (st.st_size == 0) return base_fail(CF_EFORMAT, "%.300s: empty, wanted %s", path, wanted);
    return CF_OK;
}

/* Without HDF5's file lock, which network file systems refuse: ours are replaced, never changed. */
cf_status io_h5_open(hid_t *out, const char *path)
{
    const cf_status s = io_h5_check_file(path, "an HDF5 file");
    if (s != CF_OK) return s;
    const hid_t access = H5Pcreate(H5P_FILE_ACCESS);
    H5Pset_file_locking(access, 0, 1);
    const htri_t is = H5Fis_hdf5(path);
    const hid_t file = is > 0 ? H5Fopen(path, H5F_ACC_RDONLY, access) : H5I_INVALID_HID;
    H5Pclose(access);
    if (is == 0) return base_fail(CF_EFORMAT, "%.300s: not an HDF5 file", path);
    if (file < 0)
        return base_fail(CF_EFORMAT,
                         "%.300s: an HDF5 file that is unreadable, truncated or damaged", path);
    *out = file;
    return CF_OK;
}

/* A scalar attribute and its type, both to be closed; *attribute < 0: none. */
static void open_attribute(hid_t at, const char *name, hid_t *attribute, hid_t *type)
{
    *attribute = H5Aexists(at, name) > 0 ? H5Aopen(at, name, H5P_DEFAULT) : H5I_INVALID_HID;
    *type = *attribute >= 0 ? H5Aget_type(*attribute) : H5I_INVALID_HID;
}

static void close_attribute(hid_t attribute, hid_t type)
{
    if (type >= 0) H5Tclose(type);
    if (attribute >= 0) H5Aclose(attribute);
}

static int is_single(hid_t attribute)
{
    const hid_t space = H5Aget_space(attribute);
    const hssize_t n = space >= 0 ? H5Sget_simple_extent_npoints(space) : -1;
    if (space >= 0) H5Sclose(space);
    return n == 1;
}

/* h5py writes texts of variable length, we of fixed length. */
static char *read_text(hid_t attribute, hid_t type)
{
    const size_t n = H5Tget_size(type);
    const hid_t memory = H5Tcopy(H5T_C_S1);
    char *s = NULL, *loose = NULL;
    H5Tset_cset(memory, H5Tget_cset(type));
    if (H5Tis_variable_str(type) > 0) {
        H5Tset_size(memory, H5T_VARIABLE);
        if (H5Aread(attribute, memory, &loose) >= 0 && loose) s = strdup(loose);
        H5free_memory(loose);
    } else if (n > 0 && n < (size_t)1 << 28 && (s = calloc(n + 1, 1)) != NULL) {
        H5Tset_size(memory, n + 1);
        if (H5Aread(attribute, memory, s) < 0) {
            free(s);
            s = NULL;
        }
    }
    H5Tclose(memory);
    return s;
}

cf_status io_get_text(hid_t at, const char *path, const char *name, char **out)
{
    hid_t attribute, type;
    char *s = NULL;
    open_attribute(at, name, &attribute, &type);
    if (type >= 0 && H5Tget_class(type) == H5T_STRING && is_single(attribute))
        s = read_text(attribute, type);
    close_attribute(attribute, type);
    if (!s)
        return base_fail(CF_EFORMAT, "%.300s: attribute %s is %s, wanted a text", path, name,
                         attribute < 0 ? "missing" : "something else");
    *out = s;
    return CF_OK;
}

cf_status io_get_choice(hid_t at, const char *path, const char *name, const char *const *choices,
                        int32_t *out)
{
    char *found = NULL;
    cf_status s = io_get_text(at, path, name, &found);
    if (s != CF_OK) return s;
    int32_t i = 0;
    while (choices[i] && strcmp(choices[i], found) != 0) i++;
    if (choices[i])
        *out = i;
    else
        s = base_fail(CF_EFORMAT, "%.300s: %s is \"%.60s\", wanted \"%s\", \"%s\"%s", path, name,
                      found, choices[0], choices[1], choices[2] ? " ..." : "");
    free(found);
    return s;
}

cf_status io_get_number(hid_t at, const char *path, const char *name, hid_t type, void *out)
{
    hid_t attribute, found;
    open_attribute(at, name, &attribute, &found);
    const H5T_class_t kind = found >= 0 ? H5Tget_class(found) : H5T_NO_CLASS;
    const int whole = H5Tget_class(type) == H5T_INTEGER;
    const int good = (kind == H5T_INTEGER || (kind == H5T_FLOAT && !whole)) &&
                     is_single(attribute) && H5Aread(attribute, type, out) >= 0;
    close_attribute(attribute, found);
    if (!good)
        return base_fail(CF_EFORMAT, "%.300s: attribute %s is %s, wanted a %snumber", path, name,
                         attribute < 0 ? "missing" : "something else", whole ? "whole " : "");
    return CF_OK;
}

cf_status io_get_on(hid_t at, const char *path, const char *dataset, const char *name, hid_t type,
                    void *out)
{
    const hid_t set = io_has(at, dataset) ? H5Dopen2(at, dataset, H5P_DEFAULT) : H5I_INVALID_HID;
    if (set < 0) return base_fail(CF_EFORMAT, "%.300s: %s is missing", path, dataset);
    const cf_status s = io_get_number(set, path, name, type, out);
    H5Dclose(set);
    return s == CF_OK ? s : base_fail_in(s, "%s", dataset);
}

cf_status io_check_format(hid_t file, const char *path, const char *format, int32_t version,
                          cf_task *task)
{
    const char *const tasks[] = {cf_task_name(CF_TASK_ASSIGNMENT), cf_task_name(CF_TASK_POWER),
                                 NULL};
    char *found = NULL;
    int32_t written = 0, chosen = 0;
    cf_status s = io_get_text(file, path, "format", &found);
    if (s != CF_OK) return s;
    if (strcmp(found, format) != 0)
        s = base_fail(CF_EFORMAT, "%.300s: format is \"%.60s\", wanted \"%s\"", path, found,
                      format);
    if (s == CF_OK) s = io_get_number(file, path, "version", H5T_NATIVE_INT32, &written);
    if (s == CF_OK && written > version)
        s = base_fail(CF_EFORMAT,
                      "%.300s: version %d of %s, this program (%s) reads up to %d: update cellfree",
                      path, written, format, cf_version(), version);
    if (s == CF_OK && written < 1)
        s = base_fail(CF_EFORMAT, "%.300s: version is %d, wanted 1 to %d", path, written, version);
    free(found);
    if (s == CF_OK) s = io_get_choice(file, path, "task", tasks, &chosen);
    if (s == CF_OK) *task = (cf_task)chosen;
    return s;
}

int io_has(hid_t at, const char *name)
{
    return H5Lexists(at, name, H5P_DEFAULT) > 0 && H5Oexists_by_name(at, name, H5P_DEFAULT) > 0;
}

static void format_dims(int rank, const hsize_t *dims, char *s, size_t size)
{
    size_t n = (size_t)snprintf(s, size, "(");
    for (int i = 0; i < rank && n < size; i++)
        n += (size_t)(dims[i] ? snprintf(s + n, size - n, "%s%llu", i ? "," : "",
                                         (unsigned long long)dims[i])
                              : snprintf(s + n, size - n, "%sn", i ? "," : ""));
    if (n < size) snprintf(s + n, size - n, ")");
}

/* Shape as wanted, lengths from 1; fills dims. Also refuses a size that the file cannot hold:
 * contiguous data must be all there, compressed data shrink 1032 times at most. */
static cf_status check_shape(hid_t set, const char *path, const char *name, int rank, hsize_t *dims)
{
    hsize_t found[H5S_MAX_RANK] = {0};
    char is[160], want[160];
    const hid_t space = H5Dget_space(set), type = H5Dget_type(set);
    const int found_rank = space >= 0 ? H5Sget_simple_extent_dims(space, found, NULL) : -1;
    const size_t item = type >= 0 ? H5Tget_size(type) : 0;
    if (type >= 0) H5Tclose(type);
    if (space >= 0) H5Sclose(space);
    int good = found_rank == rank;
    for (int i = 0; i < rank; i++)
        good = good && found[i] > 0 && found[i] <= INT32_MAX && (!dims[i] || dims[i] == found[i]);
    if (!good) {
        format_dims(found_rank < 0 ? 0 : found_rank, found, is, sizeof is);
        format_dims(rank, dims, want, sizeof want);
        return base_fail(CF_ESHAPE, "%.300s: %s is %s, wanted %s", path, name, is, want);
    }
    double bytes = (double)item;
    for (int i = 0; i < rank; i++) bytes *= (double)found[i];
    const double held = (double)H5Dget_storage_size(set);
    const hid_t create = H5Dget_create_plist(set);
    const int filters = create >= 0 ? H5Pget_nfilters(create) : 0;
    if (create >= 0) H5Pclose(create);
    if (held * (filters > 0 ? 1040 : 1) < bytes)
        return base_fail(CF_EFORMAT, "%.300s: %s holds %.0f bytes, wanted %.0f", path, name, held,
                         bytes);
    memcpy(dims, found, (size_t)rank * sizeof *dims);
    return CF_OK;
}

/* HDF5 converts between numbers of one kind. Of a compound it would leave out what is not there. */
static int is_readable_as(hid_t found, hid_t wanted)
{
    if (H5Tget_class(found) == H5T_ENUM && H5Tget_class(wanted) == H5T_INTEGER) return 1;
    if (H5Tget_class(found) != H5Tget_class(wanted)) return 0;
    if (H5Tget_class(wanted) != H5T_COMPOUND) return 1;
    int same = H5Tget_nmembers(found) == 2;
    for (unsigned i = 0; i < 2 && same; i++) {
        char *name = H5Tget_member_name(wanted, i);
        const int at = name ? H5Tget_member_index(found, name) : -1;
        same = at >= 0 && H5Tget_member_class(found, (unsigned)at) == H5T_FLOAT;
        H5free_memory(name);
    }
    return same;
}

static const char *kind_of(hid_t type)
{
    switch (H5Tget_class(type)) {
    case H5T_INTEGER: return "whole numbers";
    case H5T_COMPOUND: return "complex numbers {r, i}";
    default: return "real numbers";
    }
}

static cf_status read_set(hid_t set, const char *path, const char *name, hid_t type, size_t item,
                          int rank, hsize_t *dims, void *out)
{
    const hid_t found = H5Dget_type(set);
    const int readable = found >= 0 && is_readable_as(found, type);
    if (found >= 0) H5Tclose(found);
    if (!readable)
        return base_fail(CF_EFORMAT, "%.300s: %s is of another type, wanted %s", path, name,
                         kind_of(type));
    hsize_t shape[H5S_MAX_RANK];
    memcpy(shape, dims, (size_t)rank * sizeof *shape);
    const cf_status s = check_shape(set, path, name, rank, shape);
    if (s != CF_OK) return s;
    size_t count = 1;
    for (int i = 0; i < rank; i++)
        if (shape[i] > SIZE_MAX / item / count)
            return base_fail(CF_ENOMEM, "%.300s: %s is too large", path, name);
        else
            count *= (size_t)shape[i];
    void *data = malloc(count * item);
    if (!data) return base_fail(CF_ENOMEM, "%.300s: no memory for %s", path, name);
    if (H5Dread(set, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, data) < 0) {
        free(data);
        return base_fail(CF_EFORMAT, "%.300s: %s cannot be read: truncated or damaged", path, name);
    }
    memcpy(dims, shape, (size_t)rank * sizeof *dims);
    memcpy(out, &data, sizeof data); /* a float ** or int32_t ** alike */
    return CF_OK;
}

cf_status io_get_array(hid_t at, const char *path, const char *name, hid_t type, size_t item,
                       int rank, hsize_t *dims, void *out)
{
    const hid_t set = io_has(at, name) ? H5Dopen2(at, name, H5P_DEFAULT) : H5I_INVALID_HID;
    if (set < 0) return base_fail(CF_EFORMAT, "%.300s: %s is missing", path, name);
    const cf_status s = read_set(set, path, name, type, item, rank, dims, out);
    H5Dclose(set);
    return s;
}
