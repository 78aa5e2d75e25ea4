#ifndef POLICY_MARKET_COMMIT_H
#define POLICY_MARKET_COMMIT_H

#include "nn/plan.h"

/* How picks change by the scores of a round: not all at once, which would have two access points
 * mend the same shortage, but by agreement. In each of two passes
 *
 *   an AP proposes one swap, its least pick j for its best other user k, if z_k > z_j;
 *   a user takes the best max(d, 1) of the proposals for it, d being the APs it is short of;
 *   a user lets the best c - U of the APs go that would leave it; one with c = U just one, and only
 *   to a user that is short; one that is short none;
 *
 * and a swap is made if both users agree. Best is by z_k - z_j, equal ones by the AP's index.
 *
 *   picks, need, z  (1,L,K,B)  0/1; U_k in every column of user k; scores
 *   returns         (1,L,K,B)  0/1, as many of each AP as before; NaN where z is; without
 *   gradient */
nn_slice market_commit(nn_plan *p, nn_slice picks, nn_slice need, nn_slice z);

#endif
