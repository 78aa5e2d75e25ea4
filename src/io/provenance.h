#ifndef IO_PROVENANCE_H
#define IO_PROVENANCE_H

#include <cellfree/drops.h>

#include "io/h5.h"

/* The root attributes that drops and results share: format, version, task, cellfree, scenario,
 * scenario_yaml, seed, first. */
void io_put_provenance(io_h5_out *o, const char *format, int32_t version, const cf_drops *d);

#endif
