/* Every name tries places around its point and takes the one that costs least as the others stand;
 * again until nobody moves. */
#include "label.h"

#include <math.h>
#include <string.h>

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
static const double RINGS[] = {0.16, 0.42, 0.75, 1.15, 1.6};
#define COUNT(a) ((int)(sizeof(a) / sizeof *(a)))

/* DejaVu Sans: a character is about 0.58 of the font's size wide. */
static box box_of(const cli_label_panel *panel, const cli_label *l)
{
    const double height = 1.15 * CM_A_POINT * panel->font;
    const double width = 0.58 * CM_A_POINT * panel->font * (double)strlen(l->text);
    const double left = l->at_x - width * (1 - l->align) / 2;
    return (box){left, l->at_y - height / 2, left + width, l->at_y + height / 2};
}

static void put_at(const cli_label_panel *panel, cli_label *l, int ring, int direction)
{
    const struct direction *d = &DIRECTIONS[direction];
    const double half = 0.5 * CM_A_POINT * panel->font;
    l->at_x = l->x + d->x * RINGS[ring] * (d->y ? 0.7 : 1);
    l->at_y = l->y + d->y * (RINGS[ring] * (d->x ? 0.7 : 1) + half);
    l->align = d->x;
    l->far = ring > 0;
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

static double cost_of(const cli_label_panel *panel, const cli_label *label, int count, int i)
{
    const box own = box_of(panel, &label[i]);
    double cost = 200 * outside(panel, own);
    for (int j = 0; j < count; j++) {
        const double x = label[j].x, y = label[j].y, r = MARKER / 2;
        const double marker = overlap(own, (box){x - r, y - r, x + r, y + r});
        const double name = j == i ? 0 : overlap(own, box_of(panel, &label[j]));
        if (marker > 0) cost += 10 + 100 * marker;
        if (name > 0) cost += 10 + 100 * name;
    }
    for (int p = 0; p < panel->line_count; p++)
        cost += 0.5 * (panel->line_x[p] > own.left && panel->line_x[p] < own.right &&
                       panel->line_y[p] > own.bottom && panel->line_y[p] < own.top);
    return cost;
}

static int move(const cli_label_panel *panel, cli_label *label, int count, int i)
{
    const cli_label before = label[i];
    cli_label best = before;
    double least = INFINITY;
    for (int ring = 0; ring < COUNT(RINGS); ring++)
        for (int d = 0; d < COUNT(DIRECTIONS); d++) {
            put_at(panel, &label[i], ring, d);
            const double cost = cost_of(panel, label, count, i) + ring + DIRECTIONS[d].cost;
            if (cost < least - 1e-9) least = cost, best = label[i];
        }
    label[i] = best;
    return best.at_x != before.at_x || best.at_y != before.at_y;
}

void cli_labels_place(const cli_label_panel *panel, cli_label *label, int count)
{
    for (int i = 0; i < count; i++) put_at(panel, &label[i], 0, 0);
    for (int sweep = 0, moved = 1; moved && sweep < 50; sweep++) {
        moved = 0;
        for (int i = 0; i < count; i++) moved |= move(panel, label, count, i);
    }
}
