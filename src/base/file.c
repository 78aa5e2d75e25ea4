#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/status.h"

cf_status file_read(const char *path, unsigned char **data, size_t *size)
{
    cf_status s = CF_OK;
    unsigned char *bytes = NULL;
    struct stat st;
    if (stat(path, &st) == 0 && !S_ISREG(st.st_mode)) /* before opening: that waits at a pipe */
        return base_fail(CF_EIO, "%s: not a regular file", path);
    FILE *f = fopen(path, "rb");
    if (!f) return base_fail(CF_EIO, "%s: %s", path, strerror(errno));
    if (fstat(fileno(f), &st) != 0 || !S_ISREG(st.st_mode)) {
        s = base_fail(CF_EIO, "%s: not a regular file", path);
        goto done;
    }
    const size_t n = (size_t)st.st_size;
    bytes = malloc(n + 1);
    if (!bytes) {
        s = base_fail(CF_ENOMEM, "%s: no memory for %zu bytes", path, n);
        goto done;
    }
    if (fread(bytes, 1, n, f) != n) {
        s = base_fail(CF_EIO, "%s: read failed", path);
        goto done;
    }
    bytes[n] = 0;
    *data = bytes;
    *size = n;
    bytes = NULL;
done:
    free(bytes);
    fclose(f);
    return s;
}

cf_status file_temporary(const char *path, char **temporary)
{
    struct stat st;
    if (stat(path, &st) == 0 && !S_ISREG(st.st_mode))
        return base_fail(CF_EIO, "%s: exists and is not a regular file", path);
    const size_t n = strlen(path) + 32;
    char *name = malloc(n);
    if (!name) return base_fail(CF_ENOMEM, "%s: no memory", path);
    int fd = -1;
    errno = EEXIST; /* another thread's, or left by a process of this number that died */
    for (int i = 0; fd < 0 && errno == EEXIST && i < 1000; i++) {
        snprintf(name, n, "%s.tmp%ld.%d", path, (long)getpid(), i);
        fd = open(name, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0666);
    }
    if (fd < 0) {
        const cf_status s = base_fail(CF_EIO, "%s: cannot be written: %s", path, strerror(errno));
        free(name);
        return s;
    }
    close(fd);
    *temporary = name;
    return CF_OK;
}

cf_status file_commit(char *temporary, const char *path)
{
    cf_status s = CF_OK;
    const int fd = open(temporary, O_RDONLY | O_CLOEXEC);
    if (fd < 0 || fsync(fd) != 0 || rename(temporary, path) != 0) {
        s = base_fail(CF_EIO, "%s: cannot be written: %s", path, strerror(errno));
        unlink(temporary);
    }
    if (fd >= 0) close(fd);
    free(temporary);
    return s;
}

void file_abandon(char *temporary)
{
    if (!temporary) return;
    unlink(temporary);
    free(temporary);
}

cf_status file_write(const char *path, const void *data, size_t size)
{
    char *temporary;
    cf_status s = file_temporary(path, &temporary);
    if (s != CF_OK) return s;
    FILE *f = fopen(temporary, "wb");
    const int opened = f != NULL;
    int wrote = opened && fwrite(data, 1, size, f) == size;
    if (opened && fclose(f) != 0) wrote = 0;
    if (!wrote) {
        s = base_fail(CF_EIO, "%s: cannot be written: %s", path, strerror(errno));
        file_abandon(temporary);
        return s;
    }
    return file_commit(temporary, path);
}

uint64_t file_hash(uint64_t hash, const void *data, size_t size)
{
    const unsigned char *p = data;
    for (size_t i = 0; i < size; i++) hash = (hash ^ p[i]) * UINT64_C(1099511628211);
    return hash;
}
