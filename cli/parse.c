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
    fputs(strchr(c->examples, '\n') ? "Examples:\n" : "Example:\n", f);
    for (const char *line = c->examples; *line;) {
        const size_t length = strcspn(line, "\n");
        fprintf(f, "  %.*s\n", (int)length, line);
        line += length + (line[length] == '\n');
    }
    if (fclose(f) != 0) abort();
    return text;
}

static void print_version(FILE *f, struct argp_state *state)
{
    (void)state;
    fprintf(f, "cellfree %s\n", cf_version());
}

void cli_parse(const cli_command *c, argp_parser_t parse, int argc, char **argv, void *input)
{
    char *name = cli_text("cellfree %s", c->name);
    char *text = documentation(c);
    const struct argp argp = {
        .options = c->options, .parser = parse, .args_doc = c->arguments, .doc = text};
    char *first = argv[0];
    argv[0] = name;
    argp_err_exit_status = CLI_USAGE;
    argp_program_version_hook = print_version;
    const error_t failed = argp_parse(&argp, argc, argv, 0, NULL, input);
    argv[0] = first;
    free(name);
    free(text);
    if (failed) exit(CLI_FAILED);
}
