#include "evaluate/stats.h"

#include <math.h>
#include <stdlib.h>

eval_mean eval_mean_of(const double *v, int32_t n)
{
    double sum = 0, squares = 0;
    for (int32_t i = 0; i < n; i++) sum += v[i];
    const double mean = sum / n;
    for (int32_t i = 0; i < n; i++) squares += (v[i] - mean) * (v[i] - mean);
    return (eval_mean){.mean = mean,
                       .ci95 = n > 1 ? 1.96 * sqrt(squares / (n - 1) / n) : (double)NAN};
}

static int ascending(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

double eval_quantile(double *v, int32_t n, double q)
{
    qsort(v, (size_t)n, sizeof *v, ascending);
    const double at = q * (n - 1);
    const int32_t below = (int32_t)at;
    if (below >= n - 1) return v[n - 1];
    return v[below] + (at - below) * (v[below + 1] - v[below]);
}
