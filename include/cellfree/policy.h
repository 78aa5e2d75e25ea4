#ifndef CF_POLICY_H
#define CF_POLICY_H

/* A policy: a trained network with its normalisation and its problem, one .safetensors file
 * (docs/formats.md). Part of libcellfree-run: needs libc and libm alone. */

#include <stddef.h>
#include <stdint.h>

#include <cellfree/assignment.h>
#include <cellfree/power.h>
#include <cellfree/status.h>
#include <cellfree/task.h>

CF_BEGIN_C

typedef struct cf_policy cf_policy; /* immutable after load; share freely between threads */

/* A file is taken only if every tensor is there with the right shape, is finite, and nothing
 * overlaps; otherwise CF_EFORMAT and what was found and wanted. */
CF_API cf_status cf_policy_load(cf_policy **out, const char *path);
CF_API cf_status cf_policy_save(const cf_policy *p, const char *path); /* atomically */
CF_API void cf_policy_free(cf_policy *p);                              /* NULL is fine */

CF_API cf_task cf_policy_task(const cf_policy *p);
CF_API const char *cf_policy_architecture(const cf_policy *p); /* "hpe", "market", "sinrnet", ... */
CF_API int64_t cf_policy_parameter_count(const cf_policy *p);

/* Metadata strings of the file ("scenario", "seed", "steps", ...); NULL if there is no such key.
 * cf_policy_meta_key lists them, i = 0, 1, ... until NULL. */
CF_API const char *cf_policy_meta(const cf_policy *p, const char *key);
CF_API const char *cf_policy_meta_key(const cf_policy *p, int32_t i);

/* The numbers that shape and normalise the network ("rounds", "hidden", "mean_db", ...): the name
 * of number i = 0, 1, ..., NULL from their count on, and its value (NaN there). */
CF_API const char *cf_policy_size_name(const cf_policy *p, int32_t i);
CF_API double cf_policy_size(const cf_policy *p, int32_t i);

/* A policy made ready for one network size. */
typedef struct cf_runner cf_runner; /* one thread at a time */

/* L access points, K users, and `lanes` drops decided together (1 for the lowest latency, 16 for
 * throughput), 1 to 4096; L K lanes <= CF_MAX_LINKS (sinrnet: L K K lanes). All memory is taken
 * here. The policy is borrowed and outlives the runner. CF_EARG, also if the environment variable
 * CELLFREE_KERNELS names kernels that this processor does not have; CF_ENOMEM. */
CF_API cf_status cf_runner_make(cf_runner **out, const cf_policy *p, int32_t L, int32_t K,
                                int32_t lanes);
CF_API void cf_runner_free(cf_runner *r); /* NULL is fine */

/* Task assignment: decide n drops that share L, K, A and U (n <= lanes).
 *
 *   p        in           limits, and the first drop's snr; checked by the caller
 *   n        in           drops; snr of drop i at p->snr + i L K
 *   x        out (n,L,K)  0/1; meets B2c, not always B2d: follow with cf_assignment_repair
 *   relaxed  out (n,L,K)  the network's own output in [0,1], or NULL
 *
 * Allocates nothing, takes no lock. CF_ESHAPE if L, K or n do not fit; CF_EARG if the policy is of
 * another task; CF_ENUM if the network gives NaN (x is then untouched). */
CF_API cf_status cf_runner_decide(cf_runner *r, const cf_assignment *p, int32_t n, uint8_t *x,
                                  float *relaxed);

/* Task power: allocate the power of n drops, p[0] to p[n-1] (n <= lanes), checked by the caller
 * (cf_power_check). watts (n,L,K) is within every constraint but the rate floor: the network's own
 * answer, each user's likeliest AP where the network gives chances.
 *
 * Allocates nothing, takes no lock. CF_ESHAPE if L, K or n do not fit; CF_EARG if the policy is of
 * another task, an objective is not the energy efficiency, or mu is 0; CF_ENUM if the network gives
 * NaN. On any failure watts is untouched. */
CF_API cf_status cf_runner_power(cf_runner *r, const cf_power *p, int32_t n, float *watts);

/* The plan, an operator a line with its shape, FLOPs and bytes, and the totals, as text: at most
 * `size` bytes into `text`; returns the length it needs. */
CF_API size_t cf_runner_describe(const cf_runner *r, char *text, size_t size);

/* Floats an access point sends over the fronthaul in one decision, FLOPs of one drop, and bytes of
 * memory that the plan takes. */
CF_API int64_t cf_runner_fronthaul_floats(const cf_runner *r);
CF_API int64_t cf_runner_flops(const cf_runner *r);
CF_API size_t cf_runner_bytes(const cf_runner *r);

CF_END_C

#endif
