/* The report's charts as figures: distributions and broken constraints; front and training have
 * files of their own. */
#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "gnuplot.h"
#include "report.h"
#include "table.h"

char *cli_figure_name(const cli_figures *f, const char *name)
{
    return cli_text("%s%s", f->prefix, name);
}

int cli_figure_csv(const cli_figures *f, const char *name, const char *columns, cli_output *o)
{
    char *file = cli_text("%s%s.csv", f->prefix, name);
    const int status = cli_open_text(o, &f->at, file, "# ", "");
    free(file);
    if (status == CLI_DONE) fprintf(o->file, "%s\n", columns);
    return status;
}

/* As on the page, colours after Okabe and Ito; 35 series differ. */
char *cli_figure_style(int32_t i)
{
    static const char *const COLOUR[] = {"#0072b2", "#d55e00", "#00805e", "#b0508a",
                                         "#9a6b00", "#2b8cc4", "#2b2f35"};
    static const char *const DASH[] = {"1", "(8,3)", "(2,3)", "(10,3,2,3)", "(5,2)"};
    return cli_text("dashtype %s linewidth 1.6 linecolor rgb '%s'", DASH[i % 5], COLOUR[i % 7]);
}

void cli_figure_field(FILE *f, const char *value)
{
    fputc('"', f);
    while (*value) {
        if (*value == '"') fputc('"', f);
        if ((unsigned char)*value < 0x20)
            fputc(' ', f), value++;
        else
            value = cli_put_character(f, value);
    }
    fputc('"', f);
}

/* ---- distributions ---- */

typedef struct kind {
    const char *name, *axis, *share; /* axis NULL: the objective's own */
    size_t curve;                    /* of cf_study_method             */
    int nines;                       /* axis: what is lost, by decades */
} kind;

static const kind KINDS[] = {
    {"objective", NULL, "share of drops at or below", offsetof(cf_study_method, objective), 0},
    {"of-best", "share of the best", "share of drops that reach it",
     offsetof(cf_study_method, lost), 1},
    {"user-rate", "rate of a user [bit/s/Hz]", "share of users at or below",
     offsetof(cf_study_method, rates), 0},
};

static const cf_curve *curve_of(const cf_study *s, int32_t m, const kind *k)
{
    return (const cf_curve *)((const char *)&s->method[m] + k->curve);
}

static int write_curves(const cli_figures *f, const kind *k)
{
    cli_output o;
    const int status = cli_figure_csv(f, k->name, "method,value,share", &o);
    if (status != CLI_DONE) return status;
    for (int32_t m = 0; m < f->study->count; m++) {
        const cf_curve *c = curve_of(f->study, m, k);
        for (int32_t i = 0; i < c->n; i++) {
            cli_figure_field(o.file, f->study->result[m]->method);
            cli_csv_number(o.file, c->value[i]);
            cli_csv_number(o.file, c->share[i]);
            fputc('\n', o.file);
        }
    }
    return cli_output_close(&o, f->at.command);
}

/* The method's rows of the CSV, in its style. Rows are counted, for gnuplot's strcol ends a name at
 * its first comma. */
static void put_series(FILE *f, const cf_study *s, int32_t m, const kind *k)
{
    long first = 1; /* after the names of columns */
    for (int32_t before = 0; before < m; before++) first += curve_of(s, before, k)->n;
    char *style = cli_figure_style(m);
    fprintf(f, "%sdata every ::%ld::%ld using (shown($2)):3 with steps %s title ",
            m ? ", \\\n " : "plot ", first, first + curve_of(s, m, k)->n - 1, style);
    cli_gnuplot_string(f, s->result[m]->method);
    free(style);
}

/* Names that would leave too little room beside the curves stand above them. */
static int names_are_long(const cf_study *s)
{
    enum { LONG = 24 };
    for (int32_t m = 0; m < s->count; m++)
        if (strlen(s->result[m]->method) > LONG) return 1;
    return 0;
}

static void put_axes(FILE *f, const cf_study *s, const kind *k)
{
    char *own = cli_text("objective of a drop [%s]", cf_result_unit(s->result[0]));
    fprintf(f,
            "set key outside %s Left reverse noenhanced font ',7' samplen 3\n"
            "set bmargin 4.5\nset yrange [0:1]\nset ylabel '%s'\nset xlabel ",
            names_are_long(s) ? "top center maxcols 1" : "right center", k->share);
    cli_gnuplot_string(f, k->axis ? k->axis : own);
    fputs(" noenhanced\nshown(v) = v\n", f);
    if (k->nines)
        fputs("shown(v) = v > 1e-7 ? v : 1e-7\nset logscale x\nset xrange [1:1e-7]\n"
              "set xtics ('0' 1, '0.9' 0.1, '0.99' 0.01, '0.999' 1e-3, '0.9999' 1e-4, "
              "'0.99999' 1e-5, '0.999999' 1e-6, '1' 1e-7)\n",
              f);
    free(own);
}

static int draw_curves(cli_figures *f, const kind *k)
{
    const cf_study *s = f->study;
    char *name = cli_figure_name(f, k->name);
    cli_output o;
    const double above = names_are_long(s) ? 0.26 * s->count : 0; /* cm */
    int status = cli_gnuplot_open(&o, &f->at, name, 16, 9 + above);
    if (status == CLI_DONE) {
        fprintf(o.file, "data = '%s.csv'\nset datafile missing NaN\n", name);
        put_axes(o.file, s, k);
        for (int32_t m = 0; m < s->count; m++) put_series(o.file, s, m, k);
        fputc('\n', o.file);
        status = cli_gnuplot_close(&o, &f->at, name);
    }
    free(name);
    return status;
}

