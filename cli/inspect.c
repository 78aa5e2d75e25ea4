/* cellfree inspect: what is in a file, and what a policy costs at a size. */
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "commands.h"
#include "drops.h"
#include "scores.h"

typedef struct method_row {
    const char *name, *about, *parameters;
} method_row;

typedef struct arguments {
    const char *file, *policy;
    const char *task;
    int64_t L, K;
    int json, methods;
} arguments;

static error_t parse(int key, char *value, struct argp_state *state)
{
    arguments *a = state->input;
    switch (key) {
    case OPT_POLICY: a->policy = value; return 0;
    case OPT_APS: a->L = cli_integer(state, "--aps", value, 1, CF_MAX_DIM); return 0;
    case OPT_USERS: a->K = cli_integer(state, "--users", value, 1, CF_MAX_DIM); return 0;
    case OPT_METHODS: a->methods = 1; return 0;
    case OPT_TASK: cli_task(state, a->task = value); return 0;
    case OPT_JSON: a->json = 1; return 0;
    case ARGP_KEY_ARG:
        if (a->file) cli_usage(state, "'%s' is one file too many", value);
        a->file = value;
        return 0;
    case ARGP_KEY_END:
        if ((a->file != NULL) + (a->policy != NULL) + a->methods != 1)
            cli_usage(state, "wanted one of FILE, --policy FILE, --methods");
        if ((a->L || a->K) && !(a->L && a->K && a->policy))
            cli_usage(state, "--policy, --aps and --users belong together");
        if (a->task && !a->methods) cli_usage(state, "--task goes with --methods");
        return 0;
    default: return ARGP_ERR_UNKNOWN;
    }
}

/* One method of a task; the strings are static. */
static method_row row_at(cf_task task, int32_t i)
{
    if (task == CF_TASK_POWER)
        return (method_row){cf_power_method_name(i), cf_power_method_about(i),
                            cf_power_method_parameters(i)};
    return (method_row){cf_method_name(i), cf_method_about(i), cf_method_parameters(i)};
}

static void put_method(cf_task task, const method_row *m, int json)
{
    if (!json) {
        printf("%-14s %s\n", m->name, m->about);
        if (m->parameters[0]) printf("%-14s   %s\n", "", m->parameters);
        return;
    }
    fputc('{', stdout);
    cli_json_text(stdout, "task", cf_task_name(task));
    fputc(',', stdout);
    cli_json_text(stdout, "name", m->name);
    fputc(',', stdout);
    cli_json_text(stdout, "about", m->about);
    fputc(',', stdout);
    cli_json_text(stdout, "parameters", m->parameters);
    fputs("}\n", stdout);
}

/* Of one task, or of every task under its name. */
static void list_methods(const char *only, int json)
{
    for (int t = 0; t < CF_TASK_COUNT; t++) {
        const cf_task task = (cf_task)t;
        if (only && strcmp(only, cf_task_name(task)) != 0) continue;
        if (!only && !json) printf("%sTask %s:\n", t ? "\n" : "", cf_task_name(task));
        method_row m;
        for (int32_t i = 0; (m = row_at(task, i)).name != NULL; i++) put_method(task, &m, json);
    }
}

static void show_policy(const cf_policy *p, const char *path, int json)
{
    if (json) {
        fputc('{', stdout);
        cli_json_text(stdout, "file", path);
        fputs(",\"kind\":\"policy\",", stdout);
        cli_json_text(stdout, "task", cf_task_name(cf_policy_task(p)));
        fputc(',', stdout);
        cli_json_text(stdout, "architecture", cf_policy_architecture(p));
        printf(",\"parameters\":%" PRId64 ",\"sizes\":{", cf_policy_parameter_count(p));
    } else {
        printf("%s: policy for the task %s\n  %-14s %s\n  %-14s %" PRId64 "\n", path,
               cf_task_name(cf_policy_task(p)), "architecture", cf_policy_architecture(p),
               "parameters", cf_policy_parameter_count(p));
    }
    const char *key;
    for (int32_t i = 0; (key = cf_policy_size_name(p, i)) != NULL; i++) {
        if (json) {
            fputs(i ? "," : "", stdout);
            cli_json_number(stdout, key, cf_policy_size(p, i));
        } else {
            printf("  %-14s %.9g\n", key, cf_policy_size(p, i));
        }
    }
    if (json) fputs("},\"metadata\":{", stdout);
    for (int32_t i = 0; (key = cf_policy_meta_key(p, i)) != NULL; i++) {
        const char *value = cf_policy_meta(p, key);
        if (json) {
            fputs(i ? "," : "", stdout);
            cli_json_text(stdout, key, value);
        } else {
            printf("  %-14s %s%s\n", key, strchr(value, '\n') ? "\n" : "", value);
        }
    }
    if (json) fputs("}}\n", stdout);
}

