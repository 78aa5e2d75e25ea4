/* reproduce.md: what of A reproduces and what does not, in words that follow what was measured. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "gnuplot.h"
#include "reproduce_power.h"
#include "table.h"

static double above(double ours, double other) /* per cent */
{
    return 100 * (ours / other - 1);
}

static const char *verdict(const cf_result *r, double printed)
{
    if (fabs(cli_standard_errors(r, printed)) <= 3) return "it reproduces";
    const double off = fabs(above(r->mean, printed));
    return off <= 2   ? "within 2 %, which sampling alone does not explain"
           : off <= 5 ? "near, but further off than sampling explains"
                      : "it does **not** reproduce";
}

static void put_sca(FILE *f, const cli_scene *s)
{
    const cf_result *sca = cli_power_labelled(s, "sca");
    const double printed = cli_power_row_of(s)->sca;
    fprintf(f,
            "- %s, `sca`: ours %.3f ± %.3f, the paper %.2f: %.1f %% %s (%.1f standard errors), "
            "%s.\n",
            s->scenario, sca->mean, sca->ci95, printed, fabs(above(sca->mean, printed)),
            sca->mean < printed ? "below" : "above", fabs(cli_standard_errors(sca, printed)),
            verdict(sca, printed));
}

/* Can any method here reach what A says of its GNN? */
static void put_gnn(FILE *f, const cli_scene *s)
{
    const cf_result *best = cli_power_labelled(s, "best"), *gnn = cli_power_labelled(s, "sinrnet");
    const double printed = cli_power_row_of(s)->gnn;
    fprintf(f, "- %s: the paper's GNN has %.2f, the best known by any method %.3f ± %.3f",
            s->scenario, printed, best->mean, best->ci95);
    if (printed > best->mean)
        fprintf(f, ": the figure lies %.1f %% **above** everything found",
                above(printed, best->mean));
    if (gnn)
        fprintf(f, "; `sinrnet` trained by us %.3f ± %.3f, %.4f of the best known", gnn->mean,
                gnn->ci95, gnn->of_best);
    fputs(".\n", f);
}

static void put_reading(FILE *f, const cli_reproduction *r)
{
    int met = 0, over = 0, under = 0;
    for (int i = 0; i < CLI_SIZES; i++) {
        const cli_scene *literal = &r->scene[i], *s = &r->scene[CLI_SIZES + i];
        const cli_power_row *row = cli_power_row_of(s);
        under += cli_power_labelled(literal, "sca")->mean > row->gnn;
        met += fabs(above(cli_power_labelled(s, "sca")->mean, row->sca)) <= 5;
        over += row->gnn > cli_power_labelled(s, "best")->mean;
    }
    fprintf(f,
            "\nIn the literal scenarios, which are the paper's text, plain `sca` is above the "
            "paper's GNN in %d of %d sizes. Its SCA is met within 5 %% in %d of %d sizes where "
            "every distance is 10 m, that is, where users' positions have no effect; but there its "
            "GNN lies above the best known in %d of %d%s.\n",
            under, CLI_SIZES, met, CLI_SIZES, over, CLI_SIZES,
            over ? ": that column cannot be matched honestly" : "");
}

static void put_times(FILE *f, const cli_scene *s)
{
    const cli_power_row *row = cli_power_row_of(s);
    const cf_result *sca = cli_power_labelled(s, "sca"), *gnn = cli_power_labelled(s, "sinrnet");
    fprintf(f, "- %s: `sca` takes %.3g ms a drop on one core, the paper's %.0f ms", s->scenario,
            sca->p50_us / 1e3, row->sca_s * 1e3 / 1024);
    if (gnn)
        fprintf(f, "; `sinrnet` %.3g us, the paper's GNN %.0f us", gnn->p50_us,
                row->gnn_s * 1e6 / 1024);
    fputs(".\n", f);
}

