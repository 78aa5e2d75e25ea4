#ifndef CLI_TRAINING_H
#define CLI_TRAINING_H

#include "reproduction.h"

/* Trainings behind a paper's curves. */

/* Train as the YAML text says, into FOLDER/NAME.safetensors and what stands beside it; `what` is
 * for messages ("figures 6 to 8"). Gives an exit status, and with 0 the metrics, to be closed. */
int cli_train_for(const cli_reproduction *r, const char *what, const char *yaml, const char *name,
                  FILE **metrics);

/* The number after "key": in a line of metrics; NaN where there is none. */
double cli_metric(const char *line, const char *key);

#endif
