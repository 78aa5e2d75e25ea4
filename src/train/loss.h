#ifndef TRAIN_LOSS_H
#define TRAIN_LOSS_H

#include <stdint.h>

#include <cellfree/assignment.h>

#include "base/real.h"

/* What training minimises: the first three of assignment, below; the last three of power
 * (train/loss_power.h). */
typedef enum loss_scheme {
    LOSS_LAGRANGIAN = 0,
    LOSS_STRAIGHT_THROUGH,
    LOSS_LABELS,
    LOSS_OBJECTIVE,
    LOSS_SUPPORT
} loss_scheme;

typedef struct loss_weights {
    loss_scheme scheme;
    double lambda_c, mu_c; /* of the connection penalty c, linear and quadratic (B8)  */
    double lambda_d, mu_d; /* of the discreteness penalty e                           */
    double penalty;        /* of c, in the other two schemes                          */
} loss_weights;

typedef struct loss_terms {
    double loss;
    double rate;     /* R(x) [bit/s/Hz]                                   */
    double shortage; /* c = sum_k relu(U_k - sum_l x[l,k])     (B2d)      */
    double entropy;  /* e = - sum x ln(x + 1e-6)               (B9)       */
} loss_terms;

/* Of one drop of assignment, as a function of a relaxed assignment x in [0,1]:
 *
 * Lagrangian (B8):      -R + lambda_c c + mu_c c^2/2 + lambda_d e + mu_d e^2/2 at x
 * Straight-through:     -R + penalty c at the network's own decision; the gradient is passed on to
 * x
 * Labels:               - sum t ln x + (1-t) ln(1-x) over links, t = label; + penalty c at the
 *                       network's own decision, straight through
 *
 *   p       in          snr (L,K) and limits of the drop
 *   label   in (L,K)    0/1, an optimal assignment; LOSS_LABELS only, else NULL
 *   own     in (L,K)    0/1, the network's decision; NULL in the Lagrangian
 *   x, dx   (L,K)       entry i at [i * step]; dx += scale dloss/dx
 */
loss_terms train_loss(const loss_weights *w, const cf_assignment *p, const uint8_t *label,
                      const uint8_t *own, const real *x, int64_t step, double scale, real *dx);

#endif
