/* cellfree runs: what was run, with what, and what came of it. */
#include "runs.h"

#include <inttypes.h>
#include <limits.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "commands.h"
#include "table.h"

enum { MAX_RUNS = 64, DEFAULT_LAST = 20, HEADLINE = 28, SHOWN_LINE = 48 };

typedef struct arguments {
    const char *what;
    int64_t id[MAX_RUNS];
    int32_t ids, last_given, json;
    cf_runs_query query;
} arguments;

static void add_word(arguments *a, const char *value, const struct argp_state *state)
{
    static const char *const WHAT[] = {"list", "show", "compare", "forget"};
    if (a->what) {
        if (a->ids == MAX_RUNS) cli_usage(state, "more than %d runs", MAX_RUNS);
        a->id[a->ids++] = cli_integer(state, "the number of a run", value, 1, INT64_MAX);
        return;
    }
    for (size_t i = 0; i < sizeof WHAT / sizeof *WHAT; i++)
        if (strcmp(value, WHAT[i]) == 0) a->what = WHAT[i];
    if (!a->what)
        cli_usage(state, "'%s' is not a thing to do, wanted list, show, compare or forget", value);
}

static void check_complete(const arguments *a, const struct argp_state *state)
{
    cli_require(state, "what to do (list, show, compare or forget)", a->what);
    const int list = strcmp(a->what, "list") == 0;
    if (!list && (a->last_given || a->query.command || a->query.text))
        cli_usage(state, "--last, --command and --grep go with list");
    if (list && a->ids) cli_usage(state, "list takes no number of a run; show does");
    if (strcmp(a->what, "show") == 0 && a->ids > 1) cli_usage(state, "show takes one run");
    if (strcmp(a->what, "compare") == 0 && a->ids == 1)
        cli_usage(state, "compare takes two runs or more");
    if (strcmp(a->what, "forget") != 0) return;
    if (!a->ids) cli_usage(state, "the runs to forget are missing");
    if (a->json) cli_usage(state, "--json has nothing to say of forget");
}

static error_t parse(int key, char *value, struct argp_state *state)
{
    arguments *a = state->input;
    switch (key) {
    case OPT_LAST:
        a->query.last = (int32_t)cli_integer(state, "--last", value, 0, INT32_MAX - 1);
        a->last_given = 1;
        return 0;
    case OPT_COMMAND:
        if (!cli_find_command(value)) cli_usage(state, "unknown command '%s'", value);
        a->query.command = value;
        return 0;
    case OPT_GREP: a->query.text = value; return 0;
    case OPT_JSON: a->json = 1; return 0;
    case ARGP_KEY_ARG: add_word(a, value, state); return 0;
    case ARGP_KEY_END: check_complete(a, state); return 0;
    default: return ARGP_ERR_UNKNOWN;
    }
}

static char *time_text(double t, const char *format,
                       struct tm *(*split)(const time_t *, struct tm *))
{
    char text[64];
    struct tm parts;
    const time_t whole = fabs(t) < 1e11 ? (time_t)t : 0;
    if (!(fabs(t) < 1e11) || !split(&whole, &parts) || !strftime(text, sizeof text, format, &parts))
        return cli_text("-");
    return cli_text("%s", text);
}

char *cli_run_time(double seconds_since_1970, const char *format)
{
    return time_text(seconds_since_1970, format, localtime_r);
}

char *cli_run_took(const cf_run *r)
{
    if (!(r->seconds < 1e9)) return cli_text("-");
    if (r->seconds < 10) return cli_text("%.2f s", r->seconds);
    if (r->seconds < 100) return cli_text("%.1f s", r->seconds);
    const int s = (int)r->seconds;
    if (s < 3600) return cli_text("%d:%02d", s / 60, s % 60);
    return cli_text("%d:%02d:%02d", s / 3600, s / 60 % 60, s % 60);
}

char *cli_run_number(double value)
{
    return cli_text("%.6g", value);
}

/* On one line, which the user's own words may not be; of a long text the beginning, in whole
 * characters of UTF-8. */
static char *one_line(const char *text, size_t most)
{
    size_t n = strlen(text);
    const int cut = n > most;
    if (cut)
        for (n = most; n > 0 && ((unsigned char)text[n] & 0xc0) == 0x80;) n--;
    char *line = cli_text("%.*s%s", (int)n, text, cut ? "…" : "");
    for (char *s = line; *s; s++)
        if ((unsigned char)*s < 0x20 || *s == 0x7f) *s = ' ';
    return line;
}

static int is_policy(const char *of)
{
    const char *slash = strrchr(of, '/'); /* SCENARIO/METHOD of reproduce */
    return strncmp(slash ? slash + 1 : of, "policy", 6) == 0;
}

