/* ccsaq: sca against NLopt's CCSAQ on the same drops, from the same start (10 mW on every link),
 * with the same objective and gradient (problem/power.h). One thread, drop by drop in turn. CCSAQ
 * works on ln p, and on the square root of p; it is told sca's objective of the drop and stops as
 * soon as it is there, or where an iteration gains less than a relative 1e-6. usage: ccsaq
 * DROPS.h5 */
#include <math.h>
#include <nlopt.h>
#include <stdio.h>
#include <stdlib.h>

#include <cellfree/cellfree.h>

#include "base/clock.h"
#include "problem/power.h"

typedef struct problem {
    prob_power_form form;
    double *p, *plus, *minus;
    int root; /* 1: variables are sqrt p, else ln p */
    int64_t evaluations;
} problem;

static double objective(unsigned n, const double *v, double *gradient, void *user)
{
    problem *o = user;
    o->evaluations++;
    for (unsigned i = 0; i < n; i++) o->p[i] = o->root ? v[i] * v[i] : exp(v[i]);
    const double value = gradient ? prob_power_form_gradient(&o->form, o->p, o->plus, o->minus)
                                  : prob_power_form_value(&o->form, o->p);
    for (unsigned i = 0; gradient && i < n; i++)
        gradient[i] = (o->root ? 2 * v[i] : o->p[i]) * (o->plus[i] - o->minus[i]);
    return value;
}

/* Seconds; the objective reached in *value. */
static double ascend(problem *o, const cf_power *drop, double *v, double goal, double *value)
{
    const double start = clock_now(), watts = 0.01;
    prob_power_form_fill(&o->form, drop);
    const unsigned n = (unsigned)o->form.n;
    nlopt_opt opt = nlopt_create(NLOPT_LD_CCSAQ, n);
    nlopt_set_max_objective(opt, objective, o);
    nlopt_set_lower_bounds1(opt, o->root ? 0 : log(1e-12));
    nlopt_set_upper_bounds1(opt, o->root ? sqrt(1e3) : log(1e3));
    nlopt_set_ftol_rel(opt, 1e-6);
    nlopt_set_stopval(opt, goal);
    nlopt_set_maxeval(opt, 20000);
    for (unsigned i = 0; i < n; i++) v[i] = o->root ? sqrt(watts) : log(watts);
    if (nlopt_optimize(opt, v, value) < 0) *value = 0;
    nlopt_destroy(opt);
    return clock_now() - start;
}

static int by_size(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

typedef struct column {
    const char *name;
    double *us, sum;
    int32_t there;
    int64_t evaluations;
} column;

static void print(const column *c, const column *sca, int32_t n)
{
    qsort(c->us, (size_t)n, sizeof *c->us, by_size);
    double mean = 0;
    for (int32_t i = 0; i < n; i++) mean += c->us[i] / n;
    printf("%-18s %9.4f %9.0f %9.0f %9.0f %7.1f %%\n", c->name, c->sum / n, c->us[n / 2], mean,
           (double)c->evaluations / n, c == sca ? 100.0 : 100.0 * c->there / n);
}

static void run(const cf_drops *d, column *way, problem *o, cf_power_method *sca)
{
    const size_t links = (size_t)d->L * (size_t)d->K;
    float *gain = calloc(links * (size_t)d->K, sizeof *gain), *watts = calloc(links, sizeof *watts);
    double *v = calloc(links, sizeof *v);
    if (!gain || !watts || !v) exit(1);
    for (int32_t i = 0; i < d->n; i++) {
        cf_power drop;
        cf_report report;
        if (cf_drops_power(d, i, gain, &drop) != CF_OK) exit(1);
        const double start = clock_now();
        if (cf_power_method_run(sca, &drop, 0, i, watts, &report) != CF_OK) exit(1);
        way[0].us[i] = 1e6 * (clock_now() - start);
        const double goal = cf_power_value(&drop, watts, NULL);
        way[0].sum += goal;
        way[0].evaluations += report.nodes;
        for (int root = 0; root < 2; root++) {
            double value = 0;
            o->root = root;
            o->evaluations = 0;
            way[1 + root].us[i] = 1e6 * ascend(o, &drop, v, goal, &value);
            way[1 + root].sum += value;
            way[1 + root].there += value >= goal * (1 - 1e-6);
            way[1 + root].evaluations += o->evaluations;
        }
    }
    free(gain);
    free(watts);
    free(v);
}

int main(int argc, char **argv)
{
    cf_drops *d;
    cf_power_method *sca;
    if (argc != 2 || cf_drops_load(&d, argv[1]) != CF_OK ||
        cf_power_method_make(&sca, "sca", NULL, d->L, d->K) != CF_OK) {
        fprintf(stderr, "ccsaq: %s\n", argc == 2 ? cf_last_error() : "usage: ccsaq DROPS.h5");
        return argc == 2 ? 1 : 2;
    }
    problem o = {0};
    arena measured = {0}, a = {0};
    prob_power_form_place(&o.form, &measured, d->L, d->K);
    a = (arena){.base = aligned_alloc(64, measured.used), .cap = measured.used};
    const size_t links = (size_t)d->L * (size_t)d->K;
    double *memory = calloc(3 * (links + (size_t)d->n), sizeof *memory);
    if (!a.base || !memory) return 1;
    prob_power_form_place(&o.form, &a, d->L, d->K);
    o.p = memory, o.plus = o.p + links, o.minus = o.plus + links;
    double *us = o.minus + links;
    column columns[] = {{.name = "sca", .us = us},
                        {.name = "CCSAQ on ln p", .us = us + d->n},
                        {.name = "CCSAQ on sqrt p", .us = us + 2 * d->n}};
    run(d, columns, &o, sca);
    printf("%d x %d, %d drops\n%-18s %9s %9s %9s %9s %9s\n", d->L, d->K, d->n, "", "Mbit/J",
           "median us", "mean us", "steps", "at sca's");
    for (int i = 0; i < 3; i++) print(&columns[i], columns, d->n);
    cf_power_method_free(sca);
    cf_drops_free(d);
    free(a.base);
    free(memory);
    return 0;
}
