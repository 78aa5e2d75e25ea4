/* The front: quality against time a drop over all methods, so that a user sees which to take. Time
 * is the median, which other programs on the machine move least. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "gnuplot.h"
#include "label.h"
#include "reproduce_power.h"

/* The page [cm], the panels' edges as shares of it, and the names' font [pt]. */
#define WIDTH  24.0
#define HEIGHT 17.0
#define FONT   6.5
typedef struct place {
    double left, right, bottom, top;
} place;

static const place PLACES[CLI_SIZES] = {
    {0.07, 0.49, 0.58, 0.95}, {0.565, 0.985, 0.58, 0.95}, {0.07, 0.49, 0.085, 0.455}};

#define STEPS     "linewidth 1.4 linecolor rgb '#b8c4d0'"
#define REFERENCE "dashtype (5,4) linewidth 1 linecolor rgb grey"
static const struct mark {
    const char *style, *title;
} MARKS[2][2] = {
    {{"pointtype 6 pointsize 0.7 linecolor rgb blue",
      "solver; another method is faster and better"},
     {"pointtype 7 pointsize 0.7 linecolor rgb blue", "solver on the front"}},
    {{"pointtype 8 pointsize 0.9 linecolor rgb orange",
      "network; another method is faster and better"},
     {"pointtype 9 pointsize 0.9 linecolor rgb orange",
      "network, alone or with a solver after it, on the front"}},
};

/* A method in the plane, both axes as decimal logarithms. */
typedef struct point {
    const cf_result *result;
    const char *label;
    int network, front;
    double time, lost; /* log10 of the median us a drop, and of 1 - fraction of best known */
} point;

/* The scene's result of method i, NULL where it has no place: "best" is what the others are
 * measured by, and "random" the mean of many draws, which nobody would wait for. */
static const cf_result *placed(const cli_scene *s, int i)
{
    const char *label = cli_power_methods[i].label;
    if (strcmp(label, "best") == 0 || strcmp(label, "random") == 0) return NULL;
    return cli_power_result(s, i);
}

int cli_power_on_front(const cli_scene *s, int i)
{
    const cf_result *own = placed(s, i);
    for (int j = 0; own && j < cli_power_method_count; j++) {
        const cf_result *other = j == i ? NULL : placed(s, j);
        if (other && other->p50_us <= own->p50_us && other->of_best >= own->of_best) return 0;
    }
    return own != NULL;
}

static int by_time(const void *a, const void *b)
{
    const double x = ((const point *)a)->time, y = ((const point *)b)->time;
    return (x > y) - (x < y);
}

/* The scene's points in order of time; their number. Nothing is closer to the best than 1e-6. */
static int points_of(const cli_scene *s, point *p)
{
    int n = 0;
    for (int i = 0; i < cli_power_method_count; i++) {
        const cf_result *r = placed(s, i);
        if (!r) continue;
        p[n++] = (point){r,
                         cli_power_methods[i].label,
                         cli_power_methods[i].policy != NULL,
                         cli_power_on_front(s, i),
                         log10(fmax(1e-3, r->p50_us)),
                         log10(fmax(1e-6, 1 - r->of_best))};
    }
    qsort(p, (size_t)n, sizeof *p, by_time);
    return n;
}

static void put_scene(FILE *f, const cli_scene *s)
{
    point *p = cli_alloc((size_t)cli_power_method_count, sizeof *p);
    const int n = points_of(s, p);
    for (int i = 0; i < n; i++)
        fprintf(f, "%s,%s,%s,%.6g,%.6g,%d,%d\n", s->scenario, p[i].result->method, p[i].label,
                p[i].result->p50_us, pow(10, p[i].lost), p[i].network, p[i].front);
    free(p);
}

typedef struct range {
    double least, most;
} range;

/* One scene's part of a figure; both axes are the same in all parts. */
typedef struct panel {
    const cli_scene *scene;
    const place *at;
    range time, lost;
    double reference; /* time of "best" */
    point *point;
    int count;
} panel;

static void widen(range *r, double v)
{
    r->least = fmin(r->least, v);
    r->most = fmax(r->most, v);
}

