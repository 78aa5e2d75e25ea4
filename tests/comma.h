#ifndef COMMA_H
#define COMMA_H

#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* A locale that writes 0,5 becomes this program's, the system's or one that glibc's localedef makes
 * in a folder of its own. 0, and a line that says so, where there is neither. */
static int t_decimal_comma(void)
{
    char folder[] = "/tmp/cellfree-locale-XXXXXX", command[256], half[8];
    if (!setlocale(LC_NUMERIC, "de_DE.UTF-8") && mkdtemp(folder)) {
        snprintf(command, sizeof command,
                 "localedef -i de_DE -f UTF-8 %s/de_DE.UTF-8 >/dev/null 2>&1", folder);
        if (system(command) == 0 && setenv("LOCPATH", folder, 1) == 0)
            setlocale(LC_NUMERIC, "de_DE.UTF-8");
        snprintf(command, sizeof command, "rm -rf %s", folder);
        if (system(command) != 0) fprintf(stderr, "  %s is left\n", folder);
    }
    snprintf(half, sizeof half, "%.1f", 0.5);
    if (strcmp(half, "0,5") == 0) return 1;
    fprintf(stderr, "  no locale with a decimal comma here: those checks are left out\n");
    return 0;
}

#endif
