#include <math.h>

#include "base/status.h"
#include "channel/drops.h"
#include "channel/scenario.h"
#include "io/import.h"

/* Range of the gains over noise, own gains and what a beam leaks to others [dB]. */
typedef struct range {
    double low, high;
} range;

typedef struct plan {
    const io_import *m;
    int64_t silent; /* gains of 0 */
    range own, leak;
} plan;

static double or_else(double v, double otherwise)
{
    return isnan(v) ? otherwise : v;
}

/* Parameters into d, as chan_power_check wants them. */
static cf_status take_parameters(const cf_import *o, cf_drops *d)
{
    if (o->unit == CF_UNIT_DBM)
        return base_fail(CF_EARG,
                         "import: unit dbm, wanted linear, db or db-over-noise for the task power");
    if (isnan(o->noise_w)) return base_fail(CF_EARG, "import: no noise_w, wanted watts above 0");
    if (isnan(o->static_w) && o->objective == CF_POWER_EE)
        return base_fail(CF_EARG, "import: no static_w, wanted watts above 0");
    d->noise_w = o->noise_w;
    d->mu = or_else(o->mu, 1);
    d->static_w = or_else(o->static_w, 0);
    d->bandwidth_hz = or_else(o->bandwidth_hz, 1e6);
    d->objective = o->objective;
    d->limit = o->limit;
    d->limit_w = o->limit_w;
    d->rate_floor = o->rate_floor;
    const cf_status s = chan_power_check(d);
    return s == CF_OK ? s : base_fail_in(s, "import");
}

static void widen(range *r, double db)
{
    r->low = fmin(r->low, db);
    r->high = fmax(r->high, db);
}

static cf_status take_gain(plan *p, double v, int32_t i, int32_t l, int32_t k, int32_t j,
                           float *out)
{
    const cf_import *o = p->m->options;
    double gain = o->unit == CF_UNIT_DB ? pow(10, v / 10) : v;
    if (o->unit == CF_UNIT_DB_OVER_NOISE) gain = pow(10, v / 10) * 1e3 * o->noise_w; /* over mW */
    const char *why = NULL;
    if (!isfinite(v))
        why = "not a finite number";
    else if (gain < 0)
        why = "a negative power gain: is it in dB?";
    else if (gain > (double)CHAN_MAX_GAIN)
        why = "above 1e30: is the unit right?";
    if (why)
        return base_fail(isfinite(v) ? CF_EARG : CF_ENUM,
                         "%.300s: %.60s at drop %d, ap %d, user %d, beam %d is %g: %s", p->m->path,
                         p->m->name, i, l, k, j, v, why);
    *out = (float)gain;
    if (*out > 0)
        widen(j == k ? &p->own : &p->leak, 10 * log10(gain / o->noise_w));
    else
        p->silent++;
    return CF_OK;
}

static cf_status take_gains(plan *p, float *out)
{
    const int32_t *n = p->m->axes.length;
    const int64_t *step = p->m->axes.stride;
    cf_status s = CF_OK;
    for (int32_t i = 0; i < n[IO_DROP]; i++)
        for (int32_t l = 0; l < n[IO_AP]; l++)
            for (int32_t k = 0; k < n[IO_USER]; k++)
                for (int32_t j = 0; j < n[IO_BEAM] && s == CF_OK; j++) {
                    const int64_t at =
                        i * step[IO_DROP] + l * step[IO_AP] + k * step[IO_USER] + j * step[IO_BEAM];
                    s = take_gain(p, p->m->gain.data[at], i, l, k, j, out++);
                }
    return s;
}

/* A user whose own gains are all 0 can have no signal: more likely a mistake of the axes. */
static cf_status check_users(const io_import *m, const cf_drops *d)
{
    const size_t L = (size_t)d->L, K = (size_t)d->K;
    for (size_t i = 0; i < (size_t)d->n; i++)
        for (size_t k = 0; k < K; k++) {
            int reached = 0;
            for (size_t l = 0; l < L && !reached; l++)
                reached = d->gain[((i * L + l) * K + k) * K + k] > 0;
            if (!reached)
                return base_fail(CF_EARG,
                                 "%.300s: %.60s at drop %zu: the own gain of user %zu is 0 from "
                                 "every access point",
                                 m->path, m->name, i, k);
        }
    return CF_OK;
}

static const char *assumed(int yes)
{
    return yes ? " (assumed)" : "";
}

static const char *unit_text(cf_unit unit)
{
    if (unit == CF_UNIT_DB_OVER_NOISE) return "in dB less noise in dBm";
    return unit == CF_UNIT_DB ? "in dB" : "linear";
}

static void write_report(const plan *p, const cf_drops *d, text *t)
{
    const cf_import *o = p->m->options;
    io_axes_report(&p->m->axes, p->m->name, &p->m->gain, t);
    text_add(t, "axes: gain[..., k, j] is what user k hears of the beam for user j%s\n",
             assumed(!o->axes));
    text_add(t, "unit: effective power gain, %s%s\n", unit_text(o->unit),
             assumed(o->unit == CF_UNIT_UNKNOWN));
    text_add(t, "own gain over noise of %.9g W: %.2f to %.2f dB\n", d->noise_w, p->own.low,
             p->own.high);
    if (p->leak.low <= p->leak.high)
        text_add(t, "leaked gain over noise: %.2f to %.2f dB\n", p->leak.low, p->leak.high);
    if (p->silent) text_add(t, "gains of 0: %lld\n", (long long)p->silent);
    text_add(t, "power: mu %.9g%s, static %.9g W, bandwidth %.9g Hz%s, objective %s, limit %s",
             d->mu, assumed(isnan(o->mu)), d->static_w, d->bandwidth_hz,
             assumed(isnan(o->bandwidth_hz)), chan_objectives[d->objective],
             chan_limits_on[d->limit]);
    if (d->limit != CF_LIMIT_NONE) text_add(t, " %.9g W", d->limit_w);
    text_add(t, "\n");
}

cf_status io_import_power(io_import *m, cf_drops **out, text *report)
{
    plan p = {.m = m, .own = {INFINITY, -INFINITY}, .leak = {INFINITY, -INFINITY}};
    cf_drops parameters = {0}, *d = NULL;
    cf_status s = take_parameters(m->options, &parameters);
    if (s == CF_OK) s = io_import_open(m, m->options->axes);
    if (s == CF_OK) s = io_import_drops(m, &d);
    if (s == CF_OK) s = take_parameters(m->options, d);
    if (s == CF_OK) s = take_gains(&p, d->gain);
    if (s == CF_OK) s = check_users(m, d);
    if (s != CF_OK) {
        cf_drops_free(d);
        return s;
    }
    write_report(&p, d, report);
    *out = d;
    return CF_OK;
}