static void open_panels(panel *panels, const cli_scene *s)
{
    range time = {INFINITY, -INFINITY}, lost = time;
    for (int i = 0; i < CLI_SIZES; i++) {
        panel *own = &panels[i];
        own->scene = &s[i];
        own->at = &PLACES[i];
        own->point = cli_alloc((size_t)cli_power_method_count, sizeof *own->point);
        own->count = points_of(&s[i], own->point);
        own->reference = log10(cli_power_labelled(&s[i], "best")->p50_us);
        widen(&time, own->reference);
        for (int j = 0; j < own->count; j++)
            widen(&time, own->point[j].time), widen(&lost, own->point[j].lost);
    }
    for (int i = 0; i < CLI_SIZES; i++) {
        panels[i].time = (range){time.least - 0.2, time.most + 0.2};
        panels[i].lost = (range){lost.least - 0.35, 0};
    }
}

static double width_of(const panel *p)
{
    return (p->at->right - p->at->left) * WIDTH;
}

static double height_of(const panel *p)
{
    return (p->at->top - p->at->bottom) * HEIGHT;
}

/* Where a point lies in its panel [cm]; better is higher. */
static double x_of(const panel *p, double time)
{
    return (time - p->time.least) / (p->time.most - p->time.least) * width_of(p);
}

static double y_of(const panel *p, double lost)
{
    return (p->lost.most - lost) / (p->lost.most - p->lost.least) * height_of(p);
}

/* Points along the front's steps and along the reference, for the names to keep off. */
static int trace(const panel *p, double *x, double *y)
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
    for (int k = 0; k < CLI_STEP_POINTS; k++) {
        x[n] = x_of(p, p->reference);
        y[n++] = height_of(p) * (k + 0.5) / CLI_STEP_POINTS;
    }
    return n;
}

/* In dark where a method is on the front, in grey where another is both faster and better. */
static const char *colour_of(const point *p)
{
    return !p->front ? "#7b838b" : p->network ? "#b04a18" : "#174a84";
}

static void put_name(FILE *f, const panel *p, const cli_label *l, const char *colour, int number)
{
    static const char *const ALIGN[] = {"right", "center", "left"};
    const place *at = p->at;
    const double x = at->left + l->at_x / WIDTH, y = at->bottom + l->at_y / HEIGHT;
    fprintf(f, "set label %d '%s' at screen %.4f,%.4f %s font ',%g' textcolor rgb '%s' front\n",
            number, l->text, x, y, ALIGN[l->align + 1], FONT, colour);
    if (!l->far) return;
    const double half = 0.018 * FONT, rise = l->at_y - l->y; /* half the text's height [cm] */
    const double edge = fabs(rise) > half ? copysign(half, rise) / HEIGHT : 0;
    fprintf(f,
            "set arrow %d from screen %.4f,%.4f to screen %.4f,%.4f nohead linewidth 0.5 "
            "linecolor rgb '#b9c0c7' back\n",
            number, at->left + l->x / WIDTH, at->bottom + l->y / HEIGHT, x, y - edge);
}

static void put_names(FILE *f, const panel *p)
{
    const size_t corners = (size_t)CLI_STEP_POINTS * (size_t)(p->count + 1);
    cli_label *label = cli_alloc((size_t)p->count, sizeof *label);
    double *x = cli_alloc(2 * corners, sizeof *x), *y = x + corners;
    for (int i = 0; i < p->count; i++)
        label[i] = (cli_label){.text = p->point[i].label,
                               .x = x_of(p, p->point[i].time),
                               .y = y_of(p, p->point[i].lost)};
    const cli_label_panel room = {width_of(p), height_of(p), FONT, x, y, trace(p, x, y)};
    cli_labels_place(&room, label, p->count);
    fputs("unset for [i=100:150] label i\nunset for [i=100:150] arrow i\n", f);
    for (int i = 0; i < p->count; i++) put_name(f, p, &label[i], colour_of(&p->point[i]), 100 + i);
    free(x);
    free(label);
}

static void put_points(FILE *f, const panel *p, int network, int front)
{
    int any = 0;
    for (int i = 0; i < p->count; i++)
        any |= p->point[i].network == network && p->point[i].front == front;
    if (!any) return;
    fprintf(f,
            ", \\\n data using (here(strcol(1)) && $6 == %d && $7 == %d ? $4 : NaN):5 with points "
            "%s notitle",
            network, front, MARKS[network][front].style);
}

