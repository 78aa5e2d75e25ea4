#include "channel/scenario_check.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <cellfree/assignment.h>

#include "base/rng.h"
#include "base/status.h"
#include "channel/limits.h"

enum {
    MAX_CORRELATED = 4096, /* users in one covariance matrix: 128 MiB */
    MAX_POISSON = 60000,   /* 5500 below CF_MAX_DIM: 22 standard deviations */
};

static cf_status check_name(const cf_scenario *s, const chan_yaml *y)
{
    static const char LETTERS[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.";
    const size_t n = strlen(s->name);
    if (n == 0 || n > 64 || strspn(s->name, LETTERS) != n)
        return chan_yaml_fail(y, CF_EARG, "name",
                              "found \"%.80s\", wanted 1 to 64 letters, digits, - _ .", s->name);
    return CF_OK;
}

static double mean_ap_count(const cf_scenario *s)
{
    return s->density_per_km2 * (s->width_m * 1e-3) * (s->depth_m * 1e-3);
}

static cf_status count_aps(cf_scenario *s, const chan_yaml *y)
{
    int64_t L = 0;
    const char *key = "aps";
    switch ((chan_layout)s->layout) {
    case CHAN_POSITIONS:
        L = s->positions_m.n;
        key = "aps.positions_m";
        break;
    case CHAN_GRID:
        L = (int64_t)s->x_m.n * s->y_m.n;
        key = "aps.x_m";
        break;
    case CHAN_CELLS:
        L = s->rows * s->columns;
        key = "aps.rows";
        break;
    case CHAN_UNIFORM: return CF_OK;
    case CHAN_POISSON:
        if (mean_ap_count(s) > 0 && mean_ap_count(s) <= MAX_POISSON) return CF_OK;
        return chan_yaml_fail(y, CF_EARG, "aps.density_per_km2",
                              "%.9g in %.9g x %.9g m is %.9g access points, wanted above 0 to %d",
                              s->density_per_km2, s->width_m, s->depth_m, mean_ap_count(s),
                              MAX_POISSON);
    }
    if (L > CF_MAX_DIM)
        return chan_yaml_fail(y, CF_EARG, key, "found %lld access points, wanted 1 to %d",
                              (long long)L, CF_MAX_DIM);
    s->ap_count = L;
    return CF_OK;
}

static int inside(double v, double side)
{
    return v >= 0 && v <= side;
}

/* On a torus a position is only meant inside the area. */
static cf_status check_inside(const cf_scenario *s, const chan_yaml *y)
{
    if (!s->wrap_around) return CF_OK;
    if (!(s->width_m > 0 && s->depth_m > 0))
        return chan_yaml_fail(y, CF_EARG, "area.wrap_around", "wants sides above 0 m");
    for (int32_t i = 0; s->layout == CHAN_POSITIONS && i < s->positions_m.n; i++) {
        const double *p = s->positions_m.v + 2 * i;
        if (!inside(p[0], s->width_m) || !inside(p[1], s->depth_m))
            return chan_yaml_fail(y, CF_EARG, "aps.positions_m",
                                  "[%.9g, %.9g] is outside the area, which wraps around", p[0],
                                  p[1]);
    }
    for (int32_t i = 0; s->layout == CHAN_GRID && i < s->x_m.n; i++)
        if (!inside(s->x_m.v[i], s->width_m))
            return chan_yaml_fail(y, CF_EARG, "aps.x_m",
                                  "%.9g is outside the area, which wraps around", s->x_m.v[i]);
    for (int32_t i = 0; s->layout == CHAN_GRID && i < s->y_m.n; i++)
        if (!inside(s->y_m.v[i], s->depth_m))
            return chan_yaml_fail(y, CF_EARG, "aps.y_m",
                                  "%.9g is outside the area, which wraps around", s->y_m.v[i]);
    return CF_OK;
}

/* TR 38.901, table 7.4.1-1 gives user heights of 1.5 to 22.5 m and access points above them. */
static cf_status check_heights(const cf_scenario *s, const chan_yaml *y)
{
    if (s->path_loss == CHAN_LOG_DISTANCE) return CF_OK;
    if (s->user_height_m < 1.5 || s->user_height_m > 22.5)
        return chan_yaml_fail(y, CF_EARG, "users.height_m",
                              "found %.9g, wanted 1.5 to 22.5 with a 3GPP path loss",
                              s->user_height_m);
    if (s->ap_height_m <= s->user_height_m || s->ap_height_m > 150)
        return chan_yaml_fail(y, CF_EARG, "aps.height_m",
                              "found %.9g, wanted above the users' %.9g, to 150, with a 3GPP path "
                              "loss",
                              s->ap_height_m, s->user_height_m);
    return CF_OK;
}

static cf_status check_list(const chan_yaml *y, const char *key, const chan_yaml_list *list,
                            int64_t count, const char *whose)
{
    if (list->n == 1 || (count > 0 && list->n == count)) return CF_OK;
    if (count == 0)
        return chan_yaml_fail(y, CF_EARG, key,
                              "found %d numbers, wanted one: the number of access points is drawn",
                              list->n);
    return chan_yaml_fail(y, CF_EARG, key,
                          "found %d numbers, wanted one, or one for each of %lld %s", list->n,
                          (long long)count, whose);
}

/* Poisson layouts have an L only once a seed is known: cf_drops_generate checks them. */
static cf_status check_limits(const cf_scenario *s, const chan_yaml *y)
{
    cf_status status =
        check_list(y, "limits.max_users", &s->max_users, s->ap_count, "access points");
    if (status == CF_OK)
        status = check_list(y, "limits.min_aps", &s->min_aps, s->user_count, "users");
    if (status != CF_OK || s->layout == CHAN_POISSON) return status;
    status = chan_limits_check(s, (int32_t)s->ap_count);
    if (status != CF_ESHAPE && status != CF_EARG) return status;
    char why[400];
    strncpy(why, cf_last_error(), sizeof why - 1);
    why[sizeof why - 1] = 0;
    return chan_yaml_fail(y, status, "limits", "%s", why);
}

/* Poisson layouts have an L only once a seed is known: chan_drops_new counts their links. */
static cf_status check_power(const cf_scenario *s, const chan_yaml *y)
{
    const int64_t L = s->ap_count, K = s->user_count;
    if (s->layout != CHAN_POISSON && L * K > CF_MAX_POWER_LINKS)
        return chan_yaml_fail(y, CF_EARG, "users.count",
                              "found %lld users of %lld access points, wanted at most %d links",
                              (long long)K, (long long)L, CF_MAX_POWER_LINKS);
    if (s->layout != CHAN_POISSON && s->serve == CHAN_STRONGEST && s->strongest > L)
        return chan_yaml_fail(y, CF_EARG, "serve.count", "found %lld, wanted 1 to %lld",
                              (long long)s->strongest, (long long)L);
    if (s->objective == CF_POWER_EE && !(s->static_w > 0))
        return chan_yaml_fail(y, CF_EARG, "power.static_w",
                              "found %.9g, wanted above 0 with objective ee", s->static_w);
    return CF_OK;
}

cf_status chan_scenario_check(cf_scenario *s, const chan_yaml *y)
{
    cf_status status = check_name(s, y);
    if (status == CF_OK) status = count_aps(s, y);
    if (status == CF_OK) status = check_inside(s, y);
    if (status == CF_OK) status = check_heights(s, y);
    if (status == CF_OK) status = s->task == CF_TASK_POWER ? check_power(s, y) : check_limits(s, y);
    if (status == CF_OK && s->decorrelation_m > 0 && s->user_count > MAX_CORRELATED)
        status = chan_yaml_fail(y, CF_EARG, "path_loss.shadowing_decorrelation_m",
                                "correlates at most %d users, found %lld", MAX_CORRELATED,
                                (long long)s->user_count);
    if (s->path_loss == CHAN_LOG_DISTANCE) s->shadow_nlos_db = s->shadow_los_db;
    return status;
}

/* Exponential gaps until they fill the mean: exact, and a dataset draws it only once. */
int32_t chan_ap_count(const cf_scenario *s, uint64_t seed)
{
    if (s->layout != CHAN_POISSON) return (int32_t)s->ap_count;
    rng r = rng_stream(seed, RNG_SCENARIO, 0);
    const double mean = mean_ap_count(s);
    int32_t n = 0;
    for (double t = -log1p(-rng_uniform(&r)); t < mean && n < CF_MAX_DIM;
         t -= log1p(-rng_uniform(&r)))
        n++;
    return n > 0 ? n : 1;
}

double chan_thermal_noise_dbm(double bandwidth_hz, double temperature_k, double figure_db)
{
    const double boltzmann = 1.38e-23; /* as B has it, J/K */
    return 10 * log10(boltzmann * temperature_k * bandwidth_hz) + 30 + figure_db;
}

double chan_noise_dbm(const cf_scenario *s)
{
    if (s->noise == CHAN_FIXED) return s->noise_dbm;
    return chan_thermal_noise_dbm(s->bandwidth_hz, s->temperature_k, s->noise_figure_db);
}

double chan_noise_w(const cf_scenario *s)
{
    return pow(10, (chan_noise_dbm(s) - 30) / 10);
}
