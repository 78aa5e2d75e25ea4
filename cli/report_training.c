/* Training curves: what validation says, and the loss. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "gnuplot.h"
#include "report.h"
#include "table.h"

static const char *const KEYS[] = {"step", "seconds", "loss", "valid_of_best", "valid_broken"};
enum { COLUMNS = sizeof KEYS / sizeof *KEYS };

static double value_at(const cf_metrics *m, int32_t row, const char *key)
{
    for (int32_t c = 0; c < m->columns; c++)
        if (strcmp(m->key[c], key) == 0)
            return m->value[(size_t)row * (size_t)m->columns + (size_t)c];
    return (double)NAN;
}

static int write_csv(const cli_figures *f, cf_metrics *const *m, int32_t count)
{
    cli_output o;
    const int status =
        cli_figure_csv(f, "training", "file,step,seconds,loss,valid_of_best,valid_broken", &o);
    if (status != CLI_DONE) return status;
    for (int32_t i = 0; i < count; i++)
        for (int32_t row = 0; row < m[i]->rows; row++) {
            cli_figure_field(o.file, m[i]->path);
            for (int c = 0; c < COLUMNS; c++) cli_csv_number(o.file, value_at(m[i], row, KEYS[c]));
            fputc('\n', o.file);
        }
    return cli_output_close(&o, f->at.command);
}

/* Every file's line of an expression in column numbers; rows without it are left out. Rows are
 * counted as in report_figures.c. */
static void put_lines(FILE *f, cf_metrics *const *m, int32_t count, const char *value)
{
    long first = 1;
    for (int32_t i = 0; i < count; i++) {
        char *style = cli_figure_style(i);
        fprintf(f, "%sdata every ::%ld::%ld using 2:(%s) with lines %s title ",
                i ? ", \\\n " : "plot ", first, first + m[i]->rows - 1, value, style);
        cli_gnuplot_string(f, m[i]->path);
        free(style);
        first += m[i]->rows;
    }
    fputc('\n', f);
}

int cli_report_training(cli_figures *f, cf_metrics *const *m, int32_t count)
{
    int status = write_csv(f, m, count);
    cli_output o;
    if (status == CLI_DONE) status = cli_gnuplot_open(&o, &f->at, "training", 18, 7.5);
    if (status != CLI_DONE) return status;
    fputs("data = 'training.csv'\nset key top right noenhanced font ',6'\nset multiplot layout "
          "1,2 margins screen 0.13,0.97,0.2,0.9 spacing screen 0.12\nset xlabel 'batches'\n"
          "set title 'validation'\nset logscale y\nset yrange [*:*] reverse\n"
          "set ytics ('0' 1, '0.9' 0.1, '0.99' 0.01, '0.999' 1e-3, '0.9999' 1e-4, "
          "'0.99999' 1e-5, '0.999999' 1e-6, '0.9999999' 1e-7)\n"
          "set ylabel 'share of the best'\n"
          "set datafile missing ''\n",
          o.file);
    put_lines(o.file, m, count, "(1 - $5 > 1e-7 ? 1 - $5 : 1e-7)");
    fputs("unset label 99\nset title 'training'\nunset logscale\nset yrange [*:*] noreverse\n"
          "set ytics autofreq\nset ylabel 'loss'\n",
          o.file);
    put_lines(o.file, m, count, "$4");
    fputs("unset multiplot\n", o.file);
    return cli_gnuplot_close(&o, &f->at, "training");
}
