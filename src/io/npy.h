#ifndef IO_NPY_H
#define IO_NPY_H

#include <stddef.h>

#include "io/array.h"

/* NumPy's .npy, format versions 1 to 3, in memory: booleans, integers and floats of 16 to 64 bits,
 * either byte order, C or Fortran order. CF_EFORMAT: damaged, or a dtype that is no real number. */
cf_status io_npy_parse(const unsigned char *bytes, size_t size, const char *path, const char *name,
                       io_array *out);

#endif
