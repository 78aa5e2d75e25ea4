#ifndef CLI_COMMANDS_H
#define CLI_COMMANDS_H

#include "cli.h"

extern const cli_command cli_scenario, cli_generate, cli_import, cli_export, cli_train,
    cli_evaluate, cli_solve, cli_convert, cli_inspect, cli_reproduce, cli_runs, cli_bench,
    cli_completion, cli_man;

#endif
