#ifndef CLI_REPRODUCE_H
#define CLI_REPRODUCE_H

#include "reproduction.h"

/* The parts of `cellfree reproduce assignment`. Each gives an exit status and complains by itself. */
int cli_reproduce_table(cli_reproduction *r);       /* drops, results, table2.{txt,csv,md} */
int cli_reproduce_networks(cli_reproduction *r);    /* figure5.*                           */
int cli_reproduce_curves(cli_reproduction *r);      /* training, figure6.* to figure8.*    */
int cli_reproduce_notes(const cli_reproduction *r); /* reproduce.md                      */

/* What B prints for a row of a scene, NaN where it prints nothing. */
double cli_printed(const cli_scene *s, const cf_result *r);

#endif
