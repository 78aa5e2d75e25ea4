/* cellfree evaluate: every method over the same drops, in one table. */
#include <stdlib.h>

#include "commands.h"
#include "methods.h"
#include "progress.h"
#include "report.h"

enum { MAX_POLICIES = 64 };

typedef struct arguments {
    const char *data, *methods, *out, *policies[MAX_POLICIES];
    int32_t policy_count;
    int json;
    cf_evaluate_options options;
} arguments;

static error_t parse(int key, char *value, struct argp_state *state)
{
    arguments *a = state->input;
    switch (key) {
    case OPT_DATA: a->data = value; return 0;
    case OPT_METHODS: a->methods = value; return 0;
    case OPT_POLICY:
        if (a->policy_count == MAX_POLICIES)
            cli_usage(state, "more than %d policies", MAX_POLICIES);
        a->policies[a->policy_count++] = value;
        return 0;
    case OPT_SEED: a->options.seed = cli_seed(state, value); return 0;
    case OPT_THREADS: a->options.threads = cli_threads(state, value); return 0;
    case OPT_RELAXED: a->options.keep_relaxed = 1; return 0;
    case OPT_BATCH: a->options.time_batch = 1; return 0;
    case OPT_NO_TIMES: a->options.no_times = 1; return 0;
    case OPT_OUT: a->out = value; return 0;
    case OPT_JSON: a->json = 1; return 0;
    case ARGP_KEY_ARG: cli_usage(state, "'%s' is not an option", value);
    case ARGP_KEY_END:
        cli_require(state, "--data", a->data);
        if (a->options.no_times && a->options.time_batch)
            cli_usage(state, "--batch measures times and --no-times keeps none");
        return 0;
    default: return ARGP_ERR_UNKNOWN;
    }
}

static void put_table(const cf_drops *d, cf_result *const *r, int32_t count)
{
    printf("%s: %d drops, %d access points, %d users. Sum rate in bit/s/Hz, ± is the 95 %% "
           "interval of the mean.\n",
           d->scenario, d->n, d->L, d->K);
    cli_report_table(r, count);
    if (!r[0]->certified)
        puts("No method of this call proves the optimum or gives a bound on every drop: "
             "\"of best\" is against the best answer here.");
}

static int evaluate(const cli_command *self, const arguments *a, const cf_drops *d,
                    const cli_methods *m, const char *command)
{
    cf_result **r = cli_alloc((size_t)m->count, sizeof(cf_result *));
    cli_progress progress = cli_progress_start();
    cf_evaluate_options options = a->options;
    options.progress = cli_progress_evaluate;
    options.user = &progress;
    cf_status s = cf_evaluate(d, m->items, m->count, &options, r);
    cli_progress_end(&progress);
    if (s == CF_OK && a->out) s = cf_results_save(r, m->count, d, command, a->out);
    if (s == CF_OK) {
        if (a->json)
            cli_report_json(r, m->count);
        else
            put_table(d, r, m->count);
    }
    for (int32_t i = 0; i < m->count; i++) cf_result_free(r[i]);
    free(r);
    return s == CF_OK ? CLI_DONE : cli_fail(self, s);
}

static int run(const cli_command *self, int argc, char **argv)
{
    char *command = cli_command_line(self, argc, argv);
    arguments a = {.methods = "random,gsd,greedy,top,local,exact"};
    cli_parse(self, parse, argc, argv, &a);
    a.options.threads = cli_thread_count(a.options.threads);
    cli_banner_seed(self, a.options.seed, a.options.threads);
    cli_methods m;
    cf_drops *d = NULL;
    int status = cli_methods_open(&m, self, a.methods, a.policies, a.policy_count);
    if (status == CLI_DONE) {
        const cf_status s = cf_drops_load(&d, a.data);
        status = s == CF_OK ? evaluate(self, &a, d, &m, command) : cli_fail(self, s);
    }
    cf_drops_free(d);
    cli_methods_close(&m);
    free(command);
    return status;
}

static const struct argp_option OPTIONS[] = {
    {"data", OPT_DATA, "FILE", 0, "Drops file", 0},
    {"methods", OPT_METHODS, "METHODS", 0,
     "Comma list of NAME[:KEY=VALUE,...] (default: random,gsd,greedy,top,local,exact)", 0},
    {"policy", OPT_POLICY, "FILE", 0,
     "Policy for the method 'policy'; may be given again, then named policy:STEM", 0},
    {"seed", OPT_SEED, "S", 0, "Seed of the methods that draw (default: 0)", 0},
    CLI_OPTION_THREADS,
    {"batch", OPT_BATCH, NULL, 0, "Also time many drops in one call", 0},
    {"keep-relaxed", OPT_RELAXED, NULL, 0, "Keep what networks give before rounding", 0},
    CLI_OPTION_NO_TIMES,
    {"out", OPT_OUT, "FILE", 0, "Result file to write (HDF5)", 0},
    CLI_OPTION_JSON,
    {0}};

const cli_command cli_evaluate = {
    .name = "evaluate",
    .about = "Hold methods and policies against each other on the same drops",
    .details =
        "Objective, constraints and time are found by code that the methods do not share. Where "
        "exact is among the methods and proves its answers, the ratio is to the proven optimum; "
        "where only a bound is known, to the bound. Time is per drop on one thread; --threads 1 "
        "gives the steadiest. A method that comes to a limit of time depends on the clock even "
        "with "
        "--no-times. The methods are listed by: cellfree inspect --methods.",
    .examples = "cellfree evaluate --data drops.h5 --methods gsd,exact:time-limit=1 \\\n"
                "    --policy policies/assignment.safetensors --batch",
    .options = OPTIONS,
    .run = run,
};
