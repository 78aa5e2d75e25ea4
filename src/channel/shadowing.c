#include "channel/shadowing.h"

#include <math.h>

#include "channel/geometry.h"

static double dot(const double *a, const double *b, int32_t n)
{
    double sum = 0;
    for (int32_t i = 0; i < n; i++) sum += a[i] * b[i];
    return sum;
}

/* The last entry of Cholesky's row k, or none of it and a row of length 1. */
static void close_row(double *row, int32_t k)
{
    const double left = 1 - dot(row, row, k);
    row[k] = left > 1e-12 ? sqrt(left) : 0;
    if (row[k] > 0) return;
    const double scale = 1 / sqrt(dot(row, row, k));
    for (int32_t j = 0; j < k; j++) row[j] *= scale;
}

void chan_shadow_factor(const cf_scenario *s, const float *ue_position, double *factor)
{
    const int32_t K = (int32_t)s->user_count;
    for (int32_t k = 0; k < K; k++) {
        double *row = factor + (int64_t)k * K;
        for (int32_t j = 0; j < k; j++) {
            const double *other = factor + (int64_t)j * K;
            const double d =
                chan_ground_distance(s, ue_position + 3 * (int64_t)k, ue_position + 3 * (int64_t)j);
            const double rest = exp(-d / s->decorrelation_m) - dot(row, other, j);
            row[j] = other[j] > 0 ? rest / other[j] : 0;
        }
        close_row(row, k);
    }
}

void chan_shadow_draw(const double *factor, int32_t K, rng *r, double *white, double *shadow)
{
    for (int32_t k = 0; k < K; k++) white[k] = rng_normal(r);
    for (int32_t k = 0; k < K; k++) shadow[k] = dot(factor + (int64_t)k * K, white, k + 1);
}
