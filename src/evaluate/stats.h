#ifndef EVALUATE_STATS_H
#define EVALUATE_STATS_H

#include <stdint.h>

typedef struct eval_mean {
    double mean; /* NaN if any value is                                             */
    double ci95; /* 1.96 s / sqrt(n), s^2 with n - 1: half width of the 95 % interval
                    of the mean; NaN for n = 1, which says nothing about the spread */
} eval_mean;

eval_mean eval_mean_of(const double *v, int32_t n); /* n >= 1 */

/* The q-quantile, 0 <= q <= 1, linear between order statistics (R's type 7, NumPy's default).
 * Sorts v. */
double eval_quantile(double *v, int32_t n, double q);

#endif
