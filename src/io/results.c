#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <cellfree/evaluate.h>

#include "base/file.h"
#include "base/status.h"
#include "channel/scenario.h"
#include "io/h5.h"
#include "io/provenance.h"

enum { VERSION = 1 };

static const char FORMAT[] = "cellfree.result";
static const char SECONDS_NOTE[] =
    "seconds, us_per_drop, p50_us, p99_us and batch_us_per_drop are measured times and differ from "
    "run to run; everything else is the same for the same drops and command";

/* The summary numbers, attributes of the method's group; `power`: of that task alone. */
static const struct {
    const char *name;
    size_t offset;
    int power;
} NUMBER[] = {
    {"mean", offsetof(cf_result, mean), 0},
    {"ci95", offsetof(cf_result, ci95), 0},
    {"of_best", offsetof(cf_result, of_best), 0},
    {"of_best_ci95", offsetof(cf_result, of_best_ci95), 0},
    {"feasible_share", offsetof(cf_result, feasible_share), 0},
    {"broken_share", offsetof(cf_result, broken_share), 0},
    {"proven_share", offsetof(cf_result, proven_share), 0},
    {"us_per_drop", offsetof(cf_result, us_per_drop), 0},
    {"p50_us", offsetof(cf_result, p50_us), 0},
    {"p99_us", offsetof(cf_result, p99_us), 0},
    {"batch_us_per_drop", offsetof(cf_result, batch_us_per_drop), 0},
    {"of_best_p1", offsetof(cf_result, of_best_p1), 1},
    {"rate_floor", offsetof(cf_result, rate_floor), 1},
    {"floor_share", offsetof(cf_result, floor_share), 1},
    {"below_floor_share", offsetof(cf_result, below_floor_share), 1},
    {"users_on_mean", offsetof(cf_result, users_on_mean), 1},
    {"watts_mean", offsetof(cf_result, watts_mean), 1},
};

enum { SUMMARY = sizeof NUMBER / sizeof *NUMBER };

static int is_power(const cf_result *r)
{
    return r->task == CF_TASK_POWER;
}

/* Of everything that has one entry a drop or a link, times included where there are any. */
static uint64_t checksum(const cf_result *r)
{
    const size_t n = (size_t)r->n, links = n * (size_t)r->L * (size_t)r->K;
    const int32_t sizes[] = {r->n, r->L, r->K};
    uint64_t h = file_hash(FILE_HASH, sizes, sizeof sizes);
    h = is_power(r) ? file_hash(h, r->watts, links * sizeof *r->watts) : file_hash(h, r->x, links);
    if (r->relaxed) h = file_hash(h, r->relaxed, links * sizeof *r->relaxed);
    h = file_hash(h, r->objective, n * sizeof *r->objective);
    for (size_t i = 0; i < n; i++)
        if (!isnan(r->bound[i])) h = file_hash(h, r->bound + i, sizeof *r->bound);
    if (r->seconds) h = file_hash(h, r->seconds, n * sizeof *r->seconds);
    h = file_hash(h, r->feasible, n);
    if (is_power(r)) {
        h = file_hash(h, r->below_floor, n * sizeof *r->below_floor);
        h = file_hash(h, r->users_on, n * sizeof *r->users_on);
    } else {
        h = file_hash(h, r->broken, n);
    }
    return file_hash(h, r->proven, n);
}

/* ---- saving ---- */

static void put_per_drop(io_h5_out *o, hid_t g, const cf_result *r)
{
    const hsize_t n = (hsize_t)r->n;
    const char *unit = cf_result_unit(r);
    int bounded = 0;
    for (int32_t i = 0; i < r->n; i++) bounded = bounded || !isnan(r->bound[i]);
    io_put_array(o, g, "objective", H5T_IEEE_F64LE, 1, &n, r->objective, "drop", unit);
    if (bounded) io_put_array(o, g, "bound", H5T_IEEE_F64LE, 1, &n, r->bound, "drop", unit);
    if (r->seconds) io_put_array(o, g, "seconds", H5T_IEEE_F64LE, 1, &n, r->seconds, "drop", "s");
    io_put_array(o, g, "feasible", H5T_STD_U8LE, 1, &n, r->feasible, "drop", "1");
    if (is_power(r)) {
        io_put_array(o, g, "below_floor", H5T_STD_I32LE, 1, &n, r->below_floor, "drop", "users");
        io_put_array(o, g, "users_on", H5T_STD_I32LE, 1, &n, r->users_on, "drop", "users");
    } else {
        io_put_array(o, g, "broken_before_repair", H5T_STD_U8LE, 1, &n, r->broken, "drop", "1");
    }
    io_put_array(o, g, "proven", H5T_STD_U8LE, 1, &n, r->proven, "drop", "1");
}

