#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cellfree/drops.h>

#include "base/status.h"
#include "base/text.h"
#include "channel/drops.h"
#include "channel/scenario.h"
#include "io/npz.h"

enum { DROP, AP, USER, AXES };

static const char *const AXIS[AXES] = {"drop", "ap", "user"};

static const double TX_POWER_DBM = 30;  /* taken where none is given: 1 W */
static const double MOST_DBM = 60;      /* more than 1 kW received is a mistaken unit */
static const double SILENCE_DBM = -400; /* a gain of 0 */

/* The options with their defaults put in, and what the arrays turned out to be. */
typedef struct plan {
    const char *path;
    const cf_import *options;
    double tx_power_dbm, noise_dbm;
    int32_t max_users, min_aps;
    int32_t axis_of[AXES]; /* array axis that is the drop (-1: none), ap, user */
    int32_t length[AXES];
    int64_t silent;           /* gains of 0 */
    double low_dbm, high_dbm; /* of the others */
} plan;

/* ---- options ---- */

static cf_status check_options(plan *p, const cf_import *o)
{
    if (!o->gain || !*o->gain) return base_fail(CF_EARG, "import: no array named for gain");
    if (!o->axes || !*o->axes)
        return base_fail(CF_EARG, "import: no axes, wanted an order of drop,ap,user");
    if (o->unit < CF_UNIT_DBM || o->unit > CF_UNIT_LINEAR)
        return base_fail(CF_EARG, "import: no unit, wanted dbm, db or linear");
    if (isinf(o->tx_power_dbm) || fabs(o->tx_power_dbm) > 200 || isinf(o->noise_dbm) ||
        fabs(o->noise_dbm) > 400)
        return base_fail(CF_EARG,
                         "import: transmit power %g dBm, noise %g dBm, wanted -200 to 200 and -400 "
                         "to 400",
                         o->tx_power_dbm, o->noise_dbm);
    if (o->max_users < 0 || o->max_users > CF_MAX_DIM || o->min_aps < -1 || o->min_aps > CF_MAX_DIM)
        return base_fail(CF_EARG, "import: A is %d and U is %d, wanted 0 to %d and -1 to %d",
                         o->max_users, o->min_aps, CF_MAX_DIM, CF_MAX_DIM);
    p->tx_power_dbm = isnan(o->tx_power_dbm) ? TX_POWER_DBM : o->tx_power_dbm;
    p->noise_dbm = isnan(o->noise_dbm) ? chan_thermal_noise_dbm(500e6, 300, 0) : o->noise_dbm;
    p->max_users = o->max_users > 0 ? o->max_users : 2;
    p->min_aps = o->min_aps >= 0 ? o->min_aps : 2;
    return CF_OK;
}

/* "drop,ap,user" in any order, or without the drop: one drop. */
static cf_status read_axes(plan *p, const char *axes)
{
    int32_t n = 0;
    for (int32_t i = 0; i < AXES; i++) p->axis_of[i] = -1;
    for (const char *s = axes; s; n++) {
        const char *comma = strchr(s, ',');
        const size_t length = comma ? (size_t)(comma - s) : strlen(s);
        int32_t i = 0;
        while (i < AXES && !(strlen(AXIS[i]) == length && strncmp(AXIS[i], s, length) == 0)) i++;
        if (i == AXES || p->axis_of[i] >= 0)
            return base_fail(CF_EARG, "import: axes are %.80s, wanted an order of drop,ap,user",
                             axes);
        p->axis_of[i] = n;
        s = comma ? comma + 1 : NULL;
    }
    if (p->axis_of[AP] < 0 || p->axis_of[USER] < 0)
        return base_fail(CF_EARG, "import: axes are %.80s, wanted ap and user among them", axes);
    return CF_OK;
}

static cf_status check_shape(plan *p, const io_array *a)
{
    char shape[128];
    const int32_t wanted = p->axis_of[DROP] >= 0 ? 3 : 2;
    if (a->ndim != wanted)
        return base_fail(CF_ESHAPE, "%.300s: %.60s is %s, which has %d axes; --axes %.40s names %d",
                         p->path, p->options->gain, io_array_shape(a, shape, sizeof shape), a->ndim,
                         p->options->axes, wanted);
    for (int32_t i = 0; i < AXES; i++) {
        const int64_t n = p->axis_of[i] < 0 ? 1 : a->dims[p->axis_of[i]];
        const int64_t most = i == DROP ? INT32_MAX : CF_MAX_DIM;
        if (n < 1 || n > most)
            return base_fail(CF_ESHAPE, "%.300s: %.60s is %s: %lld along %s, wanted 1 to %lld",
                             p->path, p->options->gain, io_array_shape(a, shape, sizeof shape),
                             (long long)n, AXIS[i], (long long)most);
        p->length[i] = (int32_t)n;
    }
    return CF_OK;
}

