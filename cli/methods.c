#include "methods.h"

#include <stdlib.h>
#include <string.h>

static void free_specs(char **specs, int count)
{
    for (int i = 0; i < count; i++) free(specs[i]);
    free(specs);
}

static int is_parameter(const char *part, size_t n)
{
    return memchr(part, '=', n) && !memchr(part, ':', n);
}

static void extend(char **spec, const char *part, size_t n)
{
    char *longer = cli_text("%s,%.*s", *spec, (int)n, part);
    free(*spec);
    *spec = longer;
}

char **cli_split_methods(const cli_command *c, const char *list, int *count)
{
    char **specs = cli_alloc(strlen(list) + 1, sizeof *specs);
    *count = 0;
    for (const char *part = list;; part++) {
        const size_t n = strcspn(part, ",");
        const int parameter = is_parameter(part, n);
        if (n == 0 || (parameter && (*count == 0 || !strchr(specs[*count - 1], ':')))) {
            cli_complain(c, 0,
                         n ? "methods '%s': '%.*s' belongs to no method (NAME:KEY=VALUE)"
                           : "methods '%s': a name is missing",
                         list, (int)n, part);
            free_specs(specs, *count);
            return NULL;
        }
        if (parameter)
            extend(&specs[*count - 1], part, n);
        else
            specs[(*count)++] = cli_text("%.*s", (int)n, part);
        part += n;
        if (*part == 0) return specs;
    }
}

/* The item's texts belong to m->texts: an item itself only borrows. */
static void add(cli_methods *m, char *name, char *spec, const cf_policy *policy)
{
    m->texts[2 * m->count] = name;
    m->texts[2 * m->count + 1] = spec;
    m->items[m->count++] = (cf_evaluate_item){.name = name, .spec = spec, .policy = policy};
}

/* The length of "policy" or "policy+..." before any colon; 0: a method that asks no policy. */
static int policy_name(const char *spec)
{
    const size_t stem = strlen("policy"), n = strcspn(spec, ":");
    return n >= stem && memcmp(spec, "policy", stem) == 0 && (n == stem || spec[stem] == '+')
               ? (int)n
               : 0;
}

/* After the name: NULL, or its parameters. A stem in between narrows `only` down. */
static const char *policy_parameters(const cli_methods *m, const char *spec, int32_t *only)
{
    const int name = policy_name(spec);
    const char *rest = spec[name] == ':' ? spec + name + 1 : NULL;
    *only = -1;
    for (int32_t i = 0; rest && i < m->policy_count; i++) {
        const size_t n = strlen(m->stems[i]);
        if (strncmp(rest, m->stems[i], n) != 0 || (rest[n] && rest[n] != ':')) continue;
        *only = i;
        return rest[n] ? rest + n + 1 : NULL;
    }
    return rest;
}

static int add_policies(cli_methods *m, const cli_command *c, const char *spec)
{
    int32_t only;
    const char *parameters = policy_parameters(m, spec, &only);
    if (m->policy_count == 0)
        return cli_complain(c, CLI_USAGE, "method %s needs --policy FILE", spec);
    if (parameters && !strchr(parameters, '='))
        return cli_complain(c, CLI_USAGE, "method %s: no --policy file has this name", spec);
    const int name = policy_name(spec);
    const char *colon = parameters ? ":" : "";
    if (!parameters) parameters = "";
    for (int32_t i = 0; i < m->policy_count; i++) {
        if (only >= 0 && i != only) continue;
        const char *stem = m->policy_count > 1 ? m->stems[i] : "";
        add(m, cli_text("%.*s%s%s%s%s", name, spec, *stem ? ":" : "", stem, colon, parameters),
            cli_text("%.*s%s%s", name, spec, colon, parameters), m->policies[i]);
    }
    return CLI_DONE;
}

static int read_policies(cli_methods *m, const cli_command *c, const char *const *files,
                         int32_t count)
{
    m->policies = cli_alloc((size_t)count, sizeof *m->policies);
    m->stems = cli_alloc((size_t)count, sizeof *m->stems);
    for (int32_t i = 0; i < count; i++) {
        m->stems[i] = cli_stem(files[i]);
        m->policy_count++;
        for (int32_t j = 0; j < i; j++)
            if (strcmp(m->stems[i], m->stems[j]) == 0)
                return cli_complain(c, CLI_USAGE, "two policies are named %s", m->stems[i]);
        const cf_status s = cf_policy_load(&m->policies[i], files[i]);
        if (s != CF_OK) return cli_fail(c, s);
    }
    return CLI_DONE;
}

static int add_specs(cli_methods *m, const cli_command *c, char *const *specs, int count)
{
    int status = CLI_DONE, named = 0;
    for (int i = 0; i < count && status == CLI_DONE; i++) {
        if (policy_name(specs[i])) {
            named = 1;
            status = add_policies(m, c, specs[i]);
        } else {
            add(m, cli_text("%s", specs[i]), cli_text("%s", specs[i]), NULL);
        }
    }
    if (status == CLI_DONE && !named && m->policy_count > 0) status = add_policies(m, c, "policy");
    return status;
}

int cli_methods_open(cli_methods *m, const cli_command *c, const char *list,
                     const char *const *policies, int32_t policy_count)
{
    *m = (cli_methods){0};
    int count = 0;
    char **specs = list ? cli_split_methods(c, list, &count) : NULL;
    if (list && !specs) return CLI_USAGE;
    const size_t most = (size_t)(count + 1) * (size_t)(policy_count + 1);
    m->items = cli_alloc(most, sizeof *m->items);
    m->texts = cli_alloc(2 * most, sizeof *m->texts);
    int status = read_policies(m, c, policies, policy_count);
    if (status == CLI_DONE) status = add_specs(m, c, specs, count);
    if (status != CLI_DONE) cli_methods_close(m);
    free_specs(specs, count);
    return status;
}

void cli_methods_name_policies(cli_methods *m)
{
    for (int32_t i = 0; i < m->count; i++)
        for (int32_t p = 0; p < m->policy_count; p++) {
            if (m->items[i].policy != m->policies[p]) continue;
            free(m->texts[2 * i]);
            const char *spec = m->items[i].spec;
            const int name = policy_name(spec);
            m->texts[2 * i] = cli_text("%.*s:%s%s", name, spec, m->stems[p], spec + name);
            m->items[i].name = m->texts[2 * i];
        }
}

void cli_methods_close(cli_methods *m)
{
    for (int32_t i = 0; i < 2 * m->count; i++) free(m->texts[i]);
    for (int32_t i = 0; i < m->policy_count; i++) {
        cf_policy_free(m->policies[i]);
        free(m->stems[i]);
    }
    free(m->items);
    free(m->texts);
    free(m->policies);
    free(m->stems);
    *m = (cli_methods){0};
}
