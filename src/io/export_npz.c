#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "base/file.h"
#include "base/status.h"
#include "io/export.h"

/* A zip archive of stored .npy arrays, as numpy.savez writes it, dated 1 January 1980. */

typedef struct bytes {
    unsigned char *p;
    size_t n, cap;
    int failed;
} bytes;

static void add(bytes *b, const void *p, size_t n)
{
    if (b->failed || n > SIZE_MAX / 4 - b->n) {
        b->failed = 1;
        return;
    }
    if (b->n + n > b->cap) {
        const size_t cap = 2 * (b->n + n) + 256;
        unsigned char *more = realloc(b->p, cap);
        if (!more) {
            b->failed = 1;
            return;
        }
        b->p = more;
        b->cap = cap;
    }
    if (n > 0) memcpy(b->p + b->n, p, n);
    b->n += n;
}

static void add_number(bytes *b, uint64_t v, int size)
{
    for (int i = 0; i < size; i++) add(b, &(unsigned char){(unsigned char)(v >> 8 * i)}, 1);
}

/* ---- .npy ---- */

static int64_t characters(const io_item *item)
{
    int64_t n = 0;
    for (const char *s = item->data; *s; n++) (void)io_next_char(&s);
    return n;
}

static void add_header(bytes *b, const io_item *item)
{
    static const char *const DESCR[] = {[IO_U8] = "|u1",  [IO_I32] = "<i4", [IO_U64] = "<u8",
                                        [IO_F32] = "<f4", [IO_F64] = "<f8", [IO_C64] = "<c8"};
    char descr[32], header[256];
    if (item->kind == IO_TEXT) {
        const int64_t n = characters(item);
        snprintf(descr, sizeof descr, "<U%lld", (long long)(n > 0 ? n : 1));
    } else {
        snprintf(descr, sizeof descr, "%s", DESCR[item->kind]);
    }
    size_t n = (size_t)snprintf(header, sizeof header,
                                "{'descr': '%s', 'fortran_order': False, 'shape': (", descr);
    for (int32_t i = 0; i < item->ndim; i++)
        n += (size_t)snprintf(header + n, sizeof header - n, "%lld,%s", (long long)item->dims[i],
                              i + 1 < item->ndim ? " " : "");
    n += (size_t)snprintf(header + n, sizeof header - n, "), }");
    while ((n + 11) % 64 != 0) header[n++] = ' ';
    header[n++] = '\n';
    add(b, "\x93NUMPY\1\0", 8);
    add_number(b, n, 2);
    add(b, header, n);
}

static void add_npy(bytes *b, const io_item *item)
{
    add_header(b, item);
    if (item->kind != IO_TEXT) {
        add(b, item->data, (size_t)item->count * io_kind_size(item->kind));
        return;
    }
    const char *s = item->data;
    if (!*s) add_number(b, 0, 4);
    while (*s) add_number(b, io_next_char(&s), 4);
}

/* ---- zip ---- */

static void add_entry(bytes *b, const char *name, uint32_t crc, size_t size, uint64_t offset,
                      int directory)
{
    const size_t length = strlen(name);
    add_number(b, directory ? 0x02014b50 : 0x04034b50, 4);
    if (directory) add_number(b, 20, 2);
    add_number(b, 20, 2);
    add_number(b, 1 << 11, 2); /* the name is UTF-8 */
    add_number(b, 0, 4);       /* stored; midnight */
    add_number(b, 1 << 5 | 1, 2);
    add_number(b, crc, 4);
    add_number(b, size, 4);
    add_number(b, size, 4);
    add_number(b, length, 2);
    add_number(b, 0, 2);
    if (directory) {
        add_number(b, 0, 2);
        add_number(b, 0, 8);
        add_number(b, offset, 4);
    }
    add(b, name, length);
}

static void add_member(bytes *body, bytes *directory, const io_item *item)
{
    char name[400];
    bytes npy = {0};
    snprintf(name, sizeof name, "%.300s%s%.60s.npy", item->group ? item->group : "",
             item->group ? "/" : "", item->name);
    add_npy(&npy, item);
    if (npy.failed || npy.n > UINT32_MAX) {
        body->failed = 1;
    } else {
        const uint32_t crc = (uint32_t)crc32(0, npy.p, (uInt)npy.n);
        add_entry(directory, name, crc, npy.n, body->n, 1);
        add_entry(body, name, crc, npy.n, 0, 0);
        add(body, npy.p, npy.n);
    }
    free(npy.p);
}

cf_status io_write_npz(const io_items *t, const char *path)
{
    bytes body = {0}, directory = {0};
    for (int32_t i = 0; i < t->n && !body.failed; i++) add_member(&body, &directory, t->v + i);
    const size_t offset = body.n, size = directory.n;
    add(&body, directory.p, directory.n);
    add_number(&body, 0x06054b50, 4);
    add_number(&body, 0, 4);
    add_number(&body, (uint64_t)t->n, 2);
    add_number(&body, (uint64_t)t->n, 2);
    add_number(&body, size, 4);
    add_number(&body, offset, 4);
    add_number(&body, 0, 2);
    cf_status s = CF_OK;
    if (body.failed || directory.failed || body.n > UINT32_MAX || t->n > UINT16_MAX)
        s = base_fail(CF_ENOMEM, "%.300s: no memory, or more than the 4 GiB that it can have",
                      path);
    if (s == CF_OK) s = file_write(path, body.p, body.n);
    free(body.p);
    free(directory.p);
    return s;
}