static void put_point(FILE *f, const cf_result *r, int i)
{
    char *time = cli_cell_us(r->p50_us);
    fprintf(f, "%s (%.4f in %s us)", cli_power_methods[i].label, r->of_best, time);
    free(time);
}

/* The method that beats i in both: a plain solver before a network, then the best. -1: none. */
static int better_than(const cli_scene *s, int i)
{
    const cf_result *own = cli_power_result(s, i);
    int found = -1;
    for (int j = 0; j < cli_power_method_count; j++) {
        const cf_result *other = j == i ? NULL : cli_power_result(s, j);
        if (!other || !(other->p50_us <= own->p50_us && other->of_best >= own->of_best)) continue;
        const int plain = !cli_power_methods[j].policy;
        const int before = found >= 0 && !cli_power_methods[found].policy;
        if (found < 0 || plain > before ||
            (plain == before && other->of_best > cli_power_result(s, found)->of_best))
            found = j;
    }
    return found;
}

static void put_network(FILE *f, const cli_scene *s, int i)
{
    const cf_result *own = cli_power_result(s, i);
    const int better = better_than(s, i);
    fputs("  - ", f);
    put_point(f, own, i);
    if (better < 0) {
        fputs(": on the front.\n", f);
        return;
    }
    fprintf(f, ": **not** on the front, %s is faster and better: ",
            cli_power_methods[better].policy ? "another network" : "a plain solver");
    put_point(f, cli_power_result(s, better), better);
    fputs(".\n", f);
}

/* From the fastest on, one pass for each: there are few. */
static void put_front(FILE *f, const cli_scene *s)
{
    fprintf(f, "- %s, from the fastest: ", s->scenario);
    double before = -INFINITY;
    for (int any = 0;; any = 1) {
        int next = -1;
        for (int i = 0; i < cli_power_method_count; i++) {
            if (!cli_power_on_front(s, i)) continue;
            const double time = cli_power_result(s, i)->p50_us;
            if (time > before && (next < 0 || time < cli_power_result(s, next)->p50_us)) next = i;
        }
        if (next < 0) break;
        fputs(any ? ", " : "", f);
        put_point(f, cli_power_result(s, next), next);
        before = cli_power_result(s, next)->p50_us;
    }
    fputs(".\n", f);
    for (int i = 0; i < cli_power_method_count; i++)
        if (cli_power_methods[i].policy && cli_power_result(s, i)) put_network(f, s, i);
}

static int is_missing(const cli_reproduction *r, int i)
{
    int missing = 0;
    for (int k = 0; k < CLI_SIZES; k++) missing |= !cli_power_result(&r->scene[k], i);
    return missing;
}

static void put_networks(FILE *f, const cli_reproduction *r)
{
    int any = 0;
    fputs("\nThe networks were trained on the literal scenarios and are run on the others as they "
          "are.",
          f);
    for (int i = 0; i < cli_power_method_count; i++)
        if (is_missing(r, i))
            fprintf(f, "%s %s", any++ ? "," : " Left out where its policy is not there:",
                    cli_power_methods[i].label);
    fputs(any ? ".\n" : "\n", f);
}

static void put_tail(FILE *f, const cli_scene *s)
{
    const cf_result *best = cli_power_labelled(s, "best");
    fprintf(f, "- %s: of 100 drops one loses more than", s->scenario);
    static const char *const LABELS[] = {"sca", "search", "beam 32"};
    for (int i = 0; i < 3; i++)
        fprintf(f, "%s %.1f %% with %s", i ? "," : "",
                100 * (1 - cli_power_labelled(s, LABELS[i])->of_best_p1), LABELS[i]);
    fprintf(f, "; the best known leaves %.1f of %d users on.\n", best->users_on_mean, best->K);
}

