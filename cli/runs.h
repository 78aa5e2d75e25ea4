#ifndef CLI_RUNS_H
#define CLI_RUNS_H

#include "cli.h"

/* What the subcommands of `cellfree runs` share. Texts are malloc'ed. */
char *cli_run_time(double seconds_since_1970, const char *format); /* strftime's, local */
char *cli_run_took(const cf_run *r);
char *cli_run_number(double value);

/* Runs side by side: the configuration where it differs, and all figures. */
void cli_runs_compare(cf_run *const *r, int32_t count);
void cli_runs_compare_json(cf_run *const *r, int32_t count);

#endif
