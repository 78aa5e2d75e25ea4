/* cellfree evaluate: every method over the same drops, in one table. */
#include <stdlib.h>
#include <string.h>

#include "commands.h"
#include "methods.h"
#include "progress.h"
#include "record.h"
#include "scores.h"

enum { MAX_POLICIES = 64 };
#define ASSIGNMENT_METHODS "random,gsd,greedy,top,local,exact"
#define POWER_METHODS      "equal,random,strongest,multiplicative,lbfgs,sca,search"

typedef struct arguments {
    const char *data, *methods, *out, *policies[MAX_POLICIES];
    int32_t policy_count;
    int json;
    cf_evaluate_options options;
    cli_record record;
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
    case OPT_NO_RECORD: cli_record_off(&a->record); return 0;
    case ARGP_KEY_ARG: cli_usage(state, "'%s' is not an option", value);
    case ARGP_KEY_END:
        cli_require(state, "--data", a->data);
        if (a->options.no_times && a->options.time_batch)
            cli_usage(state, "--batch measures times and --no-times keeps none");
        return 0;
    default: return ARGP_ERR_UNKNOWN;
    }
}

static const char *goal_of(const cf_drops *d)
{
    static const char *const GOAL[] = {
        [CF_POWER_EE] = "Energy efficiency in Mbit/J",
        [CF_POWER_SUM_RATE] = "Sum rate in bit/s/Hz",
        [CF_POWER_MIN_RATE] = "Least rate of a user in bit/s/Hz",
        [CF_POWER_PROPORTIONAL] = "Sum of ln rate, rate in bit/s/Hz",
    };
    return d->task == CF_TASK_POWER ? GOAL[d->objective] : "Sum rate in bit/s/Hz";
}

static void put_limits(const cf_drops *d)
{
    if (d->limit == CF_LIMIT_NONE)
        fputs("No power limit", stdout);
    else
        printf("At most %g W %s", d->limit_w,
               d->limit == CF_LIMIT_AP ? "an access point" : "a link");
    if (d->rate_floor > 0)
        printf("; the rate floor, %g bit/s/Hz for every user, is reported, not enforced",
               d->rate_floor);
    puts(". Worst 1 %: the ratio that 99 % of drops exceed. Users on: rate of 0.001 bit/s/Hz or "
         "more. W: a drop, all links.");
}

static void put_table(const cf_drops *d, cf_result *const *r, int32_t count)
{
    printf("%s: %d drops, %d access points, %d users. %s, ± is the 95 %% "
           "interval of the mean.\n",
           d->scenario, d->n, d->L, d->K, goal_of(d));
    if (d->task == CF_TASK_POWER) put_limits(d);
    cli_scores_table(r, count);
    if (!r[0]->certified)
        puts("No method of this call proves the optimum or gives a bound on every drop: "
             "\"of best\" is against the best answer here.");
}

static void begin_record(arguments *a, const cf_drops *d, const char *methods)
{
    cli_record *r = &a->record;
    cli_record_set(r, "task", "%s", cf_task_name(d->task));
    cli_record_set(r, "scenario", "%s", d->scenario);
    cli_record_set(r, "drops", "%d", d->n);
    cli_record_set(r, "aps", "%d", d->L);
    cli_record_set(r, "users", "%d", d->K);
    cli_record_set(r, "methods", "%s", methods);
    cli_record_set(r, "batch", "%d", a->options.time_batch);
    cli_record_set(r, "keep_relaxed", "%d", a->options.keep_relaxed);
    cli_record_set(r, "no_times", "%d", a->options.no_times);
    cli_record_input(r, a->data, d->checksum);
    for (int32_t i = 0; i < a->policy_count; i++)
        cli_record_input(r, a->policies[i], cf_run_checksum(a->policies[i]));
    cli_record_begin(r);
}

static int evaluate(const cli_command *self, arguments *a, const cf_drops *d, const cli_methods *m,
                    const char *command)
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
        cli_record_set(&a->record, "unit", "%s", cf_result_unit(r[0]));
        cli_record_results(&a->record, "", r, m->count);
        if (a->out) cli_record_output(&a->record, a->out, 0);
        if (a->json)
            cli_scores_json(r, m->count);
        else
            put_table(d, r, m->count);
    }
    for (int32_t i = 0; i < m->count; i++) cf_result_free(r[i]);
    free(r);
    return s == CF_OK ? CLI_DONE : cli_fail(self, s);
}

