/* B's figures 6 to 8: sum rate, connection penalty and discreteness against the iteration, from a
 * training by the authors' augmented Lagrangian with its phases scaled. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "gnuplot.h"
#include "reproduce_assignment.h"
#include "table.h"
#include "training.h"

/* The paper's iterations in all, and the settings of its algorithm 1 that a short run can keep; its
 * rate of 1.732e-4 is for 240,000 iterations and is raised. */
#define ITERATIONS 240000
static const char CONFIG[] = "architecture: hpe\nscheme: lagrangian\nscenario: mmwave-small\n"
                             "seed: %llu\nscale: %g\nsteps: %lld\nbatch: 128\nrate: 2e-3\n"
                             "warmup: 0\nclip: 2\nclamp: 0.5\nvalid_every: %lld\n"
                             "valid_count: 1024\n";

/* One figure: what it shows and under which keys the metrics file has it. */
typedef struct figure {
    const char *name, *title, *axis, *train, *test;
} figure;

static const figure FIGURES[CLI_CURVES] = {
    {"figure6", "Sum rate", "sum rate [bit/s/Hz]", "objective", "valid_relaxed"},
    {"figure7", "Connection penalty", "APs that users miss, summed over users", "violation",
     "valid_violation"},
    {"figure8", "Discreteness penalty", "−Σ x ln x", "entropy", "valid_entropy"},
};

/* Iterations at which the two penalties come in: the first with a quadratic factor above 0. */
typedef struct phases {
    double connection, discreteness, last;
} phases;

static void follow(cli_curve *c, double step, double begins, double test)
{
    if (!isfinite(test)) return;
    if (step < begins) c->before = test;
    c->last = test;
}

static int write_csv(const cli_reproduction *r, size_t which, FILE *metrics, phases *p,
                     cli_curve *seen)
{
    const figure *c = &FIGURES[which];
    cli_output o;
    char *name = cli_text("%s.csv", c->name);
    const int status = cli_open_text(&o, r, name, "# ", "");
    free(name);
    if (status != CLI_DONE) return status;
    fputs("iteration,train,test\n", o.file);
    char *line = NULL;
    size_t size = 0;
    *p = (phases){INFINITY, INFINITY, 0};
    *seen = (cli_curve){NAN, NAN};
    rewind(metrics);
    while (getline(&line, &size, metrics) > 0) {
        const double step = cli_metric(line, "step");
        if (!isfinite(step)) continue;
        if (cli_metric(line, "mu_c") > 0) p->connection = fmin(p->connection, step);
        if (cli_metric(line, "mu_d") > 0) p->discreteness = fmin(p->discreteness, step);
        p->last = step;
        fprintf(o.file, "%.0f", step);
        cli_csv_number(o.file, cli_metric(line, c->train));
        const double test = cli_metric(line, c->test);
        cli_csv_number(o.file, test);
        follow(seen, step, which == CLI_DISCRETENESS ? p->discreteness : p->connection, test);
        fputc('\n', o.file);
    }
    free(line);
    return cli_output_close(&o, r->command);
}

static void put_phase(FILE *f, int number, double from, double to, const char *name)
{
    if (!isfinite(from) || from >= to) return;
    if (number > 1)
        fprintf(f,
                "set arrow %d from first %g, graph 0 to first %g, graph 1 nohead dashtype (3,4) "
                "linewidth 0.8 linecolor rgb grey back\n",
                number, from, from);
    fprintf(f,
            "set label %d '%s' at first %g, graph 1.025 center font ',7' textcolor rgb '#555555'\n",
            number, name, (from + to) / 2);
}

static int draw(cli_reproduction *r, const figure *c, const phases *p)
{
    cli_output o;
    int status = cli_gnuplot_open(&o, r, c->name, 14, 9);
    if (status != CLI_DONE) return status;
    const double first = fmin(p->connection, p->last), second = fmin(p->discreteness, p->last);
    fprintf(o.file,
            "set title 'Figure %c. %s' font ',10' offset 0,0.6 textcolor rgb '#222222'\n"
            "set bmargin 4.2\nset xlabel 'iteration'\nset ylabel '%s'\nset xrange [0:%g]\n"
            "set yrange [%s:*]\nset key %s right opaque box linecolor rgb '#e3e6ea' samplen 2\n",
            c->name[6], c->title, c->axis, p->last, strcmp(c->name, "figure6") == 0 ? "*" : "0",
            strcmp(c->name, "figure6") == 0 ? "bottom" : "top");
    put_phase(o.file, 1, 0, first, "rate alone");
    put_phase(o.file, 2, first, second, "+ connection");
    put_phase(o.file, 3, second, p->last, "+ discreteness");
    fprintf(o.file,
            "plot '%s.csv' using 1:2 with lines linewidth 0.7 linecolor rgb light title 'training "
            "(batch)', \\\n '' using 1:3 with lines linewidth 2 linecolor rgb blue title 'test'\n",
            c->name);
    return cli_gnuplot_close(&o, r, c->name);
}

int cli_assignment_curves(cli_reproduction *r, cli_curve curve[CLI_CURVES])
{
    const long long steps = llround(fmax(60, ITERATIONS * r->scale));
    char *yaml = cli_text(CONFIG, (unsigned long long)r->seed, r->scale, steps,
                          steps > 200 ? steps / 100 : 2);
    FILE *metrics = NULL;
    int status = cli_train_for(r, "figures 6 to 8", yaml, "figures6-8", &metrics);
    free(yaml);
    for (size_t i = 0; i < CLI_CURVES && status == CLI_DONE; i++) {
        phases p;
        status = write_csv(r, i, metrics, &p, &curve[i]);
        if (status == CLI_DONE) status = draw(r, &FIGURES[i], &p);
    }
    if (metrics) fclose(metrics);
    return status;
}
