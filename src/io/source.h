#ifndef IO_SOURCE_H
#define IO_SOURCE_H

#include <stddef.h>

#include <cellfree/drops.h>

#include "io/array.h"

/* Somebody else's file as a list of named arrays, whatever its format: .npz, .npy, .mat, .csv,
 * .h5; or arrays in memory. */

typedef struct io_source io_source;

/* By the ending of the name, and without a known one by its first bytes. CF_EIO: missing,
 * unreadable. CF_EFORMAT: empty, truncated, damaged, or none of the formats. */
cf_status io_source_open(io_source **out, const char *path);
/* Arrays in memory, borrowed; `name` stands for a path in messages. CF_EARG: NULL in them. */
cf_status io_source_memory(io_source **out, const char *name, const cf_array *arrays,
                           int32_t count);
void io_source_close(io_source *s); /* NULL is fine */

/* Its arrays by name, i = 0 .. count - 1. A file of one unnamed array (.npy, .csv) calls it by its
 * own name, without folder and ending. */
int32_t io_source_count(const io_source *s);
const char *io_source_name(const io_source *s, int32_t i);

/* Read one array, of real numbers or of any. CF_EARG: not there (lists the names). CF_EFORMAT:
 * damaged, or not of such numbers. Release with io_array_free. */
cf_status io_source_find(const io_source *s, const char *name, io_array *out);
cf_status io_source_find_any(const io_source *s, const char *name, io_array *out);

/* ---- formats; one file each ---- */

typedef struct io_format {
    const char *ending;
    const char *magic; /* or NULL: known by its ending alone */
    cf_status (*open)(void **state, const char *path);
    int32_t (*count)(const void *state);
    const char *(*name)(const void *state, int32_t i);
    cf_status (*read)(const void *state, int32_t i, io_array *out);
    void (*close)(void *state); /* NULL is fine */
} io_format;

extern const io_format io_npz, io_npy, io_mat, io_csv, io_hdf5, io_memory;

cf_status io_memory_open(void **state, const char *name, const cf_array *arrays, int32_t count);

/* The file's name without folder and ending, malloc'ed; NULL without memory. */
char *io_source_stem(const char *path);

/* What to say of complex numbers where real ones are wanted. */
#define IO_COMPLEX                                                                              \
    "complex, wanted real numbers (of channels h the power gains, |h|^2; the task power takes " \
    "channels by --map channel=NAME)"

#endif
