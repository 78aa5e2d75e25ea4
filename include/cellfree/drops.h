#ifndef CF_DROPS_H
#define CF_DROPS_H

/* Drops: realisations of a network, in memory and in files (docs/formats.md). */

#include <stddef.h>
#include <stdint.h>

#include <cellfree/assignment.h>
#include <cellfree/power.h>
#include <cellfree/scenario.h>
#include <cellfree/status.h>

CF_BEGIN_C

/* n drops of L access points and K users. Made by cf_drops_generate, _load or _import;
 * released by cf_drops_free. Read the fields, do not change them. Arrays of the other task are
 * NULL, its numbers 0. */
typedef struct cf_drops {
    cf_task task;
    int32_t n, L, K;
    float *ap_position; /* (n,L,3)  [m], or NULL for imported gains                        */
    float *ue_position; /* (n,K,3)  [m], or NULL for imported gains                        */

    /* assignment */
    float *gain_dbm;    /* (n,L,K)  received power [dBm], finite                           */
    int32_t *max_users; /* (L)      A_l                                                    */
    int32_t *min_aps;   /* (K)      U_k                                                    */
    double noise_dbm;   /* noise power [dBm]                                               */

    /* power; the parameters as in cf_power */
    int32_t antennas; /* N of an access point; 0 for imported gains                      */
    float *channel;   /* (n,L,K,N,2) real and imaginary parts [sqrt(W/W)]; NULL: gain    */
    float *gain;      /* (n,L,K,K) imported effective power gains; NULL: channel         */
    uint8_t *serve;   /* (n,L,K)  1: AP l may serve user k; NULL: all may                */
    double noise_w, mu, static_w, bandwidth_hz, limit_w, rate_floor;
    cf_power_objective objective;
    cf_power_limit limit;

    uint64_t seed;       /* of the generator; 0 for imported gains                          */
    int64_t first;       /* index of drop 0 in the scenario's endless sequence              */
    char *scenario;      /* name, "imported" for imported gains                             */
    char *scenario_yaml; /* every parameter, "" for imported gains                          */
    uint64_t checksum;   /* of all arrays and parameters, the same on every machine         */
} cf_drops;

/* Drops first .. first+n-1 of the scenario's sequence for this seed. Drop i depends on (scenario,
 * seed, i) only: not on n, first or the number of threads (0: all cores). */
CF_API cf_status cf_drops_generate(cf_drops **out, const cf_scenario *s, uint64_t seed,
                                   int64_t first, int32_t n, int32_t threads);

/* HDF5 files, format "cellfree.drops". Saving writes a temporary file beside the target, syncs it,
 * and renames: a failure leaves nothing behind. Equal drops give equal bytes. */
CF_API cf_status cf_drops_save(const cf_drops *d, const char *path);
CF_API cf_status cf_drops_load(cf_drops **out, const char *path);
CF_API void cf_drops_free(cf_drops *d); /* NULL is fine */

/* What an array in somebody else's file means. */
typedef enum cf_unit {
    CF_UNIT_UNKNOWN = 0,
    CF_UNIT_DBM,
    CF_UNIT_DB,
    CF_UNIT_LINEAR,
    CF_UNIT_DB_OVER_NOISE
} cf_unit;

