#include "bench/rows.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include <cellfree/scenario.h>

#include "solver/power_solver.h"

/* What is done with a network. */
enum { RUN_1 = 1, RUN_64 = 2, RUN_1024 = 4, TRAIN_64 = 8, TRAIN_512 = 16 };
static const struct {
    int32_t bit, n;
    const char *name, *about;
    cf_status (*open)(bench_work *w, const bench_row *row, int32_t threads);
} USES[] = {
    {RUN_1, 1, "run-1", "a policy decides one drop a call", bench_open_network},
    {RUN_64, 64, "run-64", "a policy decides 64 drops a call", bench_open_network},
    {RUN_1024, 1024, "run-1024", "a policy decides 1,024 drops a call", bench_open_network},
    {TRAIN_64, 64, "train-64", "a step of training on 64 drops that are there", bench_open_train},
    {TRAIN_512, 512, "train-512", "a step of training on 512 drops that are there",
     bench_open_train},
};

/* The interference network of SINRnet's ancestor: 7 pairs, as one access point with 7 beams. */
static const char PAIRS_7[] =
    "task: power\n"
    "name: pairs-7\n"
    "area: {width_m: 100, depth_m: 100}\n"
    "aps: {layout: cells, rows: 1, columns: 1, height_m: 11.5}\n"
    "antennas: {count: 5}\n"
    "users: {count: 7, height_m: 1.5}\n"
    "path_loss: {model: log-distance, intercept_db: -30.5, slope_db: 36.7, shadowing_std_db: 4}\n"
    "fading: {model: rayleigh}\n"
    "noise: {model: fixed, power_dbm: -86}\n"
    "power: {mu: 1, static_w: 4, bandwidth_hz: 1e6}\n";

/* The last two are SINRnets with both of their networks, as they are trained. */
static const bench_size STANDARD[] = {{NULL, 0}};
static const bench_size NESTED[] = {{"layers", 2}, {NULL, 0}};
static const bench_size ANCESTOR[] = {
    {"messages", 0},   {"layers", 4},     {"features", 20}, {"skip", 1},        {"output", 1},
    {"input_mean", 0}, {"input_std", 10}, {"out_scale", 1}, {"out_offset", -2}, {NULL, 0}};

static const struct {
    const char *name, *architecture, *scenario;
    const bench_size *sizes;
    int32_t uses;
} NETWORKS[] = {
    {"hpe-5x4", "hpe", "mmwave-small", STANDARD, RUN_1 | RUN_64 | RUN_1024 | TRAIN_512},
    {"hpe-20x15", "hpe", "mmwave-large", STANDARD, RUN_1 | RUN_64 | RUN_1024 | TRAIN_512},
    {"sinrnet-5x10", "sinrnet", "power-5x10", NESTED, RUN_1 | RUN_1024 | TRAIN_64},
    {"sinrnet-15x15", "sinrnet", "power-15x15", NESTED, RUN_1 | RUN_1024 | TRAIN_64},
    {"sinrnet-k7", "sinrnet", PAIRS_7, ANCESTOR, RUN_1 | TRAIN_512},
    {"market-5x4", "market", "mmwave-small", STANDARD, RUN_1 | RUN_1024},
    {"market-20x15", "market", "mmwave-large", STANDARD, RUN_1 | RUN_1024},
    {"unrolled-5x10", "unrolled", "power-5x10", STANDARD, RUN_1 | RUN_1024},
    {"unrolled-10x10", "unrolled", "power-10x10", STANDARD, RUN_1 | RUN_1024},
    {"unrolled-15x15", "unrolled", "power-15x15", STANDARD, RUN_1 | RUN_1024},
    {"unrolled-30x20", "unrolled", "power-30x20", STANDARD, RUN_1 | RUN_1024},
    {"setnet-5x10", "setnet", "power-5x10", STANDARD, RUN_1 | RUN_1024},
    {"setnet-10x10", "setnet", "power-10x10", STANDARD, RUN_1 | RUN_1024},
    {"setnet-15x15", "setnet", "power-15x15", STANDARD, RUN_1 | RUN_1024},
    {"setnet-30x20", "setnet", "power-30x20", STANDARD, RUN_1 | RUN_1024},
};

