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
#include "channel/scenario_check.h"

static const char *const LAYOUTS[] = {"positions", "grid", "cells", "uniform", "poisson", NULL};
static const char *const PATH_LOSSES[] = {"log-distance", "3gpp-umi", "3gpp-uma", NULL};
static const char *const FADINGS[] = {"none", "rayleigh", "rician", NULL};
static const char *const NOISES[] = {"thermal", "fixed", NULL};

#define FIELD(k, kind, member) \
    .key = (k), .type = CHAN_YAML_##kind, .offset = offsetof(struct cf_scenario, member)
#define RANGE(low, high) .least = (low), .most = (high)
#define ONLY(choice)     .only = UINT32_C(1) << (choice)
#define ONLY_3GPP        .only = UINT32_C(1) << CHAN_UMI | UINT32_C(1) << CHAN_UMA

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

static const chan_yaml_field PATH_LOSS[] = {
    {FIELD("model", CHOICE, path_loss), .choices = PATH_LOSSES, .required = 1,
     .about = "log-distance, 3gpp-umi or 3gpp-uma"},
    {FIELD("intercept_dbm", REAL, intercept_dbm), RANGE(-300, 300), .required = 1,
     ONLY(CHAN_LOG_DISTANCE), .about = "dBm received at 1 m, transmit power and antennas included"},
    {FIELD("slope_db", REAL, slope_db), RANGE(0, 200), .required = 1, ONLY(CHAN_LOG_DISTANCE),
     .about = "dB a decade of distance (10 times the exponent)"},
    {FIELD("frequency_hz", REAL, frequency_hz), RANGE(5e8, 1e11), .required = 1, ONLY_3GPP,
     .about = "Hz, carrier, 0.5 to 100 GHz"},
    {FIELD("tx_power_dbm", REAL, tx_power_dbm), RANGE(-100, 100), .fallback = 30, ONLY_3GPP,
     .about = "dBm of an access point on each link"},
    {FIELD("antenna_gain_db", REAL, antenna_gain_db), RANGE(-100, 100), ONLY_3GPP,
     .about = "dB, both ends together"},
    {FIELD("shadowing_std_db", REAL, shadow_los_db), RANGE(0, 50), ONLY(CHAN_LOG_DISTANCE),
     .about = "dB, log-normal shadowing; 0: none"},
    {FIELD("shadowing_los_std_db", REAL, shadow_los_db), RANGE(0, 50), .fallback = 4, ONLY_3GPP,
     .about = "dB, log-normal shadowing with line of sight"},
    {FIELD("shadowing_nlos_std_db", REAL, shadow_nlos_db), RANGE(0, 50), .fallback = 7.82,
     ONLY(CHAN_UMI), .about = "dB, without line of sight"},
    {FIELD("shadowing_nlos_std_db", REAL, shadow_nlos_db), RANGE(0, 50), .fallback = 6,
     ONLY(CHAN_UMA), .about = "dB, without line of sight"},
    {FIELD("shadowing_decorrelation_m", REAL, decorrelation_m), RANGE(0, 1e6),
     .about = "m, correlation exp(-d/this) over users of one access point; 0: none"},
    {0},
};

static const chan_yaml_field FADING[] = {
    {FIELD("model", CHOICE, fading), .choices = FADINGS, .about = "none, rayleigh or rician"},
    {FIELD("k_factor_db", REAL, k_factor_db), RANGE(-100, 100), .required = 1, ONLY(CHAN_RICIAN),
     .about = "dB, power of the steady path over the scattered; mean power 1"},
    {0},
};

static const chan_yaml_field NOISE[] = {
    {FIELD("model", CHOICE, noise), .choices = NOISES, .about = "thermal (k T B F) or fixed"},
    {FIELD("bandwidth_hz", REAL, bandwidth_hz), RANGE(1, 1e12), .fallback = 500e6,
     ONLY(CHAN_THERMAL), .about = "Hz"},
    {FIELD("temperature_k", REAL, temperature_k), RANGE(1, 1e5), .fallback = 300,
     ONLY(CHAN_THERMAL), .about = "K"},
    {FIELD("noise_figure_db", REAL, noise_figure_db), RANGE(0, 100), ONLY(CHAN_THERMAL),
     .about = "dB, of the user's receiver"},
    {FIELD("power_dbm", REAL, noise_dbm), RANGE(-300, 100), .required = 1, ONLY(CHAN_FIXED),
     .about = "dBm at the user"},
    {0},
};

static const chan_yaml_field LIMITS[] = {
    {FIELD("max_users", INTS, max_users), RANGE(0, CF_MAX_DIM), .fallback = 2,
     .about = "A: users an access point may serve; one number, or one each"},
    {FIELD("min_aps", INTS, min_aps), RANGE(0, CF_MAX_DIM), .fallback = 2,
     .about = "U: access points a user needs; one number, or one each"},
    {0},
};

static const chan_yaml_field SCENARIO[] = {
    {FIELD("name", TEXT, name), .required = 1, .about = "written into every file"},
    {FIELD("about", TEXT, about), .fallback_text = "", .about = "one line for people"},
    {.key = "area", .type = CHAN_YAML_SECTION, .fields = AREA},
    {.key = "aps", .type = CHAN_YAML_SECTION, .fields = APS, .about = "access points"},
    {.key = "users", .type = CHAN_YAML_SECTION, .fields = USERS},
    {.key = "path_loss", .type = CHAN_YAML_SECTION, .fields = PATH_LOSS},
    {.key = "fading", .type = CHAN_YAML_SECTION, .fields = FADING},
    {.key = "noise", .type = CHAN_YAML_SECTION, .fields = NOISE},
    {.key = "limits", .type = CHAN_YAML_SECTION, .fields = LIMITS},
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

const char *cf_scenario_yaml(const cf_scenario *s)
{
    return s->yaml;
}
