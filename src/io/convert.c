#include "io/convert.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/status.h"
#include "io/source.h"

static int32_t ends_in(const char *s, const char *end)
{
    const size_t n = strlen(s), m = strlen(end);
    return n >= m && strcmp(s + n - m, end) == 0;
}

/* All arrays of an .npz; their numbers change hands. */
static cf_status read_arrays(policy_tensors *t, const io_source *z)
{
    _Static_assert((int)IO_MAX_DIMS <= (int)POLICY_MAX_RANK, "every array fits a tensor");
    for (int32_t i = 0; i < io_source_count(z); i++) {
        io_array a;
        cf_status s = io_source_find(z, io_source_name(z, i), &a);
        if (s != CF_OK) return s;
        policy_tensor *tensor = &t->tensor[t->n++];
        *tensor = (policy_tensor){.name = strdup(io_source_name(z, i)),
                                  .rank = a.ndim,
                                  .count = a.count,
                                  .value = a.data};
        memcpy(tensor->dim, a.dims, (size_t)a.ndim * sizeof *a.dims);
        if (!tensor->name) return base_fail(CF_ENOMEM, "no memory for a name");
        for (int64_t j = 0; j < a.count; j++)
            if (!isfinite(a.data[j]))
                return base_fail(CF_EFORMAT, "%s: number %lld of %lld is %g, wanted a finite one",
                                 tensor->name, (long long)j, (long long)a.count, a.data[j]);
    }
    return CF_OK;
}

static cf_status read_npz(policy_tensors *out, const char *path)
{
    io_source *z;
    policy_tensors t = {0};
    cf_status s = io_source_open(&z, path);
    if (s != CF_OK) return s;
    t.tensor = calloc((size_t)io_source_count(z) + 1, sizeof *t.tensor);
    if (!t.tensor) s = base_fail(CF_ENOMEM, "no memory for %d arrays", io_source_count(z));
    if (s == CF_OK) s = read_arrays(&t, z);
    io_source_close(z);
    if (s == CF_OK)
        *out = t;
    else
        policy_tensors_free(&t);
    return s;
}

static cf_status read_weights(policy_tensors *out, const char *path)
{
    if (ends_in(path, ".npz")) return read_npz(out, path);
    if (ends_in(path, ".safetensors")) return policy_tensors_read(out, path);
    return base_fail(CF_EARG,
                     "%s: weights come as .npz or .safetensors (a PyTorch .pt file: save its state "
                     "dict with numpy.savez or safetensors.torch.save_file)",
                     path);
}

cf_status io_convert_prefix(const policy_tensors *t, const char *first, char *prefix)
{
    for (int32_t i = 0; i < t->n; i++) {
        const char *name = t->tensor[i].name;
        const size_t n = strlen(name), skip = n - strlen(first);
        if (!ends_in(name, first) || (skip > 0 && name[skip - 1] != '.') || skip >= IO_PREFIX_SIZE)
            continue;
        memcpy(prefix, name, skip);
        prefix[skip] = 0;
        return CF_OK;
    }
    return base_fail(CF_EFORMAT, "tensor %s is missing", first);
}

void io_convert_size(const policy_class *class, double *size, const char *key, double value)
{
    for (int32_t i = 0; i < class->n_sizes; i++)
        if (strcmp(class->sizes[i].key, key) == 0) size[i] = value;
}

