#include "io/array.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/status.h"

void io_array_free(io_array *a)
{
    free(a->data);
    *a = (io_array){0};
}

const char *io_array_shape(const io_array *a, char *s, int32_t size)
{
    int32_t n = snprintf(s, (size_t)size, "(");
    for (int32_t i = 0; i < a->ndim && n < size; i++)
        n += snprintf(s + n, (size_t)(size - n), "%s%lld", i ? "," : "", (long long)a->dims[i]);
    if (n < size) snprintf(s + n, (size_t)(size - n), ")");
    return s;
}

cf_status io_array_room(io_array *a, const char *path, const char *name)
{
    char shape[128];
    int64_t most = 1; /* steps along the axes are no longer, also where an axis is empty */
    a->count = 1;
    for (int32_t i = 0; i < a->ndim; i++) {
        const int64_t n = a->dims[i] > 0 ? a->dims[i] : 1;
        if (most > INT64_MAX / 16 / n)
            return base_fail(CF_EFORMAT, "%.300s: %.60s is %s, which is too large", path, name,
                             io_array_shape(a, shape, sizeof shape));
        most *= n;
        a->count *= a->dims[i];
    }
    const size_t each = sizeof *a->data << (a->is_complex != 0);
    a->data = malloc(each * (size_t)(a->count > 0 ? a->count : 1));
    if (a->data) return CF_OK;
    return base_fail(CF_ENOMEM, "%.300s: %.60s: no memory for %lld numbers", path, name,
                     (long long)a->count);
}

io_turn io_turn_begin(const io_array *a)
{
    io_turn t = {0};
    int64_t step = 1;
    for (int32_t i = a->ndim - 1; i >= 0; i--) {
        t.stride[i] = step;
        step *= a->dims[i];
    }
    return t;
}

void io_turn_next(io_turn *t, const io_array *a)
{
    for (int32_t i = 0; i < a->ndim; i++) {
        t->at += t->stride[i];
        if (++t->index[i] < a->dims[i]) return;
        t->at -= t->index[i] * t->stride[i];
        t->index[i] = 0;
    }
}
