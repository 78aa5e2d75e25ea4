#ifndef NN_KERNEL_H
#define NN_KERNEL_H

#include <stdint.h>

#include "base/real.h"

/* The products every network here consists of. Channels are rows: x[i] points at N columns, one for
 * each (AP, user, lane); N is a multiple of NN_PAD, so no kernel has a tail. */
enum { NN_PAD = 16 };

typedef struct nn_kernels {
    const char *name;

    /* y[o,n] = b[o] + sum_i w[o,i] x[i][n];  x (I) rows of N, w (O,I), b (O) or NULL, y (O,N) */
    void (*forward)(int32_t O, int32_t I, int64_t N, const real *w, const real *b,
                    const real *const *x, real *restrict y);

    /* dx[i][n] += sum_o w[o,i] dy[o,n];  dx[i] NULL: not wanted */
    void (*backward_data)(int32_t O, int32_t I, int64_t N, const real *w, const real *dy,
                          real *const *dx);

    /* dw[o,i] += sum_n dy[o,n] x[i][n],  db[o] += sum_n dy[o,n] (db may be NULL) */
    void (*backward_weights)(int32_t O, int32_t I, int64_t N, const real *dy, const real *const *x,
                             real *restrict dw, real *restrict db);
} nn_kernels;

/* "plain" loops, the oracle; "portable"; and "v2", "v3", "v4", compiled for these levels of x86-64.
 * NULL: unknown, or not for this processor. */
const nn_kernels *nn_kernels_named(const char *name);

/* The fastest set that this processor runs, or the one that the environment variable CELLFREE_KERNELS
 * names; NULL if there is none of that name here (nn_plan_finish then fails and says so). */
const nn_kernels *nn_kernels_best(void);

#endif
