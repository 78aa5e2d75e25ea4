/* Every name tries places around its point and takes the one that costs least as the others stand,
 * again until nobody moves. Who moves first decides where that ends: several beginnings, the
 * best. */
#include "label.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cli.h"

#define CM_A_POINT 0.0353
#define MARKER     0.24 /* side of what a point covers [cm] */

typedef struct box {
    double left, bottom, right, top;
} box;

static const struct direction {
    int x, y;
    double cost;
} DIRECTIONS[] = {{1, 0, 0},    {-1, 0, 0.1},  {0, 1, 0.2},   {0, -1, 0.2},
                  {1, 1, 0.15}, {1, -1, 0.15}, {-1, 1, 0.25}, {-1, -1, 0.25}};
static const struct ring {
    double gap, cost; /* gap [cm] */
} RINGS[] = {{0.16, 0}, {0.42, 1}, {0.75, 2.2}, {1.15, 4}, {1.6, 7}};
#define COUNT(a) ((int)(sizeof(a) / sizeof *(a)))
enum { PLACES = COUNT(RINGS) * COUNT(DIRECTIONS) };

/* DejaVu Sans: a character is about 0.58 of the font's size wide. */
static box box_of(const cli_label_panel *panel, const cli_label *l)
{
    const double height = 1.15 * CM_A_POINT * panel->font;
    const double width = 0.58 * CM_A_POINT * panel->font * (double)strlen(l->text);
    const double left = l->at_x - width * (1 - l->align) / 2;
    return (box){left, l->at_y - height / 2, left + width, l->at_y + height / 2};
}

static void put_at(const cli_label_panel *panel, cli_label *l, int place)
{
    const struct direction *d = &DIRECTIONS[place % COUNT(DIRECTIONS)];
    const struct ring *r = &RINGS[place / COUNT(DIRECTIONS)];
    l->at_x = l->x + d->x * r->gap * (d->y ? 0.7 : 1);
    l->at_y = l->y + d->y * (r->gap * (d->x ? 0.7 : 1) + 0.5 * CM_A_POINT * panel->font);
    l->align = d->x;
    l->far = place >= COUNT(DIRECTIONS);
    l->cost = r->cost + d->cost;
}

static box marker_of(const cli_label *l)
{
    const double r = MARKER / 2;
    return (box){l->x - r, l->y - r, l->x + r, l->y + r};
}

static double overlap(box a, box b)
{
    const double x = fmin(a.right, b.right) - fmax(a.left, b.left);
    const double y = fmin(a.top, b.top) - fmax(a.bottom, b.bottom);
    return x > 0 && y > 0 ? x * y : 0;
}

static double outside(const cli_label_panel *panel, box b)
{
    return fmax(0, -b.left) + fmax(0, -b.bottom) + fmax(0, b.right - panel->width) +
           fmax(0, b.top - panel->height);
}

static int is_in(box b, double x, double y)
{
    return x > b.left && x < b.right && y > b.bottom && y < b.top;
}

/* The line from a name to its point should meet nobody else's. */
static double crossings(const cli_label_panel *panel, const cli_label *label, int count, int i)
{
    enum { PIECES = 12 };
    const cli_label *own = &label[i];
    int crossed = 0;
    for (int k = 1; own->far && k < PIECES; k++) {
        const double t = (double)k / PIECES;
        const double x = own->x + t * (own->at_x - own->x), y = own->y + t * (own->at_y - own->y);
        for (int j = 0; j < count; j++)
            if (j != i)
                crossed +=
                    is_in(box_of(panel, &label[j]), x, y) + is_in(marker_of(&label[j]), x, y);
    }
    return crossed;
}

static double cost_of(const cli_label_panel *panel, const cli_label *label, int count, int i)
{
    const box own = box_of(panel, &label[i]);
    double cost = label[i].cost + 200 * outside(panel, own) + crossings(panel, label, count, i);
    for (int j = 0; j < count; j++) {
        const double marker = overlap(own, marker_of(&label[j]));
        const double name = j == i ? 0 : overlap(own, box_of(panel, &label[j]));
        if (marker > 0) cost += 10 + 100 * marker;
        if (name > 0) cost += 10 + 100 * name;
    }
    for (int p = 0; p < panel->line_count; p++)
        cost += 0.5 * is_in(own, panel->line_x[p], panel->line_y[p]);
    return cost;
}

static int move(const cli_label_panel *panel, cli_label *label, int count, int i)
{
    const cli_label before = label[i];
    cli_label best = before;
    double least = INFINITY;
    for (int place = 0; place < PLACES; place++) {
        put_at(panel, &label[i], place);
        const double cost = cost_of(panel, label, count, i);
        if (cost < least - 1e-9) least = cost, best = label[i];
    }
    label[i] = best;
    return best.at_x != before.at_x || best.at_y != before.at_y;
}

/* From all names in the same direction, the `first` moving first. Gives what it costs in all. */
static double settle(const cli_label_panel *panel, cli_label *label, int count, int first)
{
    for (int i = 0; i < count; i++) put_at(panel, &label[i], first % COUNT(DIRECTIONS));
    for (int sweep = 0, moved = 1; moved && sweep < 50; sweep++) {
        moved = 0;
        for (int i = 0; i < count; i++) moved |= move(panel, label, count, (first + i) % count);
    }
    double cost = 0;
    for (int i = 0; i < count; i++) cost += cost_of(panel, label, count, i);
    return cost;
}

int cli_label_step(double from_x, double from_y, double to_x, double to_y, double *x, double *y)
{
    int n = 0;
    for (int k = 0; k < CLI_STEP_POINTS / 2; k++) {
        const double t = (k + 0.5) / (CLI_STEP_POINTS / 2);
        x[n] = from_x + t * (to_x - from_x);
        y[n++] = from_y;
        x[n] = to_x;
        y[n++] = from_y + t * (to_y - from_y);
    }
    return n;
}

void cli_labels_place(const cli_label_panel *panel, cli_label *label, int count)
{
    const size_t bytes = (size_t)count * sizeof *label;
    cli_label *best = cli_alloc((size_t)count, sizeof *label);
    double least = INFINITY;
    for (int first = 0; first < count; first++) {
        const double cost = settle(panel, label, count, first);
        if (cost < least) least = cost, memcpy(best, label, bytes);
    }
    if (count > 0) memcpy(label, best, bytes);
    free(best);
}
