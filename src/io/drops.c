#include "channel/drops.h"

#include <math.h>
#include <stdlib.h>

#include <cellfree/drops.h>

#include "base/status.h"
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

static void put_drops(io_h5_out *o, const cf_drops *d)
{
    const hsize_t L = (hsize_t)d->L, K = (hsize_t)d->K, dims[] = {(hsize_t)d->n, L, K};
    io_put_provenance(o, FORMAT, VERSION, d);
    io_put_number(o, o->file, "checksum", H5T_STD_U64LE, &d->checksum);
    io_put_array(o, o->file, "gain_dbm", H5T_IEEE_F32LE, 3, dims, d->gain_dbm, "drop,ap,user",
                 "dBm");
    io_put_on(o, o->file, "gain_dbm", "noise_dbm", H5T_IEEE_F64LE, &d->noise_dbm);
    put_positions(o, "ap_position", "drop,ap,xyz", d->n, d->L, d->ap_position);
    put_positions(o, "ue_position", "drop,user,xyz", d->n, d->K, d->ue_position);
    io_put_array(o, o->file, "max_users", H5T_STD_I32LE, 1, &L, d->max_users, "ap", "users");
    io_put_array(o, o->file, "min_aps", H5T_STD_I32LE, 1, &K, d->min_aps, "user", "access points");
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

static cf_status get_gain(hid_t file, const char *path, cf_drops *d)
{
    hsize_t dims[3] = {0};
    cf_status s = io_get_array(file, path, "gain_dbm", H5T_NATIVE_FLOAT, sizeof(float), 3, dims,
                               &d->gain_dbm);
    if (s != CF_OK) return s;
    if (dims[1] > CF_MAX_DIM || dims[2] > CF_MAX_DIM)
        return base_fail(CF_ESHAPE,
                         "%.300s: gain_dbm is (%llu,%llu,%llu), wanted at most %d access "
                         "points and users",
                         path, (unsigned long long)dims[0], (unsigned long long)dims[1],
                         (unsigned long long)dims[2], CF_MAX_DIM);
    d->n = (int32_t)dims[0];
    d->L = (int32_t)dims[1];
    d->K = (int32_t)dims[2];
    return io_get_on(file, path, "gain_dbm", "noise_dbm", H5T_NATIVE_DOUBLE, &d->noise_dbm);
}

static cf_status check_finite(const char *path, const char *name, const float *v, size_t n)
{
    for (size_t i = 0; v && i < n; i++)
        if (!isfinite(v[i]))
            return base_fail(CF_ENUM, "%.300s: %s holds %g at entry %zu, wanted finite numbers",
                             path, name, (double)v[i], i);
    return CF_OK;
}

static cf_status check_drops(const char *path, const cf_drops *d)
{
    const size_t n = (size_t)d->n, L = (size_t)d->L, K = (size_t)d->K;
    cf_status s = check_finite(path, "gain_dbm", d->gain_dbm, n * L * K);
    if (s == CF_OK) s = check_finite(path, "ap_position", d->ap_position, n * L * 3);
    if (s == CF_OK) s = check_finite(path, "ue_position", d->ue_position, n * K * 3);
    if (s == CF_OK && !isfinite(d->noise_dbm))
        s = base_fail(CF_ENUM, "%.300s: noise_dbm is %g, wanted a finite number", path,
                      d->noise_dbm);
    if (s != CF_OK) return s;
    s = cf_assignment_check_limits(d->L, d->K, d->max_users, d->min_aps);
    if (s != CF_OK) return base_fail_in(s, "%.300s", path);
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
    cf_status s = io_check_format(file, path, FORMAT, VERSION);
    if (s == CF_OK) s = io_get_text(file, path, "scenario", &d->scenario);
    if (s == CF_OK) s = io_get_text(file, path, "scenario_yaml", &d->scenario_yaml);
    if (s == CF_OK) s = io_get_number(file, path, "seed", H5T_NATIVE_UINT64, &d->seed);
    if (s == CF_OK) s = io_get_number(file, path, "first", H5T_NATIVE_INT64, &d->first);
    if (s == CF_OK) s = io_get_number(file, path, "checksum", H5T_NATIVE_UINT64, &d->checksum);
    if (s == CF_OK) s = get_gain(file, path, d);
    if (s == CF_OK) s = get_limits(file, path, "max_users", d->L, &d->max_users);
    if (s == CF_OK) s = get_limits(file, path, "min_aps", d->K, &d->min_aps);
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
