#include "channel/pathloss.h"

#include <math.h>

#include "channel/functions.h"

static const double LIGHT_M_PER_S = 3.0e8; /* as the table has it */

void chan_log_distance(double intercept_db, double slope_db, int32_t n, double *d3d_m)
{
    for (int32_t i = 0; i < n; i++) d3d_m[i] = d3d_m[i] < 1 ? 1 : d3d_m[i];
    chan_log10s(n, d3d_m);
    for (int32_t i = 0; i < n; i++) d3d_m[i] = intercept_db - slope_db * d3d_m[i];
}

/* (h_UT - 13 m)/10 to the 1.5: how much a high user sees over the roofs. */
static double height_gain(double user_m)
{
    return user_m <= 13 ? 0 : pow((user_m - 13) / 10, 1.5);
}

static double over_roofs(double d2d_m)
{
    return d2d_m <= 18 ? 0 : 1.25 * pow(d2d_m / 100, 3) * exp(-d2d_m / 150);
}

double chan_los_probability(chan_path_loss model, double d2d_m, double user_m)
{
    if (d2d_m <= 18) return 1;
    const double near = 18 / d2d_m, decay = model == CHAN_UMI ? 36 : 63;
    const double p = near + exp(-d2d_m / decay) * (1 - near);
    return model == CHAN_UMI ? p : p * (1 + height_gain(user_m) * over_roofs(d2d_m));
}

double chan_environment_m(chan_path_loss model, double d2d_m, double user_m, double u)
{
    const double choices = floor((user_m - 1.5 - 12) / 3) + 1; /* 12, 15, ..., h_UT - 1.5 */
    if (model == CHAN_UMI || choices < 1) return 1;
    const double p = 1 / (1 + height_gain(user_m) * over_roofs(d2d_m));
    if (u < p) return 1;
    return 12 + 3 * fmin(floor((u - p) / (1 - p) * choices), choices - 1);
}

/* The two slopes of the line-of-sight law, which meet at the breakpoint distance d'_BP. */
static double two_slopes_db(double intercept, double slope, double beyond, double d2d_m,
                            double d3d_m, double drop_m, double breakpoint_m)
{
    if (d2d_m <= breakpoint_m) return intercept + slope * log10(d3d_m);
    return intercept + 40 * log10(d3d_m) -
           beyond * log10(breakpoint_m * breakpoint_m + drop_m * drop_m);
}

double chan_3gpp_loss_db(chan_path_loss model, int32_t los, double d2d_m, double ap_m,
                         double user_m, double environment_m, double frequency_hz)
{
    const double d2d = fmax(d2d_m, 10), drop = ap_m - user_m, d3d = hypot(d2d, drop);
    const double fc = 20 * log10(frequency_hz / 1e9);
    const double breakpoint =
        4 * (ap_m - environment_m) * (user_m - environment_m) * frequency_hz / LIGHT_M_PER_S;
    if (model == CHAN_UMI) {
        const double sight = two_slopes_db(32.4, 21, 9.5, d2d, d3d, drop, breakpoint) + fc;
        const double blocked = 35.3 * log10(d3d) + 22.4 + 21.3 / 20 * fc - 0.3 * (user_m - 1.5);
        return los ? sight : fmax(sight, blocked);
    }
    const double sight = two_slopes_db(28, 22, 9, d2d, d3d, drop, breakpoint) + fc;
    const double blocked = 13.54 + 39.08 * log10(d3d) + fc - 0.6 * (user_m - 1.5);
    return los ? sight : fmax(sight, blocked);
}
