#include "nn/adam.h"

#include <math.h>

void nn_adam_update(nn_adam *a, real rate, real clamp, const real *restrict g, real *restrict w)
{
    a->step++;
    const double c1 = 1 - pow(0.9, (double)a->step), c2 = 1 - pow(0.999, (double)a->step);
    const real scale = (real)((double)rate / c1), root = (real)(1 / sqrt(c2));
    const real most = clamp > 0 ? clamp : (real)INFINITY;
    real *restrict m = a->m, *restrict v = a->v;
    for (int32_t i = 0; i < a->n; i++) {
        m[i] = (real)0.9 * m[i] + (real)0.1 * g[i];
        v[i] = (real)0.999 * v[i] + (real)0.001 * g[i] * g[i];
        const real r = (real)sqrt((double)v[i]) * root;
        const real to = w[i] - scale * m[i] / (r + (real)1e-8);
        w[i] = to > most ? most : to < -most ? -most : to;
    }
}

double nn_clip(int32_t n, double most, real *g)
{
    double sum = 0;
    for (int32_t i = 0; i < n; i++) sum += (double)g[i] * (double)g[i];
    const double norm = sqrt(sum);
    if (norm > most)
        for (int32_t i = 0; i < n; i++) g[i] *= (real)(most / norm);
    return norm;
}
