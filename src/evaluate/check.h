#ifndef EVALUATE_CHECK_H
#define EVALUATE_CHECK_H

#include <stdint.h>

/* What an answer is worth, worked out from the gains in dBm as the file has them by code that
 * shares nothing with src/problem: a mistake there cannot hide itself here. */
typedef struct eval_verdict {
    double rate;                               /* sum_k log2(1 + sum_l x[l,k] s[l,k])  [bit/s/Hz] */
    double most;                               /* the rate with every link on: no answer beats it */
    int32_t not_binary, aps_over, users_short; /* broken constraints: B2b, B2c, B2d              */
} eval_verdict;

/*   gain_dbm   (L,K)  received power [dBm]
 *   noise_dbm         noise power [dBm]
 *   max_users  (L)    A_l
 *   min_aps    (K)    U_k
 *   x          (L,K)  the answer
 */
eval_verdict eval_check(int32_t L, int32_t K, const float *gain_dbm, double noise_dbm,
                        const int32_t *max_users, const int32_t *min_aps, const uint8_t *x);

#endif