static void put_result(io_h5_out *o, const cf_result *r)
{
    const hsize_t dims[] = {(hsize_t)r->n, (hsize_t)r->L, (hsize_t)r->K};
    const uint64_t sum = checksum(r);
    const hid_t g = io_h5_group(o, r->method);
    if (g < 0) return;
    for (int i = 0; i < SUMMARY; i++)
        if (is_power(r) || !NUMBER[i].power)
            io_put_number(o, g, NUMBER[i].name, H5T_IEEE_F64LE, (const char *)r + NUMBER[i].offset);
    io_put_number(o, g, "certified", H5T_STD_I32LE, &r->certified);
    io_put_number(o, g, "checksum", H5T_STD_U64LE, &sum);
    if (is_power(r)) {
        io_put_text(o, g, "maximises", chan_objectives[r->power_objective]);
        io_put_array(o, g, "allocation", H5T_IEEE_F32LE, 3, dims, r->watts, "drop,ap,user", "W");
    } else {
        io_put_array(o, g, "allocation", H5T_STD_U8LE, 3, dims, r->x, "drop,ap,user", "1");
    }
    if (r->relaxed)
        io_put_array(o, g, "relaxed", H5T_IEEE_F32LE, 3, dims, r->relaxed, "drop,ap,user", "1");
    put_per_drop(o, g, r);
    H5Gclose(g);
}

static cf_status check_results(cf_result *const *r, int32_t count, const cf_drops *d)
{
    if (count < 1) return base_fail(CF_EARG, "results: %d methods, wanted at least 1", count);
    for (int32_t i = 0; i < count; i++) {
        if (!r[i] || !r[i]->method) return base_fail(CF_EARG, "results: method %d is NULL", i);
        const char *name = r[i]->method;
        if (!*name || strchr(name, '/') || strcmp(name, ".") == 0)
            return base_fail(CF_EARG, "results: a method named \"%.80s\", wanted no / in it", name);
        if (r[i]->task != d->task)
            return base_fail(CF_EARG, "results: %s is of the task %s, the drops are of %s", name,
                             cf_task_name(r[i]->task), cf_task_name(d->task));
        if (r[i]->n != d->n || r[i]->L != d->L || r[i]->K != d->K)
            return base_fail(CF_ESHAPE, "results: %s has (%d,%d,%d), the drops are (%d,%d,%d)",
                             name, r[i]->n, r[i]->L, r[i]->K, d->n, d->L, d->K);
        for (int32_t j = 0; j < i; j++)
            if (strcmp(r[j]->method, name) == 0)
                return base_fail(CF_EARG, "results: two methods named %s", name);
    }
    return CF_OK;
}

cf_status cf_results_save(cf_result *const *r, int32_t count, const cf_drops *d,
                          const char *command, const char *path)
{
    if (!r || !d || !path) return base_fail(CF_EARG, "results: NULL argument");
    cf_status s = check_results(r, count, d);
    if (s != CF_OK) return s;
    const io_quiet q = io_quiet_begin();
    io_h5_out o = io_h5_begin(path);
    if (!o.failed) {
        io_put_provenance(&o, FORMAT, VERSION, d);
        io_put_number(&o, o.file, "drops_checksum", H5T_STD_U64LE, &d->checksum);
        io_put_text(&o, o.file, "command", command ? command : "");
        int timed = 0;
        for (int32_t i = 0; i < count; i++) timed |= r[i]->seconds != NULL;
        if (timed) io_put_text(&o, o.file, "seconds_note", SECONDS_NOTE);
        for (int32_t i = 0; i < count; i++) put_result(&o, r[i]);
    }
    s = io_h5_finish(&o, path);
    io_quiet_end(q);
    return s;
}

/* ---- loading ---- */

static cf_status get_bytes(hid_t g, const char *path, const char *name, int32_t n, uint8_t **out)
{
    hsize_t dim = (hsize_t)n;
    return io_get_array(g, path, name, H5T_NATIVE_UINT8, 1, 1, &dim, out);
}

static cf_status get_counts(hid_t g, const char *path, const char *name, int32_t n, int32_t **out)
{
    hsize_t dim = (hsize_t)n;
    return io_get_array(g, path, name, H5T_NATIVE_INT32, sizeof(int32_t), 1, &dim, out);
}

