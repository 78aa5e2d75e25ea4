#ifndef IO_H5_H
#define IO_H5_H

#include <hdf5.h>
#include <stddef.h>
#include <stdint.h>

#include <cellfree/status.h>
#include <cellfree/task.h>

/* HDF5 as this room uses it: quiet, without time stamps, with checksummed metadata (format 1.8),
 * attributes for everything that has one value, and `dims` and `unit` on every dataset. Files are
 * made in memory and written by base/file, so that the disk has one set of errors. HDF5 itself is
 * one thread at a time. */

/* HDF5 prints errors by itself: off for the length of a call. */
typedef struct io_quiet {
    H5E_auto2_t print;
    void *data;
} io_quiet;

io_quiet io_quiet_begin(void);
void io_quiet_end(io_quiet q);

/* ---- writing; `failed` is sticky, io_h5_finish looks at it once ---- */

typedef struct io_h5_out {
    hid_t file;
    int failed;
} io_h5_out;

io_h5_out io_h5_begin(const char *path);
hid_t io_h5_group(io_h5_out *o, const char *name); /* close with H5Gclose */

void io_put_text(io_h5_out *o, hid_t at, const char *name, const char *value);
void io_put_number(io_h5_out *o, hid_t at, const char *name, hid_t type, const void *value);

/* Complex float32 as h5py has it: a compound of r and i. Close with H5Tclose. */
hid_t io_complex_type(void);

/* A dataset of `rank` dimensions. `dims_text` ("drop,ap,user") and `unit` become attributes. */
void io_put_array(io_h5_out *o, hid_t at, const char *name, hid_t type, int rank,
                  const hsize_t *dims, const void *data, const char *dims_text, const char *unit);

/* One more number on a dataset that is there. */
void io_put_on(io_h5_out *o, hid_t at, const char *dataset, const char *name, hid_t type,
               const void *value);

/* Write the file, whole or not at all, and release. */
cf_status io_h5_finish(io_h5_out *o, const char *path);

/* ---- reading; errors name the file, the field, what was found and wanted ---- */

/* Readable at all, and not empty; other libraries' errors do not tell. `wanted`: "an HDF5 file". */
cf_status io_h5_check_file(const char *path, const char *wanted);

/* CF_EIO: missing. CF_EFORMAT: empty, not HDF5, truncated. Close with H5Fclose. */
cf_status io_h5_open(hid_t *out, const char *path);

/* Root attributes format and version are as wanted, the version not newer; *task is the
 * attribute. */
cf_status io_check_format(hid_t file, const char *path, const char *format, int32_t version,
                          cf_task *task);

cf_status io_get_text(hid_t at, const char *path, const char *name, char **out);
/* A text that is one of `choices`, which end in NULL; *out is its index. */
cf_status io_get_choice(hid_t at, const char *path, const char *name, const char *const *choices,
                        int32_t *out);
cf_status io_get_number(hid_t at, const char *path, const char *name, hid_t type, void *out);
cf_status io_get_on(hid_t at, const char *path, const char *dataset, const char *name, hid_t type,
                    void *out);

/* A dataset of `rank` dimensions into malloc'ed memory of `item` bytes each, whose address goes to
 * the pointer at `out`. dims in: wanted length, or 0 for any above 0; out: found. */
cf_status io_get_array(hid_t at, const char *path, const char *name, hid_t type, size_t item,
                       int rank, hsize_t *dims, void *out);

int io_has(hid_t at, const char *name); /* is there a dataset or group of that name? */

#endif