static void put_panel(FILE *f, const panel *p)
{
    fprintf(f,
            "set lmargin at screen %g; set rmargin at screen %g\n"
            "set bmargin at screen %g; set tmargin at screen %g\n"
            "set title '%s' font ',10' textcolor rgb '#222222' offset 0,-0.5\n"
            "scene = '%s'\n"
            "set arrow 99 from first %.6g, graph 0 to first %.6g, graph 1 nohead back " REFERENCE
            "\nplot data using (here(strcol(1)) && $7 == 1 ? $4 : NaN):5 with steps " STEPS
            " notitle",
            p->at->left, p->at->right, p->at->bottom, p->at->top, p->scene->title,
            p->scene->scenario, pow(10, p->reference), pow(10, p->reference));
    for (int network = 0; network < 2; network++)
        for (int front = 0; front < 2; front++) put_points(f, p, network, front);
    fputc('\n', f);
}

/* The fourth place says what is what. */
static void put_legend(FILE *f)
{
    fputs("set lmargin at screen 0.6; set rmargin at screen 0.95\n"
          "set bmargin at screen 0.1; set tmargin at screen 0.44\n"
          "unset logscale\nunset border\nunset tics\nunset grid\nunset title\nunset xlabel\n"
          "unset ylabel\nunset arrow\nunset label\nset xrange [0:1]\nset yrange [0:1]\n"
          "set key center center vertical Left reverse samplen 2 spacing 1.5\nplot NaN notitle",
          f);
    for (int network = 0; network < 2; network++)
        for (int front = 1; front >= 0; front--)
            fprintf(f, ", \\\n keyentry with points %s title '%s'", MARKS[network][front].style,
                    MARKS[network][front].title);
    fputs(", \\\n keyentry with lines " STEPS " title 'the front: best quality for the time'"
          ", \\\n keyentry with lines " REFERENCE
          " title 'time of \"best\", what the others are measured by'\n",
          f);
}

static int draw(cli_reproduction *r, const char *name, const cli_scene *s)
{
    cli_output o;
    const int status = cli_gnuplot_open(&o, r, name, WIDTH, HEIGHT);
    if (status != CLI_DONE) return status;
    panel panels[CLI_SIZES];
    open_panels(panels, s);
    fprintf(o.file,
            "data = 'front.csv'\nset datafile missing NaN\nhere(name) = name eq scene\n"
            "set multiplot\nunset key\nset logscale xy\nset xrange [%g:%g]\nset yrange [%g:%g]\n"
            "set xtics ('1 µs' 1, '10 µs' 10, '100 µs' 100, '1 ms' 1e3, '10 ms' 1e4, "
            "'100 ms' 1e5, '1 s' 1e6)\n"
            "set ytics ('0' 1, '0.9' 0.1, '0.99' 0.01, '0.999' 1e-3, '0.9999' 1e-4, "
            "'0.99999' 1e-5, '0.999999' 1e-6)\n"
            "set for [d=-6:5] for [i=2:9] xtics add ('' i*10.**d 1)\n"
            "set for [d=-6:-1] for [i=2:9] ytics add ('' i*10.**d 1)\n"
            "set xlabel 'median time a drop, one core'\nset ylabel 'fraction of best known' offset "
            "1,0\n",
            pow(10, panels->time.least), pow(10, panels->time.most), pow(10, panels->lost.most),
            pow(10, panels->lost.least));
    for (int i = 0; i < CLI_SIZES; i++) {
        put_names(o.file, &panels[i]);
        put_panel(o.file, &panels[i]);
        fputs("unset label 99\n", o.file);
        free(panels[i].point);
    }
    put_legend(o.file);
    fputs("unset multiplot\n", o.file);
    return cli_gnuplot_close(&o, r, name);
}

int cli_power_front(cli_reproduction *r)
{
    cli_output o;
    int status = cli_open_text(&o, r, "front.csv", "# ", "");
    if (status != CLI_DONE) return status;
    fputs("scenario,method,label,p50_us,lost,network,on_front\n", o.file);
    for (int32_t i = 0; i < r->scenes; i++) put_scene(o.file, &r->scene[i]);
    status = cli_output_close(&o, r->command);
    if (status == CLI_DONE) status = draw(r, "front", r->scene);
    if (status == CLI_DONE) status = draw(r, "front-table2", r->scene + CLI_SIZES);
    return status;
}
