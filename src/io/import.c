#include "io/import.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include <cellfree/drops.h>

#include "base/status.h"
#include "channel/drops.h"

static cf_status choose_gains(io_import *m)
{
    const cf_import *o = m->options;
    m->key = o->channel ? "channel" : "gain";
    m->name = o->channel ? o->channel : o->gain;
    if (m->name && *m->name) return CF_OK;
    if (io_source_count(m->source) != 1)
        return base_fail(CF_EARG, "import: no array named for gain, and %.300s has %d", m->path,
                         io_source_count(m->source));
    m->name = io_source_name(m->source, 0);
    return CF_OK;
}

cf_status io_import_find(io_import *m, io_layout layout, const char *order)
{
    cf_status s = order ? io_axes_read(&m->axes, layout, order) : CF_OK;
    if (s == CF_OK) s = choose_gains(m);
    if (s == CF_OK)
        s = (m->options->channel ? io_source_find_any : io_source_find)(m->source, m->name,
                                                                        &m->gain);
    if (s == CF_OK && !order) {
        order = *m->gain.axes                             ? m->gain.axes
                : layout == IO_BEAMS && m->gain.ndim == 3 ? "drop,user,beam"
                                                          : io_axes_order(layout);
        s = io_axes_read(&m->axes, layout, order);
    }
    if (s != CF_OK) return s;
    snprintf(m->order, sizeof m->order, "%s", order);
    return io_axes_fit(&m->axes, m->path, m->name, order, m->options->antennas, &m->gain);
}

cf_status io_import_array(const io_import *m, const char *name, io_array *out)
{
    const size_t n = strlen(name);
    if (n <= 4 || (strcmp(name + n - 4, ".npy") != 0 && strcmp(name + n - 4, ".csv") != 0))
        return io_source_find_any(m->source, name, out);
    io_source *other = NULL;
    cf_status s = io_source_open(&other, name);
    if (s == CF_OK && io_source_count(other) != 1)
        s = base_fail(CF_EFORMAT, "%.300s: %d arrays, wanted one", name, io_source_count(other));
    if (s == CF_OK) s = io_source_find_any(other, io_source_name(other, 0), out);
    io_source_close(other);
    return s;
}

/* Complex numbers are x + iy: two more coordinates. A column or a row of them is a list. */
static void split_complex(io_array *a, int32_t count)
{
    if (!a->is_complex || a->ndim < 1 || a->ndim >= IO_MAX_DIMS) return;
    if (a->ndim == 2 && (a->dims[0] == 1 || a->dims[1] == 1) && a->count == count) {
        a->ndim = 1;
        a->dims[0] = count;
    }
    a->dims[a->ndim++] = 2;
    a->count *= 2;
    a->is_complex = 0;
}

static cf_status take_coordinates(const io_import *m, const char *name, const io_array *a,
                                  int32_t n, int32_t count, float *out)
{
    const int32_t own = a->ndim == 3;
    const int64_t width = a->dims[a->ndim - 1];
    for (int64_t i = 0; i < n; i++)
        for (int64_t j = 0; j < count; j++)
            for (int64_t c = 0; c < width; c++) {
                const double v = a->data[((own ? i : 0) * count + j) * width + c];
                if (!(fabs(v) <= 1e9))
                    return base_fail(CF_ENUM, "%.300s: %.60s holds %g, wanted metres, finite",
                                     m->path, name, v);
                out[(i * count + j) * 3 + c] = (float)v;
            }
    return CF_OK;
}

/* (n,count,2|3), or (count,2|3) for all drops; two coordinates get height 0. */
static cf_status take_positions(const io_import *m, const char *key, const char *name, int32_t n,
                                int32_t count, float *out, text *report)
{
    io_array a = {0};
    char shape[128];
    if (!name) return CF_OK;
    cf_status s = io_import_array(m, name, &a);
    if (s != CF_OK) return s;
    const int32_t complex = a.is_complex;
    split_complex(&a, count);
    const int32_t own = a.ndim == 3, at = own ? 1 : 0;
    const int64_t width = a.ndim >= 2 ? a.dims[a.ndim - 1] : 0;
    io_array_shape(&a, shape, sizeof shape);
    if ((a.ndim != 2 && a.ndim != 3) || (own && a.dims[0] != n) || a.dims[at] != count ||
        (width != 2 && width != 3))
        s = base_fail(CF_ESHAPE, "%.300s: %.60s is %s, wanted (%d,%d,3), (%d,3) or 2 in place of 3",
                      m->path, name, shape, n, count, count);
    if (s == CF_OK) s = take_coordinates(m, name, &a, n, count, out);
    if (s == CF_OK)
        text_add(report, "%s: array %s, shape %s%s: metres, %s\n", key, name, shape,
                 complex ? " of complex numbers x + iy" : "",
                 own ? "of each drop" : "of all drops");
    io_array_free(&a);
    return s;
}

