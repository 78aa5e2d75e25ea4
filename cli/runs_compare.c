/* cellfree runs compare: what was different, and what came of it. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "runs.h"
#include "table.h"

/* A row of either table: its name, and where a run has it. */
typedef struct row {
    const char *of, *name; /* of: NULL in configurations */
} row;

static const char *setting_of(const cf_run *r, const row *w)
{
    for (int32_t i = 0; i < r->setting_count; i++)
        if (strcmp(r->settings[i].key, w->name) == 0) return r->settings[i].value;
    return NULL;
}

static const double *figure_of(const cf_run *r, const row *w)
{
    for (int32_t i = 0; i < r->figure_count; i++)
        if (strcmp(r->figures[i].of, w->of) == 0 && strcmp(r->figures[i].name, w->name) == 0)
            return &r->figures[i].value;
    return NULL;
}

static int has(const cf_run *r, const row *w)
{
    return w->of ? figure_of(r, w) != NULL : setting_of(r, w) != NULL;
}

static int row_count(const cf_run *r, int figures)
{
    return figures ? r->figure_count : r->setting_count;
}

/* Row i of run k, unless a run before it has the same. */
static int new_row(cf_run *const *r, int32_t k, int32_t i, int figures, row *w)
{
    *w = figures ? (row){r[k]->figures[i].of, r[k]->figures[i].name}
                 : (row){NULL, r[k]->settings[i].key};
    for (int32_t before = 0; before < k; before++)
        if (has(r[before], w)) return 0;
    return 1;
}

static int in_common(cf_run *const *r, int32_t count, const row *w)
{
    int n = 0;
    for (int32_t k = 0; k < count; k++) n += has(r[k], w);
    return n > 1;
}

static int one_command(cf_run *const *r, int32_t count)
{
    for (int32_t k = 1; k < count; k++)
        if (strcmp(r[0]->command, r[k]->command) != 0) return 0;
    return 1;
}

static int same(cf_run *const *r, int32_t count, const row *w)
{
    const char *first = setting_of(r[0], w);
    for (int32_t k = 1; k < count; k++) {
        const char *other = setting_of(r[k], w);
        if (!first || !other || strcmp(first, other) != 0) return 0;
    }
    return 1;
}

static void keep(cf_run *r, const char *key, char *value)
{
    if (cf_run_add_setting(r, key, value) != CF_OK) exit(CLI_FAILED);
    free(value);
}

static const char *base_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

/* All that a run depends on as settings, so that one table has it: also its seed, its files. */
static cf_run *flatten(const cf_run *r)
{
    cf_run *flat = NULL;
    if (cf_run_make(&flat, r->command, r->line) != CF_OK) exit(CLI_FAILED);
    flat->id = r->id;
    keep(flat, "command", cli_text("%s", r->command));
    keep(flat, "version", cli_text("%s", r->version));
    for (int32_t i = 0; i < r->setting_count; i++)
        keep(flat, r->settings[i].key, cli_text("%s", r->settings[i].value));
    if (!setting_of(r, &(row){NULL, "seed"})) keep(flat, "seed", cli_text("%" PRIu64, r->seed));
    keep(flat, "threads", cli_text("%d", r->threads));
    int inputs = 0;
    for (int32_t i = 0; i < r->file_count; i++) {
        const cf_run_file *f = &r->files[i];
        if (f->output) continue;
        char *key = cli_text("input %d", ++inputs);
        keep(flat, key,
             f->checksum ? cli_text("%s %016" PRIx64, base_name(f->path), f->checksum)
                         : cli_text("%s", f->path));
        free(key);
    }
    return flat;
}

static cf_run **flatten_all(cf_run *const *r, int32_t count)
{
    cf_run **flat = cli_alloc((size_t)count, sizeof *flat);
    for (int32_t k = 0; k < count; k++) flat[k] = flatten(r[k]);
    return flat;
}

static cli_table make_table(cf_run *const *r, int32_t count, const char *first, char **headings,
                            char **align)
{
    *headings = cli_text("%s", first);
    *align = cli_text("l");
    for (int32_t k = 0; k < count; k++) {
        char *longer = cli_text("%s|run %" PRId64, *headings, r[k]->id);
        char *more = cli_text("%sr", *align);
        free(*headings);
        free(*align);
        *headings = longer;
        *align = more;
    }
    return cli_table_make(*headings, *align);
}

static void put_table(cli_table *t, char *headings, char *align)
{
    cli_table_text(t, stdout);
    cli_table_free(t);
    free(headings);
    free(align);
}

static void add_setting(cli_table *t, cf_run *const *r, int32_t count, const row *w)
{
    cli_table_add(t, "%s", w->name);
    for (int32_t k = 0; k < count; k++) {
        const char *value = setting_of(r[k], w);
        cli_table_add(t, "%s", value ? value : "-");
    }
}