/* "policy 0.99812, gsd 0.91800, 4 more": what was trained goes before what was there before. */
static char *headline(const cf_run *r)
{
    char *text = cli_text("%s", "");
    int more = 0;
    for (int policies = 1; policies >= 0; policies--) {
        for (int32_t i = 0; i < r->figure_count; i++) {
            const cf_run_figure *f = &r->figures[i];
            if (strcmp(f->name, "of_best") != 0 || is_policy(f->of) != policies) continue;
            if (more || strlen(text) > HEADLINE) {
                more++;
                continue;
            }
            char *longer = cli_text("%s%s%s %.5f", text, *text ? ", " : "", f->of, f->value);
            free(text);
            text = longer;
        }
    }
    if (!more) return text;
    char *longer = cli_text("%s, %d more", text, more);
    free(text);
    return longer;
}

static void put_list(cf_run *const *r, int32_t count)
{
    cli_table t = cli_table_make("run|started|command|state|took|of best|arguments", "rlllrll");
    for (int32_t i = 0; i < count; i++) {
        char *start = cli_text("cellfree %s ", r[i]->command);
        const size_t skip = strncmp(r[i]->line, start, strlen(start)) == 0 ? strlen(start) : 0;
        free(start);
        cli_table_add(&t, "%" PRId64, r[i]->id);
        cli_table_take(&t, cli_run_time(r[i]->started, "%Y-%m-%d %H:%M"));
        cli_table_add(&t, "%s", r[i]->command);
        cli_table_add(&t, "%s", cf_run_state_name(r[i]->state));
        cli_table_take(&t, cli_run_took(r[i]));
        cli_table_take(&t, headline(r[i]));
        cli_table_take(&t, one_line(r[i]->line + skip, SHOWN_LINE));
    }
    cli_table_text(&t, stdout);
    cli_table_free(&t);
}

static void put_json_files(const cf_run *r, const char *key, int output)
{
    printf(",\"%s\":[", key);
    for (int32_t i = 0, n = 0; i < r->file_count; i++) {
        if (r->files[i].output != output) continue;
        fputs(n++ ? ",{" : "{", stdout);
        cli_json_text(stdout, "path", r->files[i].path);
        if (r->files[i].checksum) printf(",\"checksum\":\"%016" PRIx64 "\"", r->files[i].checksum);
        putchar('}');
    }
    putchar(']');
}

/* Figures by what they are of; those of one stand together. */
static void put_json_figures(const cf_run *r)
{
    fputs(",\"figures\":{", stdout);
    for (int32_t i = 0; i < r->figure_count; i++) {
        const cf_run_figure *f = &r->figures[i];
        const int first = !i || strcmp(f[-1].of, f->of) != 0;
        if (first) {
            fputs(i ? "}," : "", stdout);
            cli_json_key(stdout, f->of);
            putchar('{');
        }
        fputs(first ? "" : ",", stdout);
        cli_json_number(stdout, f->name, f->value);
    }
    fputs(r->figure_count ? "}}" : "}", stdout);
}

static void put_json(const cf_run *r)
{
    const struct {
        const char *key, *value;
    } text[] = {{"command", r->command}, {"state", cf_run_state_name(r->state)},
                {"message", r->message}, {"version", r->version},
                {"line", r->line},       {"folder", r->folder},
                {"host", r->host}};
    printf("{\"run\":%" PRId64, r->id);
    for (size_t i = 0; i < sizeof text / sizeof *text; i++) {
        putchar(',');
        cli_json_text(stdout, text[i].key, text[i].value);
    }
    char *started = time_text(r->started, "%Y-%m-%dT%H:%M:%SZ", gmtime_r);
    printf(",\"started\":\"%s\",", started);
    free(started);
    cli_json_number(stdout, "seconds", r->seconds);
    printf(",\"exit_status\":%d,\"seed\":%" PRIu64 ",\"threads\":%d,\"settings\":{", r->exit_status,
           r->seed, r->threads);
    for (int32_t i = 0; i < r->setting_count; i++) {
        fputs(i ? "," : "", stdout);
        cli_json_text(stdout, r->settings[i].key, r->settings[i].value);
    }
    putchar('}');
    put_json_files(r, "inputs", 0);
    put_json_files(r, "outputs", 1);
    put_json_figures(r);
    puts("}");
}

static void put_files(const cf_run *r, const char *heading, int output)
{
    int n = 0;
    for (int32_t i = 0; i < r->file_count; i++) {
        if (r->files[i].output != output) continue;
        fputs(n++ ? "" : heading, stdout);
        printf("  %s", r->files[i].path);
        if (r->files[i].checksum) printf("  checksum %016" PRIx64, r->files[i].checksum);
        putchar('\n');
    }
}

static void put_figures(const cf_run *r)
{
    if (!r->figure_count) return;
    putchar('\n');
    cli_table t = cli_table_make("of|figure|value", "llr");
    for (int32_t i = 0; i < r->figure_count; i++) {
        const cf_run_figure *f = &r->figures[i];
        cli_table_add(&t, "%s", i && strcmp(f[-1].of, f->of) == 0 ? "" : f->of);
        cli_table_add(&t, "%s", f->name);
        cli_table_take(&t, cli_run_number(f->value));
    }
    cli_table_text(&t, stdout);
    cli_table_free(&t);
}