/* ---- gains ---- */

static double to_dbm(const plan *p, double v)
{
    switch (p->options->unit) {
    case CF_UNIT_DBM: return v;
    case CF_UNIT_DB: return p->tx_power_dbm + v;
    default: return v > 0 ? fmax(p->tx_power_dbm + 10 * log10(v), SILENCE_DBM) : SILENCE_DBM;
    }
}

static cf_status take_gain(plan *p, double v, int32_t i, int32_t l, int32_t k, float *out)
{
    const int linear = p->options->unit == CF_UNIT_LINEAR;
    const char *why = NULL;
    const double dbm = to_dbm(p, v);
    if (!isfinite(v))
        why = "not a finite number";
    else if (linear && v < 0)
        why = "a negative power gain: is it in dB?";
    else if (dbm > MOST_DBM)
        why = "received power above 60 dBm: is the unit right?";
    else if (fabs(dbm) > 1e30)
        why = "out of range";
    if (why)
        return base_fail(isfinite(v) ? CF_EARG : CF_ENUM,
                         "%.300s: %.60s at drop %d, ap %d, user %d is %g: %s", p->path,
                         p->options->gain, i, l, k, v, why);
    if (linear && v <= 0) {
        p->silent++;
    } else {
        p->low_dbm = fmin(p->low_dbm, dbm);
        p->high_dbm = fmax(p->high_dbm, dbm);
    }
    *out = (float)dbm;
    return CF_OK;
}

static cf_status take_gains(plan *p, const io_array *a, float *out)
{
    int64_t stride[AXES] = {0}, step = 1;
    for (int32_t j = a->ndim - 1; j >= 0; j--) {
        for (int32_t i = 0; i < AXES; i++)
            if (p->axis_of[i] == j) stride[i] = step;
        step *= a->dims[j];
    }
    cf_status s = CF_OK;
    for (int32_t i = 0; i < p->length[DROP]; i++)
        for (int32_t l = 0; l < p->length[AP]; l++)
            for (int32_t k = 0; k < p->length[USER] && s == CF_OK; k++)
                s = take_gain(p, a->data[i * stride[DROP] + l * stride[AP] + k * stride[USER]], i,
                              l, k, out++);
    return s;
}

/* ---- positions ---- */

/* (n,count,2|3), or (count,2|3) for all drops; two coordinates get height 0. */
static cf_status take_positions(const plan *p, const io_npz *z, const char *name, int32_t count,
                                float *out)
{
    io_array a = {0};
    if (!name) return CF_OK;
    cf_status s = io_npz_find(z, name, &a);
    if (s != CF_OK) return s;
    const int32_t n = p->length[DROP], own = a.ndim == 3, at = own ? 1 : 0;
    const int64_t width = a.ndim >= 2 ? a.dims[a.ndim - 1] : 0;
    char shape[128];
    if ((a.ndim != 2 && a.ndim != 3) || (own && a.dims[0] != n) || a.dims[at] != count ||
        (width != 2 && width != 3)) {
        s = base_fail(CF_ESHAPE, "%.300s: %.60s is %s, wanted (%d,%d,3), (%d,3) or 2 in place of 3",
                      p->path, name, io_array_shape(&a, shape, sizeof shape), n, count, count);
        goto done;
    }
    for (int64_t i = 0; i < n; i++)
        for (int64_t j = 0; j < count; j++)
            for (int64_t c = 0; c < width; c++) {
                const double v = a.data[((own ? i : 0) * count + j) * width + c];
                if (!(fabs(v) <= 1e9)) {
                    s = base_fail(CF_ENUM, "%.300s: %.60s holds %g, wanted metres, finite", p->path,
                                  name, v);
                    goto done;
                }
                out[(i * count + j) * 3 + c] = (float)v;
            }
done:
    io_array_free(&a);
    return s;
}

/* ---- report ---- */

static const char *assumed(int yes)
{
    return yes ? " (assumed)" : "";
}

