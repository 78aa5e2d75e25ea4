/* Quality against time, with a name at every method. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "gnuplot.h"
#include "label.h"
#include "report.h"
#include "table.h"

/* The page and the panel in it [cm], and the names' font [pt]. */
#define WIDTH  16.0
#define HEIGHT 10.0
#define LEFT   1.9
#define RIGHT  15.6
#define BOTTOM 1.5
#define TOP    9.6
#define FONT   6.5

/* A method in the plane, both axes as decimal logarithms. */
typedef struct point {
    const char *name;
    double time, lost; /* of the median us a drop, and of 1 - share of the best */
    int network, front;
} point;

typedef struct plane {
    point *point;
    int count;
    double time[2], lost[2]; /* what the axes show */
    int exact;               /* log10 of what stands for nothing lost */
} plane;

static int is_placed(const cf_result *r)
{
    return isfinite(r->p50_us) && r->p50_us > 0 && isfinite(r->of_best);
}

/* Nothing else is as fast and as good. */
static int on_front(const cf_study *s, const cf_result *r)
{
    for (int32_t m = 0; m < s->count; m++) {
        const cf_result *o = s->result[m];
        const int better = o->p50_us < r->p50_us || o->of_best > r->of_best;
        if (is_placed(o) && o->p50_us <= r->p50_us && o->of_best >= r->of_best && better) return 0;
    }
    return 1;
}

static int by_time(const void *a, const void *b)
{
    const double x = ((const point *)a)->time, y = ((const point *)b)->time;
    return (x > y) - (x < y);
}

static void widen(double *range, double v)
{
    range[0] = fmin(range[0], v);
    range[1] = fmax(range[1], v);
}

/* What loses nothing stands a decade below what loses least. */
static int exact_of(const cf_study *s)
{
    double least = 1e-3;
    for (int32_t m = 0; m < s->count; m++)
        if (is_placed(s->result[m]) && s->result[m]->of_best < 1 - 1e-9)
            least = fmin(least, 1 - s->result[m]->of_best);
    return (int)floor(log10(least)) - 1;
}

static plane plane_of(const cf_study *s)
{
    plane p = {.point = cli_alloc((size_t)s->count, sizeof *p.point),
               .time = {INFINITY, -INFINITY},
               .lost = {INFINITY, -INFINITY},
               .exact = exact_of(s)};
    for (int32_t m = 0; m < s->count; m++) {
        const cf_result *r = s->result[m];
        if (!is_placed(r)) continue;
        const double lost = fmin(1, 1 - r->of_best);
        const point own = {r->method, log10(r->p50_us), lost > 1e-9 ? log10(lost) : p.exact,
                           strncmp(r->method, "policy", 6) == 0, on_front(s, r)};
        widen(p.time, own.time);
        widen(p.lost, own.lost);
        p.point[p.count++] = own;
    }
    qsort(p.point, (size_t)p.count, sizeof *p.point, by_time);
    p.time[0] -= 0.25, p.time[1] += 0.35;
    p.lost[0] -= 0.3, p.lost[1] = fmin(0, p.lost[1] + 0.2);
    return p;
}

static double x_of(const plane *p, double time)
{
    return (time - p->time[0]) / (p->time[1] - p->time[0]) * (RIGHT - LEFT);
}

static double y_of(const plane *p, double lost)
{
    return (p->lost[1] - lost) / (p->lost[1] - p->lost[0]) * (TOP - BOTTOM);
}

/* Points along the front's steps, for the names to keep off. */
static int trace(const plane *p, double *x, double *y)
{
    int n = 0;
    const point *before = NULL;
    for (const point *own = p->point; own < p->point + p->count; own++) {
        if (!own->front) continue;
        if (before)
            n += cli_label_step(x_of(p, before->time), y_of(p, before->lost), x_of(p, own->time),
                                y_of(p, own->lost), x + n, y + n);
        before = own;
    }
    return n;
}

static void put_name(FILE *f, const point *own, const cli_label *l, int number)
{
    static const char *const ALIGN[] = {"right", "center", "left"};
    fprintf(f, "set label %d ", number);
    cli_gnuplot_string(f, l->text);
    fprintf(f, " at screen %.4f,%.4f %s noenhanced font '%s,%g' textcolor rgb '%s' front\n",
            (LEFT + l->at_x) / WIDTH, (BOTTOM + l->at_y) / HEIGHT, ALIGN[l->align + 1],
            own->front ? "DejaVu Sans:Bold" : "", FONT, own->front ? "#222222" : "#666e76");
    if (l->far)
        fprintf(f,
                "set arrow %d from screen %.4f,%.4f to screen %.4f,%.4f nohead linewidth 0.5 "
                "linecolor rgb '#b9c0c7' back\n",
                number, (LEFT + l->x) / WIDTH, (BOTTOM + l->y) / HEIGHT, (LEFT + l->at_x) / WIDTH,
                (BOTTOM + l->at_y) / HEIGHT);
}

