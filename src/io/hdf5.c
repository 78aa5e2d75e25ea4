#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/status.h"
#include "io/h5.h"
#include "io/source.h"

/* Plain HDF5, as h5py and MATLAB's h5write make it and as ours are: the datasets of the root. Axes
 * are in C order, those of MATLAB's size(x) reversed. Complex numbers are compounds {r, i} (h5py's
 * and ours) or {real, imag} (MATLAB's, Octave's). */

typedef struct hdf5 {
    char *path;
    hid_t file;
    char **names;
    int32_t count;
} hdf5;

static void close_hdf5(void *state)
{
    hdf5 *f = state;
    if (!f) return;
    for (int32_t i = 0; i < f->count; i++) free(f->names[i]);
    free(f->names);
    free(f->path);
    if (f->file >= 0) H5Fclose(f->file);
    free(f);
}

/* Of each link of the root; -1 ends the walk. */
static herr_t add_name(hid_t at, const char *name, const H5L_info_t *link, void *state)
{
    hdf5 *f = state;
    (void)link;
    const hid_t object = io_has(at, name) ? H5Oopen(at, name, H5P_DEFAULT) : H5I_INVALID_HID;
    const int is_array = object >= 0 && H5Iget_type(object) == H5I_DATASET;
    if (object >= 0) H5Oclose(object);
    if (!is_array) return 0;
    char **more = realloc(f->names, sizeof *more * (size_t)(f->count + 1));
    if (!more) return -1;
    f->names = more;
    f->names[f->count] = strdup(name);
    if (!f->names[f->count]) return -1;
    f->count++;
    return 0;
}

static cf_status list_arrays(hdf5 *f)
{
    const cf_status s = io_h5_open(&f->file, f->path);
    if (s != CF_OK) return s;
    if (H5Literate(f->file, H5_INDEX_NAME, H5_ITER_INC, NULL, add_name, f) < 0)
        return base_fail(CF_EFORMAT, "%.300s: its arrays cannot be listed: damaged?", f->path);
    if (f->count > 0) return CF_OK;
    return base_fail(CF_EFORMAT, "%.300s: no arrays in it", f->path);
}

static cf_status open_hdf5(void **state, const char *path)
{
    hdf5 *f = calloc(1, sizeof *f);
    if (!f || !(f->path = strdup(path))) {
        free(f);
        return base_fail(CF_ENOMEM, "%.300s: no memory", path);
    }
    f->file = H5I_INVALID_HID;
    const io_quiet q = io_quiet_begin();
    const cf_status s = list_arrays(f);
    if (s == CF_OK)
        *state = f;
    else
        close_hdf5(f);
    io_quiet_end(q);
    return s;
}

static int32_t count_of(const void *state)
{
    return ((const hdf5 *)state)->count;
}

static const char *name_of(const void *state, int32_t i)
{
    return ((const hdf5 *)state)->names[i];
}

/* A pair of doubles by the names that the file has, or < 0. Close with H5Tclose. */
static hid_t complex_in_memory(hid_t found)
{
    static const char *const NAMES[][2] = {{"r", "i"}, {"real", "imag"}};
    for (int n = 0; n < 2; n++) {
        if (H5Tget_member_index(found, NAMES[n][0]) < 0) continue;
        const hid_t type = H5Tcreate(H5T_COMPOUND, 2 * sizeof(double));
        H5Tinsert(type, NAMES[n][0], 0, H5T_NATIVE_DOUBLE);
        H5Tinsert(type, NAMES[n][1], sizeof(double), H5T_NATIVE_DOUBLE);
        return type;
    }
    return H5I_INVALID_HID;
}

/* Whole numbers become doubles where they are. */
static void convert(double *data, int64_t count)
{
    for (int64_t j = 0; j < count; j++) {
        int64_t v;
        memcpy(&v, data + j, sizeof v);
        data[j] = (double)v;
    }
}

/* `found` is the type that the file has; h5py's bool is an enumeration of a byte. */
static cf_status read_numbers(const hdf5 *f, const char *name, hid_t found, io_array *a)
{
    const H5T_class_t class = H5Tget_class(found);
    const int whole = class == H5T_INTEGER || class == H5T_ENUM;
    const hid_t type = class == H5T_COMPOUND ? complex_in_memory(found)
                       : whole               ? H5Tcopy(H5T_NATIVE_INT64)
                       : class == H5T_FLOAT  ? H5Tcopy(H5T_NATIVE_DOUBLE)
                                             : H5I_INVALID_HID;
    if (type < 0)
        return base_fail(CF_EFORMAT, "%.300s: %.60s holds no numbers, real or complex", f->path,
                         name);
    a->is_complex = class == H5T_COMPOUND;
    snprintf(a->dtype, sizeof a->dtype, "%s%zu",
             whole           ? H5Tget_sign(found) == H5T_SGN_NONE ? "uint" : "int"
             : a->is_complex ? "complex"
                             : "float",
             8 * H5Tget_size(found));
    hsize_t dims[IO_MAX_DIMS] = {0};
    const cf_status s = io_get_array(f->file, f->path, name, type, sizeof(double) << a->is_complex,
                                     a->ndim, dims, &a->data);
    H5Tclose(type);
    if (s != CF_OK) return s;
    a->count = 1;
    for (int32_t i = 0; i < a->ndim; i++) {
        a->dims[i] = (int64_t)dims[i];
        a->count *= a->dims[i];
    }
    if (whole) convert(a->data, a->count);
    return CF_OK;
}

static cf_status read_open(const hdf5 *f, const char *name, io_array *a)
{
    const hid_t set = H5Dopen2(f->file, name, H5P_DEFAULT);
    const hid_t space = set >= 0 ? H5Dget_space(set) : H5I_INVALID_HID;
    const hid_t type = set >= 0 ? H5Dget_type(set) : H5I_INVALID_HID;
    a->ndim = space >= 0 ? H5Sget_simple_extent_ndims(space) : -1;
    cf_status s;
    if (type < 0 || a->ndim < 0 || a->ndim > IO_MAX_DIMS)
        s = base_fail(CF_EFORMAT, "%.300s: %.60s: no array of at most %d axes", f->path, name,
                      IO_MAX_DIMS);
    else
        s = read_numbers(f, name, type, a);
    if (type >= 0) H5Tclose(type);
    if (space >= 0) H5Sclose(space);
    if (set >= 0) H5Dclose(set);
    return s;
}

static cf_status read_hdf5(const void *state, int32_t i, io_array *out)
{
    const hdf5 *f = state;
    io_array a = {0};
    const io_quiet q = io_quiet_begin();
    const cf_status s = read_open(f, f->names[i], &a);
    io_quiet_end(q);
    if (s == CF_OK)
        *out = a;
    else
        io_array_free(&a);
    return s;
}

const io_format io_hdf5 = {".h5", "\x89HDF", open_hdf5, count_of, name_of, read_hdf5, close_hdf5};
