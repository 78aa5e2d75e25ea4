/* B's figure 5: the two networks, with the assignment of the first test drop drawn. */
#include <stdlib.h>
#include <string.h>

#include "gnuplot.h"

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

static void put_panel(FILE *f, const cli_scene *s, int legend)
{
    const char *by = cli_result_named(s, "policy:assignment") ? "policy" : "optimum";
    fprintf(f,
            "nodes = 'figure5-%s-nodes.csv'; links = 'figure5-%s-links.csv'\n"
            "set title '%s' font ',10' textcolor rgb '#222222' offset 0,-0.4\n"
            "%s\n",
            s->scenario, s->scenario, s->title,
            legend ? "set key at screen 0.5,0.085 center horizontal maxrows 1 width 1 samplen 2.5"
                   : "unset key");
    fprintf(
        f,
        "plot links using (strcol(1) eq 'both' ? $4 : NaN):5:($6-$4):($7-$5) with vectors "
        "nohead linewidth 1.3 dashtype (7,5) linecolor rgb blue title 'assigned by the %s', \\\n"
        " links using (strcol(1) eq 'policy' ? $4 : NaN):5:($6-$4):($7-$5) with vectors nohead "
        "linewidth 1.3 dashtype (7,5) linecolor rgb '#c2255c' title 'by the policy alone', \\\n"
        " links using (strcol(1) eq 'optimum' ? $4 : NaN):5:($6-$4):($7-$5) with vectors nohead "
        "linewidth 1.3 dashtype (2,3) linecolor rgb orange title 'by the optimum alone', \\\n"
        " nodes using (strcol(1) eq 'ap' ? $3 : NaN):4 with points pointtype 9 pointsize 1.3 "
        "linecolor rgb '#222222' title 'access point', \\\n"
        " nodes using (strcol(1) eq 'user' ? $3 : NaN):4 with points pointtype 7 pointsize 0.8 "
        "linecolor rgb orange title 'user'\n",
        by);
}

int cli_reproduce_networks(cli_reproduction *r)
{
    int status = CLI_DONE;
    for (int i = 0; i < CLI_SCENES && status == CLI_DONE; i++) {
        status = write_nodes(r, &r->scene[i]);
        if (status == CLI_DONE) status = write_links(r, &r->scene[i]);
    }
    cli_output o;
    if (status == CLI_DONE) status = cli_gnuplot_open(&o, r, "figure5", 20, 11);
    if (status != CLI_DONE) return status;
    fputs("set multiplot layout 1,2 margins 0.07,0.98,0.19,0.92 spacing 0.08,0\n"
          "set size ratio -1\nset xlabel 'x [m]'\nset ylabel 'y [m]' offset 0.5,0\n"
          "set offsets graph 0.04, graph 0.04, graph 0.04, graph 0.04\n",
          o.file);
    put_panel(o.file, &r->scene[CLI_SMALL], 1);
    fputs("unset label 99\n", o.file);
    put_panel(o.file, &r->scene[CLI_LARGE], 0);
    fputs("unset multiplot\n", o.file);
    return cli_gnuplot_close(&o, r, "figure5");
}
