#include <math.h>
#include <stdio.h>

#include "base/status.h"
#include "channel/drops.h"
#include "channel/scenario.h"
#include "io/import.h"

typedef struct plan {
    const io_import *m;
    io_range own, leak; /* gains of beams to their users, and to others */
} plan;

void io_range_add(io_range *r, double gain)
{
    if (gain > 0) {
        r->low = gain < r->low ? gain : r->low;
        r->high = gain > r->high ? gain : r->high;
    } else {
        r->silent++;
    }
}

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
    if (o->channel && o->unit != CF_UNIT_UNKNOWN && o->unit != CF_UNIT_LINEAR)
        return base_fail(CF_EARG, "import: a channel in decibels, wanted linear");
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

static cf_status fail_gain(const io_import *m, double v, const int32_t at[IO_AXES], const char *why)
{
    char beam[24] = "";
    if (m->axes.layout == IO_BEAMS) snprintf(beam, sizeof beam, ", beam %d", at[IO_BEAM]);
    return base_fail(isfinite(v) ? CF_EARG : CF_ENUM,
                     "%.300s: %.60s at drop %d, ap %d, user %d%s is %g: %s", m->path, m->name,
                     at[IO_DROP], at[IO_AP], at[IO_USER], beam, v, why);
}

static cf_status take_gain(const plan *p, double v, const int32_t at[IO_AXES], float *out)
{
    const cf_import *o = p->m->options;
    double gain = o->unit == CF_UNIT_DB ? pow(10, v / 10) : v;
    if (o->unit == CF_UNIT_DB_OVER_NOISE) gain = pow(10, v / 10) * 1e3 * o->noise_w; /* over mW */
    const char *why = NULL;
    if (!isfinite(v))
        why = "not a finite number";
    else if (gain < 0)
        why = "a negative power gain: is it in dB?";
    else if (gain > (double)CHAN_MAX_GAIN / (o->antennas > 0 ? o->antennas : 1))
        why = "above 1e30: is the unit right?";
    if (why) return fail_gain(p->m, v, at, why);
    *out = (float)gain;
    return CF_OK;
}

/* The number of the link, or of the beam at the user. */
static cf_status take_number(const plan *p, const int32_t at[IO_AXES], float *out)
{
    int64_t place = 0;
    for (int32_t i = 0; i < IO_AXES; i++) place += at[i] * p->m->axes.stride[i];
    return take_gain(p, p->m->gain.data[place], at, out);
}

/* Effective gains, or large-scale fading beta: over Rayleigh fading and N antennas the means of
 * |h_k^H h_j|^2 / ||h_j||^2 are N beta_k for j = k and beta_k for others. */
static cf_status take_gains(plan *p, float *out)
{
    const int32_t *n = p->m->axes.length, K = n[IO_USER];
    const int large_scale = p->m->axes.layout == IO_LINKS;
    const float N = (float)p->m->options->antennas;
    cf_status s = CF_OK;
    int32_t at[IO_AXES] = {0};
    for (at[IO_DROP] = 0; at[IO_DROP] < n[IO_DROP]; at[IO_DROP]++)
        for (at[IO_AP] = 0; at[IO_AP] < n[IO_AP]; at[IO_AP]++)
            for (at[IO_USER] = 0; at[IO_USER] < K; at[IO_USER]++)
                for (int32_t j = 0; j < K && s == CF_OK; j++, out++) {
                    at[IO_BEAM] = large_scale ? 0 : j;
                    s = take_number(p, at, out);
                    if (large_scale && j == at[IO_USER]) *out *= N;
                    io_range_add(j == at[IO_USER] ? &p->own : &p->leak, (double)*out);
                }
    return s;
}

