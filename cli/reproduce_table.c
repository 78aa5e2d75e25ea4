/* B's table II: both scenarios, every method, with what B could not compute. */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "progress.h"
#include "reproduce.h"
#include "table.h"

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

double cli_printed(const cli_scene *s, const cf_result *r)
{
    for (size_t i = 0; i < sizeof PRINTED / sizeof *PRINTED; i++)
        if (strcmp(PRINTED[i].scenario, s->scenario) == 0 &&
            strcmp(PRINTED[i].method, r->method) == 0)
            return PRINTED[i].mean;
    return NAN;
}

/* The shipped policies that a scene is decided by; one that is missing is said and left out. */
static int32_t find_policies(const cli_reproduction *r, int scene, char **files)
{
    static const char *const NAMES[] = {"assignment", "assignment-hpe-small"};
    int32_t count = 0;
    for (int i = 0; i < (scene == CLI_SMALL ? 2 : 1); i++) {
        char *file = cli_text("%s/%s.safetensors", r->policies, NAMES[i]);
        if (access(file, F_OK) == 0) {
            files[count++] = file;
            continue;
        }
        cli_complain(r->command, 0, "%s is not there: the tables go without it", file);
        free(file);
    }
    return count;
}

static int open_methods(const cli_reproduction *r, int scene, cli_methods *m)
{
    const char *list = scene == CLI_SMALL
                           ? "random,gsd,greedy,top,local,relaxation,exact,exhaustive"
                           : "random,gsd,greedy,top,local,relaxation,exact";
    char *files[2] = {0};
    const int32_t count = find_policies(r, scene, files);
    const char *given[2] = {files[0], files[1]};
    const int status = cli_methods_open(m, r->command, list, given, count);
    if (status == CLI_DONE) cli_methods_name_policies(m);
    free(files[0]);
    free(files[1]);
    return status;
}

static cf_status make_drops(const cli_reproduction *r, cli_scene *s)
{
    cf_scenario *scenario = NULL;
    cf_status status = cf_scenario_load(&scenario, s->scenario);
    if (status == CF_OK)
        status = cf_drops_generate(&s->drops, scenario, r->seed, 0, r->count, r->threads);
    cf_scenario_free(scenario);
    char *name = cli_text("%s.h5", s->scenario);
    char *path = cli_in_folder(r, name);
    if (status == CF_OK) status = cf_drops_save(s->drops, path);
    free(name);
    free(path);
    return status;
}

/* On one thread: the table's times are to be a core's own. */
static cf_status evaluate(const cli_reproduction *r, cli_scene *s)
{
    cli_progress progress = cli_progress_start();
    const cf_evaluate_options options = {.threads = 1,
                                         .seed = r->seed,
                                         .time_batch = 1,
                                         .progress = cli_progress_evaluate,
                                         .user = &progress};
    s->results = cli_alloc((size_t)s->methods.count, sizeof(cf_result *));
    cf_status status =
        cf_evaluate(s->drops, s->methods.items, s->methods.count, &options, s->results);
    cli_progress_end(&progress);
    char *name = cli_text("%s.result.h5", s->scenario);
    char *path = cli_in_folder(r, name);
    if (status == CF_OK)
        status = cf_results_save(s->results, s->methods.count, s->drops, r->line, path);
    free(name);
    free(path);
    return status;
}

static int work_scene(cli_reproduction *r, int scene)
{
    cli_scene *s = &r->scene[scene];
    const int status = open_methods(r, scene, &s->methods);
    if (status != CLI_DONE) return status;
    cf_status cf = make_drops(r, s);
    if (cf == CF_OK) cf = evaluate(r, s);
    return cf == CF_OK ? CLI_DONE : cli_fail(r->command, cf);
}