/* ---- broken constraints ---- */

enum { INFEASIBLE = 1, BROKEN = 6 };
static const char *const BROKEN_TITLE[BROKEN] = {
    "broken before repair", "infeasible",      "bad entry",
    "AP over limit",        "link over limit", "user short"};

static void shares_of(const cf_study *s, int32_t m, double *share)
{
    const cf_result *r = s->result[m];
    const cf_study_method *own = &s->method[m];
    const int32_t count[] = {own->bad_entries, own->aps_over, own->links_over, own->users_short};
    share[0] = r->broken_share;
    share[1] = 1 - r->feasible_share;
    for (int i = 0; i < 4; i++) share[2 + i] = count[i] < 0 ? (double)NAN : count[i] / (double)r->n;
}

/* *seen: kinds that broke in any drop, and infeasible ones in any case. */
static int write_broken(const cli_figures *f, int *seen)
{
    cli_output o;
    const int status = cli_figure_csv(
        f, "violations",
        "method,broken_before_repair,infeasible,bad_entry,ap_over,link_over,user_short", &o);
    if (status != CLI_DONE) return status;
    *seen = 1 << INFEASIBLE;
    for (int32_t m = 0; m < f->study->count; m++) {
        double share[BROKEN];
        shares_of(f->study, m, share);
        cli_figure_field(o.file, f->study->result[m]->method);
        for (int i = 0; i < BROKEN; i++) {
            cli_csv_number(o.file, share[i]);
            *seen |= share[i] > 0 ? 1 << i : 0;
        }
        fputc('\n', o.file);
    }
    return cli_output_close(&o, f->at.command);
}

static int draw_broken(cli_figures *f, int seen)
{
    static const int POINT[BROKEN] = {7, 5, 9, 11, 13, 4};
    char *name = cli_figure_name(f, "violations");
    cli_output o;
    int status = cli_gnuplot_open(&o, &f->at, name, 16, 3 + 0.55 * f->study->count);
    if (status == CLI_DONE) {
        fprintf(o.file,
                "data = '%s.csv'\nset xrange [-0.01:1.01]\nset yrange [%d.5:-0.5]\n"
                "set bmargin 4.5\nset ytics noenhanced font ',7'\nset xlabel 'share of drops'\n"
                "set key outside top center horizontal font ',7'\n",
                name, f->study->count - 1);
        const char *start = "plot";
        for (int i = 0; i < BROKEN; i++) {
            if (!(seen >> i & 1)) continue;
            char *style = cli_figure_style(i);
            fprintf(o.file,
                    "%s data every ::1 using %d:0:ytic(1) with points pointtype %d pointsize 0.8 "
                    "%s title '%s'",
                    start, i + 2, POINT[i], strstr(style, "linecolor"), BROKEN_TITLE[i]);
            free(style);
            start = ", \\\n";
        }
        fputc('\n', o.file);
        status = cli_gnuplot_close(&o, &f->at, name);
    }
    free(name);
    return status;
}

/* ---- all of them ---- */

static int figures_of(cli_figures *f)
{
    int status = CLI_DONE, seen = 0;
    for (size_t i = 0; i < sizeof KINDS / sizeof *KINDS && status == CLI_DONE; i++) {
        if (curve_of(f->study, 0, &KINDS[i])->n == 0) continue;
        status = write_curves(f, &KINDS[i]);
        if (status == CLI_DONE) status = draw_curves(f, &KINDS[i]);
    }
    if (status == CLI_DONE) status = write_broken(f, &seen);
    if (status == CLI_DONE) status = draw_broken(f, seen);
    return status == CLI_DONE ? cli_report_front(f) : status;
}

/* "2-small-" for small.result.h5 as the second of several; "" for the only one. */
static char *prefix_of(const cli_material *m, int32_t which)
{
    if (m->study_count == 1) return cli_text("%s", "");
    char *stem = cli_stem(m->study[which]->path);
    char *result = strstr(stem, ".result");
    if (result && !result[strlen(".result")]) *result = 0;
    for (char *c = stem; *c; c++)
        if (!isalnum((unsigned char)*c) && !strchr("._", *c)) *c = '-';
    char *prefix = cli_text("%d-%s-", which + 1, stem);
    free(stem);
    return prefix;
}

int cli_report_figures(const cli_material *m, const char *folder)
{
    int status = cli_output_folder(m->command, folder), missing = 0;
    for (int32_t i = 0; i < m->study_count && status == CLI_DONE; i++) {
        char *prefix = prefix_of(m, i);
        cli_figures f = {.at = {.command = m->command,
                                .folder = folder,
                                .line = m->line,
                                .seed = m->study[i]->source->seed,
                                .gnuplot_missing = missing},
                         .study = m->study[i],
                         .prefix = prefix};
        status = figures_of(&f);
        if (status == CLI_DONE && i == 0 && m->metrics_count > 0) {
            f.prefix = "";
            status = cli_report_training(&f, m->metrics, m->metrics_count);
        }
        missing = f.at.gnuplot_missing;
        free(prefix);
    }
    if (status == CLI_DONE) fprintf(stderr, "%s: figures, their scripts and data\n", folder);
    return status;
}
