/* B's figure 5: the two networks, with the assignment of the first test drop drawn. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "gnuplot.h"
#include "reproduce_assignment.h"

/* Links of the policy, of the optimum, or of both. */
typedef enum owner { BOTH, POLICY_ONLY, OPTIMUM_ONLY } owner;
static const char *const OWNERS[] = {"both", "policy", "optimum"};

static const cf_result *drawn(const cli_scene *s)
{
    const cf_result *policy = cli_result_named(s, "policy:assignment");
    return policy ? policy : cli_result_named(s, "exact");
}

static int write_nodes(const cli_reproduction *r, const cli_scene *s)
{
    const cf_drops *d = s->drops;
    cli_output o;
    char *name = cli_text("figure5-%s-nodes.csv", s->scenario);
    const int status = cli_open_text(&o, r, name, "# ", "");
    free(name);
    if (status != CLI_DONE) return status;
    fputs("kind,index,x_m,y_m\n", o.file);
    for (int32_t l = 0; l < d->L; l++)
        fprintf(o.file, "ap,%d,%g,%g\n", l, (double)d->ap_position[3 * l],
                (double)d->ap_position[3 * l + 1]);
    for (int32_t k = 0; k < d->K; k++)
        fprintf(o.file, "user,%d,%g,%g\n", k, (double)d->ue_position[3 * k],
                (double)d->ue_position[3 * k + 1]);
    return cli_output_close(&o, r->command);
}

static void put_links(FILE *f, const cf_drops *d, const uint8_t *a, const uint8_t *b, owner who)
{
    for (int32_t l = 0; l < d->L; l++)
        for (int32_t k = 0; k < d->K; k++) {
            const int in_a = a[l * d->K + k] != 0, in_b = b[l * d->K + k] != 0;
            if (!in_a && !in_b) continue;
            if (who != (in_a && in_b ? BOTH : in_a ? POLICY_ONLY : OPTIMUM_ONLY)) continue;
            const float *ap = d->ap_position + 3 * l, *ue = d->ue_position + 3 * k;
            fprintf(f, "%s,%d,%d,%g,%g,%g,%g\n", OWNERS[who], l, k, (double)ap[0], (double)ap[1],
                    (double)ue[0], (double)ue[1]);
        }
}

static int write_links(const cli_reproduction *r, const cli_scene *s)
{
    const cf_result *policy = drawn(s), *optimum = cli_result_named(s, "exact");
    cli_output o;
    char *name = cli_text("figure5-%s-links.csv", s->scenario);
    const int status = cli_open_text(&o, r, name, "# ", "");
    free(name);
    if (status != CLI_DONE) return status;
    fputs("decided_by,ap,user,ap_x_m,ap_y_m,user_x_m,user_y_m\n", o.file);
    for (owner who = BOTH; who <= OPTIMUM_ONLY; who++)
        put_links(o.file, s->drops, policy->x, optimum->x, who);
    return cli_output_close(&o, r->command);
}

/* What the legend and the panels show, in one order; dashes are what B draws. */
typedef struct style {
    const char *key, *with, *title;
} style;

static const style LINKS[] = {
    {"both", "linewidth 1.2 dashtype (7,5) linecolor rgb blue", "assigned by policy and optimum"},
    {"policy", "linewidth 1.2 dashtype (7,5) linecolor rgb '#c2255c'", "by the policy alone"},
    {"optimum", "linewidth 1.2 dashtype (2,3) linecolor rgb '#2f9e44'", "by the optimum alone"},
};
static const style NODES[] = {
    {"ap", "pointtype 9 pointsize 1.2 linecolor rgb '#222222'", "access point"},
    {"user", "pointtype 7 pointsize 0.8 linecolor rgb orange", "user"},
};
#define COUNT(a) (sizeof(a) / sizeof *(a))

static int32_t differences(const cli_scene *s)
{
    const cf_result *policy = drawn(s), *optimum = cli_result_named(s, "exact");
    int32_t n = 0;
    for (int32_t i = 0; i < s->drops->L * s->drops->K; i++) n += policy->x[i] != optimum->x[i];
    return n;
}

/* About five ticks over the span, at 1, 2 or 5 times a power of ten. */
static double tick_step(double span)
{
    const double raw = fmax(span, 1e-3) / 5, power = pow(10, floor(log10(raw))), m = raw / power;
    return power * (m < 1.5 ? 1 : m < 3.5 ? 2 : m < 7.5 ? 5 : 10);
}

