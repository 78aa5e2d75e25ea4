#ifndef CLI_POWER_H
#define CLI_POWER_H

#include "cli.h"

/* The words of the task power, on the command line, in JSON and in scenarios alike. */
#define CLI_OBJECTIVES "ee|sum-rate|min-rate|proportional"
#define CLI_LIMITS     "none|ap|link"

const char *cli_objective_name(cf_power_objective o); /* never NULL */
const char *cli_limit_name(cf_power_limit l);

/* A word as a value, or the end with exit status 2. */
cf_power_objective cli_objective(const struct argp_state *state, const char *value);
cf_power_limit cli_limit(const struct argp_state *state, const char *value);

#endif
