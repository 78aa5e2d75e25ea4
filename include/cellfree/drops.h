#ifndef CF_DROPS_H
#define CF_DROPS_H

/* Drops: realisations of a network, in memory and in files (docs/formats.md). */

#include <stddef.h>
#include <stdint.h>

#include <cellfree/assignment.h>
#include <cellfree/scenario.h>
#include <cellfree/status.h>

CF_BEGIN_C

/* n drops of L access points and K users. Made by cf_drops_generate, _load or _import;
 * released by cf_drops_free. Read the fields, do not change them. */
typedef struct cf_drops {
    int32_t n, L, K;
    float *gain_dbm;     /* (n,L,K)  received power [dBm], finite                           */
    float *ap_position;  /* (n,L,3)  [m], or NULL for imported gains                        */
    float *ue_position;  /* (n,K,3)  [m], or NULL for imported gains                        */
    int32_t *max_users;  /* (L)      A_l                                                    */
    int32_t *min_aps;    /* (K)      U_k                                                    */
    double noise_dbm;    /* noise power [dBm]                                               */
    uint64_t seed;       /* of the generator; 0 for imported gains                          */
    int64_t first;       /* index of drop 0 in the scenario's endless sequence              */
    char *scenario;      /* name, "imported" for imported gains                             */
    char *scenario_yaml; /* every parameter, "" for imported gains                          */
    uint64_t checksum;   /* of the gains, positions and limits, the same on every machine   */
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
typedef enum cf_unit { CF_UNIT_UNKNOWN = 0, CF_UNIT_DBM, CF_UNIT_DB, CF_UNIT_LINEAR } cf_unit;

typedef struct cf_import {
    const char *gain;    /* name of the array with the gains, e.g. "channels"               */
    const char *axes;    /* "drop,ap,user" in the array's own order; required               */
    cf_unit unit;        /* dbm: received power. db, linear: power gain; required           */
    double tx_power_dbm; /* added to db and linear gains; NaN: the task's default (docs)    */
    double noise_dbm;    /* NaN: thermal noise of 500 MHz at 300 K                          */
    int32_t max_users;   /* A for every AP; 0: 2                                            */
    int32_t min_aps;     /* U for every user; -1: 2                                         */
    const char *ap_position, *ue_position; /* arrays (n,L,3|2) or (L,3|2), (n,K,3|2); or NULL */
} cf_import;

/* Read gains from .npz. On success `report` (owned by the caller, `size` bytes) says what each axis
 * and unit was taken to be. Refuses NaN, infinities, negative power gains, and received power
 * above 60 dBm. A linear gain of exactly 0 is allowed and stored as -400 dBm. */
CF_API cf_status cf_drops_import(cf_drops **out, const char *path, const cf_import *options,
                                 char *report, size_t size);

/* snr (L,K) of drop i, 0 <= i < n: 10^((gain_dbm - noise_dbm)/10), linear. */
CF_API void cf_drops_snr(const cf_drops *d, int32_t i, double *snr);

CF_END_C

#endif
