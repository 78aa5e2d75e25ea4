#include <math.h>
#include <string.h>

#include "base/status.h"
#include "channel/drops.h"
#include "channel/scenario.h"
#include "io/import.h"

static const double TX_POWER_DBM = 30;  /* taken where none is given: 1 W */
static const double MOST_DBM = 60;      /* more than 1 kW received is a mistaken unit */
static const double SILENCE_DBM = -400; /* a gain of 0 */

/* The options with their defaults put in, and the range of the gains. */
typedef struct plan {
    const char *path, *name;
    const cf_import *options;
    double tx_power_dbm, noise_dbm;
    int32_t max_users, min_aps;
    int64_t silent;           /* gains of 0 */
    double low_dbm, high_dbm; /* of the others */
} plan;

static cf_status check_options(plan *p, const cf_import *o)
{
    if (o->unit < CF_UNIT_DBM || o->unit > CF_UNIT_DB_OVER_NOISE)
        return base_fail(CF_EARG, "import: no unit, wanted dbm, db, linear or db-over-noise");
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

static double to_dbm(const plan *p, double v)
{
    switch (p->options->unit) {
    case CF_UNIT_DBM: return v;
    case CF_UNIT_DB: return p->tx_power_dbm + v;
    case CF_UNIT_DB_OVER_NOISE: return p->tx_power_dbm + v + p->noise_dbm;
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
                         "%.300s: %.60s at drop %d, ap %d, user %d is %g: %s", p->path, p->name, i,
                         l, k, v, why);
    if (linear && v <= 0) {
        p->silent++;
    } else {
        p->low_dbm = fmin(p->low_dbm, dbm);
        p->high_dbm = fmax(p->high_dbm, dbm);
    }
    *out = (float)dbm;
    return CF_OK;
}

static cf_status take_gains(plan *p, const io_import *m, float *out)
{
    const int32_t *length = m->axes.length;
    const int64_t *stride = m->axes.stride;
    cf_status s = CF_OK;
    for (int32_t i = 0; i < length[IO_DROP]; i++)
        for (int32_t l = 0; l < length[IO_AP]; l++)
            for (int32_t k = 0; k < length[IO_USER] && s == CF_OK; k++) {
                const int64_t at = i * stride[IO_DROP] + l * stride[IO_AP] + k * stride[IO_USER];
                s = take_gain(p, m->gain.data[at], i, l, k, out++);
            }
    return s;
}

/* ---- report ---- */

static const char *assumed(int yes)
{
    return yes ? " (assumed)" : "";
}

static void add_unit(text *t, const plan *p)
{
    const char *given = assumed(isnan(p->options->tx_power_dbm));
    if (p->options->unit == CF_UNIT_DBM)
        text_add(t, "unit: received power in dBm\n");
    else if (p->options->unit == CF_UNIT_DB_OVER_NOISE)
        text_add(t,
                 "unit: power gain in dB less noise in dBm; SNR = gain + %.9g dBm transmitted%s\n",
                 p->tx_power_dbm, given);
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

cf_status io_import_assignment(io_import *m, cf_drops **out, text *report)
{
    plan p = {.path = m->path, .options = m->options, .low_dbm = INFINITY, .high_dbm = -INFINITY};
    cf_drops *d = NULL;
    cf_status s = check_options(&p, m->options);
    if (s == CF_OK) s = io_import_find(m, IO_LINKS, m->options->axes);
    p.name = m->name;
    if (s == CF_OK) io_axes_report(&m->axes, m->key, m->name, &m->gain, report);
    if (s == CF_OK) s = io_import_drops(m, &d, report);
    if (s != CF_OK) return s;
    d->noise_dbm = p.noise_dbm;
    for (int32_t l = 0; l < d->L; l++) d->max_users[l] = p.max_users;
    for (int32_t k = 0; k < d->K; k++) d->min_aps[k] = p.min_aps;
    s = cf_assignment_check_limits(d->L, d->K, d->max_users, d->min_aps);
    if (s != CF_OK)
        base_fail_in(s, "%.300s", m->path);
    else
        s = take_gains(&p, m, d->gain_dbm);
    if (s != CF_OK) {
        cf_drops_free(d);
        return s;
    }
    add_unit(report, &p);
    add_ranges(report, &p);
    *out = d;
    return CF_OK;
}
