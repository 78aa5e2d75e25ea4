/* The program: finds the command and hands over. */
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

#include "cli.h"

static void overview(FILE *f)
{
    fputs(
        "Usage: cellfree COMMAND [OPTION...]\n"
        "Decide which access points serve which users in a cell-free massive-MIMO network, and "
        "with\n"
        "how much power: train policies without labels, and hold them against exact and classical\n"
        "solvers.\n\n",
        f);
    for (const cli_command *const *c = cli_commands; *c; c++)
        if (!(*c)->hidden) fprintf(f, "  %-12s %s\n", (*c)->name, (*c)->about);
    fputs("\ncellfree COMMAND --help tells more, with defaults and an example.\n"
          "cellfree --version tells the version.\n\n"
          "Example:\n"
          "  cellfree generate --scenario mmwave-small --count 1024 --seed 1 --out drops.h5\n"
          "  cellfree evaluate --data drops.h5 --methods random,gsd,greedy,exact\n\n"
          "Exit status: 0 done, 1 the world failed (file, memory, convergence), 2 wrong usage.\n",
          f);
}

static int unknown(const char *name)
{
    fprintf(stderr, "cellfree: unknown command '%s'; there are", name);
    const char *separator = " ";
    for (const cli_command *const *c = cli_commands; *c; c++) {
        if ((*c)->hidden) continue;
        fprintf(stderr, "%s%s", separator, (*c)->name);
        separator = ", ";
    }
    fputc('\n', stderr);
    return CLI_USAGE;
}

static int dispatch(int argc, char **argv)
{
    if (argc < 2) {
        overview(stderr);
        return CLI_USAGE;
    }
    const char *name = argv[1];
    if (strcmp(name, "--version") == 0 || strcmp(name, "-V") == 0) {
        printf("cellfree %s\n", cf_version());
        return CLI_DONE;
    }
    if (strcmp(name, "--help") == 0 || strcmp(name, "-h") == 0 || strcmp(name, "help") == 0) {
        overview(stdout);
        return CLI_DONE;
    }
    const cli_command *c = cli_find_command(name);
    return c ? c->run(c, argc - 1, argv + 1) : unknown(name);
}

/* Linux promises memory that the machine does not have and ends the program when it is used. With a
 * limit at 7/8 of what there is, it is refused instead, with a message. Not where that much is
 * mapped already, as sanitizers do. */
static void limit_memory(void)
{
    const size_t some = 1 << 24;
    const long pages = sysconf(_SC_PHYS_PAGES), page = sysconf(_SC_PAGESIZE);
    struct rlimit before;
    if (pages <= 0 || page <= 0 || getrlimit(RLIMIT_DATA, &before) != 0) return;
    const rlim_t most = (rlim_t)pages / 8 * 7 * (rlim_t)page;
    if (before.rlim_cur <= most) return; /* RLIM_INFINITY is the largest number */
    const struct rlimit limit = {.rlim_cur = most, .rlim_max = before.rlim_max};
    if (setrlimit(RLIMIT_DATA, &limit) != 0) return;
    void *p = mmap(NULL, some, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (p == MAP_FAILED)
        setrlimit(RLIMIT_DATA, &before);
    else
        munmap(p, some);
}

int main(int argc, char **argv)
{
    limit_memory();
    /* A file-size limit is then a failed write like any other, with its message and clean-up. */
    signal(SIGXFSZ, SIG_IGN);
    const int status = dispatch(argc, argv);
    if ((fflush(stdout) != 0 || ferror(stdout)) && status == CLI_DONE) {
        fputs("cellfree: standard output cannot be written\n", stderr);
        return CLI_FAILED;
    }
    return status;
}