static void add_axes(text *t, const plan *p, const io_array *a)
{
    char shape[128];
    text_add(t, "gain: array %s, dtype %s, shape %s:", p->options->gain, a->dtype,
             io_array_shape(a, shape, sizeof shape));
    for (int32_t j = 0; j < a->ndim; j++)
        for (int32_t i = 0; i < AXES; i++)
            if (p->axis_of[i] == j)
                text_add(t, "%s axis %d is %s (%d)", j ? "," : "", j, AXIS[i], p->length[i]);
    text_add(t, "\n");
}

static void add_unit(text *t, const plan *p)
{
    const char *given = assumed(isnan(p->options->tx_power_dbm));
    if (p->options->unit == CF_UNIT_DBM)
        text_add(t, "unit: received power in dBm\n");
    else if (p->options->unit == CF_UNIT_DB)
        text_add(t, "unit: power gain in dB; received power = gain + %.9g dBm transmitted%s\n",
                 p->tx_power_dbm, given);
    else
        text_add(t,
                 "unit: linear power gain; received power = 10 log10(gain) + %.9g dBm "
                 "transmitted%s\n",
                 p->tx_power_dbm, given);
}

static void add_ranges(text *t, const plan *p)
{
    if (p->low_dbm <= p->high_dbm) {
        text_add(t, "received power: %.2f to %.2f dBm\n", p->low_dbm, p->high_dbm);
        text_add(t, "SNR: %.2f to %.2f dB over noise of %.2f dBm%s\n", p->low_dbm - p->noise_dbm,
                 p->high_dbm - p->noise_dbm, p->noise_dbm,
                 isnan(p->options->noise_dbm) ? " (assumed: thermal, 500 MHz, 300 K)" : "");
    }
    if (p->silent)
        text_add(t, "gains of 0: %lld, stored as %g dBm\n", (long long)p->silent, SILENCE_DBM);
    text_add(t, "limits: A = %d users an access point%s, U = %d access points a user%s\n",
             p->max_users, assumed(p->options->max_users == 0), p->min_aps,
             assumed(p->options->min_aps < 0));
}

static void write_report(const plan *p, const io_array *a, char *report, size_t size)
{
    text t = {0};
    add_axes(&t, p, a);
    add_unit(&t, p);
    add_ranges(&t, p);
    if (report && size > 0) snprintf(report, size, "%s", t.s ? t.s : "");
    text_free(&t);
}

static cf_status fill_drops(plan *p, const io_npz *z, const io_array *a, cf_drops *d)
{
    const cf_import *o = p->options;
    d->noise_dbm = p->noise_dbm;
    for (int32_t l = 0; l < d->L; l++) d->max_users[l] = p->max_users;
    for (int32_t k = 0; k < d->K; k++) d->min_aps[k] = p->min_aps;
    cf_status s = cf_assignment_check_limits(d->L, d->K, d->max_users, d->min_aps);
    if (s != CF_OK) return base_fail_in(s, "%.300s", p->path);
    s = take_gains(p, a, d->gain_dbm);
    if (s == CF_OK) s = take_positions(p, z, o->ap_position, d->L, d->ap_position);
    if (s == CF_OK) s = take_positions(p, z, o->ue_position, d->K, d->ue_position);
    if (s == CF_OK) d->checksum = chan_drops_checksum(d);
    return s;
}

cf_status cf_drops_import(cf_drops **out, const char *path, const cf_import *options, char *report,
                          size_t size)
{
    if (!out || !path || !options) return base_fail(CF_EARG, "import: NULL argument");
    plan p = {.path = path, .options = options, .low_dbm = INFINITY, .high_dbm = -INFINITY};
    io_npz *z = NULL;
    io_array a = {0};
    cf_drops *d = NULL;
    cf_status s = check_options(&p, options);
    if (s == CF_OK) s = read_axes(&p, options->axes);
    if (s == CF_OK) s = io_npz_open(&z, path);
    if (s == CF_OK) s = io_npz_find(z, options->gain, &a);
    if (s == CF_OK) s = check_shape(&p, &a);
    if (s == CF_OK)
        s = chan_drops_new(&d, p.length[DROP], p.length[AP], p.length[USER],
                           options->ap_position != NULL, options->ue_position != NULL, "imported",
                           "");
    if (s == CF_OK) s = fill_drops(&p, z, &a, d);
    if (s == CF_OK) {
        write_report(&p, &a, report, size);
        *out = d;
        d = NULL;
    }
    cf_drops_free(d);
    io_array_free(&a);
    io_npz_close(z);
    return s;
}
