/* What `cellfree reproduce power` runs, and under which names its results stand. */
#include <stdlib.h>
#include <string.h>

#include "reproduce_power.h"

const cli_power_method cli_power_methods[] = {
    {NULL, "random", "random"},
    {NULL, "equal", "equal"},
    {NULL, "strongest", "strongest"},
    {NULL, "multiplicative", "multiplicative"},
    {NULL, "lbfgs", "lbfgs"},
    {NULL, "sca", "sca"},
    {NULL, "multistart:starts=10", "multistart 10"},
    {NULL, "search", "search"},
    {NULL, "beam:width=8", "beam 8"},
    {NULL, "beam:width=32", "beam 32"},
    {NULL, "iterated:kicks=30", "iterated 30"},
    {"power-sinrnet-SIZE", "policy", "sinrnet"},
    {"power-sinrnet-SIZE", "policy+50", "sinrnet + 50 steps"},
    {"power-unrolled", "policy", "unrolled"},
    {"power-unrolled", "policy+10", "unrolled + 10 steps"},
    {"power-setnet", "policy", "setnet"},
    {"power-setnet", "policy+search:samples=1", "setnet + 1 search"},
    {"power-setnet", "policy+search", "setnet + 4 searches"},
    {"power-setnet", "policy+search:samples=8", "setnet + 8 searches"},
    {"power-setnet", "policy+beam", "setnet + beam 8"},
    {"power-setnet", "policy+beam:width=32", "setnet + beam 32"},
    {NULL, "best", "best"},
};
const int cli_power_method_count = sizeof cli_power_methods / sizeof *cli_power_methods;

/* Stem of the method's policy for the scene, malloc'ed. */
static char *stem_of(const cli_power_method *m, const cli_scene *s)
{
    const char *place = strstr(m->policy, "SIZE");
    if (!place) return cli_text("%s", m->policy);
    return cli_text("%.*s%s", (int)(place - m->policy), m->policy, cli_power_row_of(s)->size);
}

/* As on the command line and in results: the policy's stem stands before the parameters. */
static char *name_of(const cli_power_method *m, const cli_scene *s)
{
    if (!m->policy) return cli_text("%s", m->spec);
    char *stem = stem_of(m, s);
    const size_t n = strcspn(m->spec, ":");
    char *name = cli_text("%.*s:%s%s", (int)n, m->spec, stem, m->spec + n);
    free(stem);
    return name;
}

const cf_result *cli_power_result(const cli_scene *s, int i)
{
    char *name = name_of(&cli_power_methods[i], s);
    const cf_result *result = cli_result_named(s, name);
    free(name);
    return result;
}

const cf_result *cli_power_labelled(const cli_scene *s, const char *label)
{
    int i = 0;
    while (i + 1 < cli_power_method_count && strcmp(cli_power_methods[i].label, label) != 0) i++;
    return cli_power_result(s, i);
}

int cli_power_in_any(const cli_scene *s, const char *label)
{
    int there = 0;
    for (int i = 0; i < CLI_SIZES; i++) there |= cli_power_labelled(&s[i], label) != NULL;
    return there;
}

static void append(char **list, const char *name)
{
    char *longer = cli_text("%s%s%s", *list, **list ? "," : "", name);
    free(*list);
    *list = longer;
}

/* Methods of one policy stand side by side in the list. */
static int opens_policy(int i)
{
    const char *own = cli_power_methods[i].policy;
    const char *before = i > 0 ? cli_power_methods[i - 1].policy : NULL;
    return own && (!before || strcmp(own, before) != 0);
}

/* A policy that is missing is said once, not for every scene. */
static char *find_policy(const cli_reproduction *r, const cli_scene *s, const cli_power_method *m)
{
    const int tell = s == r->scene || (s < r->scene + CLI_SIZES && strstr(m->policy, "SIZE"));
    char *stem = stem_of(m, s);
    char *file = cli_policy_file(r, stem, tell);
    free(stem);
    return file;
}

int cli_power_work(const cli_reproduction *r, cli_scene *s)
{
    char *list = cli_text("%s", "");
    char **file = cli_alloc((size_t)cli_power_method_count, sizeof *file);
    int32_t files = 0;
    int there = 0;
    for (int i = 0; i < cli_power_method_count; i++) {
        const cli_power_method *m = &cli_power_methods[i];
        if (opens_policy(i)) {
            file[files] = find_policy(r, s, m);
            there = file[files] != NULL;
            files += there;
        }
        if (m->policy && !there) continue;
        char *name = name_of(m, s);
        append(&list, name);
        free(name);
    }
    const int status = cli_scene_work(r, s, list, (const char *const *)file, files);
    while (files > 0) free(file[--files]);
    free(file);
    free(list);
    return status;
}
