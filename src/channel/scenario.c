#include "channel/scenario.h"

#include <math.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <cellfree/assignment.h>

#include "base/file.h"
#include "base/status.h"
#include "base/text.h"
#include "channel/drops.h"
#include "channel/scenario_check.h"

static const char *const LAYOUTS[] = {"positions", "grid", "cells", "uniform", "poisson", NULL};
static const char *const PATH_LOSSES[] = {"log-distance", "3gpp-umi", "3gpp-uma", NULL};
static const char *const FADINGS[] = {"none", "rayleigh", "rician", NULL};
static const char *const NOISES[] = {"thermal", "fixed", NULL};
static const char *const TASKS[] = {"assignment", "power", NULL};
static const char *const PRECODINGS[] = {"mr", NULL};
static const char *const SERVES[] = {"all", "threshold", "strongest", NULL};

const char *const chan_limits_on[] = {"none", "ap", "link", NULL};
const char *const chan_objectives[] = {"ee", "sum-rate", "min-rate", "proportional", NULL};

#define FIELD(k, kind, member) \
    .key = (k), .type = CHAN_YAML_##kind, .offset = offsetof(struct cf_scenario, member)
#define RANGE(low, high) .least = (low), .most = (high)
#define ONLY(choice)     .only = UINT32_C(1) << (choice)
#define ONLY_3GPP        .only = UINT32_C(1) << CHAN_UMI | UINT32_C(1) << CHAN_UMA
#define ONLY_LIMITED     .only = UINT32_C(1) << CF_LIMIT_AP | UINT32_C(1) << CF_LIMIT_LINK

static const chan_yaml_field AREA[] = {
    {FIELD("width_m", REAL, width_m), RANGE(0, 1e6), .required = 1, .about = "m, along x"},
    {FIELD("depth_m", REAL, depth_m), RANGE(0, 1e6), .required = 1, .about = "m, along y"},
    {FIELD("wrap_around", BOOL, wrap_around), .about = "distances on a torus: no edges"},
    {0},
};

static const chan_yaml_field APS[] = {
    {FIELD("layout", CHOICE, layout), .choices = LAYOUTS, .required = 1,
     .about = "positions, grid, cells, uniform or poisson"},
    {FIELD("positions_m", PAIRS, positions_m), RANGE(-1e6, 1e6), .required = 1,
     ONLY(CHAN_POSITIONS), .about = "m, [x, y] of every access point"},
    {FIELD("x_m", REALS, x_m), RANGE(-1e6, 1e6), .required = 1, ONLY(CHAN_GRID),
     .about = "m, every x with every y, x outermost"},
    {FIELD("y_m", REALS, y_m), RANGE(-1e6, 1e6), .required = 1, ONLY(CHAN_GRID), .about = "m"},
    {FIELD("rows", INT, rows), RANGE(1, CF_MAX_DIM), .required = 1, ONLY(CHAN_CELLS),
     .about = "equal cells along y, an access point in the centre of each"},
    {FIELD("columns", INT, columns), RANGE(1, CF_MAX_DIM), .required = 1, ONLY(CHAN_CELLS),
     .about = "equal cells along x"},
    {FIELD("count", INT, ap_count), RANGE(1, CF_MAX_DIM), .required = 1, ONLY(CHAN_UNIFORM),
     .about = "access points, placed anew in every drop"},
    {FIELD("density_per_km2", REAL, density_per_km2), RANGE(1e-6, 1e9), .required = 1,
     ONLY(CHAN_POISSON), .about = "per km2; their number is drawn once a dataset, at least 1"},
    {FIELD("height_m", REAL, ap_height_m), RANGE(-1000, 1e6), .fallback = 10,
     .about = "m above ground"},
    {0},
};

static const chan_yaml_field USERS[] = {
    {FIELD("count", INT, user_count), RANGE(1, CF_MAX_DIM), .required = 1,
     .about = "users, uniform over the area"},
    {FIELD("height_m", REAL, user_height_m), RANGE(-1000, 1e6), .fallback = 1.5,
     .about = "m above ground"},
    {0},
};

/* Rows that both tasks have. Assignment knows received power, power knows gain: what is transmitted
 * is then the decision. */