static int show_plan(const cli_command *self, const cf_policy *p, const arguments *a)
{
    cf_runner *r = NULL;
    const cf_status s = cf_runner_make(&r, p, (int32_t)a->L, (int32_t)a->K, 1);
    if (s != CF_OK) return cli_fail(self, s);
    if (a->json) {
        fputc('{', stdout);
        cli_json_text(stdout, "file", a->policy);
        fputs(",\"kind\":\"plan\",", stdout);
        cli_json_text(stdout, "architecture", cf_policy_architecture(p));
        printf(",\"aps\":%" PRId64 ",\"users\":%" PRId64 ",\"parameters\":%" PRId64
               ",\"flops\":%" PRId64 ",\"fronthaul_floats\":%" PRId64 "}\n",
               a->L, a->K, cf_policy_parameter_count(p), cf_runner_flops(r),
               cf_runner_fronthaul_floats(r));
    } else {
        const size_t size = cf_runner_describe(r, NULL, 0) + 1;
        char *text = cli_alloc(size, 1);
        cf_runner_describe(r, text, size);
        printf("%s at %" PRId64 " access points and %" PRId64 " users\n%s", a->policy, a->L, a->K,
               text);
        printf("\nparameters %" PRId64 "; FLOPs of one drop %" PRId64
               "; floats an access point sends over the fronthaul %" PRId64 "\n",
               cf_policy_parameter_count(p), cf_runner_flops(r), cf_runner_fronthaul_floats(r));
        free(text);
    }
    cf_runner_free(r);
    return CLI_DONE;
}

static int inspect_policy(const cli_command *self, const arguments *a, const char *path)
{
    cf_policy *p = NULL;
    const cf_status s = cf_policy_load(&p, path);
    if (s != CF_OK) return cli_fail(self, s);
    int status = CLI_DONE;
    if (a->L)
        status = show_plan(self, p, a);
    else
        show_policy(p, path, a->json);
    cf_policy_free(p);
    return status;
}

static int inspect_drops(const cli_command *self, const arguments *a)
{
    cf_drops *d = NULL;
    const cf_status s = cf_drops_load(&d, a->file);
    if (s != CF_OK) return cli_fail(self, s);
    if (a->json)
        cli_drops_inspect_json(d, a->file);
    else
        cli_drops_inspect(d, a->file);
    cf_drops_free(d);
    return CLI_DONE;
}

static int inspect_results(const cli_command *self, const arguments *a)
{
    cf_result **r = NULL;
    int32_t count = 0;
    const cf_status s = cf_results_load(&r, &count, a->file);
    if (s != CF_OK) return cli_fail(self, s);
    if (a->json) {
        cli_scores_json(r, count);
    } else {
        printf("%s: results of %d method%s for the task %s\n"
               "  %d drops, %d access points (L), %d users (K)\n\n",
               a->file, count, count == 1 ? "" : "s", cf_task_name(r[0]->task), r[0]->n, r[0]->L,
               r[0]->K);
        cli_scores_table(r, count);
    }
    cf_results_free(r, count);
    return CLI_DONE;
}