static const struct {
    cf_task task;
    const char *name, *scenario;
} NETS[] = {
    {CF_TASK_ASSIGNMENT, "5x4", "mmwave-small"}, {CF_TASK_ASSIGNMENT, "20x15", "mmwave-large"},
    {CF_TASK_POWER, "5x10", "power-5x10"},       {CF_TASK_POWER, "10x10", "power-10x10"},
    {CF_TASK_POWER, "15x15", "power-15x15"},     {CF_TASK_POWER, "30x20", "power-30x20"},
};

/* The solvers that take small problems only, and the one size here that is small enough, if any. */
static int takes(const char *solver, const char *size)
{
    if (strcmp(solver, "exhaustive") == 0) return strcmp(size, "5x4") == 0;
    return strcmp(solver, "enumeration") != 0 && strcmp(solver, "global") != 0;
}

#define EACH(i, table)                   \
    size_t i = 0;                        \
    i < sizeof(table) / sizeof *(table); \
    i++

typedef struct list {
    bench_row *row;
    int32_t n;
} list;

static void add(list *l, bench_row row, const char *first, const char *second)
{
    assert(l->n < BENCH_MAX_ROWS);
    snprintf(row.name, sizeof row.name, "%s-%s", first, second);
    l->row[l->n++] = row;
}

static void add_networks(list *l)
{
    for (EACH(i, NETWORKS))
        for (EACH(u, USES)) {
            if (!(NETWORKS[i].uses & USES[u].bit)) continue;
            const bench_row row = {.about = USES[u].about,
                                   .open = USES[u].open,
                                   .scenario = NETWORKS[i].scenario,
                                   .subject = NETWORKS[i].architecture,
                                   .sizes = NETWORKS[i].sizes,
                                   .support = NETWORKS[i].sizes != STANDARD,
                                   .n = USES[u].n};
            add(l, row, NETWORKS[i].name, USES[u].name);
        }
}

static void add_solver(list *l, cf_task task, const char *solver)
{
    for (EACH(i, NETS)) {
        if (NETS[i].task != task || !takes(solver, NETS[i].name)) continue;
        const bench_row row = {.about = "a solver decides one drop a call",
                               .open = task == CF_TASK_POWER ? bench_open_power_solver
                                                             : bench_open_solver,
                               .scenario = NETS[i].scenario,
                               .subject = solver,
                               .n = 1};
        add(l, row, solver, NETS[i].name);
    }
}

static void add_drops(list *l)
{
    for (int32_t i = 0; i < cf_scenario_count(); i++) {
        const char *scenario = cf_scenario_builtin_name(i);
        add(l,
            (bench_row){.about = "256 drops are made",
                        .open = bench_open_generate,
                        .scenario = scenario,
                        .n = 256},
            "generate", scenario);
    }
    for (EACH(i, NETS))
        add(l,
            (bench_row){.about = "a file of 1,024 drops is written",
                        .open = bench_open_write,
                        .scenario = NETS[i].scenario,
                        .n = 1024},
            "write", NETS[i].scenario);
    for (EACH(i, NETS))
        add(l,
            (bench_row){.about = "a file of 1,024 drops is read",
                        .open = bench_open_read,
                        .scenario = NETS[i].scenario,
                        .n = 1024},
            "read", NETS[i].scenario);
}

int32_t bench_rows(bench_row rows[BENCH_MAX_ROWS])
{
    list l = {.row = rows};
    add_networks(&l);
    for (int32_t i = 0; i < solver_class_count; i++)
        add_solver(&l, CF_TASK_ASSIGNMENT, solver_classes[i]->name);
    for (int32_t i = 0; i < solver_power_class_count; i++)
        add_solver(&l, CF_TASK_POWER, solver_power_classes[i]->name);
    add_drops(&l);
    return l.n;
}
