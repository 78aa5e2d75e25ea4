/* A's figure 5: the schemes side by side, literal and with every distance 10 m. */
#include <math.h>

#include "gnuplot.h"
#include "reproduce_power.h"
#include "table.h"

typedef enum printed { NOTHING, SCA, GNN } printed;

static const struct scheme {
    const char *label, *title, *colour;
    printed printed;
} SCHEMES[] = {
    {"random", "random", "#ccd2d8", NOTHING},
    {"equal", "equal", "#8a929b", NOTHING},
    {"sca", "SCA", "#1f5fa8", SCA},
    {"sinrnet", "GNN (sinrnet)", "#f2b79a", GNN},
    {"sinrnet + 50 steps", "GNN + 50 steps", "#d9622b", NOTHING},
    {"best", "best known", "#222222", NOTHING},
};
enum { COUNT = sizeof SCHEMES / sizeof *SCHEMES, GROUP = COUNT + 2 };
#define PAPER "pointtype 13 pointsize 1 linecolor rgb '#e3b505'"
static const char *const PANELS[] = {"literal", "table2"};

/* A's value stands in its place whether or not there is one of ours. */
static void put_row(FILE *f, const cli_scene *s, int place, int k)
{
    const cf_result *own = cli_power_labelled(s, SCHEMES[k].label);
    const cli_power_row *row = cli_power_row_of(s);
    const double paper[] = {[NOTHING] = NAN, [SCA] = row->sca, [GNN] = row->gnn};
    fprintf(f, "%s,%s,%s,%d", PANELS[place / CLI_SIZES], row->size, SCHEMES[k].label,
            place % CLI_SIZES * GROUP + k);
    cli_csv_number(f, own ? own->mean : (double)NAN);
    cli_csv_number(f, own ? own->ci95 : (double)NAN);
    cli_csv_number(f, paper[SCHEMES[k].printed]);
    fputc('\n', f);
}

static int write_csv(const cli_reproduction *r)
{
    cli_output o;
    const int status = cli_open_text(&o, r, "figure5.csv", "# ", "");
    if (status != CLI_DONE) return status;
    fputs("panel,size,scheme,position,mean_mbit_j,ci95,paper\n", o.file);
    for (int32_t i = 0; i < r->scenes; i++)
        for (int k = 0; k < COUNT; k++) put_row(o.file, &r->scene[i], i, k);
    return cli_output_close(&o, r->command);
}

static void put_panel(FILE *f, const cli_scene *s, const char *panel, const char *title)
{
    fprintf(f, "set title '%s' font ',10' textcolor rgb '#222222'\nset xtics scale 0 (", title);
    for (int i = 0; i < CLI_SIZES; i++)
        fprintf(f, "%s'%d APs, %d users' %g", i ? ", " : "", s[i].drops->L, s[i].drops->K,
                i * GROUP + (COUNT - 1) / 2.0);
    fprintf(f, ")\npanel = '%s'\nplot ", panel);
    for (int k = 0; k < COUNT; k++)
        if (cli_power_in_any(s, SCHEMES[k].label))
            fprintf(
                f,
                "data using (here(strcol(1), strcol(3), '%s') ? $4 : NaN):5:6 with boxerrorbars "
                "linecolor rgb '%s' notitle, \\\n ",
                SCHEMES[k].label, SCHEMES[k].colour);
    fputs("data using (strcol(1) eq panel ? $4 : NaN):7 with points pointtype 13 pointsize 1.5 "
          "linecolor rgb 'white' notitle, \\\n '' using (strcol(1) eq panel ? $4 : NaN):7 with "
          "points " PAPER " notitle\n",
          f);
}

static void put_legend(FILE *f, const cli_scene *s)
{
    fputs("set origin 0,0.03\nset size 1,0.09\nset margins 0,0,0,0\nunset border\nunset tics\n"
          "unset grid\nunset title\nunset ylabel\nset xrange [0:1]\nset yrange [0:1]\n"
          "set key center center horizontal Left reverse samplen 1 width 1\nplot NaN notitle",
          f);
    for (int k = 0; k < COUNT; k++)
        if (cli_power_in_any(s, SCHEMES[k].label))
            fprintf(f, ", \\\n keyentry with boxes linecolor rgb '%s' title '%s'",
                    SCHEMES[k].colour, SCHEMES[k].title);
    fputs(", \\\n keyentry with points " PAPER " title 'the paper'\n", f);
}

int cli_power_bars(cli_reproduction *r)
{
    cli_output o;
    int status = write_csv(r);
    if (status == CLI_DONE) status = cli_gnuplot_open(&o, r, "figure5", 22, 10);
    if (status != CLI_DONE) return status;
    fprintf(o.file,
            "data = 'figure5.csv'\nset datafile missing NaN\n"
            "here(a, b, scheme) = a eq panel && b eq scheme\n"
            "set multiplot\nunset key\nset boxwidth 0.9\nset style fill solid\n"
            "set errorbars linecolor rgb '#555555' linewidth 0.8\nset grid noxtics ytics\n"
            "set xrange [-1.5:%d]\nset yrange [0:*]\nset ylabel 'energy efficiency [Mbit/J]'\n"
            "set bmargin at screen 0.22; set tmargin at screen 0.91\n"
            "set lmargin at screen 0.065; set rmargin at screen 0.49\n",
            2 * GROUP + COUNT);
    put_panel(o.file, r->scene, PANELS[0], "As the paper''s text has it");
    fputs("unset label 99\nunset ylabel\n"
          "set lmargin at screen 0.555; set rmargin at screen 0.985\n",
          o.file);
    put_panel(o.file, r->scene + CLI_SIZES, PANELS[1], "Every distance 10 m");
    put_legend(o.file, r->scene);
    fputs("unset multiplot\n", o.file);
    return cli_gnuplot_close(&o, r, "figure5");
}
