#ifndef NN_OP_ROWS_H
#define NN_OP_ROWS_H

#include "nn/ops.h"

/* nn_linear where features are last: act is none, or the cut at 0. */
nn_slice nn_rows(nn_plan *p, const nn_slice *in, int32_t n_in, int32_t O, int32_t weight,
                 int32_t bias, nn_activation act);

#endif
