#include "io/zip.h"

#include <stdlib.h>
#include <string.h>
#define ZLIB_CONST
#include <zlib.h>

#include "base/status.h"

/* Signatures and sizes of PKWARE's APPNOTE.TXT 6.3.10, 4.3 */
enum {
    LOCAL = 0x04034b50,
    CENTRAL = 0x02014b50,
    END = 0x06054b50,
    END64 = 0x06064b50,
    LOCATOR64 = 0x07064b50,
    LOCAL_SIZE = 30,
    CENTRAL_SIZE = 46,
    END_SIZE = 22,
    END64_SIZE = 56,
    LOCATOR64_SIZE = 20,
    MAX_RATIO = 1040, /* deflate cannot shrink more than 1032 times */
};

static uint16_t get16(const unsigned char *p)
{
    return (uint16_t)(p[0] | p[1] << 8);
}

static uint32_t get32(const unsigned char *p)
{
    return (uint32_t)get16(p) | (uint32_t)get16(p + 2) << 16;
}

static uint64_t get64(const unsigned char *p)
{
    return (uint64_t)get32(p) | (uint64_t)get32(p + 4) << 32;
}

/* Where the directory is and how many members it has. */
typedef struct directory {
    uint64_t offset, bytes, count;
} directory;

static const unsigned char *find_end(const unsigned char *data, size_t size)
{
    for (size_t back = END_SIZE; back <= size && back <= END_SIZE + 65535u; back++) {
        const unsigned char *p = data + size - back;
        if (get32(p) == END && get16(p + 20) == back - END_SIZE) return p;
    }
    return NULL;
}

static cf_status find_directory(const unsigned char *data, size_t size, const char *origin,
                                directory *d)
{
    const unsigned char *end = find_end(data, size);
    if (!end)
        return base_fail(CF_EFORMAT, "%s: no zip directory at its end: truncated, or not an .npz",
                         origin);
    const size_t at = (size_t)(end - data);
    *d = (directory){get32(end + 16), get32(end + 12), get16(end + 10)};
    if (at >= LOCATOR64_SIZE && get32(end - LOCATOR64_SIZE) == LOCATOR64) {
        const uint64_t where = get64(end - LOCATOR64_SIZE + 8);
        if (where > at || at - where < END64_SIZE || get32(data + where) != END64)
            return base_fail(CF_EFORMAT, "%s: its zip64 directory is damaged", origin);
        *d = (directory){get64(data + where + 48), get64(data + where + 40),
                         get64(data + where + 32)};
    }
    if (d->offset > at || d->bytes > at - d->offset || d->count > d->bytes / CENTRAL_SIZE)
        return base_fail(CF_EFORMAT, "%s: its zip directory points outside the file", origin);
    return CF_OK;
}

/* Sizes that do not fit 32 bits stand in extra field 1, in this order. */
static int read_zip64(const unsigned char *extra, size_t n, io_member *m)
{
    uint64_t *wide[] = {&m->size, &m->packed, &m->offset};
    while (n >= 4) {
        const size_t id = get16(extra), length = get16(extra + 2);
        if (length > n - 4) return 0;
        if (id == 1) {
            size_t at = 0;
            for (int i = 0; i < 3; i++) {
                if (*wide[i] != UINT32_MAX) continue;
                if (length - at < 8) return 0;
                *wide[i] = get64(extra + 4 + at);
                at += 8;
            }
        }
        extra += 4 + length;
        n -= 4 + length;
    }
    return 1;
}

/* One entry of the directory; returns its length, 0 if damaged, or SIZE_MAX without memory. */
static size_t read_entry(const unsigned char *p, size_t left, io_member *m)
{
    if (left < CENTRAL_SIZE || get32(p) != CENTRAL) return 0;
    const size_t name = get16(p + 28), extra = get16(p + 30), comment = get16(p + 32);
    const size_t length = CENTRAL_SIZE + name + extra + comment;
    if (length > left) return 0;
    *m = (io_member){.flags = get16(p + 8),
                     .method = get16(p + 10),
                     .crc = get32(p + 16),
                     .packed = get32(p + 20),
                     .size = get32(p + 24),
                     .offset = get32(p + 42)};
    if (!read_zip64(p + CENTRAL_SIZE + name, extra, m)) return 0;
    m->name = strndup((const char *)p + CENTRAL_SIZE, name);
    return m->name ? length : SIZE_MAX;
}