static void put_names(FILE *f, const plane *p)
{
    const size_t corners = (size_t)CLI_STEP_POINTS * (size_t)(p->count + 1);
    cli_label *label = cli_alloc((size_t)p->count, sizeof *label);
    double *x = cli_alloc(2 * corners, sizeof *x), *y = x + corners;
    for (int i = 0; i < p->count; i++)
        label[i] = (cli_label){.text = p->point[i].name,
                               .x = x_of(p, p->point[i].time),
                               .y = y_of(p, p->point[i].lost)};
    const cli_label_panel room = {RIGHT - LEFT, TOP - BOTTOM, FONT, x, y, trace(p, x, y)};
    cli_labels_place(&room, label, p->count);
    for (int i = 0; i < p->count; i++) put_name(f, &p->point[i], &label[i], 100 + i);
    free(x);
    free(label);
}

static void put_axes(FILE *f, const plane *p, const char *measure)
{
    fprintf(f,
            "set lmargin at screen %g; set rmargin at screen %g\n"
            "set bmargin at screen %g; set tmargin at screen %g\n"
            "set logscale xy\nset xrange [%g:%g]\nset yrange [%g:%g]\n"
            "set xtics ('1 ns' 1e-3, '10 ns' 1e-2, '100 ns' 0.1, '1 µs' 1, '10 µs' 10, "
            "'100 µs' 100, '1 ms' 1e3, '10 ms' 1e4, '100 ms' 1e5, '1 s' 1e6, '10 s' 1e7)\n"
            "set ytics ('0' 1",
            LEFT / WIDTH, RIGHT / WIDTH, BOTTOM / HEIGHT, TOP / HEIGHT, pow(10, p->time[0]),
            pow(10, p->time[1]), pow(10, p->lost[1]), pow(10, p->lost[0]));
    for (int e = -1; e > p->exact; e--) fprintf(f, ", '%.*f' 1e%d", -e, 1 - pow(10, e), e);
    fprintf(f,
            ", '1' 1e%d)\nset xlabel 'median time of a drop, one thread'\nset ylabel '%s' "
            "offset 1,0\n",
            p->exact, measure);
}

/* Solvers in blue, networks in orange; hollow where something else is as fast and as good. */
static void put_points(FILE *f, const plane *p)
{
    static const struct mark {
        int network, front, type;
        const char *colour, *title;
    } MARKS[] = {{0, 0, 6, "blue", NULL},
                 {1, 0, 8, "orange", NULL},
                 {0, 1, 7, "blue", "solver"},
                 {1, 1, 9, "orange", "network"}};
    fputs("plot data using ($5 == 1 ? $2 : NaN):3 with steps linewidth 1.4 linecolor rgb "
          "'#b8c4d0' notitle",
          f);
    for (size_t i = 0; i < sizeof MARKS / sizeof *MARKS; i++) {
        const struct mark *m = &MARKS[i];
        int any = 0;
        for (int j = 0; j < p->count; j++)
            any |= p->point[j].network == m->network && p->point[j].front == m->front;
        if (!any) continue;
        fprintf(f,
                ", \\\n data using ($4 == %d && $5 == %d ? $2 : NaN):3 with points pointtype %d "
                "pointsize 0.8 linecolor rgb %s %s%s%s",
                m->network, m->front, m->type, m->colour, m->title ? "title '" : "notitle",
                m->title ? m->title : "", m->title ? "'" : "");
    }
    fputc('\n', f);
}

static const char *measure_of(const cf_study *s)
{
    for (int32_t m = 0; m < s->count; m++)
        if (s->result[m]->proven_share >= 1) return "share of the proven optimum";
    return s->result[0]->certified ? "share of the bound" : "share of the best answer";
}

static int write_points(const cli_figures *f, const plane *p)
{
    cli_output o;
    const int status = cli_figure_csv(f, "front", "method,p50_us,lost,network,on_front", &o);
    if (status != CLI_DONE) return status;
    for (int i = 0; i < p->count; i++) {
        const point *own = &p->point[i];
        cli_figure_field(o.file, own->name);
        fprintf(o.file, ",%.6g,%.6g,%d,%d\n", pow(10, own->time), pow(10, own->lost), own->network,
                own->front);
    }
    return cli_output_close(&o, f->at.command);
}

static int draw(cli_figures *f, const plane *p)
{
    char *name = cli_figure_name(f, "front");
    cli_output o;
    int status = cli_gnuplot_open(&o, &f->at, name, WIDTH, HEIGHT);
    if (status == CLI_DONE) {
        fprintf(o.file,
                "data = '%s.csv'\nset datafile missing NaN\nset key bottom right Left reverse\n",
                name);
        put_axes(o.file, p, measure_of(f->study));
        put_names(o.file, p);
        put_points(o.file, p);
        status = cli_gnuplot_close(&o, &f->at, name);
    }
    free(name);
    return status;
}

int cli_report_front(cli_figures *f)
{
    plane p = plane_of(f->study);
    int status = CLI_DONE;
    if (p.count > 0) status = write_points(f, &p);
    if (p.count > 0 && status == CLI_DONE) status = draw(f, &p);
    free(p.point);
    return status;
}
