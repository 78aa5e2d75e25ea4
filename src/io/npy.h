#ifndef IO_NPY_H
#define IO_NPY_H

#include <stddef.h>

#include <cellfree/drops.h>

#include "io/array.h"

/* NumPy's .npy, format versions 1 to 3, in memory: booleans, integers, floats of 16 to 64 bits and
 * complex numbers of 64 or 128, either byte order, C or Fortran order. CF_EFORMAT: damaged, or
 * another dtype. */
cf_status io_npy_parse(const unsigned char *bytes, size_t size, const char *path, const char *name,
                       io_array *out);

/* The same of an array of the caller's. `from` stands for a path in messages. */
cf_status io_npy_take(const cf_array *a, const char *from, io_array *out);

#endif
