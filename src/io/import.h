#ifndef IO_IMPORT_H
#define IO_IMPORT_H

#include <cellfree/drops.h>

#include "base/text.h"
#include "io/axes.h"
#include "io/source.h"

/* An import under way: the file and the array of gains in it. */
typedef struct io_import {
    const char *path;
    const cf_import *options;
    io_source *source;
    const char *name; /* of the gains */
    io_array gain;
    io_axes axes;
} io_import;

/* Open the file and find the gains, by name or the only array, whose axes are `order`; NULL, for
 * power only: those of its header, or by their number. */
cf_status io_import_open(io_import *m, const char *order);

/* Room for the drops, with their positions. */
cf_status io_import_drops(const io_import *m, cf_drops **out);

/* One task each: options, gains, positions; what was taken as what goes to `report`. */
cf_status io_import_assignment(io_import *m, cf_drops **out, text *report);
cf_status io_import_power(io_import *m, cf_drops **out, text *report);

#endif