static void put_run(const cf_run *r)
{
    char *started = cli_run_time(r->started, "%Y-%m-%d %H:%M:%S"), *took = cli_run_took(r);
    printf("run %" PRId64 ": %s, %s", r->id, r->command, cf_run_state_name(r->state));
    if (r->state == CF_RUN_FAILED) printf(" with exit status %d", r->exit_status);
    printf("%s%s\n", *r->message ? ": " : "", r->message);
    printf("  %-14s %s\n  %-14s %s\n  %-14s %s\n  %-14s %" PRIu64 "\n  %-14s %d\n  %-14s %s\n",
           "started", started, "took", took, "cellfree", r->version, "seed", r->seed, "threads",
           r->threads, "host", r->host);
    free(started);
    free(took);
    puts("Again");
    char *folder = cli_quoted(r->folder);
    printf("  cd %s\n  %s\n", folder, r->line);
    free(folder);
    if (r->setting_count) puts("Configuration");
    for (int32_t i = 0; i < r->setting_count; i++)
        printf("  %-14s %s\n", r->settings[i].key, r->settings[i].value);
    put_files(r, "Inputs\n", 0);
    put_files(r, "Outputs\n", 1);
    put_figures(r);
}

static int list(const cli_command *self, arguments *a)
{
    const int32_t last = a->last_given ? a->query.last : DEFAULT_LAST;
    a->query.last = last ? last + 1 : 0; /* one more tells whether there are more */
    cf_run **r = NULL;
    int32_t count = 0;
    const cf_status s = cf_runs_load(&r, &count, NULL, &a->query);
    if (s != CF_OK) return cli_fail(self, s);
    const int32_t shown = last && count > last ? last : count;
    if (!count) fputs("No such run is recorded.\n", stderr);
    for (int32_t i = 0; a->json && i < shown; i++) put_json(r[i]);
    if (!a->json && shown) put_list(r, shown);
    if (shown < count) fputs("Older ones are not shown; --last 0 shows all.\n", stderr);
    cf_runs_free(r, count);
    return CLI_DONE;
}

/* show: one run, compare: several; where no number is given, the newest ones. */
static int look(const cli_command *self, const arguments *a)
{
    const int compare = strcmp(a->what, "compare") == 0;
    const int32_t wanted = compare ? 2 : 1;
    const cf_runs_query q = a->ids ? (cf_runs_query){.ids = a->id, .id_count = a->ids}
                                   : (cf_runs_query){.last = wanted};
    cf_run **r = NULL;
    int32_t count = 0;
    const cf_status s = cf_runs_load(&r, &count, NULL, &q);
    if (s != CF_OK) return cli_fail(self, s);
    int status = CLI_DONE;
    if (count < wanted)
        status =
            cli_complain(self, CLI_FAILED, "%d runs are recorded, too few to %s", count, a->what);
    else if (compare && a->json)
        cli_runs_compare_json(r, count);
    else if (compare)
        cli_runs_compare(r, count);
    else if (a->json)
        put_json(r[0]);
    else
        put_run(r[0]);
    cf_runs_free(r, count);
    return status;
}

static int run(const cli_command *self, int argc, char **argv)
{
    arguments a = {0};
    cli_parse(self, parse, argc, argv, &a);
    if (strcmp(a.what, "list") == 0) return list(self, &a);
    if (strcmp(a.what, "forget") != 0) return look(self, &a);
    const cf_status s = cf_runs_forget(a.id, a.ids, NULL);
    return s == CF_OK ? CLI_DONE : cli_fail(self, s);
}

static const struct argp_option OPTIONS[] = {
    {"last", OPT_LAST, "N", 0, "list: the newest N; 0: all (default: 20)", 0},
    {"command", OPT_COMMAND, "train|evaluate|reproduce", 0, "list: of this command", 0},
    {"grep", OPT_GREP, "TEXT", 0, "list: those with TEXT in their command line", 0},
    CLI_OPTION_JSON,
    {0}};

const cli_command cli_runs = {
    .name = "runs",
    .about = "List, show and compare what was trained, evaluated, reproduced",
    .arguments = "list|show|compare|forget [N...]",
    .details =
        "train, evaluate and reproduce write down what they ran: command line, version, seed, "
        "configuration, files with checksums, how long it took, how it ended, and the headline "
        "figures. list has the newest first. show tells all of run N, and the command that runs it "
        "again; compare puts two runs or more side by side, the configuration where it differs and "
        "all figures; without numbers both take the newest. forget takes runs out.\n\n"
        "Runs are in the SQLite file that CELLFREE_RUNS names, or cellfree/runs.sqlite in "
        "XDG_STATE_HOME (default: ~/.local/state). --no-record, or CELLFREE_RECORD=0 in the "
        "environment, leaves a run out. No result depends on it, and where the file cannot be "
        "written a command warns and goes on.",
    .examples = "cellfree runs list --command train\n"
                "cellfree runs show 12\n"
                "cellfree runs compare 11 12",
    .options = OPTIONS,
    .run = run,
};
