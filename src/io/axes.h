#ifndef IO_AXES_H
#define IO_AXES_H

#include <stdint.h>

#include "base/text.h"
#include "io/array.h"

/* What the axes of somebody else's array are. */
enum { IO_DROP, IO_AP, IO_USER, IO_BEAM, IO_ANTENNA, IO_AXES };

/* What an array holds, and so which axes it may have. */
typedef enum io_layout {
    IO_LINKS,    /* drop,ap,user: a number a link      */
    IO_BEAMS,    /* drop,ap,user,beam: effective gains */
    IO_CHANNELS, /* drop,ap,user,antenna               */
} io_layout;

typedef struct io_axes {
    io_layout layout;
    int32_t count;           /* of axes that the array has                        */
    int32_t of[IO_AXES];     /* the array's axis that is this one, or -1: length 1 */
    int32_t length[IO_AXES]; /* from the array */
    int64_t stride[IO_AXES]; /* in its data, 0 where it has no such axis */
} io_axes;

/* The names of all axes of a layout in our order, "drop,ap,user,beam". */
const char *io_axes_order(io_layout layout);

/* From those names in any order. Drop may be left out; ap too where there are beams, and antenna.
 * In channels "ap:antenna" is one axis of all antennas of all access points, those of an access
 * point side by side. CF_EARG. */
cf_status io_axes_read(io_axes *x, io_layout layout, const char *order);

/* Lengths and strides; `antennas` of an access point, or 0 where that is for the array to say.
 * CF_ESHAPE: another number of axes, a length out of range, or not as many beams as users. */
cf_status io_axes_fit(io_axes *x, const char *path, const char *name, const char *order,
                      int32_t antennas, const io_array *a);

/* "KEY: array NAME, dtype T, shape S: axis 0 is drop (50), ..." */
void io_axes_report(const io_axes *x, const char *key, const char *name, const io_array *a,
                    text *t);

#endif
