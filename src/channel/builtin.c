#include <stddef.h>

#include "channel/scenario.h"

/* The two networks of B. Slope and intercept are the fit that reproduces its table II in every
 * baseline; 35.3 dB a decade is the slope of 3GPP TR 38.901 UMi NLOS. */
static const struct {
    const char *name, *about, *yaml;
} BUILTIN[] = {
    {"mmwave-small", "5 access points, 4 users, 100 x 100 m, mmWave (B, table II)",
     "name: mmwave-small\n"
     "about: 5 access points and 4 users in 100 x 100 m, mmWave (B, table II)\n"
     "area: {width_m: 100, depth_m: 100}\n"
     "aps:\n"
     "  layout: positions\n"
     "  positions_m: [[5, 5], [50, 5], [95, 5], [5, 95], [50, 95]]\n"
     "  height_m: 11.5\n"
     "users: {count: 4, height_m: 1.5}\n"
     "path_loss: {model: log-distance, intercept_dbm: -49.27, slope_db: 35.3,\n"
     "            shadowing_std_db: 4.7}\n"
     "limits: {max_users: 2, min_aps: 2}\n"},
    {"mmwave-large", "20 access points, 15 users, 1000 x 1000 m, mmWave (B, table II)",
     "name: mmwave-large\n"
     "about: 20 access points and 15 users in 1000 x 1000 m, mmWave (B, table II)\n"
     "area: {width_m: 1000, depth_m: 1000}\n"
     "aps:\n"
     "  layout: grid\n"
     "  x_m: [50, 275, 500, 725, 950]\n"
     "  y_m: [50, 350, 650, 950]\n"
     "  height_m: 11.5\n"
     "users: {count: 15, height_m: 1.5}\n"
     "path_loss: {model: log-distance, intercept_dbm: -34.26, slope_db: 35.3,\n"
     "            shadowing_std_db: 4.7}\n"
     "limits: {max_users: 2, min_aps: 2}\n"},
};

enum { COUNT = sizeof BUILTIN / sizeof *BUILTIN };

int32_t cf_scenario_count(void)
{
    return COUNT;
}

const char *cf_scenario_builtin_name(int32_t i)
{
    return i >= 0 && i < COUNT ? BUILTIN[i].name : NULL;
}

const char *cf_scenario_builtin_about(int32_t i)
{
    return i >= 0 && i < COUNT ? BUILTIN[i].about : NULL;
}

const char *chan_builtin_yaml(int32_t i)
{
    return BUILTIN[i].yaml;
}
