/* cellfree train: a policy from nothing. */
#include <math.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "commands.h"
#include "interrupt.h"
#include "progress.h"
#include "record.h"

enum { MAX_DATA = 64 };

typedef struct setting {
    const char *key, *value;
} setting;

typedef struct arguments {
    const char *task_name, *out, *config, *data[MAX_DATA];
    cf_task task;
    char *scenarios;   /* comma list, or NULL */
    setting *settings; /* in the order given  */
    char **pairs;      /* what --set's point into */
    int setting_count, pair_count, print_config;
    int32_t data_count, threads, resume;
    double minutes;
    cli_record record;
} arguments;

static void add_setting(arguments *a, const char *key, const char *value)
{
    setting *more = realloc(a->settings, (size_t)(a->setting_count + 1) * sizeof *more);
    if (!more) exit(CLI_FAILED);
    a->settings = more;
    a->settings[a->setting_count++] = (setting){key, value};
}

static void add_pair(arguments *a, const char *value, const struct argp_state *state)
{
    const char *equals = strchr(value, '=');
    if (!equals || equals == value) cli_usage(state, "--set is '%s', wanted KEY=VALUE", value);
    char **more = realloc(a->pairs, (size_t)(a->pair_count + 1) * sizeof *more);
    if (!more) exit(CLI_FAILED);
    a->pairs = more;
    char *key = a->pairs[a->pair_count++] = cli_text("%s", value);
    char *cut = key + (equals - value);
    *cut = 0;
    add_setting(a, key, cut + 1);
}

static void add_scenario(arguments *a, const char *value)
{
    char *longer = a->scenarios ? cli_text("%s,%s", a->scenarios, value) : cli_text("%s", value);
    free(a->scenarios);
    a->scenarios = longer;
}

static void check_complete(const arguments *a, const struct argp_state *state)
{
    cli_require(state, "--task", a->task_name);
    if (a->scenarios && a->data_count)
        cli_usage(state, "--scenario and --data exclude each other: fresh drops or fixed ones");
    if (a->print_config) return;
    cli_require(state, "--out", a->out);
    if (!a->scenarios && !a->data_count && !a->config && !a->resume)
        cli_usage(state, "--scenario or --data is missing");
}

static error_t parse_run(int key, char *value, struct argp_state *state)
{
    arguments *a = state->input;
    switch (key) {
    case OPT_TASK: a->task = cli_task(state, a->task_name = value); return 0;
    case OPT_SCENARIO: add_scenario(a, value); return 0;
    case OPT_DATA:
        if (a->data_count == MAX_DATA) cli_usage(state, "more than %d --data", MAX_DATA);
        a->data[a->data_count++] = value;
        return 0;
    case OPT_OUT: a->out = value; return 0;
    case OPT_CONFIG: a->config = value; return 0;
    case OPT_THREADS: a->threads = cli_threads(state, value); return 0;
    case OPT_MINUTES: a->minutes = cli_number(state, "--minutes", value, 1e-3, 1e6); return 0;
    case OPT_RESUME: a->resume = 1; return 0;
    case OPT_PRINT_CONFIG: a->print_config = 1; return 0;
    case OPT_NO_RECORD: cli_record_off(&a->record); return 0;
    case ARGP_KEY_ARG: cli_usage(state, "'%s' is not an option", value);
    case ARGP_KEY_END: check_complete(a, state); return 0;
    default: return ARGP_ERR_UNKNOWN;
    }
}

static error_t parse(int key, char *value, struct argp_state *state)
{
    arguments *a = state->input;
    switch (key) {
    case OPT_SET: add_pair(a, value, state); return 0;
    case OPT_ARCHITECTURE: add_setting(a, "architecture", value); return 0;
    case OPT_SCHEME: add_setting(a, "scheme", value); return 0;
    case OPT_STEPS:
        cli_integer(state, "--steps", value, 1, 1000000000);
        add_setting(a, "steps", value);
        return 0;
    case OPT_SEED:
        cli_seed(state, value);
        add_setting(a, "seed", value);
        return 0;
    default: return parse_run(key, value, state);
    }
}

/* With --minutes the clock ends a run, unless --steps is given too and comes first. */
static const char UNLIMITED[] = "1000000000";

/* The architecture goes first, whatever the order: it decides which other keys there are. */
static int is_architecture(const setting *s)
{
    return strcmp(s->key, "architecture") == 0;
}

static cf_status set_all(const arguments *a, cf_train_config *c)
{
    cf_status s = CF_OK;
    int chosen = a->config != NULL;
    for (int i = 0; s == CF_OK && i < a->setting_count; i++)
        if (is_architecture(&a->settings[i])) {
            s = cf_train_config_set(c, a->settings[i].key, a->settings[i].value);
            chosen = 1;
        }
    if (s == CF_OK && !chosen && a->task == CF_TASK_POWER)
        s = cf_train_config_set(c, "architecture", "setnet");
    if (s == CF_OK && a->scenarios) s = cf_train_config_set(c, "scenario", a->scenarios);
    if (s == CF_OK && a->minutes > 0) s = cf_train_config_set(c, "steps", UNLIMITED);
    for (int i = 0; s == CF_OK && i < a->setting_count; i++)
        if (!is_architecture(&a->settings[i]))
            s = cf_train_config_set(c, a->settings[i].key, a->settings[i].value);
    return s;
}

