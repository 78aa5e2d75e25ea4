#ifndef CLI_REPRODUCTION_H
#define CLI_REPRODUCTION_H

/* What the parts of `cellfree reproduce assignment` share. B is Peng et al., "Distributed
 * Combinatorial Optimization of Downlink User Assignment in mmWave Cell-free Massive MIMO Using Graph
 * Neural Networks": its table II and its figures 5 to 8. */

#include "cli.h"
#include "methods.h"
#include "output.h"

enum { CLI_SMALL, CLI_LARGE, CLI_SCENES };
enum { CLI_RATE, CLI_CONNECTION, CLI_DISCRETENESS, CLI_CURVES };

/* One of B's two networks: the drops and what every method made of them. */
typedef struct cli_scene {
    const char *scenario, *title;
    cf_drops *drops;
    cli_methods methods;
    cf_result **results; /* (methods.count), NULL before they are there */
} cli_scene;

/* A test curve in two numbers: the last before its own penalty came in (for the rate: before the
 * first one), and the last of all. */
typedef struct cli_curve {
    double before, last;
} cli_curve;

typedef struct cli_reproduction {
    const cli_command *command;
    const char *folder, *policies;
    const char *line; /* the command, for everything written */
    int32_t count, threads;
    uint64_t seed;
    double scale;
    int gnuplot_missing, has_curves;
    cli_curve curve[CLI_CURVES]; /* figures 6 to 8, where has_curves */
    cli_scene scene[CLI_SCENES];
} cli_reproduction;

const cf_result *cli_result_named(const cli_scene *s, const char *name); /* NULL: not there */

/* FOLDER/NAME, malloc'ed. */
char *cli_in_folder(const cli_reproduction *r, const char *name);

/* Open FOLDER/NAME and write the provenance as comment lines with this prefix ("# ", "<!-- "). */
int cli_open_text(cli_output *o, const cli_reproduction *r, const char *name, const char *prefix,
                  const char *suffix);

#endif
