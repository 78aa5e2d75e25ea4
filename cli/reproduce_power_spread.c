/* How the drops spread: the distribution of the energy efficiency, and of what is lost against the
 * best known, of which means say nothing. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "gnuplot.h"
#include "reproduce_power.h"

static const struct curve {
    const char *label, *style;
} CURVES[] = {
    {"equal", "dashtype (2,3) linewidth 1.6 linecolor rgb '#8a929b'"},
    {"sca", "linewidth 1.6 linecolor rgb '#222222'"},
    {"search", "linewidth 1.6 linecolor rgb '#74b3e8'"},
    {"beam 32", "linewidth 1.6 linecolor rgb '#1f5fa8'"},
    {"sinrnet", "dashtype (7,4) linewidth 1.6 linecolor rgb '#d9622b'"},
    {"sinrnet + 50 steps", "linewidth 1.6 linecolor rgb '#d9622b'"},
    {"unrolled", "dashtype (7,4) linewidth 1.6 linecolor rgb '#c2255c'"},
    {"setnet + 4 searches", "linewidth 1.6 linecolor rgb '#c2255c'"},
};
enum { COUNT = sizeof CURVES / sizeof *CURVES };

/* The best of all methods on drop i; the mean over random draws is nobody's answer. */
static double best_of(const cli_scene *s, int32_t i)
{
    double best = 0;
    for (int32_t m = 0; m < s->methods.count; m++)
        if (strcmp(s->results[m]->method, "random") != 0)
            best = fmax(best, s->results[m]->objective[i]);
    return best;
}

static int by_value(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* A method's values over the drops, sorted: energy efficiency, or its loss to the best known. */
static void column_of(const cli_scene *s, const cf_result *r, int lost, double *v)
{
    for (int32_t i = 0; i < r->n; i++)
        v[i] = lost ? fmax(0, 1 - r->objective[i] / best_of(s, i)) : r->objective[i];
    qsort(v, (size_t)r->n, sizeof *v, by_value);
}

static int write_csv(const cli_reproduction *r, const cli_scene *s)
{
    cli_output o;
    char *name = cli_text("cdf-%s.csv", s->scenario);
    const int status = cli_open_text(&o, r, name, "# ", "");
    free(name);
    if (status != CLI_DONE) return status;
    const size_t n = (size_t)s->drops->n;
    double *v = cli_alloc(2 * COUNT * n, sizeof *v);
    fputs("share", o.file);
    for (int k = 0; k < COUNT; k++) {
        const cf_result *own = cli_power_labelled(s, CURVES[k].label);
        if (!own) continue;
        fprintf(o.file, ",%s [Mbit/J],%s lost", CURVES[k].label, CURVES[k].label);
        for (int lost = 0; lost < 2; lost++)
            column_of(s, own, lost, v + (size_t)(2 * k + lost) * n);
    }
    fputc('\n', o.file);
    for (size_t i = 0; i < n; i++) {
        fprintf(o.file, "%.6g", (double)(i + 1) / (double)n);
        for (int k = 0; k < COUNT; k++)
            if (cli_power_labelled(s, CURVES[k].label))
                fprintf(o.file, ",%.6g,%.6g", v[(size_t)(2 * k) * n + i],
                        v[(size_t)(2 * k + 1) * n + i]);
        fputc('\n', o.file);
    }
    free(v);
    return cli_output_close(&o, r->command);
}

/* Columns stand in the file as write_csv puts them: two for each method that is there. */
static void put_curves(FILE *f, const cli_scene *s, int lost)
{
    int column = 2, any = 0;
    for (int k = 0; k < COUNT; k++) {
        if (!cli_power_labelled(s, CURVES[k].label)) continue;
        fprintf(f, "%sdata using %d:%s with lines %s notitle", any++ ? ", \\\n " : "\nplot ",
                column + lost, lost ? "(1 + 1.0/drops - $1)" : "1", CURVES[k].style);
        column += 2;
    }
    fputc('\n', f);
}

static void put_column(FILE *f, const cli_scene *s, int place)
{
    const double left = 0.065 + 0.325 * place;
    fprintf(f,
            "data = 'cdf-%s.csv'; drops = %d\n"
            "set lmargin at screen %g; set rmargin at screen %g\n"
            "set bmargin at screen 0.6; set tmargin at screen 0.94\n"
            "unset logscale\nset xrange [0:*]\nset yrange [0:1]\nset xtics autofreq\n"
            "set ytics 0.25\nset format x '%%g'\nset format y '%%g'\n"
            "set title '%s' font ',10' textcolor rgb '#222222' offset 0,-0.4\n"
            "set xlabel 'energy efficiency [Mbit/J]'\nset ylabel '%s'",
            s->scenario, s->drops->n, left, left + 0.27, s->title,
            place ? "" : "share of drops at or below");
    put_curves(f, s, 0);
    fprintf(f,
            "unset label 99\nset bmargin at screen 0.16; set tmargin at screen 0.5\nunset title\n"
            "set logscale xy\nset xrange [1e-4:1]\nset yrange [%g:1]\n"
            "set xtics ('0.01 %%%%' 1e-4, '0.1 %%%%' 1e-3, '1 %%%%' 0.01, '10 %%%%' 0.1, '' 1)\n"
            "set ytics ('0.001' 1e-3, '0.01' 0.01, '0.1' 0.1, '1' 1)\n"
            "set xlabel 'loss against the best known'\nset ylabel '%s'",
            1.0 / s->drops->n, place ? "" : "share of drops that lose more");
    put_curves(f, s, 1);
}

static void put_legend(FILE *f, const cli_scene *s)
{
    fputs("set origin 0,0.03\nset size 1,0.06\nset margins 0,0,0,0\nunset border\nunset tics\n"
          "unset grid\nunset xlabel\nunset ylabel\nunset logscale\nset xrange [0:1]\n"
          "set yrange [0:1]\nset key center center horizontal Left reverse samplen 2.5 width 1\n"
          "plot NaN notitle",
          f);
    for (int k = 0; k < COUNT; k++)
        if (cli_power_in_any(s, CURVES[k].label))
            fprintf(f, ", \\\n keyentry with lines %s title '%s'", CURVES[k].style,
                    CURVES[k].label);
    fputc('\n', f);
}

static int draw(cli_reproduction *r, const char *name, const cli_scene *s)
{
    cli_output o;
    const int status = cli_gnuplot_open(&o, r, name, 24, 15);
    if (status != CLI_DONE) return status;
    fputs("set multiplot\nunset key\n", o.file);
    for (int i = 0; i < CLI_SIZES; i++) put_column(o.file, &s[i], i);
    put_legend(o.file, s);
    fputs("unset multiplot\n", o.file);
    return cli_gnuplot_close(&o, r, name);
}

int cli_power_spread(cli_reproduction *r)
{
    int status = CLI_DONE;
    for (int32_t i = 0; i < r->scenes && status == CLI_DONE; i++)
        status = write_csv(r, &r->scene[i]);
    if (status == CLI_DONE) status = draw(r, "cdf", r->scene);
    if (status == CLI_DONE) status = draw(r, "cdf-table2", r->scene + CLI_SIZES);
    return status;
}
