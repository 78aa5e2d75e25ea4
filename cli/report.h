#ifndef CLI_REPORT_H
#define CLI_REPORT_H

#include "reproduction.h"

/* What `cellfree report` was given. */
typedef struct cli_material {
    const cli_command *command;
    const char *line; /* the command line */
    cf_study **study;
    cf_metrics **metrics;
    int32_t study_count, metrics_count;
} cli_material;

/* The page's charts for papers: FOLDER/NAME.csv, .gp, .pdf and .png. Gives an exit status. */
int cli_report_figures(const cli_material *m, const char *folder);

/* ---- what the figures share ---- */

typedef struct cli_figures {
    cli_reproduction at; /* folder, command, seed: what cli_gnuplot_open wants */
    const cf_study *study;
    const char *prefix; /* of names, "" or "STEM-"                          */
} cli_figures;

/* PREFIX NAME, malloc'ed, and its CSV, opened with the line of its columns. */
char *cli_figure_name(const cli_figures *f, const char *name);
int cli_figure_csv(const cli_figures *f, const char *name, const char *columns, cli_output *o);

/* How series i is drawn, a colour and a dash: "dashtype (8,3) linecolor rgb '#0072b2'".
 * malloc'ed. */
char *cli_figure_style(int32_t i);

/* A field of CSV in quotes. */
void cli_figure_field(FILE *f, const char *value);

int cli_report_front(cli_figures *f);
int cli_report_training(cli_figures *f, cf_metrics *const *m, int32_t count);

#endif
