#ifndef BASE_FILE_H
#define BASE_FILE_H

#include <stddef.h>
#include <stdint.h>

#include <cellfree/status.h>

/* The whole file; *data is malloc'ed and ends in a 0 byte that is not counted. */
cf_status file_read(const char *path, unsigned char **data, size_t *size);

/* Write beside the target, fsync, rename: the target is whole or as it was. */
cf_status file_write(const char *path, const void *data, size_t size);

/* The same for writers that need a name of their own (HDF5): file_temporary gives the malloc'ed
 * name; then file_commit, which syncs and renames, or file_abandon. Both free the name. */
cf_status file_temporary(const char *path, char **temporary);
cf_status file_commit(char *temporary, const char *path);
void file_abandon(char *temporary);

/* FNV-1a, continued from `hash` (start: FILE_HASH). */
#define FILE_HASH UINT64_C(14695981039346656037)
uint64_t file_hash(uint64_t hash, const void *data, size_t size);

#endif
