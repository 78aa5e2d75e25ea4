/* Decisions on one drop make no system call: they are taken in a process that the kernel lets make none. */
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "policy/policy.h"

#include "cases.h"
#include "power_cases.h"
#include "t.h"

/* What the child tells: it has no other way. */
typedef struct report {
    volatile int32_t forbidden; /* the filter was taken                 */
    volatile int32_t decided;   /* policies, by number in their list    */
    volatile int32_t call;      /* number of a system call; -1: none    */
} report;

static report *shared;

static void caught(int signal, siginfo_t *info, void *context)
{
    (void)signal, (void)context;
    shared->call = info->si_syscall;
    syscall(SYS_exit_group, 1);
}

/* From here on every system call but the end of the process is a signal. 0: the kernel refuses. */
static int forbid_calls(void)
{
    const struct sigaction action = {.sa_sigaction = caught, .sa_flags = SA_SIGINFO};
    struct sock_filter filter[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_exit_group, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_TRAP),
    };
    const struct sock_fprog program = {.len = sizeof filter / sizeof *filter, .filter = filter};
    return sigaction(SIGSYS, &action, NULL) == 0 && prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
           prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0;
}

enum { MOST_POLICIES = 16 };

static test_case assignment;
static power_case power;
static cf_runner *runner[MOST_POLICIES];

/* Takes all decisions between two system calls, and says how far it got. */
_Noreturn static void child(int32_t policies, int also_calls)
{
    uint8_t x[20];
    float watts[20];
    int32_t good = 1;
    shared->forbidden = forbid_calls();
    if (!shared->forbidden) _exit(0);
    for (int32_t i = 0; i < policies && good; i++) {
        if (policy_classes[i]->task == CF_TASK_POWER)
            good = cf_runner_power(runner[i], &power.p, 1, watts) == CF_OK;
        else
            good = cf_runner_decide(runner[i], &assignment.p, 1, x, NULL) == CF_OK;
        shared->decided += good;
    }
    if (also_calls) syscall(SYS_getppid);
    syscall(SYS_exit_group, 0);
    abort();
}

static void run_child(int32_t policies, int also_calls)
{
    *shared = (report){.call = -1};
    const pid_t pid = fork();
    if (pid == 0) child(policies, also_calls);
    int status = 0;
    CHECK(pid > 0 && waitpid(pid, &status, 0) == pid && WIFEXITED(status));
}

static void deciding_makes_no_system_call(void)
{
    cf_policy *policy[MOST_POLICIES];
    int32_t n = 0;
    rng g = rng_stream(1, RNG_TEST, 0);
    case_golden(&assignment);
    power_case_drop(&power, &g, 5, 4, 100);
    for (; policy_classes[n]; n++) {
        CHECK(n < MOST_POLICIES && policy_make(&policy[n], policy_classes[n], NULL) == CF_OK);
        policy[n]->class->init(&policy[n]->table, policy[n]->size, 3, policy[n]->params);
        CHECK(cf_runner_make(&runner[n], policy[n], 5, 4, 1) == CF_OK);
    }
    run_child(n, 0);
    if (!shared->forbidden) {
        fputs("    skipped: this system does not let a program forbid itself system calls\n",
              stderr);
    } else {
        CHECK(shared->decided == n && n >= 5);
        CHECK(shared->call == -1);
        if (shared->call >= 0)
            fprintf(stderr, "    %s makes system call number %d\n",
                    policy_classes[shared->decided]->name, shared->call);
        run_child(n, 1); /* and a call would have been seen */
        CHECK(shared->decided == n && shared->call == SYS_getppid);
    }
    for (int32_t i = 0; i < n; i++) {
        cf_runner_free(runner[i]);
        cf_policy_free(policy[i]);
    }
}

int main(void)
{
    shared = mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (shared == MAP_FAILED) return 2;
    RUN(deciding_makes_no_system_call);
    return DONE();
}
