#ifndef CLI_METHODS_H
#define CLI_METHODS_H

#include "cli.h"

/* The methods of a call and the policies they need. */
typedef struct cli_methods {
    cf_evaluate_item *items;
    int32_t count, policy_count;
    char **texts; /* what the items' names and specs point at */
    cf_policy **policies;
    char **stems; /* of the policies' files */
} cli_methods;

/* "gsd,exact:node-limit=10,time-limit=1,top" as three specs: a part with '=' and without ':' goes
 * on with the parameters of the one before. *count strings and the array, malloc'ed. NULL and a
 * line on stderr when a part is empty or is a parameter of nothing. */
char **cli_split_methods(const cli_command *c, const char *list, int *count);

/* Read the policies and give each "policy" or "policy+..." of the list (NULL: none) every one of
 * them, or the one that "policy:STEM" or "policy+...:STEM" names. Where the list names none,
 * "policy" stands at its end. 0, or the exit status after a line on stderr; then `m` holds
 * nothing. */
int cli_methods_open(cli_methods *m, const cli_command *c, const char *list,
                     const char *const *policies, int32_t policy_count);
/* Name every policy policy:STEM, also where there is one only. */
void cli_methods_name_policies(cli_methods *m);
void cli_methods_close(cli_methods *m);

#endif
