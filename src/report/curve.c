#include "report/curve.h"

#include <math.h>
#include <stdlib.h>

#include "base/status.h"

static int rising(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

cf_status report_curve(cf_curve *out, double *value, size_t count)
{
    size_t finite = 0;
    for (size_t i = 0; i < count; i++)
        if (isfinite(value[i])) value[finite++] = value[i];
    const size_t points = finite < CF_CURVE_POINTS ? finite : CF_CURVE_POINTS;
    cf_curve c = {.n = (int32_t)points};
    if (points == 0) {
        *out = c;
        return CF_OK;
    }
    qsort(value, finite, sizeof *value, rising);
    c.value = malloc(2 * points * sizeof *c.value);
    if (!c.value) return base_fail(CF_ENOMEM, "no memory for a curve of %zu points", points);
    c.share = c.value + points;
    for (size_t i = 0; i < points; i++) {
        const size_t at = points == 1 ? 0 : i * (finite - 1) / (points - 1);
        c.value[i] = value[at];
        c.share[i] = (double)(at + 1) / (double)finite;
    }
    *out = c;
    return CF_OK;
}

void report_curve_free(cf_curve *c)
{
    free(c->value);
    *c = (cf_curve){0};
}
