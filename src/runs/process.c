#include "runs/process.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int first_line(const char *path, char *out, size_t size)
{
    FILE *f = fopen(path, "r");
    if (!f) return 0;
    const int got = fgets(out, (int)size, f) != NULL;
    fclose(f);
    if (got) out[strcspn(out, "\n")] = 0;
    return got;
}

static int boot_of_machine(char *out, size_t size)
{
    return first_line("/proc/sys/kernel/random/boot_id", out, size);
}

/* proc(5): the 22nd field of stat is when the process started; the second, its program's name in
 * brackets, may hold anything. */
void runs_process(long pid, char out[RUNS_PROCESS_SIZE])
{
    char path[64], stat[1024], boot[48];
    out[0] = 0;
    snprintf(path, sizeof path, "/proc/%ld/stat", pid);
    if (!boot_of_machine(boot, sizeof boot) || !first_line(path, stat, sizeof stat)) return;
    const char *field = strrchr(stat, ')');
    for (int i = 2; field && i < 22; i++) field = strchr(field + 1, ' ');
    if (field)
        snprintf(out, RUNS_PROCESS_SIZE, "%ld %llu %s", pid, strtoull(field, NULL, 10), boot);
}

int runs_process_ended(const char *name)
{
    char boot[48], now[RUNS_PROCESS_SIZE];
    if (!name[0] || !boot_of_machine(boot, sizeof boot)) return 0;
    runs_process(strtol(name, NULL, 10), now);
    return strcmp(name, now) != 0;
}
