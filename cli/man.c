/* cellfree man: manual pages in roff, from the table of commands; run once when cellfree is
 * built. */
#include <stdlib.h>
#include <string.h>

#include "commands.h"
#include "output.h"

/* roff takes '-' for a hyphen, '\' for an escape, and a leading '.' or '\'' for a request. */
static void put_roff(FILE *f, const char *text)
{
    int line_start = 1;
    for (; *text; text++) {
        if (line_start && (*text == '.' || *text == '\'')) fputs("\\&", f);
        if (*text == '-')
            fputs("\\-", f);
        else if (*text == '\\')
            fputs("\\e", f);
        else
            fputc(*text, f);
        line_start = *text == '\n';
    }
}

static void put_head(FILE *f, const char *title, const char *about)
{
    fputs(".TH ", f);
    for (const char *s = title; *s; s++) fputc(*s >= 'a' && *s <= 'z' ? *s - 'a' + 'A' : *s, f);
    fprintf(f, " 1 \"\" \"cellfree %s\" \"User Commands\"\n.SH NAME\n", cf_version());
    put_roff(f, title);
    fputs(" \\- ", f);
    put_roff(f, about);
    fputs("\n.SH SYNOPSIS\n", f);
}

static void put_status(FILE *f)
{
    fputs(".SH EXIT STATUS\n0: done. 1: the world failed (file, memory, convergence). "
          "2: wrong usage.\n",
          f);
}

static void put_options(FILE *f, const struct argp_option *o)
{
    fputs(".SH OPTIONS\n", f);
    for (; o->name; o++) {
        fputs(".TP\n\\fB\\-\\-", f);
        put_roff(f, o->name);
        fputs("\\fR", f);
        if (o->arg) {
            fputs("=\\fI", f);
            put_roff(f, o->arg);
            fputs("\\fR", f);
        }
        fputc('\n', f);
        put_roff(f, o->doc);
        fputc('\n', f);
    }
    fputs(".TP\n\\fB\\-\\-help\\fR\nShow the options, defaults and an example\n"
          ".TP\n\\fB\\-\\-version\\fR\nShow the version\n",
          f);
}

static void put_command(FILE *f, const cli_command *c)
{
    char *title = cli_text("cellfree-%s", c->name);
    put_head(f, title, c->about);
    free(title);
    fprintf(f, "\\fBcellfree %s\\fR [\\fIOPTION\\fR...]", c->name);
    if (c->arguments) fprintf(f, " \\fI%s\\fR", c->arguments);
    fputs("\n.SH DESCRIPTION\n", f);
    put_roff(f, c->about);
    fputs(".\n", f);
    if (c->details) {
        fputs(".PP\n", f);
        put_roff(f, c->details);
        fputc('\n', f);
    }
    put_options(f, c->options);
    fputs(".SH EXAMPLES\n.nf\n", f);
    put_roff(f, c->examples);
    fputs("\n.fi\n", f);
    put_status(f);
    fputs(".SH SEE ALSO\n.BR cellfree (1)\n", f);
}

static void put_overview(FILE *f)
{
    put_head(f, "cellfree", "assignment and power in cell-free massive-MIMO networks");
    fputs("\\fBcellfree\\fR \\fICOMMAND\\fR [\\fIOPTION\\fR...]\n.SH DESCRIPTION\n", f);
    put_roff(f, "Decide which access points serve which users in a cell-free massive-MIMO network, "
                "and with how much power: train policies without labels, and hold them against "
                "exact and classical solvers on the same drops.\n");
    fputs(".SH COMMANDS\n", f);
    for (const cli_command *const *c = cli_commands; *c; c++) {
        if ((*c)->hidden) continue;
        fprintf(f, ".TP\n\\fBcellfree\\-%s\\fR(1)\n", (*c)->name);
        put_roff(f, (*c)->about);
        fputc('\n', f);
    }
    put_status(f);
}

typedef struct arguments {
    const char *name, *folder;
} arguments;

static error_t parse(int key, char *value, struct argp_state *state)
{
    arguments *a = state->input;
    switch (key) {
    case OPT_ALL: a->folder = value; return 0;
    case ARGP_KEY_ARG: a->name = value; return 0;
    default: return ARGP_ERR_UNKNOWN;
    }
}

static int write_page(const cli_command *self, const char *folder, const cli_command *c)
{
    char *path = cli_text("%s/cellfree%s%s.1", folder, c ? "-" : "", c ? c->name : "");
    cli_output out;
    int status = cli_output_open(&out, self, path);
    if (status == CLI_DONE) {
        if (c)
            put_command(out.file, c);
        else
            put_overview(out.file);
        status = cli_output_close(&out, self);
    }
    free(path);
    return status;
}

static int run(const cli_command *self, int argc, char **argv)
{
    arguments a = {0};
    cli_parse(self, parse, argc, argv, &a);
    if (a.folder) {
        int status = write_page(self, a.folder, NULL);
        for (const cli_command *const *c = cli_commands; *c && status == CLI_DONE; c++)
            if (!(*c)->hidden) status = write_page(self, a.folder, *c);
        return status;
    }
    const cli_command *c = a.name ? cli_find_command(a.name) : NULL;
    if (a.name && !c) return cli_complain(self, CLI_USAGE, "unknown command '%s'", a.name);
    if (c)
        put_command(stdout, c);
    else
        put_overview(stdout);
    return CLI_DONE;
}

static const struct argp_option OPTIONS[] = {
    {"all", OPT_ALL, "DIR", 0, "Write every page into this folder", 0}, {0}};

const cli_command cli_man = {
    .name = "man",
    .about = "Print a manual page in roff",
    .arguments = "[COMMAND]",
    .examples = "cellfree man evaluate | man -l -",
    .options = OPTIONS,
    .run = run,
    .hidden = 1,
};
