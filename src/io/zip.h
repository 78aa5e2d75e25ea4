#ifndef IO_ZIP_H
#define IO_ZIP_H

#include <stddef.h>
#include <stdint.h>

#include <cellfree/status.h>

/* Reading of zip archives in memory: stored and deflated members, zip64. */

typedef struct io_member {
    char *name; /* malloc'ed */
    uint16_t flags, method;
    uint32_t crc;
    uint64_t packed, size; /* bytes in the archive, bytes unpacked */
    uint64_t offset;       /* of the local header */
} io_member;

/* The archive's directory; `origin` is what errors call it. Release with io_zip_free. */
cf_status io_zip_list(const unsigned char *data, size_t size, const char *origin, io_member **out,
                      int32_t *count);
void io_zip_free(io_member *members, int32_t count);

/* One member, unpacked into malloc'ed *out of m->size bytes, its CRC checked. */
cf_status io_zip_read(const unsigned char *data, size_t size, const char *origin,
                      const io_member *m, unsigned char **out);

#endif
