#include "io/import.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include <cellfree/drops.h>

#include "base/status.h"
#include "channel/drops.h"

static cf_status choose_gains(io_import *m)
{
    m->name = m->options->gain;
    if (m->name && *m->name) return CF_OK;
    if (io_source_count(m->source) != 1)
        return base_fail(CF_EARG, "import: no array named for gain, and %.300s has %d", m->path,
                         io_source_count(m->source));
    m->name = io_source_name(m->source, 0);
    return CF_OK;
}

cf_status io_import_open(io_import *m, const char *order)
{
    const cf_task task = m->options->task;
    cf_status s = order ? io_axes_read(&m->axes, task, order) : CF_OK;
    if (s == CF_OK) s = io_source_open(&m->source, m->path);
    if (s == CF_OK) s = choose_gains(m);
    if (s == CF_OK) s = io_source_find(m->source, m->name, &m->gain);
    if (s == CF_OK && !order) {
        order = *m->gain.axes       ? m->gain.axes
                : m->gain.ndim == 3 ? "drop,user,beam"
                                    : "drop,ap,user,beam";
        s = io_axes_read(&m->axes, task, order);
    }
    return s == CF_OK ? io_axes_fit(&m->axes, m->path, m->name, order, &m->gain) : s;
}

/* An array of the file; a name with the ending of a file of one array is such a file. */
static cf_status find_array(const io_import *m, const char *name, io_array *out)
{
    const size_t n = strlen(name);
    if (n <= 4 || (strcmp(name + n - 4, ".npy") != 0 && strcmp(name + n - 4, ".csv") != 0))
        return io_source_find(m->source, name, out);
    io_source *other = NULL;
    cf_status s = io_source_open(&other, name);
    if (s == CF_OK && io_source_count(other) != 1)
        s = base_fail(CF_EFORMAT, "%.300s: %d arrays, wanted one", name, io_source_count(other));
    if (s == CF_OK) s = io_source_find(other, io_source_name(other, 0), out);
    io_source_close(other);
    return s;
}

/* (n,count,2|3), or (count,2|3) for all drops; two coordinates get height 0. */
static cf_status take_positions(const io_import *m, const char *name, int32_t n, int32_t count,
                                float *out)
{
    io_array a = {0};
    if (!name) return CF_OK;
    cf_status s = find_array(m, name, &a);
    if (s != CF_OK) return s;
    const int32_t own = a.ndim == 3, at = own ? 1 : 0;
    const int64_t width = a.ndim >= 2 ? a.dims[a.ndim - 1] : 0;
    char shape[128];
    if ((a.ndim != 2 && a.ndim != 3) || (own && a.dims[0] != n) || a.dims[at] != count ||
        (width != 2 && width != 3)) {
        s = base_fail(CF_ESHAPE, "%.300s: %.60s is %s, wanted (%d,%d,3), (%d,3) or 2 in place of 3",
                      m->path, name, io_array_shape(&a, shape, sizeof shape), n, count, count);
        goto done;
    }
    for (int64_t i = 0; i < n; i++)
        for (int64_t j = 0; j < count; j++)
            for (int64_t c = 0; c < width; c++) {
                const double v = a.data[((own ? i : 0) * count + j) * width + c];
                if (!(fabs(v) <= 1e9)) {
                    s = base_fail(CF_ENUM, "%.300s: %.60s holds %g, wanted metres, finite", m->path,
                                  name, v);
                    goto done;
                }
                out[(i * count + j) * 3 + c] = (float)v;
            }
done:
    io_array_free(&a);
    return s;
}

cf_status io_import_drops(const io_import *m, cf_drops **out)
{
    const cf_import *o = m->options;
    cf_drops *d = NULL;
    const chan_shape shape = {.task = o->task,
                              .n = m->axes.length[IO_DROP],
                              .L = m->axes.length[IO_AP],
                              .K = m->axes.length[IO_USER],
                              .with_ap = o->ap_position != NULL,
                              .with_ue = o->ue_position != NULL,
                              .name = "imported",
                              .yaml = ""};
    cf_status s = chan_drops_new(&d, &shape);
    if (s == CF_OK) s = take_positions(m, o->ap_position, d->n, d->L, d->ap_position);
    if (s == CF_OK) s = take_positions(m, o->ue_position, d->n, d->K, d->ue_position);
    if (s == CF_OK)
        *out = d;
    else
        cf_drops_free(d);
    return s;
}

cf_status cf_drops_import(cf_drops **out, const char *path, const cf_import *options, char *report,
                          size_t size)
{
    if (!out || !path || !options) return base_fail(CF_EARG, "import: NULL argument");
    if ((unsigned)options->task >= CF_TASK_COUNT)
        return base_fail(CF_EARG, "import: task %d, wanted 0 to %d", (int)options->task,
                         CF_TASK_COUNT - 1);
    io_import m = {.path = path, .options = options};
    text t = {0};
    cf_drops *d = NULL;
    const cf_status s = options->task == CF_TASK_POWER ? io_import_power(&m, &d, &t)
                                                       : io_import_assignment(&m, &d, &t);
    if (s == CF_OK) {
        d->checksum = chan_drops_checksum(d);
        if (report && size > 0) snprintf(report, size, "%s", t.s ? t.s : "");
        *out = d;
    }
    text_free(&t);
    io_array_free(&m.gain);
    io_source_close(m.source);
    return s;
}
