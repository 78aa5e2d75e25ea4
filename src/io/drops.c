#include "channel/drops.h"

#include <math.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cellfree/drops.h>

#include "base/status.h"
#include "channel/scenario.h"
#include "io/h5.h"
#include "io/provenance.h"

enum { VERSION = 1 };

static const char FORMAT[] = "cellfree.drops";

static void put_positions(io_h5_out *o, const char *name, const char *dims_text, int32_t n,
                          int32_t count, const float *position)
{
    const hsize_t dims[] = {(hsize_t)n, (hsize_t)count, 3};
    if (position) io_put_array(o, o->file, name, H5T_IEEE_F32LE, 3, dims, position, dims_text, "m");
}

static void put_assignment(io_h5_out *o, const cf_drops *d)
{
    const hsize_t dims[] = {(hsize_t)d->n, (hsize_t)d->L, (hsize_t)d->K};
    io_put_array(o, o->file, "gain_dbm", H5T_IEEE_F32LE, 3, dims, d->gain_dbm, "drop,ap,user",
                 "dBm");
    io_put_on(o, o->file, "gain_dbm", "noise_dbm", H5T_IEEE_F64LE, &d->noise_dbm);
}

static void put_limits(io_h5_out *o, const cf_drops *d)
{
    const hsize_t L = (hsize_t)d->L, K = (hsize_t)d->K;
    io_put_array(o, o->file, "max_users", H5T_STD_I32LE, 1, &L, d->max_users, "ap", "users");
    io_put_array(o, o->file, "min_aps", H5T_STD_I32LE, 1, &K, d->min_aps, "user", "access points");
}

/* The problem's numbers by name, attributes of the file. */
static const struct {
    const char *name;
    size_t offset;
} NUMBER[] = {
    {"mu", offsetof(cf_drops, mu)},
    {"static_w", offsetof(cf_drops, static_w)},
    {"bandwidth_hz", offsetof(cf_drops, bandwidth_hz)},
    {"limit_w", offsetof(cf_drops, limit_w)},
    {"rate_floor", offsetof(cf_drops, rate_floor)},
};
enum { NUMBERS = sizeof NUMBER / sizeof *NUMBER };

static void put_power(io_h5_out *o, const cf_drops *d)
{
    const hsize_t n = (hsize_t)d->n, L = (hsize_t)d->L, K = (hsize_t)d->K;
    const char *name = d->channel ? "channel" : "gain";
    io_put_text(o, o->file, "objective", chan_objectives[d->objective]);
    io_put_text(o, o->file, "limit", chan_limits_on[d->limit]);
    for (int i = 0; i < NUMBERS; i++)
        io_put_number(o, o->file, NUMBER[i].name, H5T_IEEE_F64LE,
                      (const char *)d + NUMBER[i].offset);
    if (d->channel) {
        const hid_t type = io_complex_type();
        io_put_array(o, o->file, name, type, 4, (hsize_t[]){n, L, K, (hsize_t)d->antennas},
                     d->channel, "drop,ap,user,antenna", "sqrt(W/W)");
        H5Tclose(type);
    } else {
        io_put_array(o, o->file, name, H5T_IEEE_F32LE, 4, (hsize_t[]){n, L, K, K}, d->gain,
                     "drop,ap,user,beam", "W/W");
    }
    io_put_on(o, o->file, name, "noise_w", H5T_IEEE_F64LE, &d->noise_w);
    if (d->serve)
        io_put_array(o, o->file, "serve", H5T_STD_U8LE, 3, (hsize_t[]){n, L, K}, d->serve,
                     "drop,ap,user", "1");
}

static void put_drops(io_h5_out *o, const cf_drops *d)
{
    const int power = d->task == CF_TASK_POWER;
    io_put_provenance(o, FORMAT, VERSION, d);
    io_put_number(o, o->file, "checksum", H5T_STD_U64LE, &d->checksum);
    if (power)
        put_power(o, d);
    else
        put_assignment(o, d);
    put_positions(o, "ap_position", "drop,ap,xyz", d->n, d->L, d->ap_position);
    put_positions(o, "ue_position", "drop,user,xyz", d->n, d->K, d->ue_position);
    if (!power) put_limits(o, d);
}

cf_status cf_drops_save(const cf_drops *d, const char *path)
{
    if (!d || !path) return base_fail(CF_EARG, "drops: NULL argument");
    const io_quiet q = io_quiet_begin();
    io_h5_out o = io_h5_begin(path);
    if (!o.failed) put_drops(&o, d);
    const cf_status s = io_h5_finish(&o, path);
    io_quiet_end(q);
    return s;
}

/* ---- loading ---- */

static cf_status get_positions(hid_t file, const char *path, const char *name, int32_t n,
                               int32_t count, float **out)
{
    hsize_t dims[] = {(hsize_t)n, (hsize_t)count, 3};
    if (!io_has(file, name)) return CF_OK;
    return io_get_array(file, path, name, H5T_NATIVE_FLOAT, sizeof(float), 3, dims, out);
}