static cf_status get_reals(hid_t g, const char *path, const char *name, int32_t n, double **out)
{
    hsize_t dim = (hsize_t)n;
    return io_get_array(g, path, name, H5T_NATIVE_DOUBLE, sizeof(double), 1, &dim, out);
}

static cf_status get_bound(hid_t g, const char *path, cf_result *r)
{
    if (io_has(g, "bound")) return get_reals(g, path, "bound", r->n, &r->bound);
    r->bound = malloc(sizeof *r->bound * (size_t)r->n);
    if (!r->bound) return base_fail(CF_ENOMEM, "%.300s: no memory for bound", path);
    for (int32_t i = 0; i < r->n; i++) r->bound[i] = (double)NAN;
    return CF_OK;
}

static cf_status get_links(hid_t g, const char *path, cf_result *r)
{
    hsize_t dims[3] = {0};
    cf_status s = is_power(r)
                      ? io_get_array(g, path, "allocation", H5T_NATIVE_FLOAT, sizeof(float), 3,
                                     dims, &r->watts)
                      : io_get_array(g, path, "allocation", H5T_NATIVE_UINT8, 1, 3, dims, &r->x);
    if (s != CF_OK) return s;
    if (dims[1] > CF_MAX_DIM || dims[2] > CF_MAX_DIM)
        return base_fail(CF_ESHAPE,
                         "%.300s: allocation is (%llu,%llu,%llu), wanted at most %d "
                         "access points and users",
                         path, (unsigned long long)dims[0], (unsigned long long)dims[1],
                         (unsigned long long)dims[2], CF_MAX_DIM);
    r->n = (int32_t)dims[0];
    r->L = (int32_t)dims[1];
    r->K = (int32_t)dims[2];
    if (!io_has(g, "relaxed")) return CF_OK;
    return io_get_array(g, path, "relaxed", H5T_NATIVE_FLOAT, sizeof(float), 3, dims, &r->relaxed);
}

static cf_status get_objective(hid_t g, const char *path, cf_result *r)
{
    int32_t objective = 0;
    const cf_status s = io_get_choice(g, path, "maximises", chan_objectives, &objective);
    r->power_objective = (cf_power_objective)objective;
    return s;
}

static cf_status get_result(hid_t g, const char *path, cf_result *r)
{
    uint64_t sum = 0;
    cf_status s = CF_OK;
    for (int i = 0; i < SUMMARY && s == CF_OK; i++) {
        double *to = (double *)((char *)r + NUMBER[i].offset);
        *to = (double)NAN;
        if (is_power(r) || !NUMBER[i].power)
            s = io_get_number(g, path, NUMBER[i].name, H5T_NATIVE_DOUBLE, to);
    }
    if (s == CF_OK && is_power(r)) s = get_objective(g, path, r);
    if (s == CF_OK) s = io_get_number(g, path, "certified", H5T_NATIVE_INT32, &r->certified);
    if (s == CF_OK) s = io_get_number(g, path, "checksum", H5T_NATIVE_UINT64, &sum);
    if (s == CF_OK) s = get_links(g, path, r);
    if (s == CF_OK) s = get_reals(g, path, "objective", r->n, &r->objective);
    if (s == CF_OK) s = get_bound(g, path, r);
    if (s == CF_OK && io_has(g, "seconds")) s = get_reals(g, path, "seconds", r->n, &r->seconds);
    if (s == CF_OK) s = get_bytes(g, path, "feasible", r->n, &r->feasible);
    if (s == CF_OK && !is_power(r))
        s = get_bytes(g, path, "broken_before_repair", r->n, &r->broken);
    if (s == CF_OK && is_power(r)) s = get_counts(g, path, "below_floor", r->n, &r->below_floor);
    if (s == CF_OK && is_power(r)) s = get_counts(g, path, "users_on", r->n, &r->users_on);
    if (s == CF_OK) s = get_bytes(g, path, "proven", r->n, &r->proven);
    if (s == CF_OK && checksum(r) != sum)
        s = base_fail(CF_EFORMAT, "%.300s: damaged: its data do not have checksum %016llx", path,
                      (unsigned long long)sum);
    return s == CF_OK ? s : base_fail_in(s, "%s", r->method);
}

