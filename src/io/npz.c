#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/status.h"
#include "io/npy.h"
#include "io/source.h"
#include "io/zip.h"

/* NumPy's .npz: a zip archive of .npy arrays, in memory. */
typedef struct npz {
    char *path;
    unsigned char *data;
    size_t size;
    io_member *members;
    int32_t count;
} npz;

static void close_npz(void *state)
{
    npz *z = state;
    if (!z) return;
    io_zip_free(z->members, z->count);
    free(z->data);
    free(z->path);
    free(z);
}

static cf_status open_npz(void **state, const char *path)
{
    npz *z = calloc(1, sizeof *z);
    if (!z || !(z->path = strdup(path))) {
        free(z);
        return base_fail(CF_ENOMEM, "%.300s: no memory", path);
    }
    cf_status s = file_read(path, &z->data, &z->size);
    if (s == CF_OK && z->size == 0) s = base_fail(CF_EFORMAT, "%.300s: empty", path);
    if (s == CF_OK) s = io_zip_list(z->data, z->size, path, &z->members, &z->count);
    if (s != CF_OK) {
        close_npz(z);
        return s;
    }
    for (int32_t i = 0; i < z->count; i++) {
        char *name = z->members[i].name;
        const size_t n = strlen(name);
        if (n > 4 && strcmp(name + n - 4, ".npy") == 0) name[n - 4] = 0;
    }
    *state = z;
    return CF_OK;
}

static int32_t count_of(const void *state)
{
    return ((const npz *)state)->count;
}

static const char *name_of(const void *state, int32_t i)
{
    return ((const npz *)state)->members[i].name;
}

static cf_status read_member(const void *state, int32_t i, io_array *out)
{
    const npz *z = state;
    const io_member *m = z->members + i;
    unsigned char *bytes = NULL;
    cf_status s = io_zip_read(z->data, z->size, z->path, m, &bytes);
    if (s == CF_OK) s = io_npy_parse(bytes, (size_t)m->size, z->path, m->name, out);
    free(bytes);
    return s;
}

const io_format io_npz = {".npz", "PK", open_npz, count_of, name_of, read_member, close_npz};
