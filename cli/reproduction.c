#include "reproduction.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

char *cli_in_folder(const cli_reproduction *r, const char *name)
{
    return cli_text("%s/%s", r->folder, name);
}

int cli_open_text(cli_output *o, const cli_reproduction *r, const char *name, const char *prefix,
                  const char *suffix)
{
    char *path = cli_in_folder(r, name);
    const int status = cli_output_open(o, r->command, path);
    free(path);
    if (status == CLI_DONE)
        fprintf(o->file, "%scellfree %s, seed %" PRIu64 ": %s%s\n", prefix, cf_version(), r->seed,
                r->line, suffix);
    return status;
}

const cf_result *cli_result_named(const cli_scene *s, const char *name)
{
    for (int32_t i = 0; s->results && i < s->methods.count; i++)
        if (strcmp(s->results[i]->method, name) == 0) return s->results[i];
    return NULL;
}
