/* cellfree scenario [NAME]: what there is to generate from. */
#include <string.h>

#include "commands.h"

typedef struct arguments {
    const char *name;
    int json;
} arguments;

static error_t parse(int key, char *value, struct argp_state *state)
{
    arguments *a = state->input;
    switch (key) {
    case OPT_JSON: a->json = 1; return 0;
    case ARGP_KEY_ARG:
        if (a->name) cli_usage(state, "'%s' is one name too many", value);
        a->name = value;
        return 0;
    default: return ARGP_ERR_UNKNOWN;
    }
}

static int longest_name(void)
{
    size_t longest = 14;
    for (int32_t i = 0; i < cf_scenario_count(); i++) {
        const size_t n = strlen(cf_scenario_builtin_name(i));
        if (n > longest) longest = n;
    }
    return (int)longest;
}

static void list(int json)
{
    const int width = longest_name();
    for (int32_t i = 0; i < cf_scenario_count(); i++) {
        if (!json) {
            printf("%-*s %s\n", width, cf_scenario_builtin_name(i), cf_scenario_builtin_about(i));
            continue;
        }
        fputc('{', stdout);
        cli_json_text(stdout, "name", cf_scenario_builtin_name(i));
        fputc(',', stdout);
        cli_json_text(stdout, "about", cf_scenario_builtin_about(i));
        fputs("}\n", stdout);
    }
}

static int run(const cli_command *self, int argc, char **argv)
{
    arguments a = {0};
    cli_parse(self, parse, argc, argv, &a);
    if (!a.name) {
        list(a.json);
        return CLI_DONE;
    }
    cf_scenario *s;
    const cf_status status = cf_scenario_load(&s, a.name);
    if (status != CF_OK) return cli_fail_text(self, status);
    if (a.json) {
        fputc('{', stdout);
        cli_json_text(stdout, "name", cf_scenario_name(s));
        fputc(',', stdout);
        cli_json_text(stdout, "yaml", cf_scenario_yaml(s));
        fputs("}\n", stdout);
    } else {
        fputs(cf_scenario_yaml(s), stdout);
    }
    cf_scenario_free(s);
    return CLI_DONE;
}

static const struct argp_option OPTIONS[] = {CLI_OPTION_JSON, {0}};

const cli_command cli_scenario = {
    .name = "scenario",
    .about = "List the scenarios, or print one as YAML to edit",
    .arguments = "[SCENARIO]",
    .details = "SCENARIO is a built-in name or a YAML file; what is printed has every default "
               "written out, with units, and is itself a scenario file.",
    .examples = "cellfree scenario\n"
                "cellfree scenario mmwave-small > mine.yaml",
    .options = OPTIONS,
    .run = run,
};