/* The sizes of B's network, off the shape of its first tensor and the names of the others. */
static cf_status hpe_sizes(const policy_tensors *t, const char *prefix, const cf_convert *o,
                           double *size)
{
    char name[128], shape[160];
    snprintf(name, sizeof name, "%sgnn.phi1.conv1.weight", prefix);
    const policy_tensor *w = policy_tensors_find(t, name);
    const int32_t good = w->rank == 4 && w->dim[0] >= 2 && w->dim[0] % 2 == 0 && w->dim[1] == 6 &&
                         w->dim[2] == 1 && w->dim[3] == 1;
    if (!good)
        return base_fail(CF_EFORMAT, "%s is %s, wanted (2F,6,1,1)", name,
                         policy_shape_text(shape, sizeof shape, w->rank, w->dim));
    int32_t layers = 1;
    do {
        layers++;
        snprintf(name, sizeof name, "%sgnn.phi%d.conv1.weight", prefix, layers);
    } while (policy_tensors_find(t, name));
    const policy_class *hpe = policy_class_named("hpe");
    for (int32_t i = 0; i < hpe->n_sizes; i++) size[i] = hpe->sizes[i].standard;
    io_convert_size(hpe, size, "features", (double)w->dim[0] / 2);
    io_convert_size(hpe, size, "layers", layers - 1);
    io_convert_size(hpe, size, "runs", o->runs ? o->runs : 2);
    io_convert_size(hpe, size, "mean_db", o->mean_db);
    io_convert_size(hpe, size, "std_db", o->std_db);
    if (!isnan(o->noise_dbm)) io_convert_size(hpe, size, "noise_dbm", o->noise_dbm);
    return CF_OK;
}

static cf_status convert_hpe(cf_policy **out, const policy_tensors *t, const cf_convert *o)
{
    char prefix[IO_PREFIX_SIZE];
    double size[POLICY_MAX_SIZES];
    cf_policy *p = NULL;
    cf_status s = io_convert_prefix(t, "gnn.phi1.conv1.weight", prefix);
    if (s == CF_OK) s = hpe_sizes(t, prefix, o, size);
    if (s == CF_OK) s = policy_make(&p, policy_class_named("hpe"), size);
    if (s == CF_OK) s = policy_fill(p, t, prefix);
    if (s == CF_OK)
        *out = p;
    else
        cf_policy_free(p);
    return s;
}

static cf_status check_hpe(const cf_convert *o)
{
    if (!isfinite(o->mean_db) || !isfinite(o->std_db) || !(o->std_db > 0))
        return base_fail(CF_EARG,
                         "mean_db is %g and std_db %g: both are needed, the second above 0",
                         o->mean_db, o->std_db);
    if (isinf(o->noise_dbm)) return base_fail(CF_EARG, "noise_dbm is %g", o->noise_dbm);
    return CF_OK;
}

/* policy_make checks the numbers that become sizes. */
static cf_status check_sinrnet(const cf_convert *o)
{
    if (fabs(o->support_offset) <= 100) return CF_OK;
    return base_fail(CF_EARG, "support_offset is %g, wanted a number from -100 to 100",
                     o->support_offset);
}

static const struct {
    const char *name;
    cf_status (*check)(const cf_convert *o);
    cf_status (*convert)(cf_policy **out, const policy_tensors *t, const cf_convert *o);
} ARCHITECTURES[] = {
    {"hpe", check_hpe, convert_hpe},
    {"sinrnet", check_sinrnet, io_convert_sinrnet},
};
enum { N_ARCHITECTURES = sizeof ARCHITECTURES / sizeof *ARCHITECTURES };

static cf_status note_source(cf_policy *p, const char *path)
{
    const char *slash = strrchr(path, '/');
    const cf_status s = policy_set_meta(p, "source", slash ? slash + 1 : path);
    return s == CF_OK ? policy_set_meta(p, "trained", "elsewhere") : s;
}

cf_status cf_policy_convert(cf_policy **out, const char *path, const cf_convert *options)
{
    policy_tensors t;
    if (!out || !path || !options)
        return base_fail(CF_EARG, "cf_policy_convert: a pointer is NULL");
    const char *name = options->architecture ? options->architecture : "";
    int32_t i = 0;
    while (i < N_ARCHITECTURES && strcmp(name, ARCHITECTURES[i].name) != 0) i++;
    if (i == N_ARCHITECTURES)
        return base_fail(CF_EARG, "architecture is \"%.60s\", wanted hpe or sinrnet", name);
    cf_policy *p = NULL;
    cf_status s = ARCHITECTURES[i].check(options);
    if (s == CF_OK) s = read_weights(&t, path);
    if (s != CF_OK) return s;
    s = ARCHITECTURES[i].convert(&p, &t, options);
    policy_tensors_free(&t);
    if (s == CF_OK) s = note_source(p, path);
    if (s == CF_OK) {
        *out = p;
        return CF_OK;
    }
    cf_policy_free(p);
    return base_fail_in(s, "%s", path);
}
