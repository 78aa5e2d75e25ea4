#ifndef NN_OPS_H
#define NN_OPS_H

#include "nn/plan.h"

/* The operators. Each function adds one to the plan and returns its output; shapes are (C, L, K,
 * B) throughout, and gradients go to every input but those that say otherwise. Forward and
 * backward of each stand side by side in op_*.c. */

typedef enum nn_activation { NN_NONE = 0, NN_RELU, NN_TANH } nn_activation;

/* y[o] = act(b[o] + sum_i w[o,i] x[i]) at every (l,k,b); x is the slices of `in` one below the
 * other. weight, bias: offsets in the parameters of (O, I) and (O). Features last, a slice of one
 * channel gets no gradient. */
nn_slice nn_linear(nn_plan *p, const nn_slice *in, int32_t n_in, int32_t O, int32_t weight,
                   int32_t bias, nn_activation act);

/* y[c,l,k] = mean over k' != k of x[c,l,k']; 0 where K = 1. */
nn_slice nn_other_users(nn_plan *p, nn_slice x);

/* The same of the channels of x from `first` on, in place of what was there: in plans that only run
 * forward. */
void nn_other_users_here(nn_plan *p, nn_slice x, int32_t first);

/* y[c,l,k] = mean over l' != l of x[c,l',k]; 0 where L = 1: the one operator at which access points
 * talk. An AP sends C K numbers. */
nn_slice nn_exchange(nn_plan *p, nn_slice x);

/* y[c,l,k] = sum over k' != k of x[c,l,k'] / divisor, and sum over l' != l of x[c,l',k] /
 * divisor: unlike means they know how many there are. In the second an AP sends C K numbers. */
nn_slice nn_sum_users(nn_plan *p, nn_slice x, real divisor);
nn_slice nn_sum_aps(nn_plan *p, nn_slice x, real divisor);

/* y[c,l,k] = mean over all l', k' of x[c,l',k']. An AP sends C numbers. */
nn_slice nn_mean_all(nn_plan *p, nn_slice x);

/* y[c,l,k] = max over k' of x[c,l,k']; where equal, the gradient goes to the first. */
nn_slice nn_max_users(nn_plan *p, nn_slice x);

/* A layer of SINRnet (A11), features last, in a plan whose columns are pairs of users, dims.K = K
 * K, pair (k,j) at k K + j: nn_linear's 4 F outputs, cut at 0, of which the first F stay, the next
 * are their mean over the other entries of the same column, the next of the same row, and the last
 * over all entries of neither; 0 where K = 1. */
nn_slice nn_pairs(nn_plan *p, const nn_slice *in, int32_t n_in, int32_t K, int32_t F,
                  int32_t weight, int32_t bias);

/* y = x1 + x2. */
nn_slice nn_add(nn_plan *p, nn_slice x1, nn_slice x2);

/* y = a x + b. */
nn_slice nn_scale(nn_plan *p, nn_slice x, real a, real b);

/* y = ln max(x, least), least > 0; no gradient where x is below. */
nn_slice nn_log(nn_plan *p, nn_slice x, real least);

/* y = 50 tanh(2 tanh(x)): the logits of B's network. */
nn_slice nn_squash(nn_plan *p, nn_slice x);

/* y[c,l,k] = exp(x[c,l,k]) / sum_k' exp(x[c,l,k']). */
nn_slice nn_softmax_users(nn_plan *p, nn_slice x);

/* y = max(x1, x2), elementwise; where equal, the gradient goes to x1. */
nn_slice nn_max(nn_plan *p, nn_slice x1, nn_slice x2);

/* y[c,l,k] = need[c,l,k] - sum_l' x[c,l',k]. An AP sends C K numbers. `need` gets no gradient. */
nn_slice nn_gap(nn_plan *p, nn_slice need, nn_slice x);

/* y[c,l,k] = 1 / (1 + exp(-(x[c,l,k] - t[l])/tau)), t the middle between the A_l-th and the next
 * largest of x[c,l,:]: about A_l of each row near 1. limit (1,L,K,B) holds A_l in every column
 * of AP l, and gets no gradient; y is 1 where A_l >= K and 0 where A_l = 0. *tau > 0 is
 * borrowed: it is read whenever the plan runs. */
nn_slice nn_soft_top(nn_plan *p, nn_slice x, nn_slice limit, const real *tau);

#endif
