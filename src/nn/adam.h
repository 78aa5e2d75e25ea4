#ifndef NN_ADAM_H
#define NN_ADAM_H

#include <stdint.h>

#include "base/real.h"

/* Adam (Kingma and Ba, 2015). The caller owns the three vectors of n and keeps them across steps;
 * together with `step` they are all there is to resume from. */
typedef struct nn_adam {
    int32_t n;
    int64_t step; /* updates done */
    real *m, *v;  /* (n) first and second moment, zero at the start */
} nn_adam;

/* w <- w - rate m^ / (sqrt(v^) + 1e-8), moments by 0.9 and 0.999; then, where clamp > 0, into
 * [-clamp, clamp]. g (n) is the gradient of what is minimised. */
void nn_adam_update(nn_adam *a, real rate, real clamp, const real *g, real *w);

/* Scale g (n) so that its Euclidean norm is at most `most`; returns the norm before. The sum is
 * taken in double, in order. */
double nn_clip(int32_t n, double most, real *g);

#endif
