#include <matio.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/status.h"
#include "io/h5.h"
#include "io/source.h"

/* MATLAB's .mat by matio: version 5 (and 4), and 7.3, which is HDF5. Arrays keep MATLAB's order of
 * axes, size(x), and are turned into C order. */

typedef struct mat {
    char *path;
    mat_t *file;
    char **names;
    size_t count;
    int64_t size; /* of the file, in bytes */
} mat;

static void keep_quiet(int level, char *message)
{
    (void)level;
    (void)message;
}

static void close_mat(void *state)
{
    mat *m = state;
    if (!m) return;
    const io_quiet q = io_quiet_begin();
    if (m->file) Mat_Close(m->file); /* the names are its own */
    io_quiet_end(q);
    free(m->path);
    free(m);
}

static cf_status open_file(mat *m)
{
    const cf_status s = io_h5_check_file(m->path, "a MAT file");
    if (s != CF_OK) return s;
    Mat_LogInitFunc("cellfree", keep_quiet);
    m->file = Mat_Open(m->path, MAT_ACC_RDONLY);
    if (!m->file)
        return base_fail(CF_EFORMAT, "%.300s: not a MAT file of version 5 or 7.3, or damaged",
                         m->path);
    struct stat st = {0};
    stat(m->path, &st);
    m->size = st.st_size;
    m->names = Mat_GetDir(m->file, &m->count);
    if (m->names && m->count > 0 && m->count < INT32_MAX) return CF_OK;
    return base_fail(CF_EFORMAT, "%.300s: no arrays in it: truncated or damaged?", m->path);
}

static cf_status open_mat(void **state, const char *path)
{
    mat *m = calloc(1, sizeof *m);
    if (!m || !(m->path = strdup(path))) {
        free(m);
        return base_fail(CF_ENOMEM, "%.300s: no memory", path);
    }
    const io_quiet q = io_quiet_begin();
    const cf_status s = open_file(m);
    io_quiet_end(q);
    if (s == CF_OK)
        *state = m;
    else
        close_mat(m);
    return s;
}

static int32_t count_of(const void *state)
{
    return (int32_t)((const mat *)state)->count;
}

static const char *name_of(const void *state, int32_t i)
{
    return ((const mat *)state)->names[i];
}

static const char *class_of(const matvar_t *v)
{
    static const char *const NAMES[] = {
        [MAT_C_CELL] = "cell",     [MAT_C_STRUCT] = "struct", [MAT_C_OBJECT] = "object",
        [MAT_C_CHAR] = "char",     [MAT_C_SPARSE] = "sparse", [MAT_C_DOUBLE] = "double",
        [MAT_C_SINGLE] = "single", [MAT_C_INT8] = "int8",     [MAT_C_UINT8] = "uint8",
        [MAT_C_INT16] = "int16",   [MAT_C_UINT16] = "uint16", [MAT_C_INT32] = "int32",
        [MAT_C_UINT32] = "uint32", [MAT_C_INT64] = "int64",   [MAT_C_UINT64] = "uint64",
    };
    const int i = (int)v->class_type;
    return i >= MAT_C_CELL && i <= MAT_C_UINT64 ? NAMES[i] : "unknown";
}

/* Number j of `data`, which matio keeps as the file had it or as its class. */
static double value_at(enum matio_types type, const void *data, int64_t j)
{
    switch (type) {
    case MAT_T_DOUBLE: return ((const double *)data)[j];
    case MAT_T_SINGLE: return (double)((const float *)data)[j];
    case MAT_T_INT8: return ((const int8_t *)data)[j];
    case MAT_T_UINT8: return ((const uint8_t *)data)[j];
    case MAT_T_INT16: return ((const int16_t *)data)[j];
    case MAT_T_UINT16: return ((const uint16_t *)data)[j];
    case MAT_T_INT32: return ((const int32_t *)data)[j];
    case MAT_T_UINT32: return ((const uint32_t *)data)[j];
    case MAT_T_INT64: return (double)((const int64_t *)data)[j];
    default: return (double)((const uint64_t *)data)[j];
    }
}

/* Real and imaginary parts, which matio keeps apart; of real numbers the second is NULL. */
typedef struct parts {
    const void *part[2];
} parts;