static void put_settings(cf_run *const *r, int32_t count)
{
    char *headings, *align;
    cli_table t = make_table(r, count, "configuration", &headings, &align);
    const char *const always[] = {"started", "state", "took"};
    for (int i = 0; i < 3; i++) {
        cli_table_add(&t, "%s", always[i]);
        for (int32_t k = 0; k < count; k++)
            cli_table_take(&t, i == 0   ? cli_run_time(r[k]->started, "%Y-%m-%d %H:%M:%S")
                               : i == 1 ? cli_text("%s", cf_run_state_name(r[k]->state))
                                        : cli_run_took(r[k]));
    }
    cf_run **flat = flatten_all(r, count);
    const int one = one_command(r, count);
    int equal = 0;
    for (int32_t k = 0; k < count; k++) {
        row w;
        for (int32_t i = 0; i < row_count(flat[k], 0); i++) {
            if (!new_row(flat, k, i, 0, &w)) continue;
            if (same(flat, count, &w))
                equal++;
            else if (one || in_common(flat, count, &w))
                add_setting(&t, flat, count, &w);
        }
    }
    put_table(&t, headings, align);
    printf("%d more %s the same in all.%s\n\n", equal, equal == 1 ? "is" : "are",
           one ? "" : " What only one of these commands has is left out.");
    cf_runs_free(flat, count);
}

/* The value, and by how much it is more than the first run's. */
static char *figure_cell(const double *value, const double *first)
{
    if (!value) return cli_text("-");
    char *number = cli_run_number(*value);
    if (!first || *first == *value) return number;
    char *both = cli_text("%s (%+.3g)", number, *value - *first);
    free(number);
    return both;
}

static void put_figures(cf_run *const *r, int32_t count)
{
    char *headings, *align;
    cli_table t = make_table(r, count, "figure", &headings, &align);
    int common = 0;
    for (int32_t k = 0; k < count; k++) {
        row w;
        for (int32_t i = 0; i < row_count(r[k], 1); i++) {
            if (!new_row(r, k, i, 1, &w)) continue;
            common += in_common(r, count, &w);
            cli_table_add(&t, "%s %s", w.of, w.name);
            for (int32_t j = 0; j < count; j++)
                cli_table_take(&t, figure_cell(figure_of(r[j], &w), figure_of(r[0], &w)));
        }
    }
    put_table(&t, headings, align);
    puts(common ? "In brackets: less the figure of the first run."
                : "These runs have no figure in common.");
}

static const cf_run_file *drops_of(const cf_run *r)
{
    for (int32_t i = 0; i < r->file_count && strcmp(r->command, "evaluate") == 0; i++)
        if (!r->files[i].output) return &r->files[i];
    return NULL;
}

/* A difference of means over other drops is no difference of methods. */
static void warn_of_drops(cf_run *const *r, int32_t count)
{
    const cf_run_file *first = drops_of(r[0]);
    for (int32_t k = 1; first && k < count; k++) {
        const cf_run_file *other = drops_of(r[k]);
        if (!other || other->checksum == first->checksum) continue;
        printf("Runs %" PRId64 " and %" PRId64 " are over different drops: so are their means.\n",
               r[0]->id, r[k]->id);
        return;
    }
}

void cli_runs_compare(cf_run *const *r, int32_t count)
{
    put_settings(r, count);
    put_figures(r, count);
    warn_of_drops(r, count);
}

static void put_json_row(cf_run *const *r, int32_t count, const row *w)
{
    putchar('{');
    if (w->of) {
        cli_json_text(stdout, "of", w->of);
        putchar(',');
    }
    cli_json_text(stdout, w->of ? "figure" : "setting", w->name);
    fputs(",\"runs\":{", stdout);
    for (int32_t k = 0, n = 0; k < count; k++) {
        if (!has(r[k], w)) continue;
        char *id = cli_text("%" PRId64, r[k]->id);
        fputs(n++ ? "," : "", stdout);
        if (w->of)
            cli_json_number(stdout, id, *figure_of(r[k], w));
        else
            cli_json_text(stdout, id, setting_of(r[k], w));
        free(id);
    }
    puts("}}");
}

static void put_json_rows(cf_run *const *r, int32_t count, int figures)
{
    for (int32_t k = 0; k < count; k++) {
        row w;
        for (int32_t i = 0; i < row_count(r[k], figures); i++)
            if (new_row(r, k, i, figures, &w) && (figures || !same(r, count, &w)))
                put_json_row(r, count, &w);
    }
}

void cli_runs_compare_json(cf_run *const *r, int32_t count)
{
    cf_run **flat = flatten_all(r, count);
    put_json_rows(flat, count, 0);
    cf_runs_free(flat, count);
    put_json_rows(r, count, 1);
}
