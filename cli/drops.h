#ifndef CLI_DROPS_H
#define CLI_DROPS_H

#include "cli.h"

typedef struct cli_range {
    double least, most, mean, std;
} cli_range;

cli_range cli_range_of(const float *v, size_t count);

/* "drops.h5: 1024 drops of mmwave-small, 5 APs, 4 users; gain -111.6 dBm, std 9.30 dB; ..." */
void cli_drops_summary(const cf_drops *d, const char *path, FILE *f);

/* Everything the file says: shapes, units, ranges, limits, provenance. */
void cli_drops_inspect(const cf_drops *d, const char *path);
void cli_drops_inspect_json(const cf_drops *d, const char *path);

#endif
