#ifndef PROBLEM_POWER_KERNEL_H
#define PROBLEM_POWER_KERNEL_H

#include <stdint.h>

/* The two products with the matrix of cross gains (n,lanes), and vectors of exponentials and
 * logarithms. lanes and count are multiples of 8. */
typedef struct prob_power_kernels {
    /* out[r] = one + sum_c p[c] cross[c,r] */
    void (*leak)(int32_t n, int32_t lanes, const double *cross, const double *p, double one,
                 double *restrict out);
    /* out[c] = sum_r w[r] cross[c,r] */
    void (*price)(int32_t n, int32_t lanes, const double *cross, const double *w,
                  double *restrict out);
    /* out[i,j] = sum_c e[c] a[c,i] a[c,j] for j <= i; out (lanes,lanes), its other half is
     * undefined */
    void (*gram)(int32_t n, int32_t lanes, const double *a, const double *e, double *restrict out);
    /* y = exp x for |x| <= 700, to 4e-16; y = ln x for normal positive x, to 4e-16 or so of the
     * larger of |y| and 1e-2 */
    void (*exps)(int32_t count, const double *x, double *restrict y);
    void (*logs)(int32_t count, const double *x, double *restrict y);
} prob_power_kernels;

const prob_power_kernels *prob_power_kernels_best(void);

extern const prob_power_kernels prob_power_kernels_portable;
#if defined(__x86_64__)
extern const prob_power_kernels prob_power_kernels_v3, prob_power_kernels_v4;
#endif

#endif