cf_status io_zip_list(const unsigned char *data, size_t size, const char *origin, io_member **out,
                      int32_t *count)
{
    directory d = {0};
    cf_status s = find_directory(data, size, origin, &d);
    if (s != CF_OK) return s;
    if (d.count == 0 || d.count > 1000000)
        return base_fail(CF_EFORMAT, "%s: %llu arrays, wanted 1 to 1000000", origin,
                         (unsigned long long)d.count);
    io_member *members = calloc((size_t)d.count, sizeof *members);
    if (!members) return base_fail(CF_ENOMEM, "%s: no memory for its directory", origin);
    size_t at = (size_t)d.offset;
    const size_t end = (size_t)(d.offset + d.bytes);
    for (uint64_t i = 0; i < d.count && s == CF_OK; i++) {
        const size_t length = read_entry(data + at, end - at, members + i);
        if (length == 0)
            s = base_fail(CF_EFORMAT, "%s: entry %llu of its zip directory is damaged", origin,
                          (unsigned long long)i);
        else if (length == SIZE_MAX)
            s = base_fail(CF_ENOMEM, "%s: no memory for its directory", origin);
        else
            at += length;
    }
    if (s != CF_OK) {
        io_zip_free(members, (int32_t)d.count);
        return s;
    }
    *out = members;
    *count = (int32_t)d.count;
    return CF_OK;
}

void io_zip_free(io_member *members, int32_t count)
{
    for (int32_t i = 0; members && i < count; i++) free(members[i].name);
    free(members);
}

/* zlib counts in 32 bits: feed it in pieces. */
static int inflate_all(const unsigned char *in, uint64_t packed, unsigned char *out, uint64_t size)
{
    const uint64_t piece = 1u << 30;
    z_stream z = {0};
    if (inflateInit2(&z, -15) != Z_OK) return 0;
    int code = Z_OK;
    uint64_t read = 0, made = 0;
    while (code == Z_OK) {
        const uint64_t can_read = packed - read < piece ? packed - read : piece;
        const uint64_t can_make = size - made < piece ? size - made : piece;
        z.next_in = in + read;
        z.avail_in = (uInt)can_read;
        z.next_out = out + made;
        z.avail_out = (uInt)can_make;
        code = inflate(&z, Z_NO_FLUSH);
        const uint64_t did_read = can_read - z.avail_in, did_make = can_make - z.avail_out;
        read += did_read;
        made += did_make;
        if (code == Z_OK && did_read == 0 && did_make == 0) code = Z_BUF_ERROR;
    }
    inflateEnd(&z);
    return code == Z_STREAM_END && read == packed && made == size;
}

static uint32_t crc_of(const unsigned char *p, uint64_t n)
{
    return (uint32_t)crc32_z(0, p, (z_size_t)n);
}

/* Where the member's bytes begin, or NULL where they would reach outside the file. */
static const unsigned char *find_bytes(const unsigned char *data, size_t size, const io_member *m)
{
    if (size < LOCAL_SIZE || m->offset > size - LOCAL_SIZE) return NULL;
    const unsigned char *p = data + m->offset;
    const size_t skip = LOCAL_SIZE + (size_t)get16(p + 26) + get16(p + 28);
    const size_t left = size - (size_t)m->offset;
    if (get32(p) != LOCAL || skip > left || m->packed > left - skip) return NULL;
    return p + skip;
}

cf_status io_zip_read(const unsigned char *data, size_t size, const char *origin,
                      const io_member *m, unsigned char **out)
{
    if ((m->flags & 1) != 0 || (m->method != 0 && m->method != 8))
        return base_fail(CF_EFORMAT, "%s: %s: zip method %d%s, wanted stored or deflated", origin,
                         m->name, m->method, m->flags & 1 ? ", encrypted" : "");
    const unsigned char *bytes = find_bytes(data, size, m);
    const int possible =
        bytes && (m->method == 0 ? m->size == m->packed : m->size / MAX_RATIO <= m->packed);
    if (!possible) return base_fail(CF_EFORMAT, "%s: %s: truncated or damaged", origin, m->name);
    unsigned char *copy = malloc((size_t)m->size + 1);
    if (!copy)
        return base_fail(CF_ENOMEM, "%s: %s: no memory for %llu bytes", origin, m->name,
                         (unsigned long long)m->size);
    int good = 1;
    if (m->method == 8)
        good = inflate_all(bytes, m->packed, copy, m->size);
    else
        memcpy(copy, bytes, (size_t)m->size);
    if (!good || crc_of(copy, m->size) != m->crc) {
        free(copy);
        return base_fail(CF_EFORMAT, "%s: %s: damaged: its checksum does not match", origin,
                         m->name);
    }
    *out = copy;
    return CF_OK;
}
