#include "power.h"

#include <string.h>

static const char *const OBJECTIVES[] = {
    [CF_POWER_EE] = "ee",
    [CF_POWER_SUM_RATE] = "sum-rate",
    [CF_POWER_MIN_RATE] = "min-rate",
    [CF_POWER_PROPORTIONAL] = "proportional",
};
static const char *const LIMITS[] = {
    [CF_LIMIT_NONE] = "none", [CF_LIMIT_AP] = "ap", [CF_LIMIT_LINK] = "link"};
enum {
    OBJECTIVE_COUNT = sizeof OBJECTIVES / sizeof *OBJECTIVES,
    LIMIT_COUNT = sizeof LIMITS / sizeof *LIMITS,
};

static const char *word_at(const char *const *words, int count, unsigned i)
{
    return i < (unsigned)count ? words[i] : "unknown";
}

const char *cli_objective_name(cf_power_objective o)
{
    return word_at(OBJECTIVES, OBJECTIVE_COUNT, (unsigned)o);
}

const char *cli_limit_name(cf_power_limit l)
{
    return word_at(LIMITS, LIMIT_COUNT, (unsigned)l);
}

static int find(const char *const *words, int count, const char *value)
{
    for (int i = 0; i < count; i++)
        if (strcmp(words[i], value) == 0) return i;
    return -1;
}

cf_power_objective cli_objective(const struct argp_state *state, const char *value)
{
    const int i = find(OBJECTIVES, OBJECTIVE_COUNT, value);
    if (i < 0) cli_usage(state, "--objective is '%s', wanted %s", value, CLI_OBJECTIVES);
    return (cf_power_objective)i;
}

cf_power_limit cli_limit(const struct argp_state *state, const char *value)
{
    const int i = find(LIMITS, LIMIT_COUNT, value);
    if (i < 0) cli_usage(state, "--limit is '%s', wanted %s", value, CLI_LIMITS);
    return (cf_power_limit)i;
}