static parts parts_of(const matvar_t *v)
{
    const mat_complex_split_t *split = v->data;
    if (!v->isComplex || !split) return (parts){{v->data, NULL}};
    return (parts){{split->Re, split->Im}};
}

static size_t size_of(const matvar_t *v)
{
    switch (v->data_type) {
    case MAT_T_INT8:
    case MAT_T_UINT8: return 1;
    case MAT_T_INT16:
    case MAT_T_UINT16: return 2;
    case MAT_T_SINGLE:
    case MAT_T_INT32:
    case MAT_T_UINT32: return 4;
    case MAT_T_DOUBLE:
    case MAT_T_INT64:
    case MAT_T_UINT64: return 8;
    default: return 0;
    }
}

static cf_status check_variable(const mat *m, const char *name, const matvar_t *v, io_array *a)
{
    if (v->class_type < MAT_C_DOUBLE || v->class_type > MAT_C_UINT64)
        return base_fail(CF_EFORMAT, "%.300s: %.60s is of class %s, wanted a full array of numbers",
                         m->path, name, class_of(v));
    if (v->rank < 2 || v->rank > IO_MAX_DIMS)
        return base_fail(CF_EFORMAT, "%.300s: %.60s has %d axes, wanted 2 to %d", m->path, name,
                         v->rank, IO_MAX_DIMS);
    a->ndim = v->rank;
    a->is_complex = v->isComplex != 0; /* matio says 2048 */
    for (int32_t i = 0; i < a->ndim; i++) {
        if (v->dims[i] > INT32_MAX)
            return base_fail(CF_EFORMAT, "%.300s: %.60s has %zu along axis %d: damaged?", m->path,
                             name, v->dims[i], i);
        a->dims[i] = (int64_t)v->dims[i];
    }
    double bytes = 1;
    for (int32_t i = 0; i < a->ndim; i++) bytes *= (double)a->dims[i];
    if (bytes > 1040 * (double)m->size) /* more than deflate can pack into it */
        return base_fail(CF_EFORMAT,
                         "%.300s: %.60s wants %.0f bytes or more of a file of %lld: "
                         "truncated or damaged",
                         m->path, name, bytes, (long long)m->size);
    return CF_OK;
}

static cf_status read_variable(const mat *m, const char *name, matvar_t *v, io_array *a)
{
    cf_status s = check_variable(m, name, v, a);
    if (s == CF_OK) s = io_array_room(a, m->path, name);
    if (s != CF_OK) return s;
    const int failed = Mat_VarReadDataAll(m->file, v) != 0;
    const parts data = parts_of(v);
    if (failed || (a->count > 0 && !(data.part[0] && (data.part[1] || !a->is_complex))) ||
        size_of(v) == 0 || v->nbytes < (size_t)a->count * size_of(v))
        return base_fail(CF_EFORMAT, "%.300s: %.60s cannot be read: truncated or damaged", m->path,
                         name);
    io_turn turn = io_turn_begin(a);
    for (int64_t j = 0; j < a->count; j++, io_turn_next(&turn, a))
        for (int32_t i = 0; i <= a->is_complex; i++)
            a->data[(turn.at << a->is_complex) + i] = value_at(v->data_type, data.part[i], j);
    snprintf(a->dtype, sizeof a->dtype, "%s%s", a->is_complex ? "complex " : "",
             v->isLogical ? "logical" : class_of(v));
    a->column_major = a->pads = 1;
    return CF_OK;
}

static cf_status read_mat(const void *state, int32_t i, io_array *out)
{
    const mat *m = state;
    const char *name = m->names[i];
    io_array a = {0};
    const io_quiet q = io_quiet_begin();
    matvar_t *v = Mat_VarReadInfo(m->file, name);
    const cf_status s =
        v ? read_variable(m, name, v, &a)
          : base_fail(CF_EFORMAT, "%.300s: %.60s cannot be read: truncated or damaged", m->path,
                      name);
    Mat_VarFree(v);
    io_quiet_end(q);
    if (s == CF_OK)
        *out = a;
    else
        io_array_free(&a);
    return s;
}

const io_format io_mat = {".mat", "MATLAB", open_mat, count_of, name_of, read_mat, close_mat};
