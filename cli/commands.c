#include "commands.h"

#include <string.h>

const cli_command *const cli_commands[] = {
    &cli_scenario, &cli_generate, &cli_import,     &cli_export,  &cli_train,
    &cli_evaluate, &cli_solve,    &cli_convert,    &cli_inspect, &cli_reproduce,
    &cli_runs,     &cli_bench,    &cli_completion, &cli_man,     NULL,
};

const cli_command *cli_find_command(const char *name)
{
    for (const cli_command *const *c = cli_commands; *c; c++)
        if (strcmp((*c)->name, name) == 0) return *c;
    return NULL;
}
