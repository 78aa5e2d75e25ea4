/* A's figure 4: energy efficiency against the iteration for several normalisations of sinrnet's
 * input (eq. 13), with gains in dB and as they are. */
#include <math.h>
#include <stdlib.h>

#include "gnuplot.h"
#include "reproduce_power.h"
#include "table.h"
#include "training.h"

/* A's iterations, drops, chunks and batch. Its network alpha alone, trained without support; a rate
 * that suits a short run. */
#define ITERATIONS 120000
static const char CONFIG[] = "architecture: sinrnet\nscheme: objective\nnetworks: 1\n"
                             "scenario: '%s'\nseed: %llu\nsteps: %lld\nlinear: %d\n"
                             "input_mean: %.9g\ninput_std: %.9g\npool: 10240\nchunk: 1024\n"
                             "batch: 64\nrate: 2e-3\nwarmup: 20\nlog_every: 1000000\n"
                             "valid_every: %lld\nvalid_count: 128\n";

/* A moves both numbers down by decrements that it does not state: shares of both, here. */
static const struct normalisation {
    int linear;
    double share;
    const char *name, *colour;
} NORMALISATIONS[CLI_POWER_CURVES] = {
    {0, 1, "db-1", "#222222"},         {0, 0.5, "db-0.5", "#1f5fa8"},
    {0, 0.1, "db-0.1", "#d9622b"},     {1, 1, "linear-1", "#222222"},
    {1, 0.1, "linear-0.1", "#1f5fa8"}, {1, 0.01, "linear-0.01", "#d9622b"},
};

typedef struct moments {
    double n, sum, squares;
} moments;

static void count(moments *m, double v)
{
    m->n++;
    m->sum += v;
    m->squares += v * v;
}

/* What the network sees: every effective gain over noise that is not 0, in dB and as it is. */
static cf_status measure_drops(const cf_drops *d, moments m[2])
{
    const size_t pairs = (size_t)d->L * (size_t)d->K * (size_t)d->K;
    float *gain = cli_alloc(pairs, sizeof *gain);
    cf_status s = CF_OK;
    for (int32_t i = 0; i < d->n && s == CF_OK; i++) {
        cf_power p;
        s = cf_drops_power(d, i, gain, &p);
        for (size_t c = 0; c < pairs && s == CF_OK; c++) {
            const double over = (double)gain[c] / d->noise_w;
            if (!(over > 0)) continue;
            count(&m[0], 10 * log10(over));
            count(&m[1], over);
        }
    }
    free(gain);
    return s;
}

/* On the first drops that the trainings see (they count from 2^40): no test drop is among them. */
static cf_status measure(const cli_reproduction *r, moments m[2])
{
    cf_scenario *scenario = NULL;
    cf_drops *drops = NULL;
    cf_status s = cf_scenario_load(&scenario, r->scenario);
    if (s == CF_OK)
        s = cf_drops_generate(&drops, scenario, r->seed, INT64_C(1) << 40, 1024, r->threads);
    if (s == CF_OK) s = measure_drops(drops, m);
    cf_drops_free(drops);
    cf_scenario_free(scenario);
    return s;
}

/* A curve's validations: iteration and energy efficiency. */
enum { MAX_POINTS = 128 };
typedef struct trace {
    int points;
    double step[MAX_POINTS], value[MAX_POINTS];
} trace;

static void read_metrics(FILE *metrics, trace *t)
{
    char *line = NULL;
    size_t size = 0;
    while (t->points < MAX_POINTS && getline(&line, &size, metrics) > 0) {
        const double value = cli_metric(line, "valid_objective");
        if (!isfinite(value)) continue;
        t->step[t->points] = cli_metric(line, "step");
        t->value[t->points++] = value;
    }
    free(line);
}

static int train(const cli_reproduction *r, int i, const moments *m, trace *t, cli_power_curve *c)
{
    const struct normalisation *n = &NORMALISATIONS[i];
    const moments *own = &m[n->linear];
    const double mean = own->sum / own->n, std = sqrt(own->squares / own->n - mean * mean);
    const long long steps = llround(fmax(8, ITERATIONS * r->scale));
    *c = (cli_power_curve){n->linear, n->share, n->share * mean, n->share * std, NAN, NAN};
    char *what = cli_text("figure 4, %d of %d", i + 1, CLI_POWER_CURVES);
    char *name = cli_text("figure4-%s", n->name);
    char *yaml = cli_text(CONFIG, r->scenario, (unsigned long long)r->seed, steps, c->linear,
                          c->mean, c->std, steps < 80 ? 2 : steps / 40);
    FILE *metrics = NULL;
    const int status = cli_train_for(r, what, yaml, name, &metrics);
    free(what);
    free(name);
    free(yaml);
    if (status != CLI_DONE) return status;
    read_metrics(metrics, t);
    fclose(metrics);
    if (t->points == 0) return cli_complain(r->command, CLI_FAILED, "figure 4: no validation");
    c->quarter = t->value[t->points / 4];
    c->last = t->value[t->points - 1];
    return CLI_DONE;
}

