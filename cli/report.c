#include "report.h"

#include <math.h>
#include <stdlib.h>

#include "table.h"

static void one_json(const cf_result *r)
{
    FILE *f = stdout;
    fputc('{', f);
    cli_json_text(f, "method", r->method);
    fprintf(f, ",\"task\":\"assignment\",\"count\":%d,", r->n);
    cli_json_number(f, "mean", r->mean);
    fputc(',', f);
    cli_json_number(f, "ci95", r->ci95);
    fputc(',', f);
    cli_json_number(f, "of_best", r->of_best);
    fprintf(f, ",\"certified\":%s,", r->certified ? "true" : "false");
    cli_json_number(f, "feasible", r->feasible_share);
    fputc(',', f);
    cli_json_number(f, "us_per_drop", r->us_per_drop);
    fputc(',', f);
    cli_json_number(f, "p50_us", r->p50_us);
    fputc(',', f);
    cli_json_number(f, "p99_us", r->p99_us);
    fputc(',', f);
    cli_json_number(f, "batch_us_per_drop", r->batch_us_per_drop);
    fprintf(f, ",\"aps\":%d,\"users\":%d}\n", r->L, r->K);
}

void cli_report_json(cf_result *const *r, int32_t count)
{
    for (int32_t i = 0; i < count; i++) one_json(r[i]);
}

static void add(cli_table *t, char *cell)
{
    cli_table_add(t, "%s", cell);
    free(cell);
}

/* What the ratio is to: the optimum where some method proved every drop; a bound; the best here. */
static const char *measure(cf_result *const *r, int32_t count)
{
    for (int32_t i = 0; i < count; i++)
        if (r[i]->proven_share >= 1) return "of optimum";
    return r[0]->certified ? "of bound" : "of best";
}

void cli_report_table(cf_result *const *r, int32_t count)
{
    char *headings = cli_text("method|bit/s/Hz|%s|feasible|B2d broken before repair|proven|us/drop|"
                              "p50|p99|batched",
                              measure(r, count));
    cli_table t = cli_table_make(headings, "lrrrrrrrrr");
    free(headings);
    for (int32_t i = 0; i < count; i++) {
        cli_table_add(&t, "%s", r[i]->method);
        add(&t, cli_cell_ci(r[i]->mean, r[i]->ci95, 4));
        add(&t, cli_cell_ci(r[i]->of_best, r[i]->of_best_ci95, 5));
        add(&t, cli_cell_percent(r[i]->feasible_share, 1));
        add(&t, cli_cell_percent(r[i]->broken_share, 1));
        add(&t, cli_cell_percent(r[i]->proven_share, 1));
        add(&t, cli_cell_us(r[i]->us_per_drop));
        add(&t, cli_cell_us(r[i]->p50_us));
        add(&t, cli_cell_us(r[i]->p99_us));
        add(&t, cli_cell_us(r[i]->batch_us_per_drop));
    }
    cli_table_text(&t, stdout);
    cli_table_free(&t);
}