static int serves(const char *name, const cf_drops *d)
{
    cf_power_method *m = NULL;
    const int served = cf_power_method_make(&m, name, NULL, d->L, d->K) == CF_OK &&
                       cf_power_method_serves(m, d->objective, d->limit) == CF_OK;
    cf_power_method_free(m);
    return served;
}

/* For power, those of the list that serve the drops' objective and limit. malloc'ed. */
static char *default_methods(const cf_drops *d)
{
    if (d->task != CF_TASK_POWER) return cli_text("%s", ASSIGNMENT_METHODS);
    char *names = cli_text("%s", POWER_METHODS), *rest = names, *list = cli_text("%s", "");
    for (char *name; (name = strsep(&rest, ",")) != NULL;) {
        if (!serves(name, d)) continue;
        char *longer = cli_text("%s%s%s", list, *list ? "," : "", name);
        free(list);
        list = longer;
    }
    free(names);
    return list;
}

static int run(const cli_command *self, int argc, char **argv)
{
    char *command = cli_command_line(self, argc, argv);
    arguments a = {.record = cli_record_make(self, argc, argv)};
    cli_parse(self, parse, argc, argv, &a);
    a.options.threads = cli_thread_count(a.options.threads);
    cli_banner_seed(self, a.options.seed, a.options.threads);
    cli_record_seed(&a.record, a.options.seed, a.options.threads);
    cli_methods m = {0};
    cf_drops *d = NULL;
    const cf_status s = cf_drops_load(&d, a.data);
    int status = s == CF_OK ? CLI_DONE : cli_fail(self, s);
    char *methods = NULL;
    if (status == CLI_DONE) {
        methods = a.methods ? cli_text("%s", a.methods) : default_methods(d);
        status = cli_methods_open(&m, self, methods, a.policies, a.policy_count);
    }
    if (status == CLI_DONE) {
        begin_record(&a, d, methods);
        status = evaluate(self, &a, d, &m, command);
    }
    cf_drops_free(d);
    cli_methods_close(&m);
    free(methods);
    free(command);
    return cli_record_end(&a.record, status);
}

static const struct argp_option OPTIONS[] = {
    {"data", OPT_DATA, "FILE", 0, "Drops file", 0},
    {"methods", OPT_METHODS, "METHODS", 0,
     "Comma list of NAME[:KEY=VALUE,...] (default: " ASSIGNMENT_METHODS
     " for assignment; for power, of " POWER_METHODS ", those that serve the drops)",
     0},
    {"policy", OPT_POLICY, "FILE", 0,
     "Policy for 'policy' and, for power, 'policy+...'; may be given again, then named policy:STEM",
     0},
    {"seed", OPT_SEED, "S", 0, "Seed of the methods that draw (default: 0)", 0},
    CLI_OPTION_THREADS,
    {"batch", OPT_BATCH, NULL, 0, "Also time many drops in one call", 0},
    {"keep-relaxed", OPT_RELAXED, NULL, 0, "Keep what networks give before rounding", 0},
    CLI_OPTION_NO_TIMES,
    {"out", OPT_OUT, "FILE", 0, "Result file to write (HDF5)", 0},
    CLI_OPTION_JSON,
    CLI_OPTION_NO_RECORD,
    {0}};

const cli_command cli_evaluate = {
    .name = "evaluate",
    .about = "Hold methods and policies against each other on the same drops",
    .details =
        "Objective, constraints and time are found by code that the methods do not share. Where "
        "exact is among the methods and proves its answers, the ratio is to the proven optimum; "
        "where only a bound is known, to the bound. Time is per drop on one thread; --threads 1 "
        "gives the steadiest. A method that comes to a limit of time depends on the clock even "
        "with --no-times. The drops' task says which methods there are; they are listed by: "
        "cellfree inspect --methods.",
    .examples = "cellfree evaluate --data drops.h5 --methods gsd,exact:time-limit=1 \\\n"
                "    --policy policies/assignment.safetensors --batch\n"
                "cellfree evaluate --data power.h5 --methods sca,search,policy,policy+search \\\n"
                "    --policy policy.safetensors",
    .options = OPTIONS,
    .run = run,
};
