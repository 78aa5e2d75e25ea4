#ifndef POLICY_HPE_MESSAGE_H
#define POLICY_HPE_MESSAGE_H

#include "nn/params.h"
#include "nn/plan.h"

/* The hidden layer of gamma_n from that of phi_n. Between them all is linear in r = relu(phi's
 * first layer):
 *
 *   y = relu(W [x, E P(W' P(r) + b')] + b)          W = [W_x, W_m]
 *
 * with P the mean over other users of the second half of the channels, and E the mean over the
 * other APs. With s = 1/(K-1), t = 1/(L-1) (0 where there are no others), P multiplies a channel by
 * 1 (first half) or by -s, and adds to the second half s times the sum over all users. So t P W' P
 * = G0 + G1 sum_users, entry by entry a factor times W', and with M0 = W_m G0, M1 = W_m G1
 *
 *   y[l,k] = relu(b'' + W_x x[l,k] - M0 r[l,k] + M0 R[k] + M1 (sum_l' S[l'] - S[l]))
 *
 * S[l] = sum_k r[l,k], R[k] = sum_l r[l,k]: one product a link instead of two, products of L and of
 * K columns, and sums instead of three values that are written and read. Backward goes the same
 * way, through dM0, dM1 and db'' to the gradients of W, W', b and b'. An AP sends r, C K numbers.
 *
 *   r      (C,L,K,B), C even; no other operator reads it
 *   x      n_x slices, one below the other; in all X channels
 *   tensor four of the table, borrowed: W' (C,C), b' (C), W (O, X + C), b (O)
 *   returns (O,L,K,B) */
nn_slice hpe_message(nn_plan *p, nn_slice r, const nn_slice *x, int32_t n_x,
                     const nn_tensor *tensor);

#endif
