/* B's table II: both scenarios, every method, with what B could not compute. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "reproduce_assignment.h"
#include "sheet.h"

/* Two digits after the point is all that B prints. */
static const struct printed {
    const char *scenario, *method;
    double mean;
} PRINTED[] = {
    {"mmwave-small", "random", 0.60},
    {"mmwave-small", "gsd", 1.06},
    {"mmwave-small", "exact", 1.15},
    {"mmwave-small", "policy:assignment-hpe-small", 1.14},
    {"mmwave-large", "random", 0.51},
    {"mmwave-large", "gsd", 3.34},
    {"mmwave-large", "policy:assignment", 3.67},
};

double cli_assignment_printed(const cli_scene *s, const cf_result *r)
{
    for (size_t i = 0; i < sizeof PRINTED / sizeof *PRINTED; i++)
        if (strcmp(PRINTED[i].scenario, s->scenario) == 0 &&
            strcmp(PRINTED[i].method, r->method) == 0)
            return PRINTED[i].mean;
    return NAN;
}

/* The shipped policies that a scene is decided by. */
static int work_scene(const cli_reproduction *r, cli_scene *s)
{
    static const char *const NAMES[] = {"assignment", "assignment-hpe-small"};
    const int small = s == &r->scene[CLI_SMALL];
    char *files[2] = {0};
    int32_t count = 0;
    for (int i = 0; i < (small ? 2 : 1); i++) {
        files[count] = cli_policy_file(r, NAMES[i], 1);
        if (files[count]) count++;
    }
    const char *given[2] = {files[0], files[1]};
    const int status =
        cli_scene_work(r, s,
                       small ? "random,gsd,greedy,top,local,relaxation,exact,exhaustive"
                             : "random,gsd,greedy,top,local,relaxation,exact",
                       given, count);
    free(files[0]);
    free(files[1]);
    return status;
}

/* Random keeps the access points' limit alone and repairs nothing. */
static int is_drawn(const cf_result *r)
{
    return strcmp(r->method, "random") == 0;
}

static cli_table make_table(const cli_scene *s)
{
    cli_table t = cli_table_make("method|bit/s/Hz|paper|of optimum|B2d broken before repair|"
                                 "infeasible after|us/drop|median|batched",
                                 "lrrrrrrrr");
    for (int32_t i = 0; i < s->methods.count; i++) {
        const cf_result *r = s->results[i];
        cli_table_add(&t, "%s", r->method);
        cli_table_take(&t, cli_cell_ci(r->mean, r->ci95, 3));
        cli_table_take(&t, cli_cell(cli_assignment_printed(s, r), 2));
        cli_table_take(&t, cli_cell_ci(r->of_best, r->of_best_ci95, 5));
        cli_table_take(&t, cli_cell_percent(r->broken_share, 1));
        cli_table_take(&t, cli_cell_percent(is_drawn(r) ? (double)NAN : 1 - r->feasible_share, 1));
        cli_table_take(&t, cli_cell_us(r->us_per_drop));
        cli_table_take(&t, cli_cell_us(r->p50_us));
        cli_table_take(&t, cli_cell_us(r->batch_us_per_drop));
    }
    return t;
}

static const char NOTES[] =
    "Sum rate in bit/s/Hz, mean over the drops; ± is half the 95 % interval of the mean.\n"
    "paper: table II of Peng et al., 1,024 drops of their own; in the large network it gives no\n"
    "optimum, and its GNN's figure stands beside our policy.\n"
    "of optimum: mean over drops of the ratio to the proven optimum of the same drop.\n"
    "B2d: every user needs its U access points. random is the mean of 100 draws and keeps only "
    "the\n"
    "access points' limit (B2c). Times are of one core, one drop a call, and in batches of 64.\n";

static void put_heading(FILE *f, const cli_scene *s)
{
    const cf_result *exact = cli_result_named(s, "exact");
    fprintf(f, "%s (%s), %d drops", s->title, s->scenario, s->drops->n);
    if (exact) fprintf(f, ", optimum proven in %.1f %%", 100 * exact->proven_share);
}

static void put_row(FILE *f, const cli_scene *s, const cf_result *r)
{
    const double values[] = {r->mean,
                             r->ci95,
                             cli_assignment_printed(s, r),
                             r->of_best,
                             r->of_best_ci95,
                             r->certified,
                             r->proven_share,
                             r->broken_share,
                             is_drawn(r) ? (double)NAN : 1 - r->feasible_share,
                             r->us_per_drop,
                             r->p50_us,
                             r->p99_us,
                             r->batch_us_per_drop};
    for (size_t i = 0; i < sizeof values / sizeof *values; i++) cli_csv_number(f, values[i]);
}

static const cli_sheet SHEET = {
    .name = "table2",
    .notes = NOTES,
    .columns = "mean_bit_s_hz,ci95,paper,of_optimum,of_optimum_ci95,certified,proven,"
               "b2d_broken_before_repair,infeasible_after_repair,us_per_drop,p50_us,p99_us,"
               "batch_us_per_drop",
    .heading = put_heading,
    .table = make_table,
    .row = put_row,
};

int cli_assignment_table(const cli_reproduction *r)
{
    int status = CLI_DONE;
    for (int32_t i = 0; i < r->scenes && status == CLI_DONE; i++)
        status = work_scene(r, &r->scene[i]);
    return status == CLI_DONE ? cli_sheet_write(r, &SHEET) : status;
}
