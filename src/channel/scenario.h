#ifndef CHANNEL_SCENARIO_H
#define CHANNEL_SCENARIO_H

#include <stdint.h>

#include <cellfree/power.h>
#include <cellfree/scenario.h>

#include "channel/yaml.h"

typedef enum chan_layout {
    CHAN_POSITIONS, /* given one by one                             */
    CHAN_GRID,      /* every x of a list with every y of a list     */
    CHAN_CELLS,     /* centres of rows x columns equal cells        */
    CHAN_UNIFORM,   /* drawn anew for every drop                    */
    CHAN_POISSON,   /* the same, their number drawn once a dataset  */
} chan_layout;

typedef enum chan_path_loss { CHAN_LOG_DISTANCE, CHAN_UMI, CHAN_UMA } chan_path_loss;
typedef enum chan_fading { CHAN_NO_FADING, CHAN_RAYLEIGH, CHAN_RICIAN } chan_fading;
typedef enum chan_noise { CHAN_THERMAL, CHAN_FIXED } chan_noise;

/* Which access points may serve a user (power). */
typedef enum chan_serve { CHAN_ALL, CHAN_THRESHOLD, CHAN_STRONGEST } chan_serve;

/* Names of cf_power_limit and cf_power_objective, ended by NULL. */
extern const char *const chan_limits_on[], *const chan_objectives[];

/* The keys of docs/scenarios.md in their order there. */
struct cf_scenario {
    int32_t task; /* cf_task */
    char *name, *about;
    double width_m, depth_m; /* along x, along y */
    int32_t wrap_around;

    int32_t layout;             /* chan_layout */
    chan_yaml_list positions_m; /* [[x, y], ...] */
    chan_yaml_list x_m, y_m;
    int64_t rows, columns;
    int64_t ap_count; /* any fixed layout: L; 0 for Poisson */
    double density_per_km2;
    double ap_height_m;

    int64_t antennas;  /* power: of an access point */
    int32_t precoding; /* power: 0, maximum ratio   */

    int64_t user_count;
    double user_height_m;

    int32_t path_loss;   /* chan_path_loss */
    double intercept_db; /* assignment: dBm */
    double slope_db;
    double frequency_hz, tx_power_dbm, antenna_gain_db;
    double shadow_los_db, shadow_nlos_db; /* log-distance: the same */
    double decorrelation_m;

    int32_t fading; /* chan_fading */
    double k_factor_db;

    int32_t noise; /* chan_noise */
    double bandwidth_hz, temperature_k, noise_figure_db, noise_dbm;

    chan_yaml_list max_users, min_aps; /* assignment */

    int32_t serve; /* power: chan_serve */
    double threshold_db;
    int64_t strongest;

    int32_t objective, limit; /* power: cf_power_objective, cf_power_limit */
    double limit_w, mu, static_w, rate_floor;

    char *yaml;
};

/* Thermal noise power k T B F, with k = 1.38e-23 J/K as B has it [dBm]. */
double chan_thermal_noise_dbm(double bandwidth_hz, double temperature_k, double figure_db);

/* The scenario's noise power [dBm], [W]. */
double chan_noise_dbm(const cf_scenario *s);
double chan_noise_w(const cf_scenario *s);

/* Number of access points of a dataset; for Poisson drawn from stream (seed, RNG_SCENARIO, 0). */
int32_t chan_ap_count(const cf_scenario *s, uint64_t seed);

/* Built-in scenarios as text; i is in range. */
const char *chan_builtin_yaml(int32_t i);

#endif
