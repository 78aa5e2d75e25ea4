#include "sheet.h"

#include <stdlib.h>

static void put_heading(FILE *f, const cli_sheet *sheet, const cli_scene *s, const char *mark)
{
    fputs(mark, f);
    sheet->heading(f, s);
    fputs("\n\n", f);
}

static int open_file(cli_output *o, const cli_reproduction *r, const cli_sheet *sheet,
                     const char *kind, const char *prefix, const char *suffix)
{
    char *name = cli_text("%s.%s", sheet->name, kind);
    const int status = cli_open_text(o, r, name, prefix, suffix);
    free(name);
    return status;
}

static int write_text(const cli_reproduction *r, const cli_sheet *sheet)
{
    cli_output o;
    const int status = open_file(&o, r, sheet, "txt", "# ", "");
    if (status != CLI_DONE) return status;
    for (int32_t i = 0; i < r->scenes; i++) {
        cli_table t = sheet->table(&r->scene[i]);
        fputc('\n', o.file);
        put_heading(o.file, sheet, &r->scene[i], "");
        cli_table_text(&t, o.file);
        put_heading(stdout, sheet, &r->scene[i], i ? "\n" : "");
        cli_table_text(&t, stdout);
        cli_table_free(&t);
    }
    fprintf(o.file, "\n%s", sheet->notes);
    printf("\n%s", sheet->notes);
    return cli_output_close(&o, r->command);
}

static int write_markdown(const cli_reproduction *r, const cli_sheet *sheet)
{
    cli_output o;
    const int status = open_file(&o, r, sheet, "md", "<!-- ", " -->");
    if (status != CLI_DONE) return status;
    for (int32_t i = 0; i < r->scenes; i++) {
        cli_table t = sheet->table(&r->scene[i]);
        fputc('\n', o.file);
        put_heading(o.file, sheet, &r->scene[i], "### ");
        cli_table_markdown(&t, o.file);
        cli_table_free(&t);
    }
    fprintf(o.file, "\n%s", sheet->notes);
    return cli_output_close(&o, r->command);
}

static int write_csv(const cli_reproduction *r, const cli_sheet *sheet)
{
    cli_output o;
    const int status = open_file(&o, r, sheet, "csv", "# ", "");
    if (status != CLI_DONE) return status;
    fprintf(o.file, "scenario,method,drops,%s\n", sheet->columns);
    for (int32_t i = 0; i < r->scenes; i++) {
        const cli_scene *s = &r->scene[i];
        for (int32_t m = 0; m < s->methods.count; m++) {
            fprintf(o.file, "%s,%s,%d", s->scenario, s->results[m]->method, s->results[m]->n);
            sheet->row(o.file, s, s->results[m]);
            fputc('\n', o.file);
        }
    }
    return cli_output_close(&o, r->command);
}

int cli_sheet_write(const cli_reproduction *r, const cli_sheet *sheet)
{
    int status = write_text(r, sheet);
    if (status == CLI_DONE) status = write_markdown(r, sheet);
    if (status == CLI_DONE) status = write_csv(r, sheet);
    return status;
}
