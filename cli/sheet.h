#ifndef CLI_SHEET_H
#define CLI_SHEET_H

#include "reproduction.h"
#include "table.h"

/* A paper's table, a part for every scene: as text (on stdout too), Markdown and CSV. */
typedef struct cli_sheet {
    const char *name;                             /* NAME.txt, NAME.md, NAME.csv           */
    const char *notes;                            /* what stands below the parts           */
    const char *columns;                          /* of the CSV, after scenario, method, drops */
    void (*heading)(FILE *f, const cli_scene *s); /* of a part, without the end of the line */
    cli_table (*table)(const cli_scene *s);
    void (*row)(FILE *f, const cli_scene *s, const cf_result *r); /* fields of the CSV, by
                                                                     cli_csv_number           */
} cli_sheet;

int cli_sheet_write(const cli_reproduction *r, const cli_sheet *sheet);

#endif
