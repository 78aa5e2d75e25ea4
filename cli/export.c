/* cellfree export: drops and results for NumPy, MATLAB and spreadsheets. */
#include <stdlib.h>
#include <string.h>

#include "commands.h"
#include "power.h"

typedef struct arguments {
    const char *file, *out;
} arguments;

static error_t parse(int key, char *value, struct argp_state *state)
{
    arguments *a = state->input;
    switch (key) {
    case OPT_OUT: a->out = value; return 0;
    case ARGP_KEY_ARG:
        if (a->file) cli_usage(state, "'%s' is one file too many", value);
        a->file = value;
        return 0;
    case ARGP_KEY_END:
        cli_require(state, "FILE.h5", a->file);
        cli_require(state, "--out", a->out);
        return 0;
    default: return ARGP_ERR_UNKNOWN;
    }
}

/* KEY=NAME of every array that was written; of .csv, NAME is a file. malloc'ed. */
static char *map_of(const cf_drops *d, const char *out, int csv, int channels)
{
    const int power = d->task == CF_TASK_POWER;
    char *map = cli_text("%s", channels ? "channel=channel"
                               : power  ? "gain=gain"
                                        : "gain=gain_dbm");
    const struct {
        const char *name;
        int there;
    } MORE[] = {{"serve", d->serve != NULL},
                {"ap_position", d->ap_position != NULL},
                {"ue_position", d->ue_position != NULL}};
    for (int i = 0; i < 3; i++) {
        const char *name = MORE[i].name;
        if (!MORE[i].there) continue;
        char *longer =
            csv ? cli_text("%s,%s=%.*s-%s.csv", map, name, (int)strlen(out) - 4, out, name)
                : cli_text("%s,%s=%s", map, name, name);
        free(map);
        map = longer;
    }
    return map;
}

/* The options with which import gives the same drops; where limits differ, none do. */
static void put_way_back(const cf_drops *d, const char *out)
{
    const int power = d->task == CF_TASK_POWER;
    const size_t n = strlen(out);
    const int csv = n > 4 && strcmp(out + n - 4, ".csv") == 0;
    const int channels = power && d->channel && !csv;
    int same = 1;
    for (int32_t l = 1; !power && l < d->L; l++) same &= d->max_users[l] == d->max_users[0];
    for (int32_t k = 1; !power && k < d->K; k++) same &= d->min_aps[k] == d->min_aps[0];
    if (!same) return;
    char *map = map_of(d, out, csv, channels), *file = cli_quoted(out), *words = cli_quoted(map);
    fprintf(stderr, "back: cellfree import %s --task %s --map %s", file, cf_task_name(d->task),
            words);
    free(map);
    free(file);
    free(words);
    if (power) {
        fprintf(stderr,
                " --axes drop,ap,user,%s --noise-w %.17g --mu %.17g --static-w %.17g "
                "--bandwidth-hz %.17g --objective %s",
                channels ? "antenna" : "beam", d->noise_w, d->mu, d->static_w, d->bandwidth_hz,
                cli_objective_name(d->objective));
        if (d->limit != CF_LIMIT_NONE)
            fprintf(stderr, " --limit %s --limit-w %.17g", d->limit == CF_LIMIT_AP ? "ap" : "link",
                    d->limit_w);
        if (d->rate_floor > 0) fprintf(stderr, " --rate-floor %.17g", d->rate_floor);
    } else {
        fprintf(stderr,
                " --unit dbm --axes drop,ap,user --noise-dbm %.17g --max-users %d --min-aps %d",
                d->noise_dbm, d->max_users[0], d->min_aps[0]);
    }
    fprintf(stderr, " --out drops.h5\n");
}

static cf_status export_drops(const cf_drops *d, const char *out)
{
    char report[2048];
    const cf_status s = cf_drops_export(d, out, report, sizeof report);
    if (s != CF_OK) return s;
    fprintf(stderr, "%s", report);
    put_way_back(d, out);
    return s;
}

static cf_status export_results(const arguments *a)
{
    enum { SIZE = 1 << 16 };
    cf_result **r = NULL;
    int32_t count = 0;
    char *report = cli_alloc(SIZE, 1);
    cf_status s = cf_results_load(&r, &count, a->file);
    if (s == CF_OK) s = cf_results_export(r, count, a->out, report, SIZE);
    if (s == CF_OK) fprintf(stderr, "%s", report);
    cf_results_free(r, count);
    free(report);
    return s;
}

static int run(const cli_command *self, int argc, char **argv)
{
    arguments a = {0};
    cf_drops *d = NULL;
    cli_parse(self, parse, argc, argv, &a);
    cli_banner(self);
    cf_status s = cf_drops_load(&d, a.file);
    if (s == CF_OK)
        s = export_drops(d, a.out);
    else if (s == CF_EFORMAT && strstr(cf_last_error(), "\"cellfree.result\""))
        s = export_results(&a);
    cf_drops_free(d);
    return s == CF_OK ? CLI_DONE : cli_fail(self, s);
}

static const struct argp_option OPTIONS[] = {{"out", OPT_OUT, "FILE", 0,
                                              "File to write; its ending is the format: .npz "
                                              "(NumPy), .mat (MATLAB, Octave) or .csv (several "
                                              "tables: FILE.csv, FILE-NAME.csv)",
                                              0},
                                             {0}};

const cli_command cli_export = {
    .name = "export",
    .about = "Write drops or results as .npz, .mat or .csv",
    .arguments = "FILE.h5",
    .details = "FILE.h5 is drops or results. What was written is reported on stderr, and for drops "
               "the import that gives them back.",
    .examples = "cellfree export drops.h5 --out drops.npz\n"
                "cellfree export result.h5 --out result.mat",
    .options = OPTIONS,
    .run = run,
};
