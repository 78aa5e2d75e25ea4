#ifndef CF_METHOD_H
#define CF_METHOD_H

/* A method maps a drop to an allocation: baselines, exact solvers and policies alike. Those of the
 * task assignment are a cf_method, those of the task power a cf_power_method. */

#include <stddef.h>
#include <stdint.h>

#include <cellfree/assignment.h>
#include <cellfree/policy.h>
#include <cellfree/power.h>
#include <cellfree/status.h>

CF_BEGIN_C

typedef struct cf_method cf_method; /* made for one shape; one thread at a time */

/* What a run says beside its answer. */
typedef struct cf_report {
    double objective_mean; /* random: mean over its draws; NaN where the answer is the only one */
    double bound;          /* upper bound on the optimum, or NaN where there is none         */
    int32_t proven;        /* 1: the answer is optimal within the method's gap               */
    int32_t broken;        /* 1: the answer broke B2d before it was repaired                 */
    int64_t nodes;         /* branch-and-bound nodes, or iterations                          */
} cf_report;

/* The methods, i = 0 .. cf_method_count() - 1: name, one line, and its parameters with defaults
 * ("node-limit=100000,time-limit=10"). */
CF_API int32_t cf_method_count(void);
CF_API const char *cf_method_name(int32_t i);
CF_API const char *cf_method_about(int32_t i);
CF_API const char *cf_method_parameters(int32_t i);

/* Make a method for L access points and K users.
 *
 *   spec    "gsd", "exact:node-limit=1000,time-limit=0.5", "policy", ...: NAME[:KEY=VALUE,...]
 *   policy  for "policy" only, else NULL; borrowed
 *
 * CF_EARG names an unknown method or parameter and lists the known ones. */
CF_API cf_status cf_method_make(cf_method **out, const char *spec, const cf_policy *policy,
                                int32_t L, int32_t K);
CF_API void cf_method_free(cf_method *m); /* NULL is fine */

/* Decide one drop.
 *
 *   p        in          checked: cf_assignment_check(p) == CF_OK
 *   seed     in          for methods that draw; drop `index` of `seed` gives the same answer always
 *   x        out (L,K)   0/1, repaired unless the method says otherwise (random: its last draw)
 *   relaxed  out (L,K)   policies and relaxation only: values in [0,1]; NULL: not wanted
 *   report   out         or NULL
 */
CF_API cf_status cf_method_run(cf_method *m, const cf_assignment *p, uint64_t seed, int64_t index,
                               uint8_t *x, float *relaxed, cf_report *report);

/* Decide n drops that share L, K and limits, the way that is fastest: snr of drop i at
 * p->snr + i L K, answers at x + i L K, reports at report + i. The same answers as n single
 * runs. */
CF_API cf_status cf_method_run_many(cf_method *m, const cf_assignment *p, int32_t n, uint64_t seed,
                                    int64_t first, uint8_t *x, float *relaxed, cf_report *report);

/* ---- power ---- */

typedef struct cf_power_method cf_power_method; /* made for one shape; one thread at a time */

/* As cf_method_count and the rest, for the task power. */
CF_API int32_t cf_power_method_count(void);
CF_API const char *cf_power_method_name(int32_t i);
CF_API const char *cf_power_method_about(int32_t i);
CF_API const char *cf_power_method_parameters(int32_t i);

/* Make a method for L access points and K users, L K <= CF_MAX_POWER_LINKS; spec and policy as for
 * cf_method_make. */
CF_API cf_status cf_power_method_make(cf_power_method **out, const char *spec,
                                      const cf_policy *policy, int32_t L, int32_t K);
CF_API void cf_power_method_free(cf_power_method *m); /* NULL is fine */

/* CF_OK where the method serves this objective under this limit; CF_EARG says what it does
 * serve. */
CF_API cf_status cf_power_method_serves(const cf_power_method *m, cf_power_objective objective,
                                        cf_power_limit limit);

/* Allocate the power of one drop.
 *
 *   p        in          checked: cf_power_check(p) == CF_OK
 *   seed     in          for methods that draw; drop `index` of `seed` gives the same answer always
 *   watts    out (L,K)   within every constraint but the rate floor; written on CF_OK only
 *   report   out         or NULL; `broken` is 0
 *
 * CF_EARG where the method does not serve p's objective and limit. */
CF_API cf_status cf_power_method_run(cf_power_method *m, const cf_power *p, uint64_t seed,
                                     int64_t index, float *watts, cf_report *report);

/* Allocate the power of n drops, p[0] to p[n-1], checked: as n single runs, answers at watts + i L
 * K, reports at report + i. Where one fails, those before it are written and the text names it. */
CF_API cf_status cf_power_method_run_many(cf_power_method *m, const cf_power *p, int32_t n,
                                          uint64_t seed, int64_t first, float *watts,
                                          cf_report *report);

CF_END_C

#endif
