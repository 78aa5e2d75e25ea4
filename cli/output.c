#include "output.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int give_up(cli_output *o, const cli_command *c, int error)
{
    const int status =
        cli_complain(c, CLI_FAILED, "%s: cannot be written: %s", o->path, strerror(error));
    unlink(o->temporary);
    free(o->path);
    free(o->temporary);
    return status;
}

int cli_output_open(cli_output *o, const cli_command *c, const char *path)
{
    o->path = cli_text("%s", path);
    o->temporary = cli_text("%s.tmp%ld", path, (long)getpid());
    o->file = fopen(o->temporary, "wx");
    return o->file ? CLI_DONE : give_up(o, c, errno);
}

int cli_output_close(cli_output *o, const cli_command *c)
{
    errno = 0;
    int good = fflush(o->file) == 0 && !ferror(o->file) && fsync(fileno(o->file)) == 0;
    int error = errno;
    if (fclose(o->file) != 0 && good) good = 0, error = errno;
    if (good && rename(o->temporary, o->path) != 0) good = 0, error = errno;
    if (!good) return give_up(o, c, error ? error : EIO);
    free(o->path);
    free(o->temporary);
    return CLI_DONE;
}

int cli_output_folder(const cli_command *c, const char *folder)
{
    char *path = cli_text("%s", folder);
    int failed = 0;
    for (char *slash = path + (*path != 0); (slash = strchr(slash, '/')) != NULL; slash++) {
        *slash = 0;
        failed = mkdir(path, 0777) != 0 && errno != EEXIST;
        *slash = '/';
        if (failed) break;
    }
    if (!failed) failed = mkdir(path, 0777) != 0 && errno != EEXIST;
    free(path);
    struct stat st;
    if (!failed && (stat(folder, &st) != 0 || !S_ISDIR(st.st_mode))) errno = ENOTDIR, failed = 1;
    return failed ? cli_complain(c, CLI_FAILED, "%s: %s", folder, strerror(errno)) : CLI_DONE;
}