#define LOSS_MODEL                                                                       \
    {                                                                                    \
        FIELD("model", CHOICE, path_loss), .choices = PATH_LOSSES, .required = 1,        \
                                           .about = "log-distance, 3gpp-umi or 3gpp-uma" \
    }
#define LOSS_SLOPE                                                     \
    {                                                                  \
        FIELD("slope_db", REAL, slope_db), RANGE(0, 200),              \
            .required = 1, ONLY(CHAN_LOG_DISTANCE),                    \
            .about = "dB a decade of distance (10 times the exponent)" \
    }
#define LOSS_FREQUENCY                                                       \
    {                                                                        \
        FIELD("frequency_hz", REAL, frequency_hz), RANGE(5e8, 1e11),         \
            .required = 1, ONLY_3GPP, .about = "Hz, carrier, 0.5 to 100 GHz" \
    }
#define LOSS_ANTENNAS                                                                 \
    {                                                                                 \
        FIELD("antenna_gain_db", REAL, antenna_gain_db), RANGE(-100, 100), ONLY_3GPP, \
            .about = "dB, both ends together"                                         \
    }
#define LOSS_SHADOWING                                                                         \
    {FIELD("shadowing_std_db", REAL, shadow_los_db), RANGE(0, 50), ONLY(CHAN_LOG_DISTANCE),    \
     .about = "dB, log-normal shadowing; 0: none"},                                            \
        {FIELD("shadowing_los_std_db", REAL, shadow_los_db), RANGE(0, 50), .fallback = 4,      \
         ONLY_3GPP, .about = "dB, log-normal shadowing with line of sight"},                   \
        {FIELD("shadowing_nlos_std_db", REAL, shadow_nlos_db), RANGE(0, 50), .fallback = 7.82, \
         ONLY(CHAN_UMI), .about = "dB, without line of sight"},                                \
        {FIELD("shadowing_nlos_std_db", REAL, shadow_nlos_db), RANGE(0, 50), .fallback = 6,    \
         ONLY(CHAN_UMA), .about = "dB, without line of sight"},                                \
    {                                                                                          \
        FIELD("shadowing_decorrelation_m", REAL, decorrelation_m), RANGE(0, 1e6),              \
            .about = "m, correlation exp(-d/this) over users of one access point; 0: none"     \
    }

static const chan_yaml_field PATH_LOSS[] = {
    LOSS_MODEL,
    {FIELD("intercept_dbm", REAL, intercept_db), RANGE(-300, 300), .required = 1,
     ONLY(CHAN_LOG_DISTANCE), .about = "dBm received at 1 m, transmit power and antennas included"},
    LOSS_SLOPE,
    LOSS_FREQUENCY,
    {FIELD("tx_power_dbm", REAL, tx_power_dbm), RANGE(-100, 100), .fallback = 30, ONLY_3GPP,
     .about = "dBm of an access point on each link"},
    LOSS_ANTENNAS,
    LOSS_SHADOWING,
    {0},
};

static const chan_yaml_field POWER_LOSS[] = {
    LOSS_MODEL,
    {FIELD("intercept_db", REAL, intercept_db), RANGE(-300, 100), .required = 1,
     ONLY(CHAN_LOG_DISTANCE), .about = "dB, power gain of an antenna at 1 m"},
    LOSS_SLOPE,
    LOSS_FREQUENCY,
    LOSS_ANTENNAS,
    LOSS_SHADOWING,
    {0},
};

#define FADING_K                                                                     \
    {                                                                                \
        FIELD("k_factor_db", REAL, k_factor_db), RANGE(-100, 100),                   \
            .required = 1, ONLY(CHAN_RICIAN),                                        \
            .about = "dB, power of the steady path over the scattered; mean power 1" \
    }

static const chan_yaml_field FADING[] = {
    {FIELD("model", CHOICE, fading), .choices = FADINGS, .about = "none, rayleigh or rician"},
    FADING_K,
    {0},
};

static const chan_yaml_field POWER_FADING[] = {
    {FIELD("model", CHOICE, fading), .choices = FADINGS, .fallback = CHAN_RAYLEIGH,
     .about = "none, rayleigh or rician, antenna by antenna"},
    FADING_K,
    {0},
};

