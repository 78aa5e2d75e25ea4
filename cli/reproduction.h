#ifndef CLI_REPRODUCTION_H
#define CLI_REPRODUCTION_H

/* What the parts of `cellfree reproduce` share, whichever paper it is. */

#include "cli.h"
#include "methods.h"
#include "output.h"
#include "record.h"

/* One of the paper's networks: the drops and what every method made of them. */
typedef struct cli_scene {
    const char *scenario, *title;
    cf_drops *drops;
    cli_methods methods;
    cf_result **results; /* (methods.count), NULL before they are there */
} cli_scene;

typedef struct cli_reproduction {
    const cli_command *command;
    const char *folder, *policies;
    const char *line; /* the command, for everything written */
    cli_record *record;
    int32_t count, threads;
    uint64_t seed;
    double scale;         /* of trainings, as a share of the paper's; 0: none */
    const char *scenario; /* of power's trainings */
    int gnuplot_missing;
    int32_t scenes;
    cli_scene *scene; /* (scenes) */
} cli_reproduction;

/* Make the scene's drops, run the methods of `list` over them on one thread (the table's times are
 * to be a core's own), and save SCENARIO.h5 and SCENARIO.result.h5. Policies are named policy:STEM,
 * also where there is one only. Gives an exit status; cli_scenes_close after it in any case. */
int cli_scene_work(const cli_reproduction *r, cli_scene *s, const char *list,
                   const char *const *policies, int32_t policy_count);
void cli_scenes_close(cli_reproduction *r); /* r->scene is then empty */

const cf_result *cli_result_named(const cli_scene *s, const char *name); /* NULL: not there */

/* Standard errors by which our mean lies above a paper's figure. The papers have 1,024 drops of the
 * same spread, and round to two digits: a uniform error of 0.01 / sqrt(12). */
double cli_standard_errors(const cf_result *r, double printed);

/* FOLDER/NAME, malloc'ed. */
char *cli_in_folder(const cli_reproduction *r, const char *name);

/* POLICIES/STEM.safetensors, malloc'ed; NULL where it is not, with a line on stderr if `tell`. */
char *cli_policy_file(const cli_reproduction *r, const char *stem, int tell);

/* Open FOLDER/NAME and write the provenance as comment lines with this prefix ("# ", "<!-- "). */
int cli_open_text(cli_output *o, const cli_reproduction *r, const char *name, const char *prefix,
                  const char *suffix);

#endif
