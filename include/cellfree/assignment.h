#ifndef CF_ASSIGNMENT_H
#define CF_ASSIGNMENT_H

/* The assignment problem of cell-free massive MIMO in mmWave (Peng et al., "Distributed
 * Combinatorial Optimization of Downlink User Assignment in mmWave Cell-free Massive MIMO Using
 * Graph Neural Networks", eq. 2; called B in this project):
 *
 *   maximise   R(x) = sum_k log2(1 + sum_l x[l,k] s[l,k])          [bit/s/Hz]      (B1, B2a)
 *   subject to x[l,k] in {0,1}                                                     (B2b)
 *              sum_k x[l,k] <= A_l   for every access point l                      (B2c)
 *              sum_l x[l,k] >= U_k   for every user k                              (B2d)
 *
 * s[l,k] is the received signal-to-noise ratio, linear. Arrays are row-major, (L, K).
 */

#include <stddef.h>
#include <stdint.h>

#include <cellfree/status.h>

CF_BEGIN_C

enum { CF_MAX_DIM = 65535 };   /* the most access points or users anything here accepts */
#define CF_MAX_LINKS INT32_MAX /* the most links, L K of a drop, or L K lanes of a runner */
#define CF_MAX_SNR   1e100     /* the largest SNR: sums and products of such stay finite   */

/* One drop of the problem. Everything is borrowed. */
typedef struct cf_assignment {
    int32_t L, K;             /* access points, users; 1 .. CF_MAX_DIM, L K <= CF_MAX_LINKS */
    const double *snr;        /* (L,K) received SNR, linear, 0 .. CF_MAX_SNR             */
    const int32_t *max_users; /* (L)   A_l, users that AP l may serve, >= 0              */
    const int32_t *min_aps;   /* (K)   U_k, APs that user k needs, 0 .. L                */
} cf_assignment;

/* Are the sizes and gains in range, and is there any assignment at all? (There is one exactly when,
 * for every m, the m most demanding users need no more than sum_l min(A_l, m) slots: Gale's
 * theorem.) CF_EARG, CF_ESHAPE or CF_ENUM with the numbers in cf_last_error(). O(L K) for the gains
 * and O(L + K) for each distinct U; allocates nothing. */
CF_API cf_status cf_assignment_check(const cf_assignment *p);

/* The same without the gains: sizes and limits only. */
CF_API cf_status cf_assignment_check_limits(int32_t L, int32_t K, const int32_t *max_users,
                                            const int32_t *min_aps);

/* R(x), eq. (B2a), bit/s/Hz summed over users; x (L,K) of 0 and 1. Ignores the constraints. */
CF_API double cf_assignment_rate(const cf_assignment *p, const uint8_t *x);

/* Numbers of broken constraints; x is feasible when all three are 0. */
typedef struct cf_violations {
    int32_t not_binary;  /* entries that are neither 0 nor 1 (B2b)     */
    int32_t aps_over;    /* access points with more than A_l users (B2c) */
    int32_t users_short; /* users with fewer than U_k access points (B2d) */
} cf_violations;

CF_API cf_violations cf_assignment_violations(const cf_assignment *p, const uint8_t *x);

/* Bytes of scratch for cf_assignment_repair; 0 where L or K is out of range. */
CF_API size_t cf_assignment_repair_workspace(int32_t L, int32_t K);

/* Turn any 0/1 matrix into one that meets B2c and B2d. First drops what is over A_l (least marginal
 * rate first), then, for each missing server, takes the augmenting path (user -> AP -> ... -> user
 * with a server to spare, or a free slot) that loses the least sum of log rates, then fills free
 * slots with the best marginal rate. A matrix that is feasible keeps its links.
 *
 *   p   in            checked: cf_assignment_check(p) == CF_OK
 *   x   in/out (L,K)  0/1
 *   ws  scratch       cf_assignment_repair_workspace(L, K) bytes, 64-byte aligned
 *
 * Allocates nothing, takes no lock. CF_ESHAPE if no assignment exists (x is then untouched). */
CF_API cf_status cf_assignment_repair(const cf_assignment *p, uint8_t *x, void *ws);

CF_END_C

#endif
