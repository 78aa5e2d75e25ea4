#ifndef CLI_TABLE_H
#define CLI_TABLE_H

#include <stdio.h>

/* Cells row by row, then printed with every column as wide as its widest cell. */
typedef struct cli_table {
    int columns, cells, cap;
    const char *align; /* a letter a column: l or r */
    char **cell;       /* the headings first        */
} cli_table;

/* `headings` is separated by '|'; `align` has as many letters. Both are borrowed. */
cli_table cli_table_make(const char *headings, const char *align);
void cli_table_add(cli_table *t, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void cli_table_free(cli_table *t);

void cli_table_text(const cli_table *t, FILE *f);
void cli_table_markdown(const cli_table *t, FILE *f);

/* Cells of numbers, malloc'ed; "-" where there is none (NaN). */
char *cli_cell(double v, int decimals);
char *cli_cell_ci(double v, double ci, int decimals); /* "1.131 ± 0.010" */
char *cli_cell_percent(double share, int decimals);   /* "1.5 %"         */
char *cli_cell_us(double us);                         /* three digits that count */

/* Add such a cell and free it. */
void cli_table_take(cli_table *t, char *cell);

/* A field of a CSV line and the comma before it; empty where there is no number. */
void cli_csv_number(FILE *f, double v);

#endif