static cf_status get_limits(hid_t file, const char *path, const char *name, int32_t count,
                            int32_t **out)
{
    hsize_t dims[] = {(hsize_t)count};
    return io_get_array(file, path, name, H5T_NATIVE_INT32, sizeof(int32_t), 1, dims, out);
}

/* Sizes of the array `name`, whose first three axes are drop, ap, user. */
static cf_status take_sizes(const char *path, const char *name, const hsize_t *dims, cf_drops *d)
{
    if (dims[1] > CF_MAX_DIM || dims[2] > CF_MAX_DIM)
        return base_fail(CF_ESHAPE,
                         "%.300s: %s is (%llu,%llu,%llu), wanted at most %d access "
                         "points and users",
                         path, name, (unsigned long long)dims[0], (unsigned long long)dims[1],
                         (unsigned long long)dims[2], CF_MAX_DIM);
    d->n = (int32_t)dims[0];
    d->L = (int32_t)dims[1];
    d->K = (int32_t)dims[2];
    return CF_OK;
}

static cf_status get_assignment(hid_t file, const char *path, cf_drops *d)
{
    hsize_t dims[3] = {0};
    cf_status s = io_get_array(file, path, "gain_dbm", H5T_NATIVE_FLOAT, sizeof(float), 3, dims,
                               &d->gain_dbm);
    if (s == CF_OK) s = take_sizes(path, "gain_dbm", dims, d);
    if (s == CF_OK)
        s = io_get_on(file, path, "gain_dbm", "noise_dbm", H5T_NATIVE_DOUBLE, &d->noise_dbm);
    if (s == CF_OK) s = get_limits(file, path, "max_users", d->L, &d->max_users);
    if (s == CF_OK) s = get_limits(file, path, "min_aps", d->K, &d->min_aps);
    return s;
}

static cf_status get_parameters(hid_t file, const char *path, cf_drops *d)
{
    int32_t objective = 0, limit = 0;
    cf_status s = io_get_choice(file, path, "objective", chan_objectives, &objective);
    if (s == CF_OK) s = io_get_choice(file, path, "limit", chan_limits_on, &limit);
    for (int i = 0; i < NUMBERS && s == CF_OK; i++)
        s = io_get_number(file, path, NUMBER[i].name, H5T_NATIVE_DOUBLE,
                          (char *)d + NUMBER[i].offset);
    d->objective = (cf_power_objective)objective;
    d->limit = (cf_power_limit)limit;
    return s;
}

static cf_status get_channel(hid_t file, const char *path, cf_drops *d)
{
    hsize_t dims[4] = {0};
    const hid_t type = io_complex_type();
    cf_status s =
        io_get_array(file, path, "channel", type, 2 * sizeof(float), 4, dims, &d->channel);
    H5Tclose(type);
    if (s == CF_OK) s = take_sizes(path, "channel", dims, d);
    if (s == CF_OK && dims[3] > CHAN_MAX_ANTENNAS)
        s = base_fail(CF_ESHAPE, "%.300s: channel has %llu antennas, wanted at most %d", path,
                      (unsigned long long)dims[3], CHAN_MAX_ANTENNAS);
    if (s == CF_OK) d->antennas = (int32_t)dims[3];
    return s;
}

static cf_status get_effective(hid_t file, const char *path, cf_drops *d)
{
    hsize_t dims[4] = {0};
    cf_status s =
        io_get_array(file, path, "gain", H5T_NATIVE_FLOAT, sizeof(float), 4, dims, &d->gain);
    if (s == CF_OK) s = take_sizes(path, "gain", dims, d);
    if (s == CF_OK && dims[3] != dims[2])
        s = base_fail(CF_ESHAPE, "%.300s: gain has %llu users and %llu beams, wanted as many", path,
                      (unsigned long long)dims[2], (unsigned long long)dims[3]);
    return s;
}

static cf_status get_power(hid_t file, const char *path, cf_drops *d)
{
    const int imported = !io_has(file, "channel") && io_has(file, "gain");
    cf_status s = get_parameters(file, path, d);
    if (s == CF_OK) s = imported ? get_effective(file, path, d) : get_channel(file, path, d);
    if (s == CF_OK)
        s = io_get_on(file, path, imported ? "gain" : "channel", "noise_w", H5T_NATIVE_DOUBLE,
                      &d->noise_w);
    hsize_t dims[] = {(hsize_t)d->n, (hsize_t)d->L, (hsize_t)d->K};
    if (s == CF_OK && io_has(file, "serve"))
        s = io_get_array(file, path, "serve", H5T_NATIVE_UINT8, 1, 3, dims, &d->serve);
    return s;
}

static cf_status check_finite(const char *path, const char *name, const float *v, size_t n)
{
    for (size_t i = 0; v && i < n; i++)
        if (!isfinite(v[i]))
            return base_fail(CF_ENUM, "%.300s: %s holds %g at entry %zu, wanted finite numbers",
                             path, name, (double)v[i], i);
    return CF_OK;
}

