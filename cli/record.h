#ifndef CLI_RECORD_H
#define CLI_RECORD_H

#include "cli.h"

/* A command's run in the file of runs (docs/runs.md). No failure here is one of the command: the
 * first is a line on stderr, and from then on nothing is recorded. */
typedef struct cli_record {
    const cli_command *command;
    cf_run *run; /* NULL: nothing is recorded */
} cli_record;

#define CLI_OPTION_NO_RECORD                                                                  \
    {                                                                                         \
        "no-record", OPT_NO_RECORD, NULL, 0,                                                  \
            "Leave this run out of `cellfree runs`, as CELLFREE_RECORD=0 in the environment " \
            "does",                                                                           \
            0                                                                                 \
    }

/* Ask before cli_parse, which puts the words into another order. */
cli_record cli_record_make(const cli_command *c, int argc, char **argv);
void cli_record_off(cli_record *r); /* --no-record */

void cli_record_seed(cli_record *r, uint64_t seed, int32_t threads);
void cli_record_set(cli_record *r, const char *key, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
void cli_record_yaml(cli_record *r, const char *yaml); /* lines of "key: value  # comment" */

/* checksum: of drops, their own; of policies cf_run_checksum; 0: none. */
void cli_record_input(cli_record *r, const char *path, uint64_t checksum);
void cli_record_output(cli_record *r, const char *path, uint64_t checksum);

void cli_record_figure(cli_record *r, const char *of, const char *name, double value);
/* What stands for a method's result; prefix: of its name, or "". */
void cli_record_results(cli_record *r, const char *prefix, cf_result *const *results,
                        int32_t count);

/* All that is known is written, as a run that goes on; then, as one that ended with this exit
 * status, which is given back. Wrong usage is no run, and forgotten. */
void cli_record_begin(cli_record *r);
int cli_record_end(cli_record *r, int status);

#endif
