/* reproduce.md: what of B reproduces and what does not, in words that follow the measured
 * values. */
#include <math.h>

#include "gnuplot.h"
#include "reproduce_assignment.h"

static void put_row(FILE *f, const cli_scene *s, const cf_result *r)
{
    const double printed = cli_assignment_printed(s, r);
    if (isnan(printed)) return;
    const double z = cli_standard_errors(r, printed);
    fprintf(f, "- %s, `%s`: ours %.3f ± %.3f, the paper %.2f: %.1f standard errors %s, it %s.\n",
            s->scenario, r->method, r->mean, r->ci95, printed, fabs(z), z < 0 ? "below" : "above",
            fabs(z) <= 3 ? "reproduces" : "does **not** reproduce");
}

static void put_optimum(FILE *f, const cli_scene *s)
{
    const cf_result *exact = cli_result_named(s, "exact");
    const cf_result *full = cli_result_named(s, "exhaustive");
    fprintf(f,
            "- %s: %s of the %d drops has a proven optimum (mean %.4f ± %.4f bit/s/Hz, median %.3g "
            "us a "
            "drop)%s.\n",
            s->scenario, exact->proven_share >= 1 ? "every one" : "not every one", exact->n,
            exact->mean, exact->ci95, exact->p50_us,
            s->drops->L > 5 ? "; the paper could not compute it" : "");
    if (!full) return;
    double worst = 0;
    for (int32_t i = 0; i < full->n; i++)
        worst = fmax(worst, fabs(full->objective[i] - exact->objective[i]));
    fprintf(
        f, "  Exhaustive search over all assignments %s on every drop (largest difference %.1e).\n",
        worst < 1e-9 ? "agrees" : "does **not** agree", worst);
}

static void put_policies(FILE *f, const cli_scene *s)
{
    for (int32_t i = 0; i < s->methods.count; i++) {
        const cf_result *r = s->results[i];
        if (!s->methods.items[i].policy) continue;
        fprintf(f,
                "- %s, `%s`: %.5f ± %.5f of the optimum after repair; before repair %.2f %% of the "
                "drops leave a user short (B2d), after it %s; %.3g us a drop, %s than `exact`.\n",
                s->scenario, r->method, r->of_best, r->of_best_ci95, 100 * r->broken_share,
                r->feasible_share >= 1 ? "none" : "**some still do**", r->p50_us,
                r->p50_us > cli_result_named(s, "exact")->p50_us ? "slower" : "faster");
    }
}

static void put_ratio(FILE *f, const cli_scene *s, const char *against, double printed)
{
    const cf_result *gsd = cli_result_named(s, "gsd"), *exact = cli_result_named(s, "exact");
    const double ratio = gsd->mean / exact->mean;
    fprintf(f,
            "- %s: the paper's GSD reaches %.3f of %s; ours %.3f of the proven optimum (ratio of "
            "means), %s.\n",
            s->scenario, printed, against, ratio,
            fabs(ratio - printed) <= 0.02 ? "the same within 0.02" : "**further apart than 0.02**");
}

static void put_penalty(FILE *f, int figure, const char *name, const cli_curve *c)
{
    fprintf(
        f,
        "- Figure %d: the %s penalty on test drops is %.3f before it counts and %.3f at the end: "
        "it %s, in the paper it goes to 0.\n",
        figure, name, c->before, c->last,
        c->last < 0.01               ? "goes to 0"
        : c->last < 0.25 * c->before ? "falls, in this short training not to 0"
                                     : "does **not** fall");
}

static void put_curves(FILE *f, const cli_reproduction *r, const cli_curve *curve)
{
    const cli_curve *rate = &curve[CLI_RATE];
    fprintf(
        f,
        "- Figures 6 to 8: the authors' network trained by their augmented Lagrangian on "
        "mmwave-small with phases of %g of theirs (240,000 iterations in all), a raised rate and "
        "a cap on the multipliers' factors, without which it decays. The shapes are what to "
        "compare, not the iteration numbers.\n",
        r->scale);
    fprintf(f,
            "- Figure 6: the sum rate of the relaxed answer on test drops is %.3f before the "
            "constraints count and %.3f at the end, %s.\n",
            rate->before, rate->last,
            rate->last <= rate->before ? "a little lower, as in the paper"
                                       : "**not** lower as in the paper: it was still learning");
    put_penalty(f, 7, "connection", &curve[CLI_CONNECTION]);
    put_penalty(f, 8, "discreteness", &curve[CLI_DISCRETENESS]);
}

static void put_figures(FILE *f, const cli_reproduction *r, const cli_curve *curve)
{
    fputs("\n## Figures\n\n"
          "- Figure 5: the first test drop of either network. Dashed: the links that the policy "
          "(without one: the optimum) chose; other colours where policy and optimum differ.\n",
          f);
    if (curve)
        put_curves(f, r, curve);
    else
        fputs("- Figures 6 to 8: left out (--scale 0).\n", f);
    cli_gnuplot_note(f, r);
}

int cli_assignment_notes(const cli_reproduction *r, const cli_curve *curve)
{
    cli_output o;
    const int status = cli_open_text(&o, r, "reproduce.md", "<!-- ", " -->");
    if (status != CLI_DONE) return status;
    FILE *f = o.file;
    fprintf(
        f,
        "\n# What reproduces\n\n"
        "Made by `%s` (cellfree %s, seed %llu, %d drops of each scenario). The paper's data are "
        "its own; the scenarios here are a fit to its tables, so means agree within sampling "
        "error at best, and the ratio per drop is the sharper figure. The table is in "
        "`table2.txt`, `.csv` and `.md`.\n\n## Table II, figure by figure\n\n",
        r->line, cf_version(), (unsigned long long)r->seed, r->count);
    for (int32_t i = 0; i < r->scenes; i++)
        for (int32_t m = 0; m < r->scene[i].methods.count; m++)
            put_row(f, &r->scene[i], r->scene[i].results[m]);
    put_ratio(f, &r->scene[CLI_SMALL], "its upper bound", 1.06 / 1.15);
    put_ratio(f, &r->scene[CLI_LARGE], "its GNN (it has no optimum there)", 3.34 / 3.67);
    fputs("\n## What the paper could not compute\n\n", f);
    for (int32_t i = 0; i < r->scenes; i++) put_optimum(f, &r->scene[i]);
    fputs("\n## Policies\n\n", f);
    for (int32_t i = 0; i < r->scenes; i++) put_policies(f, &r->scene[i]);
    put_figures(f, r, curve);
    return cli_output_close(&o, r->command);
}
