#include <stdlib.h>
#include <string.h>

#include "base/status.h"
#include "io/npy.h"
#include "io/source.h"

/* Arrays of the caller's, as if they were in a file. */
typedef struct memory {
    const char *name;
    const cf_array *arrays;
    int32_t count;
} memory;

cf_status io_memory_open(void **state, const char *name, const cf_array *arrays, int32_t count)
{
    for (int32_t i = 0; i < count; i++)
        if (!arrays[i].name || !arrays[i].type || !arrays[i].dims || !arrays[i].data)
            return base_fail(CF_EARG, "%.300s: array %d: a pointer is NULL", name, i);
    memory *m = malloc(sizeof *m);
    if (!m) return base_fail(CF_ENOMEM, "%.300s: no memory", name);
    *m = (memory){name, arrays, count};
    *state = m;
    return CF_OK;
}

static int32_t count_of(const void *state)
{
    return ((const memory *)state)->count;
}

static const char *name_of(const void *state, int32_t i)
{
    return ((const memory *)state)->arrays[i].name;
}

static cf_status read_memory(const void *state, int32_t i, io_array *out)
{
    const memory *m = state;
    return io_npy_take(m->arrays + i, m->name, out);
}

const io_format io_memory = {"", NULL, NULL, count_of, name_of, read_memory, free};
