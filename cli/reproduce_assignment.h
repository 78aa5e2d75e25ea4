#ifndef CLI_REPRODUCE_ASSIGNMENT_H
#define CLI_REPRODUCE_ASSIGNMENT_H

#include "reproduction.h"

/* The parts of `cellfree reproduce assignment`. B is Peng et al., "Distributed Combinatorial
 * Optimization of Downlink User Assignment in mmWave Cell-free Massive MIMO Using Graph Neural
 * Networks": its table II and its figures 5 to 8. */

enum { CLI_SMALL, CLI_LARGE };
enum { CLI_RATE, CLI_CONNECTION, CLI_DISCRETENESS, CLI_CURVES };

/* A test curve in two numbers: the last before its own penalty came in (for the rate: before the
 * first one), and the last of all. */
typedef struct cli_curve {
    double before, last;
} cli_curve;

/* Each gives an exit status and complains by itself. */
int cli_assignment_table(const cli_reproduction *r); /* drops, results, table2.{txt,csv,md} */
int cli_assignment_networks(cli_reproduction *r);    /* figure5.*                           */
int cli_assignment_curves(cli_reproduction *r,
                          cli_curve curve[CLI_CURVES]); /* training, figure6.* to figure8.* */
int cli_assignment_notes(const cli_reproduction *r,
                         const cli_curve *curve); /* reproduce.md; curve NULL: not drawn */

/* What B prints for a row of a scene, NaN where it prints nothing. */
double cli_assignment_printed(const cli_scene *s, const cf_result *r);

#endif
