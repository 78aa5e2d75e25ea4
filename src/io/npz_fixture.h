#ifndef IO_NPZ_FIXTURE_H
#define IO_NPZ_FIXTURE_H

/* For tests: .npz files made from their format's description, without the code under test. */

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

enum { STORED = 0, DEFLATED = 8, WIDE = 64 }; /* how a member is packed; WIDE: zip64 fields too */

typedef struct bytes {
    unsigned char *p;
    size_t n;
} bytes;

typedef struct archive {
    bytes body, directory;
    int count, wide;
} archive;

static inline void add_bytes(bytes *b, const void *p, size_t n)
{
    b->p = realloc(b->p, b->n + n + 1);
    if (n) memcpy(b->p + b->n, p, n);
    b->n += n;
}

static inline void add_number(bytes *b, uint64_t v, int size)
{
    for (int i = 0; i < size; i++) add_bytes(b, &(unsigned char){(unsigned char)(v >> 8 * i)}, 1);
}

/* A .npy array: `descr` as NumPy writes it (with its quotes), `shape` likewise. */
static inline bytes make_npy(int version, const char *descr, int fortran, const char *shape,
                             const void *data, size_t n)
{
    bytes b = {0};
    char header[256];
    const int length =
        snprintf(header, sizeof header, "{'descr': %s, 'fortran_order': %s, 'shape': %s, }\n",
                 descr, fortran ? "True" : "False", shape);
    add_bytes(&b, "\x93NUMPY", 6);
    add_number(&b, (uint64_t)version, 1);
    add_number(&b, 0, 1);
    add_number(&b, (uint64_t)length, version == 1 ? 2 : 4);
    add_bytes(&b, header, (size_t)length);
    add_bytes(&b, data, n);
    return b;
}

static inline bytes deflate_bytes(const bytes *in)
{
    bytes out = {malloc(in->n + in->n / 100 + 100), in->n + in->n / 100 + 100};
    z_stream z = {.next_in = in->p, .avail_in = (uInt)in->n};
    z.next_out = out.p;
    z.avail_out = (uInt)out.n;
    deflateInit2(&z, 6, Z_DEFLATED, -15, 8, Z_DEFAULT_STRATEGY);
    deflate(&z, Z_FINISH);
    out.n = z.total_out;
    deflateEnd(&z);
    return out;
}

/* Add `content` (released here) as `name`; `how` is STORED or DEFLATED, perhaps with WIDE. */
static inline void add_member(archive *a, const char *name, bytes content, int how)
{
    const int method = how & DEFLATED, wide = how & WIDE;
    const bytes packed = method ? deflate_bytes(&content) : content;
    const uint64_t crc = crc32(0, content.p, (uInt)content.n), offset = a->body.n;
    const size_t length = strlen(name);
    a->wide |= wide;
    a->count++;
    for (int where = 0; where < 2; where++) { /* local header, then the directory's entry */
        bytes *b = where ? &a->directory : &a->body;
        add_number(b, where ? 0x02014b50 : 0x04034b50, 4);
        if (where) add_number(b, 20, 2);
        add_number(b, 20, 2);
        add_number(b, 0, 2);
        add_number(b, (uint64_t)method, 2);
        add_number(b, 0, 4);
        add_number(b, crc, 4);
        add_number(b, wide ? UINT32_MAX : packed.n, 4);
        add_number(b, wide ? UINT32_MAX : content.n, 4);
        add_number(b, length, 2);
        add_number(b, wide ? (where ? 28 : 20) : 0, 2);
        if (where) {
            add_number(b, 0, 2);
            add_number(b, 0, 8);
            add_number(b, wide ? UINT32_MAX : offset, 4);
        }
        add_bytes(b, name, length);
        if (wide) {
            add_number(b, 1, 2);
            add_number(b, where ? 24 : 16, 2);
            add_number(b, content.n, 8);
            add_number(b, packed.n, 8);
            if (where) add_number(b, offset, 8);
        }
    }
    add_bytes(&a->body, packed.p, packed.n);
    if (method) free(packed.p);
    free(content.p);
}

/* The whole archive; the parts are released. */
static inline bytes close_archive(archive *a)
{
    const uint64_t offset = a->body.n, size = a->directory.n, end = offset + size;
    const uint64_t count = (uint64_t)a->count;
    bytes b = a->body;
    add_bytes(&b, a->directory.p, a->directory.n);
    free(a->directory.p);
    if (a->wide) {
        add_number(&b, 0x06064b50, 4);
        add_number(&b, 44, 8);
        add_number(&b, 0x002d002d, 4);
        add_number(&b, 0, 8);
        add_number(&b, count, 8);
        add_number(&b, count, 8);
        add_number(&b, size, 8);
        add_number(&b, offset, 8);
        add_number(&b, 0x07064b50, 4);
        add_number(&b, 0, 4);
        add_number(&b, end, 8);
        add_number(&b, 1, 4);
    }
    add_number(&b, 0x06054b50, 4);
    add_number(&b, 0, 4);
    add_number(&b, a->wide ? UINT16_MAX : count, 2);
    add_number(&b, a->wide ? UINT16_MAX : count, 2);
    add_number(&b, a->wide ? UINT32_MAX : size, 4);
    add_number(&b, a->wide ? UINT32_MAX : offset, 4);
    add_number(&b, 0, 2);
    *a = (archive){0};
    return b;
}

/* A new file each time: some file systems sync one that is truncated and written again. */
static inline void write_bytes(const char *path, const bytes *b)
{
    remove(path);
    FILE *f = fopen(path, "wb");
    if (!f) return;
    if (b->n) fwrite(b->p, 1, b->n, f);
    fclose(f);
}

/* An .npz of one array. */
static inline void write_npz(const char *path, const char *name, bytes npy, int how)
{
    archive a = {0};
    add_member(&a, name, npy, how);
    bytes b = close_archive(&a);
    write_bytes(path, &b);
    free(b.p);
}

#endif