/* Scenario or training configuration: what it is once every default is written out. */
static int inspect_yaml(const cli_command *self, const arguments *a)
{
    cf_scenario *scenario = NULL;
    cf_train_config *config = NULL;
    if (cf_scenario_load(&scenario, a->file) == CF_OK)
        printf("%s: scenario\n%s", a->file, cf_scenario_yaml(scenario));
    else if (cf_train_config_load(&config, a->file) == CF_OK)
        printf("%s: training configuration\n%s", a->file, cf_train_config_yaml(config));
    const int found = scenario || config;
    cf_scenario_free(scenario);
    cf_train_config_free(config);
    if (found) return CLI_DONE;
    return cli_fail_text(self, cf_scenario_load(&scenario, a->file));
}

typedef enum kind { KIND_DROPS, KIND_RESULTS, KIND_YAML, KIND_POLICY, KIND_NONE } kind;

static int ends_in(const char *text, const char *end)
{
    const size_t n = strlen(text), m = strlen(end);
    return n >= m && strcmp(text + n - m, end) == 0;
}

/* Is this text anywhere in the file? HDF5 may put the root's attributes at any place. */
static int names(FILE *f, const char *text)
{
    enum { CHUNK = 1 << 20 };
    const size_t overlap = strlen(text);
    char *bytes = cli_alloc(CHUNK + overlap, 1);
    int found = 0;
    size_t kept = 0, n;
    while (!found && (n = fread(bytes + kept, 1, CHUNK, f)) > 0) {
        n += kept;
        found = memmem(bytes, n, text, overlap) != NULL;
        kept = n < overlap ? n : overlap;
        memmove(bytes, bytes + n - kept, kept);
    }
    free(bytes);
    return found;
}

/* By HDF5's signature and which of our formats is named; what is not HDF5 by its name. */
static kind kind_of(const char *path)
{
    char head[8] = {0};
    const int fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC); /* does not wait at a pipe */
    FILE *f = fd >= 0 ? fdopen(fd, "rb") : NULL;
    if (!f) return KIND_NONE;
    kind k = ends_in(path, ".yaml") || ends_in(path, ".yml") ? KIND_YAML : KIND_POLICY;
    if (ends_in(path, ".h5")) k = KIND_DROPS;
    if (fread(head, 1, sizeof head, f) == sizeof head && memcmp(head, "\211HDF\r\n\032\n", 8) == 0)
        k = names(f, "cellfree.result") ? KIND_RESULTS : KIND_DROPS;
    fclose(f);
    return k;
}

static int run(const cli_command *self, int argc, char **argv)
{
    arguments a = {0};
    cli_parse(self, parse, argc, argv, &a);
    if (a.methods) {
        list_methods(a.task, a.json);
        return CLI_DONE;
    }
    cli_banner(self);
    if (a.policy) return inspect_policy(self, &a, a.policy);
    switch (kind_of(a.file)) {
    case KIND_RESULTS: return inspect_results(self, &a);
    case KIND_YAML: return inspect_yaml(self, &a);
    case KIND_DROPS: return inspect_drops(self, &a);
    default: return inspect_policy(self, &a, a.file);
    }
}

static const struct argp_option OPTIONS[] = {
    {"policy", OPT_POLICY, "FILE", 0, "Policy file; with --aps and --users: its plan", 0},
    {"aps", OPT_APS, "L", 0, "Access points", 0},
    {"users", OPT_USERS, "K", 0, "Users", 0},
    {"methods", OPT_METHODS, NULL, 0, "List the methods with their parameters and defaults", 0},
    {"task", OPT_TASK, "assignment|power", 0, "With --methods: of this task only", 0},
    CLI_OPTION_JSON,
    {0}};

const cli_command cli_inspect = {
    .name = "inspect",
    .about = "Show what a file holds, or what a policy costs",
    .arguments = "[FILE]",
    .details = "FILE is drops, results, a policy, a scenario or a training configuration. For a "
               "policy and a size: every operator with its shape, FLOPs, parameters, and the "
               "floats an access point sends.",
    .examples = "cellfree inspect drops.h5\n"
                "cellfree inspect --policy policy.safetensors --aps 20 --users 15\n"
                "cellfree inspect --methods --task power",
    .options = OPTIONS,
    .run = run,
};
