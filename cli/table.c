#include "table.h"

#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "cli.h"

cli_table cli_table_make(const char *headings, const char *align)
{
    cli_table t = {.columns = (int)strlen(align), .align = align};
    for (int i = 0; i < t.columns; i++) {
        const size_t n = strcspn(headings, "|");
        cli_table_add(&t, "%.*s", (int)n, headings);
        headings += n + (headings[n] == '|');
    }
    return t;
}

void cli_table_add(cli_table *t, const char *fmt, ...)
{
    if (t->cells == t->cap) {
        t->cap = 2 * t->cap + 32;
        char **cell = cli_alloc((size_t)t->cap, sizeof *cell);
        if (t->cells) memcpy(cell, t->cell, (size_t)t->cells * sizeof *cell);
        free(t->cell);
        t->cell = cell;
    }
    char *text = NULL;
    va_list args;
    va_start(args, fmt);
    const int n = vasprintf(&text, fmt, args);
    va_end(args);
    t->cell[t->cells++] = n >= 0 ? text : cli_text("?");
}

void cli_table_take(cli_table *t, char *cell)
{
    cli_table_add(t, "%s", cell);
    free(cell);
}

void cli_table_free(cli_table *t)
{
    for (int i = 0; i < t->cells; i++) free(t->cell[i]);
    free(t->cell);
    *t = (cli_table){0};
}

/* Characters, not bytes: continuation bytes of UTF-8 take no room. */
static int width(const char *s)
{
    int n = 0;
    for (; *s; s++) n += (*s & 0xc0) != 0x80;
    return n;
}

static int column_width(const cli_table *t, int column)
{
    int widest = 0;
    for (int i = column; i < t->cells; i += t->columns) {
        const int w = width(t->cell[i]);
        if (w > widest) widest = w;
    }
    return widest;
}

static void put_cell(const cli_table *t, int i, FILE *f, int last)
{
    const int column = i % t->columns, pad = column_width(t, column) - width(t->cell[i]);
    if (t->align[column] == 'r')
        fprintf(f, "%*s%s", pad, "", t->cell[i]);
    else
        fprintf(f, "%s%*s", t->cell[i], last ? 0 : pad, "");
}

void cli_table_text(const cli_table *t, FILE *f)
{
    for (int i = 0; i < t->cells; i++) {
        const int last = i % t->columns == t->columns - 1;
        put_cell(t, i, f, last);
        fputs(last ? "\n" : "  ", f);
        if (i != t->columns - 1) continue;
        for (int c = 0; c < t->columns; c++) {
            for (int w = column_width(t, c); w > 0; w--) fputc('-', f);
            fputs(c == t->columns - 1 ? "\n" : "  ", f);
        }
    }
}

void cli_table_markdown(const cli_table *t, FILE *f)
{
    for (int i = 0; i < t->cells; i++) {
        fputs("| ", f);
        put_cell(t, i, f, 0);
        fputs(i % t->columns == t->columns - 1 ? " |\n" : " ", f);
        if (i != t->columns - 1) continue;
        for (int c = 0; c < t->columns; c++) fputs(t->align[c] == 'r' ? "|--:" : "|:--", f);
        fputs("|\n", f);
    }
}

char *cli_cell(double v, int decimals)
{
    return isfinite(v) ? cli_text("%.*f", decimals, v) : cli_text("-");
}

char *cli_cell_ci(double v, double ci, int decimals)
{
    if (!isfinite(v) || !isfinite(ci)) return cli_cell(v, decimals);
    return cli_text("%.*f ± %.*f", decimals, v, decimals, ci);
}

char *cli_cell_percent(double share, int decimals)
{
    return isfinite(share) ? cli_text("%.*f %%", decimals, 100 * share) : cli_text("-");
}

char *cli_cell_us(double us)
{
    if (!isfinite(us)) return cli_text("-");
    return cli_text("%.*f", us < 10 ? 2 : us < 100 ? 1 : 0, us);
}

void cli_csv_number(FILE *f, double v)
{
    if (isfinite(v))
        fprintf(f, ",%.9g", v);
    else
        fputc(',', f);
}