static cf_status configure(const arguments *a, cf_train_config **out)
{
    cf_train_config *c = NULL;
    cf_status s = cf_train_config_load(&c, a->config);
    if (s == CF_OK) s = set_all(a, c);
    if (s == CF_OK)
        *out = c;
    else
        cf_train_config_free(c);
    return s;
}

typedef struct watcher {
    cli_progress progress;
    const char *out;
    cf_task task;
    double minutes;
    int64_t step;
    double best_of_best; /* 0 before the first validation */
} watcher;

/* Batches of the whole run: by the clock where that ends it. */
static int64_t steps_of(const watcher *w, const cf_train_state *t)
{
    if (w->minutes <= 0 || t->seconds <= 0) return t->steps;
    return (int64_t)((double)t->step * (1 + t->eta_seconds / t->seconds));
}

/* What a validation found, in the words of the task. */
static char *verdict(const watcher *w, const cf_train_state *t)
{
    if (w->task == CF_TASK_POWER) return cli_text("%.5f of the best known", t->valid_of_best);
    return cli_text("%.5f of the optimum, B2d broken before repair %.2f %%", t->valid_of_best,
                    100 * t->valid_broken);
}

static char *batch_words(const watcher *w, const cf_train_state *t)
{
    char *best =
        t->best_of_best > 0 ? cli_text(", best %.5f", t->best_of_best) : cli_text("%s", "");
    char *words =
        w->task == CF_TASK_POWER
            ? cli_text("%.4f Mbit/J, %.3g drops/s%s", t->objective, t->drops_per_second, best)
            : cli_text("rate %.4f, missing %.4f, %.3g drops/s%s", t->objective, t->violation,
                       t->drops_per_second, best);
    free(best);
    return words;
}

static int watch(void *user, const cf_train_state *t)
{
    watcher *w = user;
    const int64_t steps = steps_of(w, t);
    w->step = t->step;
    w->best_of_best = t->best_of_best;
    if (t->validated) {
        char *found = verdict(w, t);
        cli_progress_line(&w->progress, "step %lld/%lld, %.0f s, %.0f s left: %s%s",
                          (long long)t->step, (long long)steps, t->seconds, t->eta_seconds, found,
                          t->saved ? ", best so far, saved" : "");
        free(found);
    }
    char *extra = batch_words(w, t);
    cli_progress_show(&w->progress, "train", t->step, steps, "steps", extra);
    free(extra);
    return cli_interrupted();
}

static cf_status read_data(const arguments *a, cf_drops **data)
{
    for (int32_t i = 0; i < a->data_count; i++) {
        const cf_status s = cf_drops_load(&data[i], a->data[i]);
        if (s != CF_OK) return s;
    }
    return CF_OK;
}

static void say_resume(const arguments *a, const char *command)
{
    char *out = cli_quoted(a->out);
    fprintf(stderr, "Stopped and saved. To go on: %s --out %s%s\n", command, out,
            a->resume ? "" : " --resume");
    free(out);
}

static uint64_t seed_of(const cf_train_config *c)
{
    const char *line = strstr(cf_train_config_yaml(c), "\nseed:");
    return line ? strtoull(line + 6, NULL, 10) : 0;
}

static void begin_record(arguments *a, const cf_train_config *c, cf_drops *const *data)
{
    cli_record *r = &a->record;
    cli_record_set(r, "task", "%s", a->task_name);
    cli_record_yaml(r, cf_train_config_yaml(c));
    if (a->minutes > 0) cli_record_set(r, "minutes", "%g", a->minutes);
    for (int32_t i = 0; i < a->data_count; i++) cli_record_input(r, a->data[i], data[i]->checksum);
    cli_record_begin(r);
}

static void record_end(arguments *a, const watcher *w)
{
    cli_record *r = &a->record;
    cli_record_figure(r, "training", "steps", (double)w->step);
    if (!(w->best_of_best > 0)) return;
    cli_record_figure(r, "validation", "of_best", w->best_of_best);
    char *metrics = cli_text("%s.metrics.jsonl", a->out);
    cli_record_output(r, a->out, cf_run_checksum(a->out));
    cli_record_output(r, metrics, 0);
    free(metrics);
}

