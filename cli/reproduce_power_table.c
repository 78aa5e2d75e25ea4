/* A's table II: its three sizes, literal and with every distance 10 m, every method. */
#include <math.h>
#include <string.h>

#include "reproduce_power.h"
#include "sheet.h"

const cli_power_row *cli_power_row_of(const cli_scene *s)
{
    static const cli_power_row ROWS[CLI_SIZES] = {
        {"5x10", 4.79, 5.67, 155.77, 2.14},
        {"10x10", 5.33, 5.93, 198.26, 1.94},
        {"15x15", 6.29, 7.89, 330.68, 2.48},
    };
    const char *size = s->scenario + strlen("power-");
    int i = 0;
    while (i + 1 < CLI_SIZES && strncmp(size, ROWS[i].size, strlen(ROWS[i].size)) != 0) i++;
    return &ROWS[i];
}

double cli_power_printed(const cli_scene *s, const cf_result *r)
{
    if (r == cli_power_labelled(s, "sca")) return cli_power_row_of(s)->sca;
    if (r == cli_power_labelled(s, "sinrnet")) return cli_power_row_of(s)->gnn;
    return NAN;
}

static void put_heading(FILE *f, const cli_scene *s)
{
    const cli_power_row *p = cli_power_row_of(s);
    fprintf(f, "%s (%s), %d drops; the paper: SCA %.2f, GNN %.2f Mbit/J", s->title, s->scenario,
            s->drops->n, p->sca, p->gnn);
}

static cli_table make_table(const cli_scene *s)
{
    cli_table t = cli_table_make(
        "method|Mbit/J|paper|of best known|worst 1 %|users on|us/drop|p50|p99", "lrrrrrrrr");
    for (int32_t i = 0; i < s->methods.count; i++) {
        const cf_result *r = s->results[i];
        cli_table_add(&t, "%s", r->method);
        cli_table_take(&t, cli_cell_ci(r->mean, r->ci95, 3));
        cli_table_take(&t, cli_cell(cli_power_printed(s, r), 2));
        cli_table_take(&t, cli_cell_ci(r->of_best, r->of_best_ci95, 4));
        cli_table_take(&t, cli_cell(r->of_best_p1, 3));
        cli_table_take(&t, cli_cell(r->users_on_mean, 1));
        cli_table_take(&t, cli_cell_us(r->us_per_drop));
        cli_table_take(&t, cli_cell_us(r->p50_us));
        cli_table_take(&t, cli_cell_us(r->p99_us));
    }
    return t;
}

static void put_row(FILE *f, const cli_scene *s, const cf_result *r)
{
    const double values[] = {r->mean,          r->ci95,         cli_power_printed(s, r),
                             r->of_best,       r->of_best_ci95, r->of_best_p1,
                             r->users_on_mean, r->watts_mean,   r->us_per_drop,
                             r->p50_us,        r->p99_us};
    for (size_t i = 0; i < sizeof values / sizeof *values; i++) cli_csv_number(f, values[i]);
}

static const cli_sheet SHEET = {
    .name = "table2",
    .notes =
        "Energy efficiency in Mbit/J, mean over the drops; ± is half the 95 % interval of the "
        "mean.\n"
        "paper: table II of Raghunath et al., 1,024 drops of their own; its GNN stands beside\n"
        "sinrnet. Its SCA is met only where every distance is 10 m, which its text does not say.\n"
        "of best known: mean over drops of the ratio to the best of all methods here on that "
        "drop;\n"
        "worst 1 %: the ratio that 99 of 100 drops exceed. random is the mean of 100 draws; sca\n"
        "starts from 10 mW on every link. The networks were trained on the literal scenarios and\n"
        "are run as they are on the others. Times are of one core, one drop a call.\n",
    .columns = "mean_mbit_j,ci95,paper,of_best,of_best_ci95,of_best_p1,users_on,watts,us_per_drop,"
               "p50_us,p99_us",
    .heading = put_heading,
    .table = make_table,
    .row = put_row,
};

int cli_power_table(const cli_reproduction *r)
{
    int status = CLI_DONE;
    for (int32_t i = 0; i < r->scenes && status == CLI_DONE; i++)
        status = cli_power_work(r, &r->scene[i]);
    return status == CLI_DONE ? cli_sheet_write(r, &SHEET) : status;
}
