#ifndef CLI_REPORT_H
#define CLI_REPORT_H

#include "cli.h"

/* What `cellfree report` was given. */
typedef struct cli_material {
    const cli_command *command;
    const char *line; /* the command line */
    cf_study **study;
    cf_metrics **metrics;
    int32_t study_count, metrics_count;
} cli_material;

/* The page's charts for papers: FOLDER/NAME.csv, .gp, .pdf and .png. Gives an exit status. */
int cli_report_figures(const cli_material *r, const char *folder);

#endif
