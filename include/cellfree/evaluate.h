#ifndef CF_EVALUATE_H
#define CF_EVALUATE_H

/* Every method over the same drops, checked by code that the methods do not share. */

#include <stddef.h>
#include <stdint.h>

#include <cellfree/drops.h>
#include <cellfree/method.h>
#include <cellfree/status.h>

CF_BEGIN_C

/* One method's answers on n drops, and their summary. What belongs to the other task is NULL or
 * NaN. */
typedef struct cf_result {
    char *method; /* as named by the caller: "gsd", "policy", "policy:STEM" */
    cf_task task;
    cf_power_objective power_objective; /* power: what `objective` is; its unit: cf_result_unit */
    double rate_floor;                  /* power: of the drops [bit/s/Hz], 0: none */
    int32_t n, L, K;
    uint8_t *x;           /* (n,L,K) assignment: the allocations                              */
    float *watts;         /* (n,L,K) power: the allocations [W]                               */
    float *relaxed;       /* (n,L,K) or NULL                                                  */
    double *objective;    /* (n) recomputed; random: mean over its draws                      */
    double *bound;        /* (n) upper bound, or NaN                                          */
    double *seconds;      /* (n) time of the single-drop run, or NULL: no times were kept     */
    uint8_t *feasible;    /* (n) every constraint holds, the rate floor aside (random in
                             assignment: B2c only is asked of it)                             */
    uint8_t *broken;      /* (n) assignment: B2d broken before repair                         */
    uint8_t *proven;      /* (n) proven optimal                                               */
    int32_t *below_floor; /* (n) power: users with a rate below the floor                     */
    int32_t *users_on;    /* (n) power: users with a rate of CF_RATE_ON or more               */
    /* summary */
    double mean, ci95;            /* of objective; half width of the 95 % interval of the mean */
    double of_best, of_best_ci95; /* mean over drops of objective / best; see cf_evaluate      */
    double of_best_p1;            /* power: its 1 % quantile over drops                        */
    int32_t certified;            /* 1: best is the proven optimum or a bound on every drop    */
    double feasible_share, broken_share, proven_share;
    double floor_share;       /* power: drops with no user below the floor, or NaN if none */
    double below_floor_share; /* power: users below the floor, or NaN if there is none */
    double users_on_mean, watts_mean; /* power: of a drop; watts summed over its links         */
    double us_per_drop, p50_us, p99_us, batch_us_per_drop; /* NaN where not measured or kept   */
} cf_result;

#define CF_RATE_ON 1e-3 /* from this rate on a user counts as served [bit/s/Hz] */

/* Unit of objective, bound and mean: "bit/s/Hz", "Mbit/J", "ln(bit/s/Hz)". */
CF_API const char *cf_result_unit(const cf_result *r);

typedef struct cf_evaluate_options {
    int32_t threads;      /* 0: all cores. Times are per drop on one thread                    */
    uint64_t seed;        /* for methods that draw                                             */
    int32_t keep_relaxed; /* assignment: keep what networks and relaxation give before rounding */
    int32_t time_batch;   /* assignment: also time cf_method_run_many                          */
    int32_t no_times;     /* keep nothing that a clock measured: equal calls, equal results    */
    /* or NULL; 1 stops */
    int (*progress)(void *user, const char *method, int32_t done, int32_t total);
    void *user;
} cf_evaluate_options;

/* A method to evaluate. */
typedef struct cf_evaluate_item {
    const char *name;        /* in results, e.g. "policy:assignment"; NULL: the spec          */
    const char *spec;        /* cf_method_make's or cf_power_method_make's, by the drops' task */
    const cf_policy *policy; /* or NULL                                                       */
} cf_evaluate_item;

/* Run `count` methods, all of the drops' task, over all drops; out[i] is method i's result,
 * released by cf_result_free. of_best is, drop by drop, against the proven optimum; where none is
 * proven, the least bound that a method gave (then it is a lower limit of the ratio); else the best
 * feasible objective of the call; NaN where there is none. It is objective / best, and for the
 * proportional objective the ratio of the users' geometric mean rates, exp((objective - best) / K).
 * Answers do not depend on `threads`. CF_EARG before anything is run if a method cannot be made or
 * does not serve the drops' objective and limit; CF_ENUM if an objective is not a possible one, or
 * a feasible answer beats another method's proof or bound. */
CF_API cf_status cf_evaluate(const cf_drops *d, const cf_evaluate_item *items, int32_t count,
                             const cf_evaluate_options *options, cf_result **out);
CF_API void cf_result_free(cf_result *r); /* NULL is fine */

/* result.h5 (docs/formats.md): one group a method, the drops' checksum and provenance at the
 * root. */
CF_API cf_status cf_results_save(cf_result *const *r, int32_t count, const cf_drops *d,
                                 const char *command, const char *path);
CF_API cf_status cf_results_load(cf_result ***out, int32_t *count, const char *path);
CF_API void cf_results_free(cf_result **r, int32_t count);

/* Where the results of a file came from: its root attributes. */
typedef struct cf_results_source {
    cf_task task;
    char *cellfree;                 /* version that wrote it                               */
    char *command;                  /* the command line, "" where it was not said          */
    char *scenario, *scenario_yaml; /* as in cf_drops, and so are seed and first           */
    uint64_t seed, drops_checksum;
    int64_t first;
} cf_results_source;

CF_API cf_status cf_results_source_load(cf_results_source **out, const char *path);
CF_API void cf_results_source_free(cf_results_source *s); /* NULL is fine */

/* Write results for others, as cf_drops_export does; methods of one shape. */
CF_API cf_status cf_results_export(cf_result *const *r, int32_t count, const char *path,
                                   char *report, size_t size);

CF_END_C

#endif
