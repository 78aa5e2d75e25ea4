#ifndef VECTORS_H
#define VECTORS_H

/* What other implementations computed: the files of tests/vectors, for the tests of the io room. */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "io/source.h"

#include "t.h"

static inline void vector_path(char *path, size_t size, const char *file)
{
    const char *source = getenv("CF_SOURCE_DIR");
    snprintf(path, size, "%s/tests/vectors/%s", source ? source : ".", file);
}

static inline io_source *vector_open(const char *file)
{
    char path[512];
    io_source *z = NULL;
    vector_path(path, sizeof path, file);
    CHECK(io_source_open(&z, path) == CF_OK);
    return z;
}

/* An array of `ndim` axes, malloc'ed. */
static inline double *vector_numbers(const io_source *z, const char *name, int32_t ndim,
                                     int64_t *dims)
{
    io_array a = {0};
    CHECK(io_source_find(z, name, &a) == CF_OK && a.ndim == ndim);
    memcpy(dims, a.dims, (size_t)ndim * sizeof *dims);
    return a.data;
}

#endif
