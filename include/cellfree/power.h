#ifndef CF_POWER_H
#define CF_POWER_H

/* Downlink power allocation in cell-free massive MIMO (Raghunath, Peng and Jorswieck, "Energy-
 * Efficient Power Allocation in Cell-Free Massive MIMO via Graph Neural Networks", 2024; called A
 * in this project):
 *
 *   S_k = sum_l g[l,k,k] p[l,k]                       signal of user k            [W]
 *   I_k = sum_{j != k} sum_l g[l,k,j] p[l,j]          interference at user k      [W]
 *   R_k = log2(1 + S_k / (noise + I_k))               spectral efficiency         [bit/s/Hz]
 *   D_k = mu sum_l p[l,k] + P_c                       power spent on user k       [W]
 *   EE  = (B/1e6) sum_k R_k / D_k                     energy efficiency           [Mbit/J]   (A1)
 *
 * g[l,k,j] is the power gain to user k of the beam that AP l points at user j (A2); p[l,k] >= 0 is
 * the power of AP l for user k. Arrays are row-major. */

#include <stddef.h>
#include <stdint.h>

#include <cellfree/status.h>

CF_BEGIN_C

typedef enum cf_power_objective {
    CF_POWER_EE = 0,       /* EE above                        [Mbit/J]                    */
    CF_POWER_SUM_RATE,     /* sum_k R_k                       [bit/s/Hz]                  */
    CF_POWER_MIN_RATE,     /* min_k R_k                       [bit/s/Hz]                  */
    CF_POWER_PROPORTIONAL, /* sum_k ln R_k, R_k at least 1e-9 [ln(bit/s/Hz)]              */
} cf_power_objective;

typedef enum cf_power_limit {
    CF_LIMIT_NONE = 0, /* p >= 0 alone, as A has it           */
    CF_LIMIT_AP,       /* sum_k p[l,k] <= limit_w for every l */
    CF_LIMIT_LINK,     /* p[l,k] <= limit_w                   */
} cf_power_limit;

enum { CF_MAX_POWER_LINKS = 1 << 20 }; /* the most L K anything here accepts */

/* One drop of the problem. Everything is borrowed. */
typedef struct cf_power {
    int32_t L, K;
    const float *gain;    /* (L,K,K) g[l,k,j], linear power gain, finite, >= 0               */
    const uint8_t *serve; /* (L,K)   1: AP l may serve user k; NULL: all may                 */
    double noise_w;       /* > 0 [W]                                                         */
    double mu;            /* power amplifier inefficiency, >= 0                              */
    double static_w;      /* P_c, power spent on a user whatever is sent, > 0 for EE [W]     */
    double bandwidth_hz;  /* B, > 0 [Hz]                                                     */
    cf_power_objective objective;
    cf_power_limit limit;
    double limit_w;    /* > 0 where there is a limit [W]                                  */
    double rate_floor; /* R_k wanted of each user, 0: none; reported, not enforced [bit/s/Hz] */
} cf_power;

/* Sizes, gains and parameters in range? CF_EARG, CF_ESHAPE or CF_ENUM with the numbers in
 * cf_last_error(). A user that nobody can serve is allowed: it gets no power. */
CF_API cf_status cf_power_check(const cf_power *p);

/* The objective at watts (L,K), in its own unit. NaN never: sums that overflow give CF_ENUM through
 * *status if status is not NULL, and -infinity. */
CF_API double cf_power_value(const cf_power *p, const float *watts, cf_status *status);

/* R_k of every user, rate (K) [bit/s/Hz]. */
CF_API void cf_power_rates(const cf_power *p, const float *watts, double *rate);

/* Constraints, to a relative 1e-6: entries that are negative, not finite, or of a link that may not
 * serve; limits that are broken; users below the floor. */
typedef struct cf_power_violations {
    int32_t bad_entries, aps_over, links_over, users_below_floor;
} cf_power_violations;

CF_API cf_power_violations cf_power_check_watts(const cf_power *p, const float *watts);

/* Nearest allocation within the constraints: negative entries to 0, links that may not serve to 0,
 * per AP the Euclidean projection on {p >= 0, sum <= limit_w}, per link the minimum with
 * limit_w. */
CF_API void cf_power_project(const cf_power *p, float *watts);

CF_END_C

#endif