/* A user whose own gains are all 0 can have no signal: more likely a mistake of the axes. */
static cf_status check_users(const io_import *m, const cf_drops *d)
{
    const size_t L = (size_t)d->L, K = (size_t)d->K, N = 2 * (size_t)d->antennas;
    for (size_t i = 0; i < (size_t)d->n; i++)
        for (size_t k = 0; k < K; k++) {
            int reached = 0;
            for (size_t l = 0; l < L && !reached; l++) {
                const size_t link = (i * L + l) * K + k;
                float power = d->gain ? d->gain[link * K + k] : 0;
                for (size_t a = 0; a < N; a++)
                    power += d->channel[link * N + a] * d->channel[link * N + a];
                reached = power > 0;
            }
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

static void report_meaning(const io_import *m, text *t)
{
    const cf_import *o = m->options;
    const char *unit = assumed(o->unit == CF_UNIT_UNKNOWN);
    if (m->axes.layout == IO_CHANNELS) {
        text_add(t, "axes: %s%s\n", m->order, assumed(!o->axes));
        text_add(t,
                 "unit: complex channel h, linear%s; maximum-ratio beams: user k hears "
                 "|h_k^H h_j|^2 / ||h_j||^2 of the beam for user j\n",
                 unit);
        return;
    }
    if (m->axes.layout == IO_BEAMS)
        text_add(t, "axes: gain[..., k, j] is what user k hears of the beam for user j%s\n",
                 assumed(!o->axes));
    else
        text_add(t,
                 "axes: large-scale fading beta; mean effective gains of %d antennas: %d beta "
                 "to the user itself, beta to others\n",
                 o->antennas, o->antennas);
    text_add(t, "unit: effective power gain, %s%s\n", unit_text(o->unit), unit);
}

static void report_range(const char *what, const io_range *r, double noise_w, text *t)
{
    if (r->low <= r->high)
        text_add(t, "%s gain over noise of %.9g W: %.2f to %.2f dB\n", what, noise_w,
                 10 * log10(r->low / noise_w), 10 * log10(r->high / noise_w));
}

static void write_report(const plan *p, const cf_drops *d, text *t)
{
    const cf_import *o = p->m->options;
    const int64_t silent = p->own.silent + p->leak.silent;
    report_meaning(p->m, t);
    report_range("own", &p->own, d->noise_w, t);
    report_range("leaked", &p->leak, d->noise_w, t);
    if (silent) text_add(t, "gains of 0: %lld\n", (long long)silent);
    text_add(t, "power: mu %.9g%s, static %.9g W, bandwidth %.9g Hz%s, objective %s, limit %s",
             d->mu, assumed(isnan(o->mu)), d->static_w, d->bandwidth_hz,
             assumed(isnan(o->bandwidth_hz)), chan_objectives[d->objective],
             chan_limits_on[d->limit]);
    if (d->limit != CF_LIMIT_NONE) text_add(t, " %.9g W", d->limit_w);
    text_add(t, "\n");
}

static cf_status take_all(plan *p, cf_drops *d, text *report)
{
    const cf_import *o = p->m->options;
    cf_status s = take_parameters(o, d);
    if (s == CF_OK)
        s = o->channel ? io_import_channels(p->m, d->channel, &p->own) : take_gains(p, d->gain);
    if (s == CF_OK) s = check_users(p->m, d);
    if (s == CF_OK && o->serve) s = io_import_serve(p->m, d, report);
    return s;
}

cf_status io_import_power(io_import *m, cf_drops **out, text *report)
{
    plan p = {.m = m, .own.low = INFINITY, .leak.low = INFINITY};
    const cf_import *o = m->options;
    const io_layout layout = o->channel ? IO_CHANNELS : o->antennas > 0 ? IO_LINKS : IO_BEAMS;
    cf_drops parameters = {0}, *d = NULL;
    cf_status s = take_parameters(o, &parameters);
    if (s == CF_OK && layout == IO_LINKS && !o->axes)
        s = base_fail(CF_EARG, "import: no axes, wanted an order of drop,ap,user");
    if (s == CF_OK) s = io_import_find(m, layout, o->axes);
    if (s == CF_OK) io_axes_report(&m->axes, m->key, m->name, &m->gain, report);
    if (s == CF_OK) s = io_import_drops(m, &d, report);
    if (s == CF_OK) s = take_all(&p, d, report);
    if (s != CF_OK) {
        cf_drops_free(d);
        return s;
    }
    write_report(&p, d, report);
    *out = d;
    return CF_OK;
}
