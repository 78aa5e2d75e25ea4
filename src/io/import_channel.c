/* What power takes beside gains: complex channels, and who may serve whom. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/status.h"
#include "channel/drops.h"
#include "io/import.h"

/* ---- channels ---- */

static cf_status take_antenna(const io_import *m, const double v[2], const int32_t at[IO_AXES],
                              float *out)
{
    const char *why = NULL;
    if (!isfinite(v[0]) || !isfinite(v[1]))
        why = "not a finite number";
    else if (fabs(v[0]) > (double)CHAN_MAX_AMPLITUDE || fabs(v[1]) > (double)CHAN_MAX_AMPLITUDE)
        why = "above 1e14: is the unit right?";
    if (why)
        return base_fail(isfinite(v[0]) && isfinite(v[1]) ? CF_EARG : CF_ENUM,
                         "%.300s: %.60s at drop %d, ap %d, user %d, antenna %d is %g%+gi: %s",
                         m->path, m->name, at[IO_DROP], at[IO_AP], at[IO_USER], at[IO_ANTENNA],
                         v[0], v[1], why);
    out[0] = (float)v[0];
    out[1] = (float)v[1];
    return CF_OK;
}

/* All antennas of a link; its power gain goes to *power. */
static cf_status take_link(const io_import *m, int32_t at[IO_AXES], float *out, double *power)
{
    const int32_t *n = m->axes.length;
    const int64_t *step = m->axes.stride;
    const int64_t start =
        at[IO_DROP] * step[IO_DROP] + at[IO_AP] * step[IO_AP] + at[IO_USER] * step[IO_USER];
    cf_status s = CF_OK;
    *power = 0;
    for (int32_t i = 0; i < n[IO_ANTENNA] && s == CF_OK; i++) {
        const double *v = m->gain.data + 2 * (start + i * step[IO_ANTENNA]);
        at[IO_ANTENNA] = i;
        s = take_antenna(m, v, at, out + 2 * i);
        *power += v[0] * v[0] + v[1] * v[1];
    }
    return s;
}

cf_status io_import_channels(const io_import *m, float *out, io_range *own)
{
    const int32_t *n = m->axes.length;
    int32_t at[IO_AXES] = {0};
    if (!m->gain.is_complex)
        return base_fail(CF_EFORMAT,
                         "%.300s: %.60s: dtype %s, wanted complex channels (of power gains say "
                         "gain=%.60s)",
                         m->path, m->name, m->gain.dtype, m->name);
    for (at[IO_DROP] = 0; at[IO_DROP] < n[IO_DROP]; at[IO_DROP]++)
        for (at[IO_AP] = 0; at[IO_AP] < n[IO_AP]; at[IO_AP]++)
            for (at[IO_USER] = 0; at[IO_USER] < n[IO_USER]; at[IO_USER]++) {
                double power;
                const cf_status s = take_link(m, at, out, &power);
                if (s != CF_OK) return s;
                io_range_add(own, power);
                out += 2 * n[IO_ANTENNA];
            }
    return CF_OK;
}

/* ---- serving sets ---- */

/* `from` without beam and antenna, and without drop if so said: the axes of a serving set. Gives
 * their number. */
static int32_t order_of_links(const char *from, int with_drop, char *out, size_t size)
{
    int32_t count = 0;
    size_t length = 0;
    *out = 0;
    for (const char *s = from; s; s = strchr(s, ',') ? strchr(s, ',') + 1 : NULL) {
        const size_t n = strcspn(s, ":,");
        const int skip = strncmp(s, "beam", n) == 0 || strncmp(s, "antenna", n) == 0 ||
                         (!with_drop && strncmp(s, "drop", n) == 0);
        if (skip || length + n + 2 > size) continue;
        length +=
            (size_t)snprintf(out + length, size - length, "%s%.*s", count ? "," : "", (int)n, s);
        count++;
    }
    return count;
}

static cf_status fit_serve(const io_import *m, const cf_drops *d, const io_array *a, io_axes *x)
{
    const char *name = m->options->serve, *said = m->options->serve_axes;
    const char *from = said && *said ? said : *a->axes ? a->axes : m->order;
    char order[64], shape[128];
    if (order_of_links(from, 1, order, sizeof order) == a->ndim + 1)
        order_of_links(from, 0, order, sizeof order);
    cf_status s = io_axes_read(x, IO_LINKS, order);
    if (s == CF_OK) s = io_axes_fit(x, m->path, name, order, 0, a);
    const int32_t *n = x->length;
    if (s == CF_OK &&
        ((n[IO_DROP] != 1 && n[IO_DROP] != d->n) || n[IO_AP] != d->L || n[IO_USER] != d->K))
        s = base_fail(
            CF_ESHAPE,
            "%.300s: %.60s is %s: %d drops of %d access points and %d users, wanted %d of "
            "%d and %d, or one for all drops",
            m->path, name, io_array_shape(a, shape, sizeof shape), n[IO_DROP], n[IO_AP], n[IO_USER],
            d->n, d->L, d->K);
    return s;
}

static cf_status take_serve(const io_import *m, const io_array *a, const io_axes *x, cf_drops *d)
{
    const int64_t of_drop = x->length[IO_DROP] > 1 ? x->stride[IO_DROP] : 0;
    uint8_t *out = d->serve;
    for (int32_t i = 0; i < d->n; i++)
        for (int32_t l = 0; l < d->L; l++)
            for (int32_t k = 0; k < d->K; k++) {
                const double v =
                    a->data[i * of_drop + l * x->stride[IO_AP] + k * x->stride[IO_USER]];
                if (v != 0 && v != 1)
                    return base_fail(
                        CF_EARG, "%.300s: %.60s at drop %d, ap %d, user %d is %g, wanted 0 or 1",
                        m->path, m->options->serve, i, l, k, v);
                *out++ = v != 0;
            }
    return CF_OK;
}

static void report_serve(const io_import *m, const io_array *a, const io_axes *x, const cf_drops *d,
                         text *report)
{
    const size_t L = (size_t)d->L, K = (size_t)d->K, n = (size_t)d->n;
    size_t open = 0, nobody = 0;
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < K; k++) {
            size_t mine = 0;
            for (size_t l = 0; l < L; l++) mine += d->serve[(i * L + l) * K + k];
            open += mine;
            nobody += mine == 0;
        }
    io_axes_report(x, "serve", m->options->serve, a, report);
    text_add(report, "serve: %.1f %% of links may carry power",
             100 * (double)open / (double)(n * L * K));
    if (nobody) text_add(report, "; users that nobody may serve: %zu of %zu", nobody, n * K);
    text_add(report, "%s\n", x->length[IO_DROP] < d->n ? "; the same in all drops" : "");
}

cf_status io_import_serve(const io_import *m, cf_drops *d, text *report)
{
    io_array a = {0};
    io_axes x = {0};
    cf_status s = io_import_array(m, m->options->serve, &a);
    if (s == CF_OK && a.is_complex)
        s = base_fail(CF_EFORMAT, "%.300s: %.60s: dtype %s, wanted 0 and 1", m->path,
                      m->options->serve, a.dtype);
    if (s == CF_OK) s = fit_serve(m, d, &a, &x);
    if (s == CF_OK) s = take_serve(m, &a, &x, d);
    if (s == CF_OK) report_serve(m, &a, &x, d, report);
    io_array_free(&a);
    return s;
}
