#include "runs/process.h"

#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "t.h"

static void this_process_has_one_name(void)
{
    char name[RUNS_PROCESS_SIZE], again[RUNS_PROCESS_SIZE];
    runs_process((long)getpid(), name);
    runs_process((long)getpid(), again);
    CHECK(name[0] && strcmp(name, again) == 0);
    CHECK(!runs_process_ended(name));
}

static void a_process_ends_and_its_number_may_come_again(void)
{
    char name[RUNS_PROCESS_SIZE], other[RUNS_PROCESS_SIZE];
    int gate[2];
    CHECK(pipe(gate) == 0);
    const pid_t child = fork();
    if (child == 0) {
        char c;
        close(gate[1]);
        _exit(read(gate[0], &c, 1) != 0);
    }
    runs_process((long)child, name);
    CHECK(!runs_process_ended(name));
    close(gate[1]);
    CHECK(waitpid(child, NULL, 0) == child);
    CHECK(runs_process_ended(name));
    runs_process((long)child, name);
    CHECK(!name[0]);
    /* This process by another start of it. */
    runs_process((long)getpid(), other);
    char *start = strchr(other, ' ') + 1;
    *start = *start == '1' ? '2' : '1';
    CHECK(runs_process_ended(other));
    close(gate[0]);
}

static void of_no_name_nothing_is_known(void)
{
    CHECK(!runs_process_ended(""));
}

int main(void)
{
    RUN(this_process_has_one_name);
    RUN(a_process_ends_and_its_number_may_come_again);
    RUN(of_no_name_nothing_is_known);
    return DONE();
}
