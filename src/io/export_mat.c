#include <matio.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/status.h"
#include "io/export.h"

/* MATLAB's version 5, by matio: size(x) is (n,L,K), the axes in the order of their names. */

enum { MOST_NAME = 63 }; /* namelengthmax */

/* "policy+50/objective" is policy_50_objective. */
static void name_of(const io_item *item, char name[MOST_NAME + 1])
{
    const size_t own = strlen(item->name), room = MOST_NAME - 1 - own;
    size_t n = 0;
    for (const char *s = item->group; s && *s && n < room; s++) {
        const int plain = (*s >= 'a' && *s <= 'z') || (*s >= 'A' && *s <= 'Z') ||
                          (n > 0 && *s >= '0' && *s <= '9');
        name[n] = plain ? *s : n > 0 ? '_' : 'x';
        n++;
    }
    if (n > 0) name[n++] = '_';
    memcpy(name + n, item->name, own + 1);
}

/* Entries in MATLAB's order, the first axis fastest; real or imaginary parts of complex ones. */
static void turn(const io_item *item, size_t skip, size_t size, size_t step, unsigned char *out)
{
    int64_t index[IO_ITEM_DIMS] = {0};
    const unsigned char *in = item->data;
    for (int64_t j = 0; j < item->count; j++) {
        int64_t at = 0;
        for (int32_t i = 0; i < item->ndim; i++) at = at * item->dims[i] + index[i];
        memcpy(out + (size_t)j * size, in + (size_t)at * step + skip, size);
        for (int32_t i = 0; i < item->ndim && ++index[i] == item->dims[i]; i++) index[i] = 0;
    }
}

static matvar_t *make_text(const char *name, const io_item *item)
{
    uint16_t *wide = malloc((size_t)(item->count + 1) * sizeof *wide);
    size_t dims[] = {1, 0};
    if (!wide) return NULL;
    for (const char *s = item->data; *s;) {
        const uint32_t c = io_next_char(&s);
        wide[dims[1]++] = c <= UINT16_MAX ? (uint16_t)c : '?';
    }
    matvar_t *v = Mat_VarCreate(name, MAT_C_CHAR, MAT_T_UINT16, 2, dims, wide, 0);
    free(wide);
    return v;
}

static matvar_t *make_array(const char *name, const io_item *item)
{
    static const struct {
        enum matio_classes class;
        enum matio_types type;
    } OF[] = {[IO_U8] = {MAT_C_UINT8, MAT_T_UINT8},    [IO_I32] = {MAT_C_INT32, MAT_T_INT32},
              [IO_U64] = {MAT_C_UINT64, MAT_T_UINT64}, [IO_F32] = {MAT_C_SINGLE, MAT_T_SINGLE},
              [IO_F64] = {MAT_C_DOUBLE, MAT_T_DOUBLE}, [IO_C64] = {MAT_C_SINGLE, MAT_T_SINGLE}};
    const int complex = item->kind == IO_C64;
    const size_t step = io_kind_size(item->kind), size = complex ? step / 2 : step;
    size_t dims[IO_ITEM_DIMS] = {1, 1};
    for (int32_t i = 0; i < item->ndim; i++) dims[i] = (size_t)item->dims[i];
    unsigned char *data = malloc((size_t)item->count * step);
    if (!data) return NULL;
    mat_complex_split_t parts = {data, data + (size_t)item->count * size};
    turn(item, 0, size, step, parts.Re);
    if (complex) turn(item, size, size, step, parts.Im);
    matvar_t *v = Mat_VarCreate(name, OF[item->kind].class, OF[item->kind].type,
                                item->ndim > 2 ? item->ndim : 2, dims,
                                complex ? (void *)&parts : data, complex ? MAT_F_COMPLEX : 0);
    free(data);
    return v;
}

static cf_status check_items(const io_items *t, const char *path)
{
    char a[MOST_NAME + 1], b[MOST_NAME + 1];
    for (int32_t i = 0; i < t->n; i++) {
        name_of(t->v + i, a);
        if ((uint64_t)t->v[i].count * io_kind_size(t->v[i].kind) >= UINT64_C(1) << 31)
            return base_fail(CF_EARG,
                             "%.300s: %s has 2 GiB or more, too much for a .mat of version 5: "
                             "write a .npz, or read the HDF5 file itself",
                             path, a);
        for (int32_t j = 0; j < i; j++) {
            name_of(t->v + j, b);
            if (strcmp(a, b) == 0)
                return base_fail(CF_EARG, "%.300s: two arrays would be named %s", path, a);
        }
    }
    return CF_OK;
}

static cf_status write_items(const io_items *t, const char *path, const char *file)
{
    mat_t *m = Mat_CreateVer(file, "MATLAB 5.0 MAT-file, written by cellfree", MAT_FT_MAT5);
    if (!m) return base_fail(CF_EIO, "%.300s: cannot be written", path);
    cf_status s = CF_OK;
    for (int32_t i = 0; i < t->n && s == CF_OK; i++) {
        char name[MOST_NAME + 1];
        name_of(t->v + i, name);
        matvar_t *v =
            t->v[i].kind == IO_TEXT ? make_text(name, t->v + i) : make_array(name, t->v + i);
        if (!v)
            s = base_fail(CF_ENOMEM, "%.300s: no memory for %s", path, name);
        else if (Mat_VarWrite(m, v, MAT_COMPRESSION_NONE) != 0)
            s = base_fail(CF_EIO, "%.300s: %s cannot be written", path, name);
        Mat_VarFree(v);
    }
    if (Mat_Close(m) != 0 && s == CF_OK) s = base_fail(CF_EIO, "%.300s: cannot be written", path);
    return s;
}

cf_status io_write_mat(const io_items *t, const char *path)
{
    char *temporary = NULL;
    cf_status s = check_items(t, path);
    if (s == CF_OK) s = file_temporary(path, &temporary);
    if (s != CF_OK) return s;
    s = write_items(t, path, temporary);
    if (s == CF_OK) return file_commit(temporary, path);
    file_abandon(temporary);
    return s;
}