static int train(const cli_command *self, arguments *a, const cf_train_config *c,
                 const char *command)
{
    cf_drops *data[MAX_DATA] = {0};
    watcher w = {
        .progress = cli_progress_start(), .out = a->out, .task = a->task, .minutes = a->minutes};
    cf_status s = read_data(a, data);
    if (s == CF_OK) {
        const cf_drops *fixed[MAX_DATA];
        for (int32_t i = 0; i < a->data_count; i++) fixed[i] = data[i];
        const cf_train_run run = {.data = a->data_count ? fixed : NULL,
                                  .data_count = a->data_count,
                                  .out = a->out,
                                  .resume = a->resume,
                                  .threads = a->threads,
                                  .minutes = a->minutes,
                                  .progress = watch,
                                  .user = &w};
        begin_record(a, c, data);
        cli_hold_interrupts();
        s = cf_train(c, &run);
        cli_progress_end(&w.progress);
        record_end(a, &w);
    }
    for (int32_t i = 0; i < a->data_count; i++) cf_drops_free(data[i]);
    if (s == CF_ESTOP) {
        say_resume(a, command);
        return CLI_FAILED;
    }
    if (s != CF_OK) return cli_fail(self, s);
    fprintf(stderr, "%s: done; the curves are in %s.metrics.jsonl\n", a->out, a->out);
    return CLI_DONE;
}

static int run(const cli_command *self, int argc, char **argv)
{
    char *command = cli_command_line(self, argc, argv);
    arguments a = {.record = cli_record_make(self, argc, argv)};
    cli_parse(self, parse, argc, argv, &a);
    a.threads = cli_thread_count(a.threads);
    cf_train_config *c = NULL;
    const cf_status s = configure(&a, &c);
    int status = CLI_DONE;
    if (s != CF_OK) {
        status = cli_fail_text(self, s);
    } else if (cf_train_config_task(c) != a.task) {
        status = cli_complain(self, CLI_USAGE, "--task is %s, but the architecture is one of %s",
                              a.task_name, cf_task_name(cf_train_config_task(c)));
    } else if (a.print_config) {
        cli_record_off(&a.record);
        fputs(cf_train_config_yaml(c), stdout);
    } else {
        cli_banner_seed(self, seed_of(c), a.threads);
        cli_record_seed(&a.record, seed_of(c), a.threads);
        status = train(self, &a, c, command);
    }
    cf_train_config_free(c);
    for (int i = 0; i < a.pair_count; i++) free(a.pairs[i]);
    free(a.pairs);
    free(a.settings);
    free(a.scenarios);
    free(command);
    return cli_record_end(&a.record, status);
}

static const struct argp_option OPTIONS[] = {
    {"task", OPT_TASK, "assignment|power", 0, "What to learn", 0},
    {"scenario", OPT_SCENARIO, "SCENARIO", 0,
     "Fresh drops of this scenario in every batch; several (given again, or a comma list) are "
     "mixed",
     0},
    {"data", OPT_DATA, "FILE", 0, "Fixed drops instead; may be given again for mixed sizes", 0},
    {"out", OPT_OUT, "FILE", 0,
     "Policy file; beside it FILE.metrics.jsonl, FILE.tfevents (TensorBoard) and FILE.checkpoint",
     0},
    {"architecture", OPT_ARCHITECTURE, "NETWORK", 0,
     "Assignment: hpe (the authors') or market (ours, and the default). Power: sinrnet (the "
     "authors'), unrolled or setnet (ours; default: setnet)",
     0},
    {"scheme", OPT_SCHEME, "WAY", 0,
     "Way of training. Assignment: lagrangian, straight-through or labels (the default). Power: "
     "objective (unrolled's default), support (sinrnet's) or labels (setnet's)",
     0},
    {"steps", OPT_STEPS, "N", 0, "Batches (default: 4000; sinrnet 7300)", 0},
    {"minutes", OPT_MINUTES, "M", 0,
     "Stop after this long, however many batches; the schedules end there", 0},
    {"seed", OPT_SEED, "S", 0, "Seed of weights and drops (default: 1)", 0},
    CLI_OPTION_THREADS,
    {"config", OPT_CONFIG, "FILE", 0, "Training configuration (YAML)", 0},
    {"set", OPT_SET, "KEY=VALUE", 0, "Set one key of it; may be given again", 0},
    {"print-config", OPT_PRINT_CONFIG, NULL, 0, "Print the configuration and end", 0},
    {"resume", OPT_RESUME, NULL, 0, "Go on from FILE.checkpoint, bit for bit", 0},
    CLI_OPTION_NO_RECORD,
    {0}};

const cli_command cli_train = {
    .name = "train",
    .about = "Train a policy, with or without labels",
    .details =
        "The best policy on drops it never trained on is kept. Ctrl-C saves and says how to go on. "
        "The weights do not depend on the number of threads.",
    .examples = "cellfree train --task assignment --scenario mmwave-small --minutes 1 \\\n"
                "    --out policy.safetensors\n"
                "cellfree train --task power --scenario power-5x10,power-10x10,power-15x15 \\\n"
                "    --out policy.safetensors\n"
                "cellfree train --task assignment --print-config > train.yaml",
    .options = OPTIONS,
    .run = run,
};
