/* cellfree bench: the speed of every hot path on this machine. */
#include <regex.h>
#include <stdlib.h>
#include <string.h>

#include "commands.h"
#include "progress.h"
#include "table.h"

typedef struct arguments {
    regex_t filter;
    const char *pattern;
    cf_bench_options options;
    int json, list;
} arguments;

static void read_filter(const struct argp_state *state, arguments *a, const char *value)
{
    if (a->pattern) regfree(&a->filter);
    const int failed = regcomp(&a->filter, value, REG_EXTENDED | REG_NOSUB);
    if (failed) {
        char why[128];
        regerror(failed, &a->filter, why, sizeof why);
        cli_usage(state, "--filter is '%s', wanted a regular expression: %s", value, why);
    }
    a->pattern = value;
}

static error_t parse(int key, char *value, struct argp_state *state)
{
    arguments *a = state->input;
    switch (key) {
    case OPT_FILTER: read_filter(state, a, value); return 0;
    case OPT_SECONDS:
        a->options.seconds = cli_number(state, "--seconds", value, 1e-3, CF_BENCH_MAX_SECONDS);
        return 0;
    case OPT_THREADS: a->options.threads = cli_threads(state, value); return 0;
    case OPT_LIST: a->list = 1; return 0;
    case OPT_JSON: a->json = 1; return 0;
    case ARGP_KEY_ARG: cli_usage(state, "'%s' is not an option", value);
    default: return ARGP_ERR_UNKNOWN;
    }
}

/* The next row from `row` on that is wanted, its name and what it does; -1: none. */
static int32_t next_row(const arguments *a, int32_t row, char name[CF_BENCH_NAME],
                        const char **about)
{
    for (; cf_bench_describe(row, name, about) == CF_OK; row++)
        if (!a->pattern || regexec(&a->filter, name, 0, NULL, 0) == 0) return row;
    return -1;
}

static void put_listed(const char *name, const char *about, int json)
{
    if (!json) {
        printf("%-30s %s\n", name, about);
        return;
    }
    fputc('{', stdout);
    cli_json_text(stdout, "name", name);
    fputc(',', stdout);
    cli_json_text(stdout, "about", about);
    fputs("}\n", stdout);
}

static void put_json(const cf_bench_result *r)
{
    const struct {
        const char *key;
        double value;
    } numbers[] = {
        {"us_min", r->us_min},
        {"us_median", r->us_median},
        {"drops_per_s", r->drops_per_s},
        {"gflops", r->gflops},
        {"peak_share", r->peak_share},
        {"peak_gflops", r->peak_gflops},
        {"bytes", r->bytes},
        {"drops", r->drops},
        {"calls", (double)r->calls},
        {"call_us_min", r->call_us_min},
        {"call_us_median", r->call_us_median},
        {"p50_us", r->p50_us},
        {"p99_us", r->p99_us},
        {"p999_us", r->p999_us},
    };
    fputc('{', stdout);
    cli_json_text(stdout, "name", r->name);
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        fputc(',', stdout);
        cli_json_number(stdout, numbers[i].key, numbers[i].value);
    }
    fputs("}\n", stdout);
    fflush(stdout); /* each row as it is done */
}

static void add_cell(cli_table *t, char *cell)
{
    cli_table_add(t, "%s", cell);
    free(cell);
}

static void add_row(cli_table *t, const cf_bench_result *r)
{
    cli_table_add(t, "%s", r->name);
    add_cell(t, cli_cell_us(r->us_min));
    add_cell(t, cli_cell_us(r->us_median));
    add_cell(t, cli_cell(r->drops_per_s, r->drops_per_s < 100 ? 1 : 0));
    add_cell(t, cli_cell_us(r->call_us_min));
    add_cell(t, cli_cell(r->gflops, 1));
    add_cell(t, cli_cell_percent(r->peak_share, 0));
    add_cell(t, cli_cell(r->bytes / 1e6, 2));
    add_cell(t, cli_cell_us(r->p50_us));
    add_cell(t, cli_cell_us(r->p99_us));
    add_cell(t, cli_cell_us(r->p999_us));
    cli_table_add(t, "%lld", (long long)r->calls);
}