static void put_range(FILE *f, char axis, const cf_drops *d, int a)
{
    double least = INFINITY, most = -INFINITY;
    for (int32_t l = 0; l < d->L; l++) {
        least = fmin(least, (double)d->ap_position[3 * l + a]);
        most = fmax(most, (double)d->ap_position[3 * l + a]);
    }
    for (int32_t k = 0; k < d->K; k++) {
        least = fmin(least, (double)d->ue_position[3 * k + a]);
        most = fmax(most, (double)d->ue_position[3 * k + a]);
    }
    const double room = 0.05 * (most - least);
    const double step = tick_step(most - least);
    fprintf(f, "set %crange [%g:%g]\nset %ctics %g\n", axis, least - room, most + room, axis, step);
}

static void put_panel(FILE *f, const cli_scene *s)
{
    const int differ = differences(s) > 0;
    put_range(f, 'x', s->drops, 0);
    put_range(f, 'y', s->drops, 1);
    fprintf(f,
            "nodes = 'figure5-%s-nodes.csv'; links = 'figure5-%s-links.csv'\n"
            "set title '%s' font ',10' textcolor rgb '#222222' offset 0,-0.4\nplot ",
            s->scenario, s->scenario, s->title);
    for (size_t i = 0; i < (differ ? COUNT(LINKS) : 1); i++)
        fprintf(f,
                "links using (strcol(1) eq '%s' ? $4 : NaN):5:($6-$4):($7-$5) with vectors nohead "
                "%s notitle, \\\n ",
                LINKS[i].key, LINKS[i].with);
    for (size_t i = 0; i < COUNT(NODES); i++)
        fprintf(f, "nodes using (strcol(1) eq '%s' ? $3 : NaN):4 with points %s notitle%s",
                NODES[i].key, NODES[i].with, i + 1 < COUNT(NODES) ? ", \\\n " : "\n");
}

/* A third, empty panel below the two holds what both share. */
static void put_legend(FILE *f, int policy, int differ)
{
    fputs("set origin 0,0.035\nset size 1,0.075\nset size noratio\nset margins 0,0,0,0\n"
          "unset border\nunset tics\nunset grid\nunset title\nunset xlabel\nunset ylabel\n"
          "set xrange [0:1]\nset yrange [0:1]\n"
          "set key center center horizontal Left reverse samplen 3 width 2\nplot NaN notitle",
          f);
    for (size_t i = 0; i < (differ ? COUNT(LINKS) : 1); i++)
        fprintf(f, ", \\\n keyentry with lines %s title '%s'", LINKS[i].with,
                i == 0 && !policy ? "assigned by the optimum" : LINKS[i].title);
    for (size_t i = 0; i < COUNT(NODES); i++)
        fprintf(f, ", \\\n keyentry with points %s title '%s'", NODES[i].with, NODES[i].title);
    fputc('\n', f);
}

int cli_assignment_networks(cli_reproduction *r)
{
    int status = CLI_DONE;
    for (int32_t i = 0; i < r->scenes && status == CLI_DONE; i++) {
        status = write_nodes(r, &r->scene[i]);
        if (status == CLI_DONE) status = write_links(r, &r->scene[i]);
    }
    cli_output o;
    if (status == CLI_DONE) status = cli_gnuplot_open(&o, r, "figure5", 20, 11.5);
    if (status != CLI_DONE) return status;
    const cli_scene *small = &r->scene[CLI_SMALL], *large = &r->scene[CLI_LARGE];
    fputs("set multiplot\nunset key\nset size ratio -1\nset xlabel 'x [m]'\n"
          "set ylabel 'y [m]' offset 0.8,0\n"
          "set lmargin at screen 0.065; set rmargin at screen 0.49\n"
          "set bmargin at screen 0.2; set tmargin at screen 0.93\n",
          o.file);
    put_panel(o.file, small);
    fputs("unset label 99\nset lmargin at screen 0.56; set rmargin at screen 0.985\n", o.file);
    put_panel(o.file, large);
    put_legend(o.file, cli_result_named(small, "policy:assignment") != NULL,
               differences(small) + differences(large) > 0);
    fputs("unset multiplot\n", o.file);
    return cli_gnuplot_close(&o, r, "figure5");
}
