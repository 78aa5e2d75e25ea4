#ifndef NN_KERNEL_H
#define NN_KERNEL_H

#include <stdint.h>

#include "base/real.h"

/* The products every network here consists of. Channels are rows: x[i] points at N columns, one for
 * each (AP, user, lane); N is a multiple of NN_PAD, so no kernel has a tail. */
enum { NN_PAD = 16 };

/* Where features are last, they are in whole octs: rows are links. */
enum { NN_OCT = 8 };

static inline int64_t nn_padded(int64_t n)
{
    return (n + NN_PAD - 1) / NN_PAD * NN_PAD;
}
static inline int32_t nn_octs(int32_t n)
{
    return (n + NN_OCT - 1) / NN_OCT * NN_OCT;
}

/* C features of every row, rows `step` apart. */
typedef struct nn_part {
    const real *x;
    int64_t step;
    int32_t C;
} nn_part;

/* Groups of n rows, `step` reals apart, of groups `group_step` apart. */
typedef struct nn_group {
    int64_t groups, group_step, step;
    int32_t n;
} nn_group;

typedef enum nn_pool { NN_POOL_OTHERS, NN_POOL_SUM, NN_POOL_MOST } nn_pool;

typedef struct nn_kernels {
    const char *name;

    /* y[o,n] = b[o] + sum_i w[o,i] x[i][n], with `cut` 0 where that is below;  x (I) rows of N,
     * w (O,I), b (O), y (O,N). b NULL: what is in y takes the place of b. */
    void (*forward)(int32_t O, int32_t I, int64_t N, const real *w, const real *b,
                    const real *const *x, int cut, real *restrict y);

    /* dx[i][n] += sum_o w[o,i] dy[o,n];  dx[i] NULL: not wanted */
    void (*backward_data)(int32_t O, int32_t I, int64_t N, const real *w, const real *dy,
                          real *const *dx);

    /* dw[o,i] += sum_n dy[o,n] x[i][n],  db[o] += sum_n dy[o,n] (db may be NULL) */
    void (*backward_weights)(int32_t O, int32_t I, int64_t N, const real *dy, const real *const *x,
                             real *restrict dw, real *restrict db);

    /* What `cut` did, backward: dy = 0 where y <= 0. In two steps: kept = -1 where y > 0, else 0;
     * dy = 0 where nothing was kept. */
    void (*backward_cut)(int64_t n, const real *y, real *restrict dy);
    void (*positive)(int64_t n, const real *y, int8_t *restrict kept);
    void (*keep)(int64_t n, const int8_t *kept, real *restrict dy);

    /* x, y: `rows` rows of n, one behind the other. Of each row, OTHERS: y_i = scale (sum_j x_j
     * - x_i); SUM: y_i = scale sum_j x_j; both, with `add`, added to y. MOST: y_i = max_j x_j.
     * NaN stays. */
    void (*pool_rows)(nn_pool kind, int64_t rows, int64_t n, real scale, const real *restrict x,
                      real *restrict y, int add);

    /* x, y (groups, n, width), one behind the other: y[g,i] = scale (sum_j x[g,j] - x[g,i]), the
     * sum over j = 0, 1, ... in this order in every set; with `add`, added to y. y may be x. */
    void (*pool_others)(int64_t groups, int32_t n, int64_t width, real scale, const real *x,
                        real *y, int add);

    /* y[g,i] = sum_j x[g,j,i], in the same order;  x (groups, n, width), y (groups, width) */
    void (*pool_sums)(int64_t groups, int32_t n, int64_t width, const real *restrict x,
                      real *restrict y);

    /* y[l,k,b] = u[l,b] + v[k,b];  y (L,K,B) */
    void (*spread)(int32_t L, int32_t K, int32_t B, const real *u, const real *v, real *restrict y);

    /* A matrix for each lane, g (J, n, B) with rows `stride` apart.
     * leak:  out[j,b] = sum_i g[j,i,b] x[i,b]        x (n,B), out (J,B)
     * price: out[i,b] = sum_j w[j,b] g[j,i,b]        w (J,B), out (n,B) */
    void (*leak)(int32_t J, int64_t n, int32_t B, const real *g, int64_t stride, const real *x,
                 real *restrict out);
    void (*price)(int32_t J, int64_t n, int32_t B, const real *g, int64_t stride, const real *w,
                  real *restrict out);

    /* Features last: y[r,o] = b[o] + sum_i w[i,o] x[r,i], with `cut` 0 where that is below; x the
     * parts side by side, b (O), w (I, O) and y (R, O) with O in whole octs; y (R) where O = 1.
     * b NULL: what is in y takes the place of b; O > 1. */
    void (*rows)(int64_t R, int32_t O, int32_t parts, const nn_part *part, const real *w,
                 const real *b, int cut, real *y);

    /* Features last, in whole octs up to `width`: those from `first` on become scale (sum over
     * the group - itself), the others as in x; y may be x, and octs wholly below `first` are not
     * written. */
    void (*rows_others)(nn_group g, int32_t first, int32_t width, real scale, const real *x,
                        real *y);

    /* Features last: dw[o,i] += sum_r dy[r,o] x[r,i], db[o] += sum_r dy[r,o]; dy as y in `rows`, x
     * the parts side by side, each in whole octs or a single channel; dw (O, I), db (O). */
    void (*rows_weights)(int64_t R, int32_t O, const real *dy, int32_t parts, const nn_part *part,
                         real *restrict dw, real *restrict db);

    /* Features last, y (K,K,B) rows of `width`, whole octs: y[k,j] becomes f0 y[k,j] + f1 sum_i
     * y[i,j] + f2 sum_i y[k,i] + f3 sum_i,m y[i,m], factors (4, width) of each feature. sums:
     * scratch of 2 K width. */
    void (*pool_pairs)(int32_t K, int32_t B, int32_t width, const real *factor, real *restrict sums,
                       real *restrict y);

    /* y = exp x, x cut to [-87, 80]; y = ln x for x >= 1e-36, which smaller ones count as; y =
     * tanh x. In float to 2e-7, of the larger of |y| and 1 for logarithm and tanh. NaN stays; y
     * may be x. */
    void (*exps)(int64_t n, const real *x, real *y);
    void (*logs)(int64_t n, const real *x, real *y);
    void (*tanhs)(int64_t n, const real *x, real *y);
} nn_kernels;

/* "plain" loops, the oracle; "portable"; and "v2", "v3", "v4", compiled for these levels of x86-64.
 * NULL: unknown, or not for this processor. */
const nn_kernels *nn_kernels_named(const char *name);

/* The fastest set that this processor runs, or the one that the environment variable
 * CELLFREE_KERNELS names; NULL if there is none of that name here (nn_plan_finish then fails and
 * says so). */
const nn_kernels *nn_kernels_best(void);

#endif