static int count_wanted(const arguments *a)
{
    char name[CF_BENCH_NAME];
    const char *about;
    int n = 0;
    for (int32_t row = 0; (row = next_row(a, row, name, &about)) >= 0; row++) n++;
    return n;
}

static int measure(const cli_command *self, const arguments *a, int wanted)
{
    cli_table table =
        cli_table_make("row|us/drop|median|drops/s|us/call|GFLOP/s|of peak|MB|p50|p99|p99.9|calls",
                       "lrrrrrrrrrrr");
    cli_progress progress = cli_progress_start();
    char name[CF_BENCH_NAME];
    const char *about;
    double peak = 0;
    cf_status s = CF_OK;
    int done = 0;
    for (int32_t row = 0; s == CF_OK && (row = next_row(a, row, name, &about)) >= 0; row++) {
        cf_bench_result r;
        cli_progress_show(&progress, "bench", done++, wanted, "rows", name);
        s = cf_bench_run(row, &a->options, &r);
        if (s != CF_OK) break;
        peak = r.peak_gflops > peak ? r.peak_gflops : peak;
        if (a->json)
            put_json(&r);
        else
            add_row(&table, &r);
    }
    cli_progress_end(&progress);
    if (!a->json && table.cells > table.columns) {
        cli_table_text(&table, stdout);
        printf("us/drop and us/call: of the fastest; GFLOP/s at that. Peak: %.0f GFLOP/s.\n", peak);
    }
    cli_table_free(&table);
    return s == CF_OK ? CLI_DONE : cli_fail(self, s);
}

static int run(const cli_command *self, int argc, char **argv)
{
    arguments a = {.options = {.seconds = 1, .threads = 1}};
    cli_parse(self, parse, argc, argv, &a);
    const int wanted = count_wanted(&a);
    int status = CLI_DONE;
    if (wanted == 0) {
        status = cli_complain(self, CLI_USAGE,
                              "no row is named like '%s'; cellfree bench --list "
                              "shows them all",
                              a.pattern);
    } else if (a.list) {
        char name[CF_BENCH_NAME];
        const char *about;
        for (int32_t row = 0; (row = next_row(&a, row, name, &about)) >= 0; row++)
            put_listed(name, about, a.json);
    } else {
        cli_banner(self);
        status = measure(self, &a, wanted);
    }
    if (a.pattern) regfree(&a.filter);
    return status;
}

static const struct argp_option OPTIONS[] = {
    {"filter", OPT_FILTER, "RE", 0, "Rows whose name matches this extended regular expression", 0},
    {"seconds", OPT_SECONDS, "S", 0, "Time a row for S seconds (default: 1)", 0},
    {"threads", OPT_THREADS, "T", 0,
     "Threads of training steps; everything else uses one (default: 1)", 0},
    {"list", OPT_LIST, NULL, 0, "List the rows instead of timing them", 0},
    CLI_OPTION_JSON,
    {0}};

const cli_command cli_bench = {
    .name = "bench",
    .about = "Time every hot path on this machine",
    .details =
        "Policies' decisions, one drop a call (run-1) or many; whole steps of training; every "
        "solver; "
        "drops made, written and read. Drops and weights are the same in every call of the "
        "program. "
        "Times are the fastest and the median of a drop; GFLOP/s are those of the network at the "
        "fastest, and their share is of the single-precision peak that was measured with the row. "
        "run-1 rows also give quantiles of up to 100,000 calls, each timed alone.",
    .examples = "cellfree bench --filter 'hpe|market'\n"
                "cellfree bench --json --filter run-1$ --seconds 10\n"
                "cellfree bench --filter train --threads 2",
    .options = OPTIONS,
    .run = run,
};