#define NOISE_MODEL                                                                             \
    {                                                                                           \
        FIELD("model", CHOICE, noise), .choices = NOISES, .about = "thermal (k T B F) or fixed" \
    }
#define NOISE_REST                                                                              \
    {FIELD("temperature_k", REAL, temperature_k), RANGE(1, 1e5), .fallback = 300,               \
     ONLY(CHAN_THERMAL), .about = "K"},                                                         \
        {FIELD("noise_figure_db", REAL, noise_figure_db), RANGE(0, 100), ONLY(CHAN_THERMAL),    \
         .about = "dB, of the user's receiver"},                                                \
    {                                                                                           \
        FIELD("power_dbm", REAL, noise_dbm), RANGE(-300, 100), .required = 1, ONLY(CHAN_FIXED), \
                                                               .about = "dBm at the user"       \
    }

static const chan_yaml_field NOISE[] = {
    NOISE_MODEL,
    {FIELD("bandwidth_hz", REAL, bandwidth_hz), RANGE(1, 1e12), .fallback = 500e6,
     ONLY(CHAN_THERMAL), .about = "Hz"},
    NOISE_REST,
    {0},
};

/* Its bandwidth is the one of the section power. */
static const chan_yaml_field POWER_NOISE[] = {
    NOISE_MODEL,
    NOISE_REST,
    {0},
};

static const chan_yaml_field LIMITS[] = {
    {FIELD("max_users", INTS, max_users), RANGE(0, CF_MAX_DIM), .fallback = 2,
     .about = "A: users an access point may serve; one number, or one each"},
    {FIELD("min_aps", INTS, min_aps), RANGE(0, CF_MAX_DIM), .fallback = 2,
     .about = "U: access points a user needs; one number, or one each"},
    {0},
};

static const chan_yaml_field ANTENNAS[] = {
    {FIELD("count", INT, antennas), RANGE(1, CHAN_MAX_ANTENNAS), .required = 1,
     .about = "of an access point; a user has one"},
    {FIELD("precoding", CHOICE, precoding), .choices = PRECODINGS, .about = "mr: maximum ratio"},
    {0},
};

static const chan_yaml_field SERVE[] = {
    {FIELD("model", CHOICE, serve), .choices = SERVES, .about = "all, threshold or strongest"},
    {FIELD("threshold_db", REAL, threshold_db), RANGE(-400, 300), .required = 1,
     ONLY(CHAN_THRESHOLD), .about = "dB, least power gain |h|^2 of a link that may serve"},
    {FIELD("count", INT, strongest), RANGE(1, CF_MAX_DIM), .required = 1, ONLY(CHAN_STRONGEST),
     .about = "access points a user, those with the largest |h|^2"},
    {0},
};

static const chan_yaml_field POWER[] = {
    {FIELD("limit", CHOICE, limit), .choices = chan_limits_on,
     .about = "on power: none, ap or link"},
    {FIELD("limit_w", REAL, limit_w), RANGE(1e-12, 1e9), .required = 1, ONLY_LIMITED,
     .about = "W, of each access point or each link"},
    {FIELD("objective", CHOICE, objective), .choices = chan_objectives,
     .about = "ee, sum-rate, min-rate or proportional"},
    {FIELD("mu", REAL, mu), RANGE(0, 1e9), .fallback = 1,
     .about = "power drawn per power sent, amplifier losses"},
    {FIELD("static_w", REAL, static_w), RANGE(0, 1e9), .fallback = 4,
     .about = "W, P_c: spent on a user whatever is sent"},
    {FIELD("bandwidth_hz", REAL, bandwidth_hz), RANGE(1, 1e12), .fallback = 1e6, .about = "Hz"},
    {FIELD("rate_floor", REAL, rate_floor), RANGE(0, 1000),
     .about = "bit/s/Hz wanted of each user, reported; 0: none"},
    {0},
};

#define SECTION(name, rows) .key = (name), .type = CHAN_YAML_SECTION, .fields = (rows)