static void put_input(FILE *f, const cli_power_curve *c, int linear)
{
    double standardised = NAN, others = INFINITY, first = NAN, least = NAN;
    fprintf(f, "  - %s: at the end ", linear ? "linear gains" : "gains in dB");
    for (int i = 0; i < CLI_POWER_CURVES; i++) {
        if (c[i].linear != linear) continue;
        if (c[i].share == 1) {
            fprintf(f, "%.3f Mbit/J standardised", c[i].last);
            standardised = c[i].last, first = c[i].quarter;
        } else {
            fprintf(f, ", %.3f with both times %g", c[i].last, c[i].share);
            others = fmin(others, c[i].last), least = c[i].quarter;
        }
    }
    fprintf(f,
            ". That standardised input does worst %s; that the smallest numbers learn slowest %s "
            "(after a "
            "quarter of the run %.3f against %.3f).\n",
            standardised < others ? "reproduces" : "does **not** reproduce",
            least < first ? "reproduces" : "does **not** reproduce", least, first);
}

static void put_curves(FILE *f, const cli_reproduction *r, const cli_power_curve *c)
{
    fprintf(f,
            "- Figure 4: sinrnet (its network alpha) trained on %s for %g of the paper's 120,000 "
            "iterations, on 10,240 drops in chunks of 1,024 with batches of 64 as there, by the "
            "energy efficiency alone and at a raised rate. The paper does not say by how much mean "
            "and deviation (eq. 13) go down: shares of both, here. One training each; another seed "
            "moves a curve by some per cent.\n",
            r->scenario, r->scale);
    put_input(f, c, 0);
    put_input(f, c, 1);
}

static void put_figures(FILE *f, const cli_reproduction *r, const cli_power_curve *curve)
{
    fputs("\n## Figures\n\n", f);
    if (curve)
        put_curves(f, r, curve);
    else
        fputs("- Figure 4: left out (--scale 0).\n", f);
    fputs("- Figure 5: the schemes side by side, with the paper's table II as diamonds.\n"
          "- `cdf`, `cdf-table2`: energy efficiency over the drops, and the share of drops that "
          "lose more than so much against the best known.\n"
          "- `front`, `front-table2`: quality against time over all methods; `random`, the mean of "
          "100 draws, and `best`, which the others are measured by, have no place there.\n",
          f);
    cli_gnuplot_note(f, r);
}

static void put_scenes(FILE *f, const cli_reproduction *r, int first, int count,
                       void (*put)(FILE *f, const cli_scene *s))
{
    for (int i = first; i < first + count; i++) put(f, &r->scene[i]);
}

int cli_power_notes(const cli_reproduction *r, const cli_power_curve *curve)
{
    cli_output o;
    const int status = cli_open_text(&o, r, "reproduce.md", "<!-- ", " -->");
    if (status != CLI_DONE) return status;
    FILE *f = o.file;
    fprintf(
        f,
        "\n# What reproduces\n\n"
        "Made by `%s` (cellfree %s, seed %llu, %d drops of each scenario). A fraction of the best "
        "known is the mean over drops of the ratio to the best of all methods here. Times are "
        "medians on one core. The table is in `table2.txt`, `.csv` and `.md`.\n\n"
        "## Table II, SCA\n\n",
        r->line, cf_version(), (unsigned long long)r->seed, r->count);
    put_scenes(f, r, 0, r->scenes, put_sca);
    fputs("\n## Table II, GNN\n\n", f);
    put_scenes(f, r, 0, r->scenes, put_gnn);
    put_reading(f, r);
    fputs("\n## Time\n\n", f);
    put_scenes(f, r, 0, CLI_SIZES, put_times);
    fputs("\n## The front: what to take for the time there is\n\n", f);
    put_scenes(f, r, 0, r->scenes, put_front);
    put_networks(f, r);
    fputs("\n## What the mean hides\n\n", f);
    put_scenes(f, r, 0, r->scenes, put_tail);
    fputs(
        "\nThe sum of energy efficiencies switches users off. Where all must be served, take "
        "another objective (`min-rate`, `proportional`) or ask for a rate floor to be reported.\n",
        f);
    put_figures(f, r, curve);
    return cli_output_close(&o, r->command);
}
