#ifndef CLI_OUTPUT_H
#define CLI_OUTPUT_H

#include "cli.h"

/* A text file that is whole or not there: written beside the target, synced, renamed. */
typedef struct cli_output {
    FILE *file;
    char *path, *temporary;
} cli_output;

/* Both give an exit status; a failure has its line on stderr and leaves nothing behind. */
int cli_output_open(cli_output *o, const cli_command *c, const char *path);
int cli_output_close(cli_output *o, const cli_command *c);

/* Make a folder and those above it, where they are not there; an exit status as well. */
int cli_output_folder(const cli_command *c, const char *folder);

#endif