static void add(cli_table *t, char *cell)
{
    cli_table_add(t, "%s", cell);
    free(cell);
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
        add(&t, cli_cell_ci(r->mean, r->ci95, 3));
        add(&t, cli_cell(cli_printed(s, r), 2));
        add(&t, cli_cell_ci(r->of_best, r->of_best_ci95, 5));
        add(&t, cli_cell_percent(r->broken_share, 1));
        add(&t, cli_cell_percent(is_drawn(r) ? (double)NAN : 1 - r->feasible_share, 1));
        add(&t, cli_cell_us(r->us_per_drop));
        add(&t, cli_cell_us(r->p50_us));
        add(&t, cli_cell_us(r->batch_us_per_drop));
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

static void put_heading(FILE *f, const cli_scene *s, const char *mark)
{
    const cf_result *exact = cli_result_named(s, "exact");
    fprintf(f, "%s%s (%s), %d drops", mark, s->title, s->scenario, s->drops->n);
    if (exact) fprintf(f, ", optimum proven in %.1f %%", 100 * exact->proven_share);
    fputs("\n\n", f);
}

static int write_text(const cli_reproduction *r)
{
    cli_output o;
    const int status = cli_open_text(&o, r, "table2.txt", "# ", "");
    if (status != CLI_DONE) return status;
    for (int i = 0; i < CLI_SCENES; i++) {
        cli_table t = make_table(&r->scene[i]);
        fputc('\n', o.file);
        put_heading(o.file, &r->scene[i], "");
        cli_table_text(&t, o.file);
        put_heading(stdout, &r->scene[i], i ? "\n" : "");
        cli_table_text(&t, stdout);
        cli_table_free(&t);
    }
    fprintf(o.file, "\n%s", NOTES);
    printf("\n%s", NOTES);
    return cli_output_close(&o, r->command);
}

static int write_markdown(const cli_reproduction *r)
{
    cli_output o;
    const int status = cli_open_text(&o, r, "table2.md", "<!-- ", " -->");
    if (status != CLI_DONE) return status;
    for (int i = 0; i < CLI_SCENES; i++) {
        cli_table t = make_table(&r->scene[i]);
        fputc('\n', o.file);
        put_heading(o.file, &r->scene[i], "### ");
        cli_table_markdown(&t, o.file);
        cli_table_free(&t);
    }
    fprintf(o.file, "\n%s", NOTES);
    return cli_output_close(&o, r->command);
}

static void put_number(FILE *f, double v)
{
    if (isfinite(v))
        fprintf(f, ",%.9g", v);
    else
        fputc(',', f);
}

static void put_csv_row(FILE *f, const cli_scene *s, const cf_result *r)
{
    fprintf(f, "%s,%s,%d", s->scenario, r->method, r->n);
    const double values[] = {r->mean,
                             r->ci95,
                             cli_printed(s, r),
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
    for (size_t i = 0; i < sizeof values / sizeof *values; i++) put_number(f, values[i]);
    fputc('\n', f);
}

static int write_csv(const cli_reproduction *r)
{
    cli_output o;
    const int status = cli_open_text(&o, r, "table2.csv", "# ", "");
    if (status != CLI_DONE) return status;
    fputs("scenario,method,drops,mean_bit_s_hz,ci95,paper,of_optimum,of_optimum_ci95,certified,"
          "proven,b2d_broken_before_repair,infeasible_after_repair,us_per_drop,p50_us,p99_us,"
          "batch_us_per_drop\n",
          o.file);
    for (int i = 0; i < CLI_SCENES; i++)
        for (int32_t m = 0; m < r->scene[i].methods.count; m++)
            put_csv_row(o.file, &r->scene[i], r->scene[i].results[m]);
    return cli_output_close(&o, r->command);
}

int cli_reproduce_table(cli_reproduction *r)
{
    int status = work_scene(r, CLI_SMALL);
    if (status == CLI_DONE) status = work_scene(r, CLI_LARGE);
    if (status == CLI_DONE) status = write_text(r);
    if (status == CLI_DONE) status = write_markdown(r);
    if (status == CLI_DONE) status = write_csv(r);
    return status;
}
