#ifndef IO_AXES_H
#define IO_AXES_H

#include <stdint.h>

#include <cellfree/task.h>

#include "base/text.h"
#include "io/array.h"

/* What the axes of somebody else's array of gains are. */
enum { IO_DROP, IO_AP, IO_USER, IO_BEAM, IO_AXES };

typedef struct io_axes {
    int32_t count;           /* of axes that the task has: 3, or 4 with beams    */
    int32_t of[IO_AXES];     /* the array's axis that is this one, or -1: length 1 */
    int32_t length[IO_AXES]; /* from the array */
    int64_t stride[IO_AXES]; /* in its data, 0 where it has no such axis */
} io_axes;

/* From "drop,ap,user" or "drop,ap,user,beam" in any order; drop may be left out, and for power ap.
 * CF_EARG. */
cf_status io_axes_read(io_axes *x, cf_task task, const char *order);

/* Lengths and strides. CF_ESHAPE: another number of axes, a length out of range, or not as many beams
 * as users. */
cf_status io_axes_fit(io_axes *x, const char *path, const char *name, const char *order,
                      const io_array *a);

/* "gain: array NAME, dtype T, shape S: axis 0 is drop (50), ..." */
void io_axes_report(const io_axes *x, const char *name, const io_array *a, text *t);

#endif
