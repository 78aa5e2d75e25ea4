/* cellfree reproduce: a paper's tables and figures, end to end. */
#include "reproduce.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "commands.h"

typedef struct paper {
    const char *task;
    int (*reproduce)(cli_reproduction *r);
    double scale;         /* by default */
    const char *scenario; /* that the trainings' may be another than; NULL: it may not */
} paper;

static const paper PAPERS[] = {
    {"assignment", cli_reproduce_assignment, 0.01, NULL},
    {"power", cli_reproduce_power, 0.003, "power-15x15"},
};

typedef struct arguments {
    const paper *what;
    const char *out, *policies, *scenario;
    int64_t count;
    uint64_t seed;
    int32_t threads;
    double scale;
    cli_record record;
} arguments;

static void read_what(arguments *a, const char *value, const struct argp_state *state)
{
    if (a->what) cli_usage(state, "'%s' is one word too many", value);
    for (size_t i = 0; i < sizeof PAPERS / sizeof *PAPERS; i++)
        if (strcmp(value, PAPERS[i].task) == 0) a->what = &PAPERS[i];
    if (!a->what) cli_usage(state, "'%s' cannot be reproduced, only assignment or power", value);
}

static error_t parse(int key, char *value, struct argp_state *state)
{
    arguments *a = state->input;
    switch (key) {
    case OPT_OUT: a->out = value; return 0;
    case OPT_COUNT: a->count = cli_integer(state, "--count", value, 2, 1000000); return 0;
    case OPT_SEED: a->seed = cli_seed(state, value); return 0;
    case OPT_THREADS: a->threads = cli_threads(state, value); return 0;
    case OPT_POLICIES: a->policies = value; return 0;
    case OPT_SCENARIO: a->scenario = value; return 0;
    case OPT_SCALE: a->scale = cli_number(state, "--scale", value, 0, 10); return 0;
    case OPT_NO_RECORD: cli_record_off(&a->record); return 0;
    case ARGP_KEY_ARG: read_what(a, value, state); return 0;
    case ARGP_KEY_END:
        cli_require(state, "what to reproduce (assignment or power)", a->what);
        cli_require(state, "--out", a->out);
        if (a->scenario && !a->what->scenario)
            cli_usage(state, "--scenario is for power: %s trains on its own", a->what->task);
        return 0;
    default: return ARGP_ERR_UNKNOWN;
    }
}

/* The shipped policies stand in ./policies, beside the build folder, or where they are
 * installed. */
static char *find_policies(void)
{
    static const char *const NEAR[] = {"/../../policies", "/../policies",
                                       "/../share/cellfree/policies"};
    char self[4096];
    const ssize_t n = readlink("/proc/self/exe", self, sizeof self - 1);
    self[n > 0 ? n : 0] = 0;
    char *slash = strrchr(self, '/');
    if (slash) *slash = 0;
    for (size_t i = 0; slash && i < sizeof NEAR / sizeof *NEAR; i++) {
        char *folder = cli_text("%s%s", self, NEAR[i]);
        if (access(folder, R_OK) == 0) return folder;
        free(folder);
    }
    return cli_text("policies");
}

static void begin_record(const cli_reproduction *r, const char *task)
{
    cli_record_set(r->record, "task", "%s", task);
    cli_record_set(r->record, "count", "%d", r->count);
    cli_record_set(r->record, "scale", "%g", r->scale);
    if (r->scenario) cli_record_set(r->record, "scenario", "%s", r->scenario);
    cli_record_set(r->record, "policies", "%s", r->policies);
    cli_record_output(r->record, r->folder, 0);
    cli_record_begin(r->record);
}

static int run(const cli_command *self, int argc, char **argv)
{
    char *line = cli_command_line(self, argc, argv);
    arguments a = {
        .count = 1024, .seed = 20240, .scale = -1, .record = cli_record_make(self, argc, argv)};
    cli_parse(self, parse, argc, argv, &a);
    cli_reproduction r = {
        .command = self,
        .folder = a.out,
        .line = line,
        .record = &a.record,
        .count = (int32_t)a.count,
        .seed = a.seed,
        .threads = cli_thread_count(a.threads),
        .scale = a.scale < 0 ? a.what->scale : a.scale,
        .scenario = a.scenario ? a.scenario : a.what->scenario,
    };
    char *found = a.policies ? NULL : find_policies();
    r.policies = a.policies ? a.policies : found;
    cli_banner_seed(self, r.seed, r.threads);
    cli_record_seed(&a.record, r.seed, r.threads);
    int status = cli_output_folder(self, a.out);
    if (status == CLI_DONE) {
        begin_record(&r, a.what->task);
        status = a.what->reproduce(&r);
    }
    free(found);
    free(line);
    return cli_record_end(&a.record, status);
}

static const struct argp_option OPTIONS[] = {
    {"out", OPT_OUT, "DIR", 0, "Folder for tables, figures, data and reproduce.md", 0},
    {"count", OPT_COUNT, "N", 0, "Test drops of each scenario (default: 1024, as in the paper)", 0},
    {"seed", OPT_SEED, "S", 0, "Seed of the test drops and the training (default: 20240)", 0},
    {"policies", OPT_POLICIES, "DIR", 0,
     "Folder with the policies; rows of one that is missing are left out (default: the shipped "
     "ones)",
     0},
    {"scale", OPT_SCALE, "X", 0,
     "Length of the training behind the curves as a share of the paper's iterations (assignment "
     "240,000, power 120,000); 0: none (default: 0.01, power 0.003)",
     0},
    {"scenario", OPT_SCENARIO, "SCENARIO", 0,
     "power: what figure 4 is trained on (default: power-15x15, as in the paper; a smaller one is "
     "quicker)",
     0},
    CLI_OPTION_THREADS,
    CLI_OPTION_NO_RECORD,
    {0}};

const cli_command cli_reproduce = {
    .name = "reproduce",
    .about = "Make a paper's tables and figures, end to end",
    .arguments = "assignment|power",
    .details =
        "assignment: table II of the paper on user assignment (Peng et al.) with the proven "
        "optimum in both scenarios, as text, CSV and Markdown, and its figures 5 to 8 as PDF and "
        "PNG by gnuplot with their data as CSV; reproduce.md says what reproduces.\n\n"
        "power: the same for the paper on energy-efficient power allocation (Raghunath et al.): "
        "table II for its three sizes, as the text describes them and with every distance 10 m, "
        "figures 4 and 5, the distribution over drops, and the front of quality against time "
        "over all methods.",
    .examples = "cellfree reproduce assignment --out reproduced\n"
                "cellfree reproduce assignment --out quick --count 256 --scale 0.002\n"
                "cellfree reproduce power --out power",
    .options = OPTIONS,
    .run = run,
};