typedef struct cf_import {
    cf_task task;
    const char *gain; /* name of the array with the gains, e.g. "channels"; NULL: the
                             file's only one                                               */
    const char *axes; /* the array's axes in its own order, "drop,ap,user" for assignment
                             (required), "drop,ap,user,beam" for power (NULL: that order, with
                             3 axes drop,user,beam). A missing drop or ap axis means one     */
    cf_unit unit;     /* dbm: received power. db, linear: power gain. db-over-noise:
                             power gain in dB less the noise in dBm, so that SNR = gain +
                             transmit power in dBm. Required for assignment; power takes
                             all but dbm, and linear if unknown                              */
    const char *ap_position, *ue_position; /* arrays (n,L,3|2) or (L,3|2), (n,K,3|2), or of
                             complex numbers x + iy without the last axis; or files of one
                             array, .npy or .csv; or NULL                                    */

    /* assignment */
    double tx_power_dbm; /* added to db and linear gains; NaN: the task's default (docs)    */
    double noise_dbm;    /* NaN: thermal noise of 500 MHz at 300 K                          */
    int32_t max_users;   /* A for every AP; 0: 2                                            */
    int32_t min_aps;     /* U for every user; -1: 2                                         */

    /* power: what stands for `gain`, and who may serve whom */
    const char *channel;    /* complex channels in place of `gain`, sqrt(W/W) where noise_w is in W;
                             axes "drop,ap,user,antenna" (NULL: that order), or "ap:antenna" for
                             one axis of all antennas, those of an access point side by side  */
    int32_t antennas;       /* N, above 0: `gain` is large-scale fading, axes "drop,ap,user"
                             (required), taken for the mean effective gains of Rayleigh fading:
                             N times it to the user itself, it to others. With `channel` the
                             antennas of an access point, needed for "ap:antenna"            */
    const char *serve;      /* array of 0 and 1, of the axes of the gains but for beam and antenna
                             (or without drop: for all drops); NULL: all may serve           */
    const char *serve_axes; /* its axes where they are others, "ap,user,drop"; or NULL        */

    /* power, as in cf_power */
    double noise_w;      /* NaN: missing, refused                                           */
    double mu;           /* NaN: 1                                                          */
    double static_w;     /* NaN: missing, refused where the objective is EE                 */
    double bandwidth_hz; /* NaN: 1e6                                                        */
    cf_power_objective objective;
    cf_power_limit limit;
    double limit_w, rate_floor;
} cf_import;

/* Read gains from .npz, .npy, .mat (version 5 or 7.3), .csv or .h5. On success `report` (owned by
 * the caller, `size` bytes) says what each axis and unit was taken to be. Refuses NaN and
 * infinities; for assignment negative power gains and received power above 60 dBm (a linear gain of
 * exactly 0 is allowed and stored as -400 dBm); for power negative gains, gains above 1e30,
 * channels above 1e14, serving sets of anything but 0 and 1, and a user that no access point
 * reaches. */
CF_API cf_status cf_drops_import(cf_drops **out, const char *path, const cf_import *options,
                                 char *report, size_t size);

/* An array in memory, in C order; `type` as in NumPy's array interface: "<f8", "<f4", "<c8", "|u1",
 * ... Everything is borrowed. */
typedef struct cf_array {
    const char *name, *type;
    int32_t ndim;
    const int64_t *dims;
    const void *data;
} cf_array;

/* The same from arrays, which the options call by their names. */
CF_API cf_status cf_drops_import_arrays(cf_drops **out, const cf_array *arrays, int32_t count,
                                        const cf_import *options, char *report, size_t size);

/* Fill what `options` leave open (NULL, NaN, unit unknown) with the names, axes, units and noise of
 * a convention, of the task in `options`: "bjornson", "eemax", "peng" (docs/formats.md has the
 * table). CF_EARG: no such convention, or not of this task. */
CF_API cf_status cf_import_like(cf_import *options, const char *convention);

/* Write drops for others: .npz, .mat (version 5) or .csv by the ending of the path, in the names of
 * docs/formats.md. On success `report` (owned by the caller, `size` bytes) has a line an array.
 * CF_EARG: another ending, or too much for the format. */
CF_API cf_status cf_drops_export(const cf_drops *d, const char *path, char *report, size_t size);

/* snr (L,K) of drop i, 0 <= i < n: 10^((gain_dbm - noise_dbm)/10), linear. Task assignment only. */
CF_API void cf_drops_snr(const cf_drops *d, int32_t i, double *snr);

/* Drop i of task power as a problem. With maximum-ratio precoding (A2)
 *
 *   gain[l,k,j] = |h_lk^H h_lj|^2 / ||h_lj||^2      what user k hears of the beam for user j,
 *
 * and ||h_lk||^2 on the diagonal; a beam for a user without any channel has no gain.
 *
 *   gain  out (L,K,K)  the caller's, kept by *out
 *   out   out          borrows gain and d->serve
 *
 * CF_EARG: another task, or no such drop. CF_ENOMEM. The same on every machine. */
CF_API cf_status cf_drops_power(const cf_drops *d, int32_t i, float *gain, cf_power *out);

CF_END_C

#endif