static int write_csv(const cli_reproduction *r, const trace *t)
{
    cli_output o;
    const int status = cli_open_text(&o, r, "figure4.csv", "# ", "");
    if (status != CLI_DONE) return status;
    fputs("iteration", o.file);
    for (int i = 0; i < CLI_POWER_CURVES; i++) fprintf(o.file, ",%s", NORMALISATIONS[i].name);
    fputc('\n', o.file);
    for (int k = 0; k < t->points; k++) {
        fprintf(o.file, "%.0f", t->step[k]);
        for (int i = 0; i < CLI_POWER_CURVES; i++) cli_csv_number(o.file, t[i].value[k]);
        fputc('\n', o.file);
    }
    return cli_output_close(&o, r->command);
}

/* About four digits, and never an exponent. */
static int decimals(double v)
{
    return v < 10 ? 2 : v < 100 ? 1 : 0;
}

static void put_panel(FILE *f, const cli_power_curve *c, int linear)
{
    fprintf(f, "set title 'Input: gains over noise%s' font ',10' textcolor rgb '#222222'\nplot",
            linear ? ", linear" : " in dB");
    int any = 0;
    for (int i = 0; i < CLI_POWER_CURVES; i++) {
        if (c[i].linear != linear) continue;
        char *kind =
            c[i].share == 1 ? cli_text("standardised") : cli_text("both times %g", c[i].share);
        fprintf(f,
                "%s 'figure4.csv' using 1:%d with lines linewidth 2 linecolor rgb '%s' title '%s: "
                "mean %.*f, deviation %.*f'",
                any++ ? ", \\\n" : "", i + 2, NORMALISATIONS[i].colour, kind, decimals(c[i].mean),
                c[i].mean, decimals(c[i].std), c[i].std);
        free(kind);
    }
    fputc('\n', f);
}

static int draw(cli_reproduction *r, const cli_power_curve *c, const trace *t)
{
    double most = 0;
    for (int i = 0; i < CLI_POWER_CURVES; i++)
        for (int k = 0; k < t[i].points; k++) most = fmax(most, t[i].value[k]);
    cli_output o;
    const int status = cli_gnuplot_open(&o, r, "figure4", 22, 9.5);
    if (status != CLI_DONE) return status;
    fprintf(o.file,
            "set multiplot\nset key bottom right Left reverse samplen 2 font ',8'\n"
            "set xlabel 'iteration'\nset xrange [0:%g]\nset yrange [0:%g]\n"
            "set ylabel 'energy efficiency on validation drops [Mbit/J]'\n"
            "set bmargin at screen 0.16; set tmargin at screen 0.91\n"
            "set lmargin at screen 0.065; set rmargin at screen 0.49\n",
            t->step[t->points - 1], 1.06 * most);
    put_panel(o.file, c, 0);
    fputs("unset label 99\nunset ylabel\n"
          "set lmargin at screen 0.555; set rmargin at screen 0.98\n",
          o.file);
    put_panel(o.file, c, 1);
    fputs("unset multiplot\n", o.file);
    return cli_gnuplot_close(&o, r, "figure4");
}

int cli_power_curves(cli_reproduction *r, cli_power_curve curve[CLI_POWER_CURVES])
{
    moments m[2] = {{0}};
    trace *t = cli_alloc(CLI_POWER_CURVES, sizeof *t);
    const cf_status s = measure(r, m);
    int status = s == CF_OK ? CLI_DONE : cli_fail(r->command, s);
    for (int i = 0; i < CLI_POWER_CURVES && status == CLI_DONE; i++)
        status = train(r, i, m, &t[i], &curve[i]);
    if (status == CLI_DONE) status = write_csv(r, t);
    if (status == CLI_DONE) status = draw(r, curve, t);
    free(t);
    return status;
}