cf_status io_import_drops(const io_import *m, cf_drops **out, text *report)
{
    const cf_import *o = m->options;
    cf_drops *d = NULL;
    const chan_shape shape = {.task = o->task,
                              .n = m->axes.length[IO_DROP],
                              .L = m->axes.length[IO_AP],
                              .K = m->axes.length[IO_USER],
                              .antennas = o->channel ? m->axes.length[IO_ANTENNA] : 0,
                              .with_serve = o->serve != NULL,
                              .with_ap = o->ap_position != NULL,
                              .with_ue = o->ue_position != NULL,
                              .name = "imported",
                              .yaml = ""};
    cf_status s = chan_drops_new(&d, &shape);
    if (s == CF_OK)
        s = take_positions(m, "ap_position", o->ap_position, d->n, d->L, d->ap_position, report);
    if (s == CF_OK)
        s = take_positions(m, "ue_position", o->ue_position, d->n, d->K, d->ue_position, report);
    if (s == CF_OK)
        *out = d;
    else
        cf_drops_free(d);
    return s;
}

static cf_status check_call(const cf_import *o)
{
    const int power = o->task == CF_TASK_POWER;
    if ((unsigned)o->task >= CF_TASK_COUNT)
        return base_fail(CF_EARG, "import: task %d, wanted 0 to %d", (int)o->task,
                         CF_TASK_COUNT - 1);
    if (!power && (o->channel || o->antennas))
        return base_fail(CF_EARG, "import: channels and antennas are of the task power");
    if (!power && o->serve)
        return base_fail(CF_EARG, "import: serving sets are of the task power; for assignment give "
                                  "links that may not serve a gain of 0");
    if (!power && (!o->axes || !*o->axes))
        return base_fail(CF_EARG, "import: no axes, wanted an order of drop,ap,user");
    if (o->channel && o->gain)
        return base_fail(CF_EARG, "import: gain and channel, wanted one of them");
    if (o->antennas < 0 || o->antennas > CHAN_MAX_ANTENNAS)
        return base_fail(CF_EARG, "import: %d antennas, wanted 1 to %d", o->antennas,
                         CHAN_MAX_ANTENNAS);
    return CF_OK;
}

/* Takes the source. */
static cf_status import(cf_drops **out, io_source *source, const char *path, const cf_import *o,
                        char *report, size_t size)
{
    io_import m = {.path = path, .options = o, .source = source};
    text t = {0};
    cf_drops *d = NULL;
    const cf_status s =
        o->task == CF_TASK_POWER ? io_import_power(&m, &d, &t) : io_import_assignment(&m, &d, &t);
    if (s == CF_OK) {
        d->checksum = chan_drops_checksum(d);
        if (report && size > 0) snprintf(report, size, "%s", t.s ? t.s : "");
        *out = d;
    }
    text_free(&t);
    io_array_free(&m.gain);
    io_source_close(source);
    return s;
}

cf_status cf_drops_import(cf_drops **out, const char *path, const cf_import *options, char *report,
                          size_t size)
{
    if (!out || !path || !options) return base_fail(CF_EARG, "import: NULL argument");
    io_source *source = NULL;
    cf_status s = check_call(options);
    if (s == CF_OK) s = io_source_open(&source, path);
    return s == CF_OK ? import(out, source, path, options, report, size) : s;
}

cf_status cf_drops_import_arrays(cf_drops **out, const cf_array *arrays, int32_t count,
                                 const cf_import *options, char *report, size_t size)
{
    static const char NAME[] = "arrays";
    if (!out || !arrays || !options) return base_fail(CF_EARG, "import: NULL argument");
    io_source *source = NULL;
    cf_status s = check_call(options);
    if (s == CF_OK) s = io_source_memory(&source, NAME, arrays, count);
    return s == CF_OK ? import(out, source, NAME, options, report, size) : s;
}
