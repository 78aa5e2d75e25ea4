#ifndef CLI_CLI_H
#define CLI_CLI_H

/* What the commands share. A command is a row of the table in commands.c: its argp options serve
 * parsing, --help, the completion script and the man page alike.
 *
 * stdout is data, stderr is talk. Exit status: 0 done; 1 the world failed (file, memory,
 * convergence); 2 wrong usage. The program may exit where the library may not: helpers that end
 * the program say so. */

#include <argp.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cellfree/cellfree.h>

enum { CLI_DONE = 0, CLI_FAILED = 1, CLI_USAGE = 2 };

typedef struct cli_command {
    const char *name, *about; /* about: one line, no full stop                       */
    const char *arguments;    /* "[NAME]", or NULL                                   */
    const char *details;      /* a paragraph or more for --help and the man page     */
    const char *examples;     /* command lines, one a line                           */
    const struct argp_option *options;
    int (*run)(const struct cli_command *self, int argc, char **argv); /* gives the exit status */
    int hidden;
} cli_command;

extern const cli_command *const cli_commands[];        /* ends in NULL */
const cli_command *cli_find_command(const char *name); /* NULL: there is none */

/* Keys of long options. One list, so that no two commands give a name two meanings. */
enum {
    OPT_SCENARIO = 256,
    OPT_COUNT,
    OPT_SEED,
    OPT_FIRST,
    OPT_THREADS,
    OPT_OUT,
    OPT_TASK,
    OPT_MAP,
    OPT_UNIT,
    OPT_AXES,
    OPT_LIKE,
    OPT_ANTENNAS,
    OPT_SERVE_AXES,
    OPT_TX_POWER,
    OPT_NOISE,
    OPT_MAX_USERS,
    OPT_MIN_APS,
    OPT_NOISE_W,
    OPT_MU,
    OPT_STATIC_W,
    OPT_BANDWIDTH,
    OPT_OBJECTIVE,
    OPT_LIMIT,
    OPT_LIMIT_W,
    OPT_RATE_FLOOR,
    OPT_DATA,
    OPT_CONFIG,
    OPT_SET,
    OPT_ARCHITECTURE,
    OPT_SCHEME,
    OPT_STEPS,
    OPT_MINUTES,
    OPT_RESUME,
    OPT_PRINT_CONFIG,
    OPT_METHODS,
    OPT_METHOD,
    OPT_POLICY,
    OPT_RELAXED,
    OPT_BATCH,
    OPT_NO_TIMES,
    OPT_JSON,
    OPT_MEAN,
    OPT_STD,
    OPT_RUNS,
    OPT_INPUT_MEAN,
    OPT_INPUT_STD,
    OPT_LINEAR,
    OPT_EXPONENTIAL,
    OPT_OUT_SCALE,
    OPT_OUT_OFFSET,
    OPT_SUPPORT_OFFSET,
    OPT_APS,
    OPT_USERS,
    OPT_POLICIES,
    OPT_SCALE,
    OPT_ALL,
    OPT_FILTER,
    OPT_SECONDS,
    OPT_LIST,
    OPT_METRICS,
    OPT_FIGURES,
    OPT_DROPS,
    OPT_TITLE,
    OPT_NO_RECORD,
    OPT_LAST,
    OPT_COMMAND,
    OPT_GREP,
};

#define CLI_OPTION_THREADS                                                 \
    {                                                                      \
        "threads", OPT_THREADS, "T", 0,                                    \
            "Threads; results do not depend on it (default: all cores)", 0 \
    }
#define CLI_OPTION_NO_TIMES                                                                     \
    {                                                                                           \
        "no-times", OPT_NO_TIMES, NULL, 0,                                                      \
            "Leave out what a clock measured: the same command then gives the same file, byte " \
            "for byte",                                                                         \
            0                                                                                   \
    }
#define CLI_OPTION_JSON                                                        \
    {                                                                          \
        "json", OPT_JSON, NULL, 0, "One JSON object a line instead of text", 0 \
    }

/* Parse with the command's options; `parse` is argp's parser and gets `input`. Ends the program
 * on wrong usage and after --help. */
void cli_parse(const cli_command *c, argp_parser_t parse, int argc, char **argv, void *input);

/* "cellfree generate: MESSAGE" to stderr, then exit status 2. */
_Noreturn void cli_usage(const struct argp_state *state, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

/* An option's value as a number, or the end with exit status 2. */
int64_t cli_integer(const struct argp_state *state, const char *option, const char *value,
                    int64_t least, int64_t most);
double cli_number(const struct argp_state *state, const char *option, const char *value,
                  double least, double most);
int32_t cli_threads(const struct argp_state *state, const char *value);
uint64_t cli_seed(const struct argp_state *state, const char *value);

/* Ends with exit status 2 if value is NULL: "--out is missing". */
void cli_require(const struct argp_state *state, const char *option, const void *value);

/* "assignment" or "power"; anything else ends the program. */
cf_task cli_task(const struct argp_state *state, const char *value);

/* cf_last_error() as one line on stderr; the exit status that belongs to it. cli_fail_text is for
 * what comes from the user's own text (options, YAML), where every mistake is wrong usage. */
int cli_fail(const cli_command *c, cf_status s);
int cli_fail_text(const cli_command *c, cf_status s);
int cli_complain(const cli_command *c, int status, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

/* "cellfree 0.1.0 generate: seed 1, threads 2" to stderr. */
void cli_banner(const cli_command *c);
void cli_banner_seed(const cli_command *c, uint64_t seed, int32_t threads);

int32_t cli_cores(void); /* that this process may use                              */
int32_t cli_thread_count(int32_t wanted); /* 0: all of them                                   */

/* The command line as one line of text, quoted for a shell, without what cannot change a result
 * (--threads, --out, --figures, --json, --no-record). Ask before cli_parse, which puts the words
 * into another order.
 * malloc'ed. */
char *cli_command_line(const cli_command *c, int argc, char **argv);
/* The same with every word, to be run again. */
char *cli_whole_line(const cli_command *c, int argc, char **argv);

char *cli_quoted(const char *word); /* one word, malloc'ed */

/* File name without folder and extension, malloc'ed: "assignment". */
char *cli_stem(const char *path);

/* Memory or the end of the program. */
void *cli_alloc(size_t count, size_t size);
char *cli_text(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* The UTF-8 character at s, or U+FFFD for a byte that is none: names of files are any bytes, JSON
 * and gnuplot take characters. Gives what follows. */
const char *cli_put_character(FILE *f, const char *s);

void cli_json_key(FILE *f, const char *key);                     /* "key":, escaped          */
void cli_json_text(FILE *f, const char *key, const char *value); /* "key":"value", escaped   */
void cli_json_number(FILE *f, const char *key, double value);    /* NaN and infinity: null   */

#endif
