#ifndef CLI_SCORES_H
#define CLI_SCORES_H

#include "cli.h"

/* One JSON object a method, one a line, and the same as a table. */
void cli_scores_json(cf_result *const *r, int32_t count);
void cli_scores_table(cf_result *const *r, int32_t count);

#endif