/* Within 0 .. most in absolute value; signed numbers too where `negative`. */
static cf_status check_range(const char *path, const char *name, const float *v, size_t n,
                             int negative, float most)
{
    for (size_t i = 0; v && i < n; i++)
        if (fabsf(v[i]) > most || (v[i] < 0 && !negative))
            return base_fail(CF_EFORMAT, "%.300s: %s holds %g at entry %zu, wanted %g to %g", path,
                             name, (double)v[i], i, negative ? -(double)most : 0.0, (double)most);
    return CF_OK;
}

static cf_status check_assignment(const char *path, const cf_drops *d)
{
    const size_t links = (size_t)d->n * (size_t)d->L * (size_t)d->K;
    cf_status s = check_finite(path, "gain_dbm", d->gain_dbm, links);
    if (s == CF_OK && !isfinite(d->noise_dbm))
        s = base_fail(CF_ENUM, "%.300s: noise_dbm is %g, wanted a finite number", path,
                      d->noise_dbm);
    if (s != CF_OK) return s;
    s = cf_assignment_check_limits(d->L, d->K, d->max_users, d->min_aps);
    return s == CF_OK ? s : base_fail_in(s, "%.300s", path);
}

static cf_status check_power(const char *path, const cf_drops *d)
{
    const size_t links = (size_t)d->n * (size_t)d->L * (size_t)d->K;
    const size_t channels = links * (size_t)d->antennas * 2, gains = links * (size_t)d->K;
    if ((int64_t)d->L * d->K > CF_MAX_POWER_LINKS)
        return base_fail(CF_ESHAPE,
                         "%.300s: %d access points and %d users, wanted at most %d links", path,
                         d->L, d->K, CF_MAX_POWER_LINKS);
    cf_status s = check_finite(path, "channel", d->channel, channels);
    if (s == CF_OK) s = check_finite(path, "gain", d->gain, gains);
    if (s == CF_OK) s = check_range(path, "channel", d->channel, channels, 1, CHAN_MAX_AMPLITUDE);
    if (s == CF_OK) s = check_range(path, "gain", d->gain, gains, 0, CHAN_MAX_GAIN);
    for (size_t i = 0; s == CF_OK && d->serve && i < links; i++)
        if (d->serve[i] > 1)
            s = base_fail(CF_EFORMAT, "%.300s: serve holds %d at entry %zu, wanted 0 or 1", path,
                          d->serve[i], i);
    if (s != CF_OK) return s;
    s = chan_power_check(d);
    return s == CF_OK ? s : base_fail_in(CF_EFORMAT, "%.300s", path);
}

static cf_status check_drops(const char *path, const cf_drops *d)
{
    const size_t n = (size_t)d->n, L = (size_t)d->L, K = (size_t)d->K;
    cf_status s = d->task == CF_TASK_POWER ? check_power(path, d) : check_assignment(path, d);
    if (s == CF_OK) s = check_finite(path, "ap_position", d->ap_position, n * L * 3);
    if (s == CF_OK) s = check_finite(path, "ue_position", d->ue_position, n * K * 3);
    if (s != CF_OK) return s;
    const uint64_t sum = chan_drops_checksum(d);
    if (sum != d->checksum)
        return base_fail(CF_EFORMAT,
                         "%.300s: damaged: its data have checksum %016llx, attribute checksum says "
                         "%016llx",
                         path, (unsigned long long)sum, (unsigned long long)d->checksum);
    return CF_OK;
}

static cf_status get_drops(hid_t file, const char *path, cf_drops *d)
{
    cf_status s = io_check_format(file, path, FORMAT, VERSION, &d->task);
    if (s == CF_OK) s = io_get_text(file, path, "scenario", &d->scenario);
    if (s == CF_OK) s = io_get_text(file, path, "scenario_yaml", &d->scenario_yaml);
    if (s == CF_OK) s = io_get_number(file, path, "seed", H5T_NATIVE_UINT64, &d->seed);
    if (s == CF_OK) s = io_get_number(file, path, "first", H5T_NATIVE_INT64, &d->first);
    if (s == CF_OK) s = io_get_number(file, path, "checksum", H5T_NATIVE_UINT64, &d->checksum);
    if (s == CF_OK)
        s = d->task == CF_TASK_POWER ? get_power(file, path, d) : get_assignment(file, path, d);
    if (s == CF_OK) s = get_positions(file, path, "ap_position", d->n, d->L, &d->ap_position);
    if (s == CF_OK) s = get_positions(file, path, "ue_position", d->n, d->K, &d->ue_position);
    return s == CF_OK ? check_drops(path, d) : s;
}

cf_status cf_drops_load(cf_drops **out, const char *path)
{
    if (!out || !path) return base_fail(CF_EARG, "drops: NULL argument");
    const io_quiet q = io_quiet_begin();
    hid_t file = H5I_INVALID_HID;
    cf_drops *d = calloc(1, sizeof *d);
    cf_status s = d ? io_h5_open(&file, path) : base_fail(CF_ENOMEM, "%.300s: no memory", path);
    if (s == CF_OK) s = get_drops(file, path, d);
    if (file >= 0) H5Fclose(file);
    if (s == CF_OK)
        *out = d;
    else
        cf_drops_free(d);
    io_quiet_end(q);
    return s;
}
