/* cellfree report: results as a page to look at, and as figures for papers. */
#include "report.h"

#include <stdlib.h>
#include <string.h>

#include "commands.h"

enum { MAX_FILES = 64, DRAWN = 128, MOST_DRAWN = 100000 };

typedef struct files {
    const char *path[MAX_FILES];
    int32_t count;
} files;

typedef struct arguments {
    files results, data, metrics;
    const char *out, *figures, *title;
    int32_t drops;
} arguments;

static void add(const struct argp_state *state, files *f, const char *path)
{
    if (f->count == MAX_FILES) cli_usage(state, "more than %d files of a kind", MAX_FILES);
    f->path[f->count++] = path;
}

static error_t parse(int key, char *value, struct argp_state *state)
{
    arguments *a = state->input;
    switch (key) {
    case OPT_DATA: add(state, &a->data, value); return 0;
    case OPT_METRICS: add(state, &a->metrics, value); return 0;
    case OPT_FIGURES: a->figures = value; return 0;
    case OPT_TITLE: a->title = value; return 0;
    case OPT_DROPS:
        a->drops = (int32_t)cli_integer(state, "--drops", value, 0, MOST_DRAWN);
        return 0;
    case OPT_OUT: a->out = value; return 0;
    case ARGP_KEY_ARG: add(state, &a->results, value); return 0;
    case ARGP_KEY_END:
        if (a->results.count == 0) cli_usage(state, "RESULT.h5 is missing");
        if (!a->out && !a->figures) cli_usage(state, "--out or --figures is missing");
        return 0;
    default: return ARGP_ERR_UNKNOWN;
    }
}

static int open_all(const cli_command *self, const arguments *a, cli_material *r)
{
    cf_status s = CF_OK;
    for (; r->study_count < a->results.count && s == CF_OK; r->study_count += s == CF_OK)
        s = cf_study_open(&r->study[r->study_count], a->results.path[r->study_count], a->data.path,
                          a->data.count, 0);
    for (; r->metrics_count < a->metrics.count && s == CF_OK; r->metrics_count += s == CF_OK)
        s = cf_metrics_load(&r->metrics[r->metrics_count], a->metrics.path[r->metrics_count]);
    return s == CF_OK ? CLI_DONE : cli_fail(self, s);
}

/* A file that was given and belongs to no result is a mistake; drops that are missing are not. */
static int check_drops(const cli_command *self, const arguments *a, const cli_material *r)
{
    for (int32_t i = 0; i < a->data.count; i++) {
        int used = 0;
        for (int32_t j = 0; j < r->study_count; j++)
            used |= strcmp(r->study[j]->drops_from, a->data.path[i]) == 0;
        if (!used)
            return cli_complain(self, CLI_FAILED,
                                "%s: its drops are those of none of the results: their checksum is "
                                "another",
                                a->data.path[i]);
    }
    for (int32_t j = 0; j < r->study_count; j++)
        if (!r->study[j]->drops)
            cli_complain(self, 0, "%s: no networks and no rates of users. %s", r->study[j]->path,
                         r->study[j]->drops_missing);
    return CLI_DONE;
}

static int write_page(const cli_command *self, const arguments *a, const cli_material *r)
{
    char *again = cli_text("%s --out report.html", r->line);
    const cf_page page = {.title = a->title,
                          .command = again,
                          .study = r->study,
                          .study_count = r->study_count,
                          .metrics = r->metrics,
                          .metrics_count = r->metrics_count,
                          .drops = a->drops};
    const cf_status s = cf_page_write(&page, a->out);
    free(again);
    if (s != CF_OK) return cli_fail(self, s);
    fprintf(stderr, "%s: open it in a browser\n", a->out);
    return CLI_DONE;
}

static int run(const cli_command *self, int argc, char **argv)
{
    arguments a = {.drops = DRAWN};
    cf_study *study[MAX_FILES] = {0};
    cf_metrics *metrics[MAX_FILES] = {0};
    char *line = cli_command_line(self, argc, argv);
    cli_material r = {.command = self, .line = line, .study = study, .metrics = metrics};
    cli_parse(self, parse, argc, argv, &a);
    cli_banner(self);
    int status = open_all(self, &a, &r);
    if (status == CLI_DONE) status = check_drops(self, &a, &r);
    if (status == CLI_DONE && a.out) status = write_page(self, &a, &r);
    if (status == CLI_DONE && a.figures) status = cli_report_figures(&r, a.figures);
    for (int32_t i = 0; i < r.study_count; i++) cf_study_close(study[i]);
    for (int32_t i = 0; i < r.metrics_count; i++) cf_metrics_free(metrics[i]);
    free(line);
    return status;
}

static const struct argp_option OPTIONS[] = {
    {"out", OPT_OUT, "FILE", 0, "Page to write (HTML, one file)", 0},
    {"data", OPT_DATA, "FILE", 0,
     "Drops that a result was made of; may be repeated (default: made again from the scenario and "
     "seed that results keep, or the file that their command names)",
     0},
    {"metrics", OPT_METRICS, "FILE", 0, "Curves of a training, OUT.metrics.jsonl; may be repeated",
     0},
    {"drops", OPT_DROPS, "N", 0, "Drops of each result to draw (default: 128)", 0},
    {"title", OPT_TITLE, "TEXT", 0, "Title of the page", 0},
    {"figures", OPT_FIGURES, "DIR", 0,
     "Write the charts as PDF, PNG, gnuplot scripts and CSV into this folder", 0},
    {0}};

const cli_command cli_report = {
    .name = "report",
    .about = "Show results as a page in HTML, and as figures",
    .arguments = "FILE.h5 ...",
    .details = "The page needs no network and no other file: table, distributions, quality against "
               "time, broken constraints, the networks themselves, training curves, and what makes "
               "the numbers again. Drops of imported gains are found where the result's command "
               "was run, or named with --data.",
    .examples = "cellfree report result.h5 --out report.html\n"
                "cellfree report small.result.h5 large.result.h5 \\\n"
                "    --metrics policy.metrics.jsonl --out report.html --figures figures",
    .options = OPTIONS,
    .run = run,
};
