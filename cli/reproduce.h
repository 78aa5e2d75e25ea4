#ifndef CLI_REPRODUCE_H
#define CLI_REPRODUCE_H

#include "reproduction.h"

/* A paper each: everything about it into r->folder, which is there. Gives an exit status and
 * complains by itself. */
int cli_reproduce_assignment(cli_reproduction *r);
int cli_reproduce_power(cli_reproduction *r);

#endif