static const chan_yaml_field SCENARIO[] = {
    {FIELD("task", CHOICE, task), .choices = TASKS, .quiet = 1, .about = "assignment or power"},
    {FIELD("name", TEXT, name), .required = 1, .about = "written into every file"},
    {FIELD("about", TEXT, about), .fallback_text = "", .about = "one line for people"},
    {SECTION("area", AREA)},
    {SECTION("aps", APS), .about = "access points"},
    {SECTION("antennas", ANTENNAS), ONLY(CF_TASK_POWER)},
    {SECTION("users", USERS)},
    {SECTION("path_loss", PATH_LOSS), ONLY(CF_TASK_ASSIGNMENT)},
    {SECTION("path_loss", POWER_LOSS), ONLY(CF_TASK_POWER)},
    {SECTION("fading", FADING), ONLY(CF_TASK_ASSIGNMENT)},
    {SECTION("fading", POWER_FADING), ONLY(CF_TASK_POWER)},
    {SECTION("noise", NOISE), ONLY(CF_TASK_ASSIGNMENT)},
    {SECTION("noise", POWER_NOISE), ONLY(CF_TASK_POWER)},
    {SECTION("limits", LIMITS), ONLY(CF_TASK_ASSIGNMENT)},
    {SECTION("serve", SERVE), ONLY(CF_TASK_POWER), .about = "which links may carry power"},
    {SECTION("power", POWER), ONLY(CF_TASK_POWER)},
    {0},
};

static cf_status write_yaml(cf_scenario *s)
{
    text t = {0};
    text_add(&t, "# A cellfree scenario; docs/scenarios.md describes every key.\n");
    chan_yaml_write(&t, SCENARIO, s);
    if (t.failed) {
        text_free(&t);
        return base_fail(CF_ENOMEM, "%s: no memory for its text", s->name);
    }
    s->yaml = t.s;
    return CF_OK;
}

cf_status cf_scenario_parse(cf_scenario **out, const char *yaml, const char *origin)
{
    if (!out || !yaml || !origin) return base_fail(CF_EARG, "scenario: NULL argument");
    chan_yaml *y = NULL;
    cf_scenario *s = calloc(1, sizeof *s);
    if (!s) return base_fail(CF_ENOMEM, "%.300s: no memory", origin);
    cf_status status = chan_yaml_open(&y, yaml, origin);
    if (status == CF_OK) status = chan_yaml_read(y, SCENARIO, s);
    if (status == CF_OK) status = chan_scenario_check(s, y);
    if (status == CF_OK) status = write_yaml(s);
    chan_yaml_close(y);
    if (status == CF_OK)
        *out = s;
    else
        cf_scenario_free(s);
    return status;
}

static cf_status load_file(cf_scenario **out, const char *path)
{
    unsigned char *data = NULL;
    size_t size = 0;
    cf_status status = file_read(path, &data, &size);
    if (status != CF_OK) return status;
    if (strlen((char *)data) != size)
        status = base_fail(CF_EFORMAT, "%.300s: holds a 0 byte, wanted YAML text", path);
    else
        status = cf_scenario_parse(out, (char *)data, path);
    free(data);
    return status;
}

cf_status cf_scenario_load(cf_scenario **out, const char *name_or_path)
{
    if (!out || !name_or_path) return base_fail(CF_EARG, "scenario: NULL argument");
    for (int32_t i = 0; i < cf_scenario_count(); i++)
        if (strcmp(cf_scenario_builtin_name(i), name_or_path) == 0)
            return cf_scenario_parse(out, chan_builtin_yaml(i), name_or_path);
    struct stat st;
    if (stat(name_or_path, &st) == 0) return load_file(out, name_or_path);
    text known = {0};
    for (int32_t i = 0; i < cf_scenario_count(); i++)
        text_add(&known, "%s%s", i ? ", " : "", cf_scenario_builtin_name(i));
    const cf_status status =
        base_fail(CF_EIO, "%.300s: no such file and no such built-in scenario (%s)", name_or_path,
                  known.s ? known.s : "");
    text_free(&known);
    return status;
}

void cf_scenario_free(cf_scenario *s)
{
    if (!s) return;
    chan_yaml_free(SCENARIO, s);
    free(s->yaml);
    free(s);
}

const char *cf_scenario_name(const cf_scenario *s)
{
    return s->name;
}

cf_task cf_scenario_task(const cf_scenario *s)
{
    return (cf_task)s->task;
}

const char *cf_scenario_yaml(const cf_scenario *s)
{
    return s->yaml;
}
