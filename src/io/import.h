#ifndef IO_IMPORT_H
#define IO_IMPORT_H

#include <cellfree/drops.h>

#include "base/text.h"
#include "io/axes.h"
#include "io/source.h"

/* An import under way: the file and the array of gains, or of channels, in it. */
typedef struct io_import {
    const char *path;
    const cf_import *options;
    io_source *source;
    const char *name, *key; /* of the array: its own, and "gain" or "channel" */
    io_array gain;
    io_axes axes;
    char order[64]; /* what its axes were taken to be */
} io_import;

/* Find the gains, by name or the only array, whose axes are `order`; NULL, for power only: those of
 * its header, or by their number. */
cf_status io_import_find(io_import *m, io_layout layout, const char *order);

/* An array of the file; a name with the ending of a file of one array is such a file. */
cf_status io_import_array(const io_import *m, const char *name, io_array *out);

/* Room for the drops, with their positions, which go to `report`. */
cf_status io_import_drops(const io_import *m, cf_drops **out, text *report);

/* Range of gains, and how many are 0. */
typedef struct io_range {
    double low, high; /* of those above 0; begin with low = INFINITY */
    int64_t silent;
} io_range;

void io_range_add(io_range *r, double gain);

/* Channels and serving sets (power); `own` is widened by ||h||^2. */
cf_status io_import_channels(const io_import *m, float *out, io_range *own);
cf_status io_import_serve(const io_import *m, cf_drops *d, text *report);

/* One task each: options, gains, positions; what was taken as what goes to `report`. */
cf_status io_import_assignment(io_import *m, cf_drops **out, text *report);
cf_status io_import_power(io_import *m, cf_drops **out, text *report);

#endif
