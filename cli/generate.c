/* cellfree generate: drops of a scenario into a file. */
#include "commands.h"
#include "drops.h"

typedef struct arguments {
    const char *scenario, *out;
    int64_t count, first;
    uint64_t seed;
    int32_t threads;
} arguments;

static error_t parse(int key, char *value, struct argp_state *state)
{
    arguments *a = state->input;
    switch (key) {
    case OPT_SCENARIO: a->scenario = value; return 0;
    case OPT_OUT: a->out = value; return 0;
    case OPT_COUNT: a->count = cli_integer(state, "--count", value, 1, INT32_MAX); return 0;
    case OPT_FIRST: a->first = cli_integer(state, "--first", value, 0, INT64_MAX / 2); return 0;
    case OPT_SEED: a->seed = cli_seed(state, value); return 0;
    case OPT_THREADS: a->threads = cli_threads(state, value); return 0;
    case ARGP_KEY_ARG: cli_usage(state, "'%s' is not an option", value);
    case ARGP_KEY_END:
        cli_require(state, "--scenario", a->scenario);
        cli_require(state, "--out", a->out);
        return 0;
    default: return ARGP_ERR_UNKNOWN;
    }
}

static int run(const cli_command *self, int argc, char **argv)
{
    arguments a = {.count = 1024, .seed = 1};
    cli_parse(self, parse, argc, argv, &a);
    a.threads = cli_thread_count(a.threads);
    cli_banner_seed(self, a.seed, a.threads);
    cf_scenario *scenario;
    cf_status s = cf_scenario_load(&scenario, a.scenario);
    if (s != CF_OK) return cli_fail_text(self, s);
    cf_drops *d = NULL;
    s = cf_drops_generate(&d, scenario, a.seed, a.first, (int32_t)a.count, a.threads);
    cf_scenario_free(scenario);
    if (s != CF_OK) return cli_fail_text(self, s);
    s = cf_drops_save(d, a.out);
    if (s == CF_OK) cli_drops_summary(d, a.out, stderr);
    cf_drops_free(d);
    return s == CF_OK ? CLI_DONE : cli_fail(self, s);
}

static const struct argp_option OPTIONS[] = {
    {"scenario", OPT_SCENARIO, "SCENARIO", 0, "Built-in name or YAML file (cellfree scenario)", 0},
    {"count", OPT_COUNT, "N", 0, "Number of drops (default: 1024)", 0},
    {"seed", OPT_SEED, "S", 0, "Seed of the random numbers (default: 1)", 0},
    {"first", OPT_FIRST, "I", 0, "Start at drop I of the seed's endless sequence (default: 0)", 0},
    {"out", OPT_OUT, "FILE", 0, "Drops file to write (HDF5)", 0},
    CLI_OPTION_THREADS,
    {0}};

const cli_command cli_generate = {
    .name = "generate",
    .about = "Make drops of a scenario: positions and channels",
    .details = "Drop i of a seed is the same for any count, first drop and number of threads.",
    .examples = "cellfree generate --scenario mmwave-small --count 1024 --seed 1 --out d.h5\n"
                "cellfree generate --scenario power-5x10 --out power.h5",
    .options = OPTIONS,
    .run = run,
};
