#ifndef IO_ARRAY_H
#define IO_ARRAY_H

#include <stdint.h>

#include <cellfree/status.h>

/* An array of somebody else's: real or complex numbers, whatever they were kept as. */

enum { IO_MAX_DIMS = 8 };

typedef struct io_array {
    char dtype[24];       /* as the format calls it: "<f4", "single", "text" */
    char axes[64];        /* the names of its axes where the file has them: "drop,ap,user"; or "" */
    int32_t pads;         /* further axes have length 1, as in MATLAB */
    int32_t column_major; /* the file counts the first axis fastest */
    int32_t ndim;
    int64_t dims[IO_MAX_DIMS];
    int32_t is_complex; /* a number is two, its real and its imaginary part */
    int64_t count;      /* product of dims */
    double *data;       /* malloc'ed, C order */
} io_array;

void io_array_free(io_array *a);

/* "(50,64,40)" for messages; returns s. */
const char *io_array_shape(const io_array *a, char *s, int32_t size);

/* count = product of dims and room for as many numbers, complex ones where `is_complex` says so.
 * CF_EFORMAT: too many; CF_ENOMEM. */
cf_status io_array_room(io_array *a, const char *path, const char *name);

/* Where the numbers of a file go that counts the first axis fastest, one after the other. */
typedef struct io_turn {
    int64_t index[IO_MAX_DIMS], stride[IO_MAX_DIMS], at;
} io_turn;

io_turn io_turn_begin(const io_array *a);
void io_turn_next(io_turn *t, const io_array *a);

#endif
