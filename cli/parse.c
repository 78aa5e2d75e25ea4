#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cli.h"

/* argp's own text, then after a vertical tab what stands below the options. */
static char *documentation(const cli_command *c)
{
    char *text = NULL;
    size_t n;
    FILE *f = open_memstream(&text, &n);
    if (!f) return cli_text("%s", c->about);
    fprintf(f, "%s.\v", c->about);
    if (c->details) fprintf(f, "%s\n\n", c->details);
    fputs(strstr(c->examples, "\ncellfree") ? "Examples:\n" : "Example:\n", f);
    for (const char *line = c->examples; *line;) {
        const size_t length = strcspn(line, "\n");
        fprintf(f, "  %.*s\n", (int)length, line);
        line += length + (line[length] == '\n');
    }
    if (fclose(f) != 0) abort();
    return text;
}

/* argp sorts the options of a group by name: a group each keeps the order of the table. */
static struct argp_option *in_order(const struct argp_option *options)
{
    int n = 0;
    while (options[n].name) n++;
    struct argp_option *copy = cli_alloc((size_t)n + 1, sizeof *copy);
    for (int i = 0; i < n; i++) {
        copy[i] = options[i];
        copy[i].group = i + 1;
    }
    return copy;
}

static void print_version(FILE *f, struct argp_state *state)
{
    (void)state;
    fprintf(f, "cellfree %s\n", cf_version());
}

typedef struct call {
    argp_parser_t parse;
    void *input;
} call;

/* getopt's own complaint is one line; without a stream argp adds none of its hints. */
static error_t parse_quietly(int key, char *value, struct argp_state *state)
{
    call *c = state->input;
    if (key == ARGP_KEY_INIT) state->err_stream = NULL;
    state->input = c->input;
    const error_t failed = c->parse(key, value, state);
    state->input = c;
    return failed;
}

void cli_parse(const cli_command *c, argp_parser_t parse, int argc, char **argv, void *input)
{
    call quiet = {.parse = parse, .input = input};
    char *name = cli_text("cellfree %s", c->name);
    char *text = documentation(c);
    struct argp_option *options = in_order(c->options);
    const struct argp argp = {.options = options[0].name ? options : NULL,
                              .parser = parse_quietly,
                              .args_doc = c->arguments,
                              .doc = text};
    char *first = argv[0];
    argv[0] = name;
    argp_program_version_hook = print_version;
    const error_t failed = argp_parse(&argp, argc, argv, 0, NULL, &quiet);
    argv[0] = first;
    free(name);
    free(text);
    free(options);
    if (failed) exit(failed == ENOMEM ? CLI_FAILED : CLI_USAGE);
}
