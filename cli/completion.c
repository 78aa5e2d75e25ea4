/* cellfree completion bash: made from the table of commands, so that it cannot lag behind. */
#include <stdlib.h>
#include <string.h>

#include "commands.h"

static void add_word(char **words, const char *word)
{
    char *more = cli_text("%s%s%s", *words, **words ? " " : "", word);
    free(*words);
    *words = more;
}

/* Methods of both tasks; a name that both have comes once. */
static char *method_words(void)
{
    char *words = cli_text("%s", "");
    for (int32_t i = 0; i < cf_method_count(); i++) add_word(&words, cf_method_name(i));
    for (int32_t i = 0; i < cf_power_method_count(); i++) {
        int known = 0;
        for (int32_t j = 0; j < cf_method_count(); j++)
            known |= strcmp(cf_power_method_name(i), cf_method_name(j)) == 0;
        if (!known) add_word(&words, cf_power_method_name(i));
    }
    return words;
}

static char *scenario_words(void)
{
    char *words = cli_text("%s", "");
    for (int32_t i = 0; i < cf_scenario_count(); i++) add_word(&words, cf_scenario_builtin_name(i));
    return words;
}

/* Words that an argument such as "dbm|db|linear" or "METHOD" may be; NULL: a file. */
static char *words_of(const char *argument)
{
    if (strcmp(argument, "SCENARIO") == 0) return scenario_words();
    if (strncmp(argument, "METHOD", 6) == 0) return method_words();
    if (strcmp(argument, "NETWORK") == 0) return cli_text("hpe market sinrnet unrolled setnet");
    if (strcmp(argument, "WAY") == 0)
        return cli_text("lagrangian straight-through labels objective support");
    if (argument[0] < 'a' || argument[0] > 'z' || strpbrk(argument, ",=")) return NULL;
    char *words = cli_text("%s", argument);
    for (char *bar = words; (bar = strchr(bar, '|')) != NULL;) *bar = ' ';
    return words;
}

static int takes_file(const char *argument)
{
    return strncmp(argument, "FILE", 4) == 0 || strcmp(argument, "DIR") == 0 ||
           strcmp(argument, "SCENARIO") == 0 || strcmp(argument, "WEIGHTS") == 0;
}

static void put_option(const cli_command *c, const struct argp_option *o)
{
    char *words = words_of(o->arg);
    printf("        %s:--%s)", c->name, o->name);
    if (words && strncmp(o->arg, "METHOD", 6) == 0)
        printf(" _cellfree_list '%s' ;;\n", words);
    else if (words && takes_file(o->arg))
        printf(" mapfile -t COMPREPLY < <(compgen -f -W '%s' -- \"$cur\") ;;\n", words);
    else if (words)
        printf(" mapfile -t COMPREPLY < <(compgen -W '%s' -- \"$cur\") ;;\n", words);
    else if (takes_file(o->arg))
        printf(" mapfile -t COMPREPLY < <(compgen -f -- \"$cur\") ;;\n");
    else
        printf(" COMPREPLY=() ;;\n");
    free(words);
}

/* What stands after the command: options, then its argument, "bash" or "[SCENARIO]". */
static void put_names(const cli_command *c)
{
    char *argument = cli_text("%s", c->arguments ? c->arguments : "");
    argument[strcspn(argument, " ]")] = 0;
    const char *bare = argument + strspn(argument, "[");
    char *words = words_of(bare);
    printf("        %s:*) _cellfree_words '", c->name);
    for (const struct argp_option *o = c->options; o->name; o++) printf("--%s ", o->name);
    printf("--help --version' '%s'%s ;;\n", words ? words : "",
           !words || takes_file(bare) ? " -f" : "");
    free(words);
    free(argument);
}

static void put_script(void)
{
    printf("# bash completion of cellfree %s; made by: cellfree completion bash\n"
           "_cellfree_list() {\n"
           "    local head=\n"
           "    [[ $cur == *,* ]] && head=${cur%%,*},\n"
           "    COMPREPLY=($(compgen -P \"$head\" -W \"$1\" -- \"${cur##*,}\"))\n"
           "}\n"
           "_cellfree_words() {\n"
           "    if [[ $cur == -* ]]; then mapfile -t COMPREPLY < <(compgen -W \"$1\" -- \"$cur\")\n"
           "    else mapfile -t COMPREPLY < <(compgen $3 -W \"$2\" -- \"$cur\"); fi\n"
           "}\n"
           "_cellfree() {\n"
           "    local cur=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD-1]}\n"
           "    [[ $previous == = ]] && previous=${COMP_WORDS[COMP_CWORD-2]}\n" /* --key=value */
           "    [[ $cur == = ]] && cur=\n"
           "    if [[ $COMP_CWORD -eq 1 ]]; then\n"
           "        COMPREPLY=($(compgen -W '",
           cf_version());
    for (const cli_command *const *c = cli_commands; *c; c++)
        if (!(*c)->hidden) printf("%s ", (*c)->name);
    printf("--help --version' -- \"$cur\"))\n"
           "        return\n"
           "    fi\n"
           "    case ${COMP_WORDS[1]}:$previous in\n");
    for (const cli_command *const *c = cli_commands; *c; c++) {
        if ((*c)->hidden) continue;
        for (const struct argp_option *o = (*c)->options; o->name; o++)
            if (o->arg) put_option(*c, o);
        put_names(*c);
    }
    printf("    esac\n"
           "}\n"
           "complete -o filenames -F _cellfree cellfree\n");
}

static error_t parse(int key, char *value, struct argp_state *state)
{
    const char **shell = state->input;
    switch (key) {
    case ARGP_KEY_ARG:
        if (*shell || strcmp(value, "bash") != 0)
            cli_usage(state, "the shell is '%s', wanted bash", value);
        *shell = value;
        return 0;
    case ARGP_KEY_END: cli_require(state, "the shell (bash)", *shell); return 0;
    default: return ARGP_ERR_UNKNOWN;
    }
}

static int run(const cli_command *self, int argc, char **argv)
{
    const char *shell = NULL;
    cli_parse(self, parse, argc, argv, &shell);
    put_script();
    return CLI_DONE;
}

static const struct argp_option OPTIONS[] = {{0}};

const cli_command cli_completion = {
    .name = "completion",
    .about = "Print a completion script for the shell",
    .arguments = "bash",
    .examples = "source <(cellfree completion bash)\n"
                "cellfree completion bash \\\n"
                "    > ~/.local/share/bash-completion/completions/cellfree",
    .options = OPTIONS,
    .run = run,
};
