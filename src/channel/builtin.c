#include <stddef.h>

#include "channel/scenario.h"

/* A's networks: side 100 m and the path loss of its text, or side 0, where every distance is the
 * 10 m of height and position has no effect, which is what reproduces its table II. */
#define POWER_NETWORK(size, suffix, rows, columns, users, side, what, remark)              \
    {                                                                                      \
        "power-" size suffix, what ", 5 antennas each, " remark,                           \
            "task: power\n"                                                                \
            "name: power-" size suffix "\n"                                                \
            "about: \"" what ", 5 antennas each, " remark "\"\n"                           \
            "area: {width_m: " side ", depth_m: " side "}\n"                               \
            "aps: {layout: cells, rows: " rows ", columns: " columns ", height_m: 11.5}\n" \
            "antennas: {count: 5}\n"                                                       \
            "users: {count: " users ", height_m: 1.5}\n"                                   \
            "path_loss: {model: log-distance, intercept_db: -30.5, slope_db: 36.7,\n"      \
            "            shadowing_std_db: 4}\n"                                           \
            "fading: {model: rayleigh}\n"                                                  \
            "noise: {model: fixed, power_dbm: -86}\n"                                      \
            "power: {mu: 1, static_w: 4, bandwidth_hz: 1e6}\n"                             \
    }
#define IN_100_M   "100 x 100 m (A)"
#define IN_A_POINT "every distance 10 m (A, table II)"

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
    POWER_NETWORK("5x10", "", "1", "5", "10", "100", "5 access points, 10 users", IN_100_M),
    POWER_NETWORK("10x10", "", "2", "5", "10", "100", "10 access points, 10 users", IN_100_M),
    POWER_NETWORK("15x15", "", "3", "5", "15", "100", "15 access points, 15 users", IN_100_M),
    POWER_NETWORK("30x20", "", "5", "6", "20", "100", "30 access points, 20 users", IN_100_M),
    POWER_NETWORK("5x10", "-table2", "1", "5", "10", "0", "5 access points, 10 users", IN_A_POINT),
    POWER_NETWORK("10x10", "-table2", "2", "5", "10", "0", "10 access points, 10 users",
                  IN_A_POINT),
    POWER_NETWORK("15x15", "-table2", "3", "5", "15", "0", "15 access points, 15 users",
                  IN_A_POINT),
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
