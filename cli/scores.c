#include "scores.h"

#include <math.h>
#include <stdlib.h>

#include "power.h"
#include "table.h"

static void put_number(const char *key, double value)
{
    cli_json_number(stdout, key, value);
    putchar(',');
}

static void put_start(const cf_result *r)
{
    putchar('{');
    cli_json_text(stdout, "method", r->method);
    printf(",\"task\":\"%s\",", cf_task_name(r->task));
}

static void put_times(const cf_result *r)
{
    put_number("us_per_drop", r->us_per_drop);
    put_number("p50_us", r->p50_us);
    put_number("p99_us", r->p99_us);
}

static void one_json(const cf_result *r)
{
    put_start(r);
    printf("\"count\":%d,", r->n);
    put_number("mean", r->mean);
    put_number("ci95", r->ci95);
    put_number("of_best", r->of_best);
    printf("\"certified\":%s,", r->certified ? "true" : "false");
    put_number("feasible", r->feasible_share);
    put_times(r);
    put_number("batch_us_per_drop", r->batch_us_per_drop);
    printf("\"aps\":%d,\"users\":%d}\n", r->L, r->K);
}

static void one_power_json(const cf_result *r)
{
    put_start(r);
    printf("\"objective\":\"%s\",\"unit\":\"%s\",\"count\":%d,",
           cli_objective_name(r->power_objective), cf_result_unit(r), r->n);
    put_number("mean", r->mean);
    put_number("ci95", r->ci95);
    put_number("of_best", r->of_best);
    put_number("of_best_p1", r->of_best_p1);
    printf("\"certified\":%s,", r->certified ? "true" : "false");
    put_number("feasible", r->feasible_share);
    put_number("floor_met", r->floor_share);
    put_number("users_below_floor", r->below_floor_share);
    put_number("users_on", r->users_on_mean);
    put_number("watts", r->watts_mean);
    put_times(r);
    printf("\"aps\":%d,\"users\":%d}\n", r->L, r->K);
}

void cli_scores_json(cf_result *const *r, int32_t count)
{
    for (int32_t i = 0; i < count; i++) {
        if (r[i]->task == CF_TASK_POWER)
            one_power_json(r[i]);
        else
            one_json(r[i]);
    }
}

/* What the ratio is to: the optimum where some method proved every drop; a bound; the best here. */
static const char *measure(cf_result *const *r, int32_t count)
{
    for (int32_t i = 0; i < count; i++)
        if (r[i]->proven_share >= 1) return "of optimum";
    return r[0]->certified ? "of bound" : "of best";
}

/* A rate floor has its two columns where there is one. */
static void add_power_row(cli_table *t, const cf_result *r)
{
    cli_table_add(t, "%s", r->method);
    cli_table_take(t, cli_cell_ci(r->mean, r->ci95, 4));
    cli_table_take(t, cli_cell_ci(r->of_best, r->of_best_ci95, 5));
    cli_table_take(t, cli_cell(r->of_best_p1, 4));
    cli_table_take(t, cli_cell_percent(r->feasible_share, 1));
    if (r->rate_floor > 0) {
        cli_table_take(t, cli_cell_percent(r->floor_share, 1));
        cli_table_take(t, cli_cell_percent(r->below_floor_share, 1));
    }
    cli_table_take(t, cli_cell(r->users_on_mean, 2));
    cli_table_add(t, "%.3g", r->watts_mean);
    cli_table_take(t, cli_cell_us(r->us_per_drop));
    cli_table_take(t, cli_cell_us(r->p50_us));
    cli_table_take(t, cli_cell_us(r->p99_us));
}

static void power_table(cf_result *const *r, int32_t count)
{
    const int floor = r[0]->rate_floor > 0;
    char *headings = cli_text("method|%s|%s|worst 1 %%|feasible%s|users on|W|us/drop|p50|p99",
                              cf_result_unit(r[0]), measure(r, count),
                              floor ? "|drops at floor|users below floor" : "");
    cli_table t = cli_table_make(headings, floor ? "lrrrrrrrrrrr" : "lrrrrrrrrr");
    free(headings);
    for (int32_t i = 0; i < count; i++) add_power_row(&t, r[i]);
    cli_table_text(&t, stdout);
    cli_table_free(&t);
}

static void assignment_table(cf_result *const *r, int32_t count)
{
    char *headings = cli_text("method|bit/s/Hz|%s|feasible|B2d broken before repair|proven|us/drop|"
                              "p50|p99|batched",
                              measure(r, count));
    cli_table t = cli_table_make(headings, "lrrrrrrrrr");
    free(headings);
    for (int32_t i = 0; i < count; i++) {
        cli_table_add(&t, "%s", r[i]->method);
        cli_table_take(&t, cli_cell_ci(r[i]->mean, r[i]->ci95, 4));
        cli_table_take(&t, cli_cell_ci(r[i]->of_best, r[i]->of_best_ci95, 5));
        cli_table_take(&t, cli_cell_percent(r[i]->feasible_share, 1));
        cli_table_take(&t, cli_cell_percent(r[i]->broken_share, 1));
        cli_table_take(&t, cli_cell_percent(r[i]->proven_share, 1));
        cli_table_take(&t, cli_cell_us(r[i]->us_per_drop));
        cli_table_take(&t, cli_cell_us(r[i]->p50_us));
        cli_table_take(&t, cli_cell_us(r[i]->p99_us));
        cli_table_take(&t, cli_cell_us(r[i]->batch_us_per_drop));
    }
    cli_table_text(&t, stdout);
    cli_table_free(&t);
}

void cli_scores_table(cf_result *const *r, int32_t count)
{
    if (r[0]->task == CF_TASK_POWER)
        power_table(r, count);
    else
        assignment_table(r, count);
}
