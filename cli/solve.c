/* cellfree solve: one method's decisions, kept. */
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>

#include "commands.h"
#include "methods.h"
#include "progress.h"
#include "scores.h"

typedef struct arguments {
    const char *data, *method, *policy, *out;
    int json;
    cf_evaluate_options options;
} arguments;

static error_t parse(int key, char *value, struct argp_state *state)
{
    arguments *a = state->input;
    switch (key) {
    case OPT_DATA: a->data = value; return 0;
    case OPT_METHOD: a->method = value; return 0;
    case OPT_POLICY: a->policy = value; return 0;
    case OPT_SEED: a->options.seed = cli_seed(state, value); return 0;
    case OPT_THREADS: a->options.threads = cli_threads(state, value); return 0;
    case OPT_RELAXED: a->options.keep_relaxed = 1; return 0;
    case OPT_NO_TIMES: a->options.no_times = 1; return 0;
    case OPT_OUT: a->out = value; return 0;
    case OPT_JSON: a->json = 1; return 0;
    case ARGP_KEY_ARG: cli_usage(state, "'%s' is not an option", value);
    case ARGP_KEY_END:
        cli_require(state, "--data", a->data);
        if (!a->method && a->policy) a->method = "policy";
        cli_require(state, "--method", a->method);
        cli_require(state, "--out", a->out);
        return 0;
    default: return ARGP_ERR_UNKNOWN;
    }
}

static const char *word(int truth)
{
    return truth ? "true" : "false";
}

static double watts_of(const cf_result *r, int32_t i)
{
    const size_t links = (size_t)r->L * (size_t)r->K;
    double sum = 0;
    for (size_t j = 0; j < links; j++) sum += (double)r->watts[(size_t)i * links + j];
    return sum;
}

static void put_drop(const cf_drops *d, const cf_result *r, int32_t i)
{
    printf("{\"drop\":%" PRId64 ",", d->first + i);
    cli_json_number(stdout, "objective", r->objective[i]);
    fputc(',', stdout);
    cli_json_number(stdout, "bound", r->bound[i]);
    printf(",\"proven\":%s,\"feasible\":%s,", word(r->proven[i]), word(r->feasible[i]));
    if (r->task == CF_TASK_POWER) {
        printf("\"users_on\":%d,\"users_below_floor\":%d,", r->users_on[i], r->below_floor[i]);
        cli_json_number(stdout, "watts", watts_of(r, i));
    } else {
        printf("\"broken_before_repair\":%s", word(r->broken[i]));
    }
    fputc(',', stdout);
    cli_json_number(stdout, "us", r->seconds ? 1e6 * r->seconds[i] : (double)NAN);
    fputs("}\n", stdout);
}

static int solve(const cli_command *self, const arguments *a, const cf_drops *d,
                 const cli_methods *m, const char *command)
{
    cf_result *r = NULL;
    cli_progress progress = cli_progress_start();
    cf_evaluate_options options = a->options;
    options.progress = cli_progress_evaluate;
    options.user = &progress;
    cf_status s = cf_evaluate(d, m->items, 1, &options, &r);
    cli_progress_end(&progress);
    if (s == CF_OK) s = cf_results_save(&r, 1, d, command, a->out);
    if (s == CF_OK) {
        for (int32_t i = 0; a->json && i < r->n; i++) put_drop(d, r, i);
        if (!a->json) cli_scores_table(&r, 1);
    }
    cf_result_free(r);
    return s == CF_OK ? CLI_DONE : cli_fail(self, s);
}

static int run(const cli_command *self, int argc, char **argv)
{
    char *command = cli_command_line(self, argc, argv);
    arguments a = {0};
    cli_parse(self, parse, argc, argv, &a);
    a.options.threads = cli_thread_count(a.options.threads);
    cli_banner_seed(self, a.options.seed, a.options.threads);
    cli_methods m;
    cf_drops *d = NULL;
    int status = cli_methods_open(&m, self, a.method, &a.policy, a.policy ? 1 : 0);
    if (status == CLI_DONE && m.count != 1) {
        status = cli_complain(self, CLI_USAGE, "--method is '%s'%s, wanted one method", a.method,
                              a.policy ? " and there is a policy" : "");
    } else if (status == CLI_DONE) {
        const cf_status s = cf_drops_load(&d, a.data);
        status = s == CF_OK ? solve(self, &a, d, &m, command) : cli_fail(self, s);
    }
    cf_drops_free(d);
    cli_methods_close(&m);
    free(command);
    return status;
}

static const struct argp_option OPTIONS[] = {
    {"data", OPT_DATA, "FILE", 0, "Drops file", 0},
    {"method", OPT_METHOD, "METHOD", 0, "NAME[:KEY=VALUE,...] (default with --policy: policy)", 0},
    {"policy", OPT_POLICY, "FILE", 0, "Policy for 'policy' and 'policy+...'", 0},
    {"keep-relaxed", OPT_RELAXED, NULL, 0, "Keep what the network gives before rounding", 0},
    CLI_OPTION_NO_TIMES,
    {"seed", OPT_SEED, "S", 0, "Seed of the methods that draw (default: 0)", 0},
    CLI_OPTION_THREADS,
    {"out", OPT_OUT, "FILE", 0, "Result file to write (HDF5)", 0},
    CLI_OPTION_JSON,
    {0}};

const cli_command cli_solve = {
    .name = "solve",
    .about = "Decide every drop by one method and keep the decisions",
    .details = "With --json, one line a drop on stdout.",
    .examples = "cellfree solve --data drops.h5 --method exact --out result.h5",
    .options = OPTIONS,
    .run = run,
};
