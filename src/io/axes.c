#include "io/axes.h"

#include <string.h>

#include <cellfree/assignment.h>

#include "base/status.h"

static const char *const AXIS[IO_AXES] = {"drop", "ap", "user", "beam"};

cf_status io_axes_read(io_axes *x, cf_task task, const char *order)
{
    const int power = task == CF_TASK_POWER;
    const char *known = power ? "drop,ap,user,beam" : "drop,ap,user";
    int32_t n = 0;
    x->count = power ? 4 : 3;
    for (int32_t i = 0; i < IO_AXES; i++) x->of[i] = -1;
    for (const char *s = order; s; n++) {
        const char *comma = strchr(s, ',');
        const size_t length = comma ? (size_t)(comma - s) : strlen(s);
        int32_t i = 0;
        while (i < x->count && !(strlen(AXIS[i]) == length && strncmp(AXIS[i], s, length) == 0))
            i++;
        if (i == x->count || x->of[i] >= 0)
            return base_fail(CF_EARG, "import: axes are %.80s, wanted an order of %s", order,
                             known);
        x->of[i] = n;
        s = comma ? comma + 1 : NULL;
    }
    if (power && (x->of[IO_USER] < 0 || x->of[IO_BEAM] < 0))
        return base_fail(CF_EARG, "import: axes are %.80s, wanted user and beam among them", order);
    if (!power && (x->of[IO_AP] < 0 || x->of[IO_USER] < 0))
        return base_fail(CF_EARG, "import: axes are %.80s, wanted ap and user among them", order);
    return CF_OK;
}

cf_status io_axes_fit(io_axes *x, const char *path, const char *name, const char *order,
                      const io_array *a)
{
    char shape[128];
    int32_t named = 0;
    if (*a->axes && strcmp(a->axes, order) != 0)
        return base_fail(CF_ESHAPE,
                         "%.300s: %.60s has the axes %s by its header, --axes %.40s differs", path,
                         name, a->axes, order);
    io_array_shape(a, shape, sizeof shape);
    for (int32_t i = 0; i < x->count; i++) named += x->of[i] >= 0;
    if (a->ndim != named && !(a->pads && a->ndim < named))
        return base_fail(CF_ESHAPE, "%.300s: %.60s is %s, which has %d axes; --axes %.40s names %d",
                         path, name, shape, a->ndim, order, named);
    for (int32_t i = 0; i < IO_AXES; i++) {
        const int64_t n = x->of[i] < 0 || x->of[i] >= a->ndim ? 1 : a->dims[x->of[i]];
        const int64_t most = i == IO_DROP ? INT32_MAX : CF_MAX_DIM;
        if (n < 1 || n > most)
            return base_fail(CF_ESHAPE, "%.300s: %.60s is %s: %lld along %s, wanted 1 to %lld",
                             path, name, shape, (long long)n, AXIS[i], (long long)most);
        x->length[i] = (int32_t)n;
        x->stride[i] = x->of[i] < 0 ? 0 : 1;
        for (int32_t j = x->of[i] + 1; x->of[i] >= 0 && j < a->ndim; j++)
            x->stride[i] *= a->dims[j];
    }
    if (x->of[IO_BEAM] >= 0 && x->length[IO_BEAM] != x->length[IO_USER])
        return base_fail(CF_ESHAPE, "%.300s: %.60s is %s: %d users and %d beams, wanted as many",
                         path, name, shape, x->length[IO_USER], x->length[IO_BEAM]);
    return CF_OK;
}

void io_axes_report(const io_axes *x, const char *name, const io_array *a, text *t)
{
    char shape[128];
    text_add(t, "gain: array %s, dtype %s, shape %s%s:", name, a->dtype,
             io_array_shape(a, shape, sizeof shape),
             a->column_major ? " in column-major order" : "");
    for (int32_t j = 0; j < x->count; j++)
        for (int32_t i = 0; i < x->count; i++)
            if (x->of[i] == j)
                text_add(t, "%s axis %d is %s (%d)", j ? "," : "", j, AXIS[i], x->length[i]);
    text_add(t, "\n");
}
