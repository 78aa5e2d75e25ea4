#ifndef CLI_REPORT_H
#define CLI_REPORT_H

#include "cli.h"

/* One JSON object a method, one a line, and the same as a table. */
void cli_report_json(cf_result *const *r, int32_t count);
void cli_report_table(cf_result *const *r, int32_t count);

#endif