/* Methods come back in the order in which they were saved. */
static cf_status get_method(hid_t file, const char *path, cf_task task, hsize_t i, cf_result **out)
{
    char name[256];
    const ssize_t length = H5Lget_name_by_idx(file, ".", H5_INDEX_CRT_ORDER, H5_ITER_INC, i, name,
                                              sizeof name, H5P_DEFAULT);
    const hid_t g = length > 0 && length < (ssize_t)sizeof name && io_has(file, name)
                        ? H5Gopen2(file, name, H5P_DEFAULT)
                        : H5I_INVALID_HID;
    if (g < 0)
        return base_fail(CF_EFORMAT, "%.300s: entry %llu is not a group of a method", path,
                         (unsigned long long)i);
    cf_result *r = calloc(1, sizeof *r);
    cf_status s = CF_OK;
    if (!r || !(r->method = strdup(name))) s = base_fail(CF_ENOMEM, "%.300s: no memory", path);
    if (s == CF_OK) {
        r->task = task;
        s = get_result(g, path, r);
    }
    H5Gclose(g);
    if (s == CF_OK)
        *out = r;
    else
        cf_result_free(r);
    return s;
}

cf_status cf_results_load(cf_result ***out, int32_t *count, const char *path)
{
    if (!out || !count || !path) return base_fail(CF_EARG, "results: NULL argument");
    const io_quiet q = io_quiet_begin();
    hid_t file = H5I_INVALID_HID;
    cf_result **r = NULL;
    H5G_info_t info = {0};
    cf_task task = CF_TASK_ASSIGNMENT;
    int32_t n = 0;
    cf_status s = io_h5_open(&file, path);
    if (s == CF_OK) s = io_check_format(file, path, FORMAT, VERSION, &task);
    if (s == CF_OK && (H5Gget_info(file, &info) < 0 || info.nlinks < 1 || info.nlinks > 1000000))
        s = base_fail(CF_EFORMAT, "%.300s: %llu methods, wanted at least 1", path,
                      (unsigned long long)info.nlinks);
    if (s == CF_OK && !(r = calloc((size_t)info.nlinks, sizeof *r)))
        s = base_fail(CF_ENOMEM, "%.300s: no memory", path);
    for (; s == CF_OK && n < (int32_t)info.nlinks; n++)
        s = get_method(file, path, task, (hsize_t)n, r + n);
    if (file >= 0) H5Fclose(file);
    if (s == CF_OK) {
        *out = r;
        *count = n;
    } else {
        cf_results_free(r, n);
    }
    io_quiet_end(q);
    return s;
}

void cf_results_free(cf_result **r, int32_t count)
{
    for (int32_t i = 0; r && i < count; i++) cf_result_free(r[i]);
    free(r);
}

/* ---- where they came from ---- */

static cf_status get_source(hid_t file, const char *path, cf_results_source *o)
{
    cf_status s = io_check_format(file, path, FORMAT, VERSION, &o->task);
    if (s == CF_OK) s = io_get_text(file, path, "cellfree", &o->cellfree);
    if (s == CF_OK) s = io_get_text(file, path, "command", &o->command);
    if (s == CF_OK) s = io_get_text(file, path, "scenario", &o->scenario);
    if (s == CF_OK) s = io_get_text(file, path, "scenario_yaml", &o->scenario_yaml);
    if (s == CF_OK) s = io_get_number(file, path, "seed", H5T_NATIVE_UINT64, &o->seed);
    if (s == CF_OK) s = io_get_number(file, path, "first", H5T_NATIVE_INT64, &o->first);
    if (s == CF_OK)
        s = io_get_number(file, path, "drops_checksum", H5T_NATIVE_UINT64, &o->drops_checksum);
    return s;
}

cf_status cf_results_source_load(cf_results_source **out, const char *path)
{
    if (!out || !path) return base_fail(CF_EARG, "results: NULL argument");
    const io_quiet q = io_quiet_begin();
    hid_t file = H5I_INVALID_HID;
    cf_results_source *o = calloc(1, sizeof *o);
    cf_status s = o ? io_h5_open(&file, path) : base_fail(CF_ENOMEM, "%.300s: no memory", path);
    if (s == CF_OK) s = get_source(file, path, o);
    if (file >= 0) H5Fclose(file);
    if (s == CF_OK)
        *out = o;
    else
        cf_results_source_free(o);
    io_quiet_end(q);
    return s;
}

void cf_results_source_free(cf_results_source *s)
{
    if (!s) return;
    free(s->cellfree);
    free(s->command);
    free(s->scenario);
    free(s->scenario_yaml);
    free(s);
}
