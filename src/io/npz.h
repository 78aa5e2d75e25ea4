#ifndef IO_NPZ_H
#define IO_NPZ_H

#include <stdint.h>

#include <cellfree/status.h>

/* NumPy's .npz: a zip archive of .npy arrays (format versions 1 to 3). Booleans, integers and
 * floats of 16 to 64 bits, either byte order, C or Fortran order; every value arrives as double. */

enum { IO_MAX_DIMS = 8 };

typedef struct io_npz io_npz; /* the file in memory */

typedef struct io_array {
    char dtype[8]; /* as NumPy writes it: "<f4" */
    int32_t ndim;
    int64_t dims[IO_MAX_DIMS];
    int64_t count; /* product of dims */
    double *data;  /* malloc'ed, C order */
} io_array;

/* CF_EIO: missing, unreadable. CF_EFORMAT: empty, not a zip archive, truncated, damaged. */
cf_status io_npz_open(io_npz **out, const char *path);
void io_npz_close(io_npz *z); /* NULL is fine */

/* Its arrays by name, without ".npy"; i = 0 .. count - 1. */
int32_t io_npz_count(const io_npz *z);
const char *io_npz_name(const io_npz *z, int32_t i);

/* Unpack one array. CF_EARG: not there (lists the names). CF_EFORMAT: damaged, or a dtype that is
 * no real number. Release with io_array_free. */
cf_status io_npz_find(const io_npz *z, const char *name, io_array *out);
void io_array_free(io_array *a);

/* "(50,64,40)" for messages; returns s. */
const char *io_array_shape(const io_array *a, char *s, int32_t size);

#endif
