#include "channel/geometry.h"

#include <math.h>

double chan_ground_distance(const cf_scenario *s, const float *a, const float *b)
{
    double dx = fabs((double)a[0] - (double)b[0]), dy = fabs((double)a[1] - (double)b[1]);
    if (s->wrap_around) {
        dx = fmin(dx, s->width_m - dx);
        dy = fmin(dy, s->depth_m - dy);
    }
    return sqrt(dx * dx + dy * dy);
}

static void place(float *position, double x, double y, double z)
{
    position[0] = (float)x;
    position[1] = (float)y;
    position[2] = (float)z;
}

static void place_uniform(const cf_scenario *s, double z, rng *r, float *position)
{
    const double x = s->width_m * rng_uniform(r);
    place(position, x, s->depth_m * rng_uniform(r), z);
}

void chan_place_aps(const cf_scenario *s, int32_t L, rng *r, float *position)
{
    const double z = s->ap_height_m;
    for (int32_t l = 0; l < L; l++, position += 3) switch ((chan_layout)s->layout) {
        case CHAN_POSITIONS:
            place(position, s->positions_m.v[2 * l], s->positions_m.v[2 * l + 1], z);
            break;
        case CHAN_GRID: place(position, s->x_m.v[l / s->y_m.n], s->y_m.v[l % s->y_m.n], z); break;
        case CHAN_CELLS: {
            const double row = (double)(l / s->columns), column = (double)(l % s->columns);
            place(position, s->width_m * (column + 0.5) / (double)s->columns,
                  s->depth_m * (row + 0.5) / (double)s->rows, z);
            break;
        }
        case CHAN_UNIFORM:
        case CHAN_POISSON: place_uniform(s, z, r, position); break;
        }
}

void chan_place_users(const cf_scenario *s, rng *r, float *position)
{
    for (int64_t k = 0; k < s->user_count; k++)
        place_uniform(s, s->user_height_m, r, position + 3 * k);
}
