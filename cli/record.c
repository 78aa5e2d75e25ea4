#include "record.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "interrupt.h"

void cli_record_off(cli_record *r)
{
    cf_run_free(r->run);
    r->run = NULL;
}

static void check(cli_record *r, cf_status s)
{
    if (s == CF_OK) return;
    cli_complain(r->command, CLI_FAILED, "warning: %s is not recorded: %s",
                 r->run && r->run->id ? "the end of this run" : "this run", cf_last_error());
    cli_record_off(r);
}

cli_record cli_record_make(const cli_command *c, int argc, char **argv)
{
    cli_record r = {.command = c};
    const char *wanted = getenv("CELLFREE_RECORD");
    if (wanted && strcmp(wanted, "0") == 0) return r;
    char *line = cli_whole_line(c, argc, argv);
    check(&r, cf_run_make(&r.run, c->name, line));
    free(line);
    return r;
}

void cli_record_seed(cli_record *r, uint64_t seed, int32_t threads)
{
    if (!r->run) return;
    r->run->seed = seed;
    r->run->threads = threads;
}

void cli_record_set(cli_record *r, const char *key, const char *fmt, ...)
{
    char *value = NULL;
    va_list args;
    va_start(args, fmt);
    const int n = vasprintf(&value, fmt, args);
    va_end(args);
    if (n < 0) return;
    if (r->run) check(r, cf_run_add_setting(r->run, key, value));
    free(value);
}

void cli_record_yaml(cli_record *r, const char *yaml)
{
    char *copy = cli_text("%s", yaml), *rest = copy;
    for (char *line; (line = strsep(&rest, "\n")) != NULL;) {
        char *value = strstr(line, ": ");
        char *comment = strstr(line, " #");
        if (!value || line[0] == '#') continue;
        if (comment) *comment = 0;
        *value = 0;
        value += 2;
        for (size_t n = strlen(value); n > 0 && value[n - 1] == ' ';) value[--n] = 0;
        cli_record_set(r, line, "%s", value);
    }
    free(copy);
}

void cli_record_input(cli_record *r, const char *path, uint64_t checksum)
{
    if (r->run) check(r, cf_run_add_file(r->run, path, 0, checksum));
}

void cli_record_output(cli_record *r, const char *path, uint64_t checksum)
{
    if (r->run) check(r, cf_run_add_file(r->run, path, 1, checksum));
}

void cli_record_figure(cli_record *r, const char *of, const char *name, double value)
{
    if (r->run) check(r, cf_run_add_figure(r->run, of, name, value));
}

void cli_record_results(cli_record *r, const char *prefix, cf_result *const *results, int32_t count)
{
    for (int32_t i = 0; i < count; i++) {
        const cf_result *m = results[i];
        char *of = cli_text("%s%s", prefix, m->method);
        cli_record_figure(r, of, "mean", m->mean);
        cli_record_figure(r, of, "ci95", m->ci95);
        cli_record_figure(r, of, "of_best", m->of_best);
        cli_record_figure(r, of, "feasible", m->feasible_share);
        cli_record_figure(r, of, "us_per_drop", m->us_per_drop);
        free(of);
    }
}

void cli_record_begin(cli_record *r)
{
    if (r->run) check(r, cf_run_save(r->run, NULL));
}

int cli_record_end(cli_record *r, int status)
{
    if (!r->run) return status;
    if (status == CLI_USAGE) {
        if (r->run->id) check(r, cf_runs_forget(&r->run->id, 1, NULL));
        cli_record_off(r);
        return status;
    }
    const int stopped = status != CLI_DONE && cli_interrupted();
    const cf_run_state state = status == CLI_DONE ? CF_RUN_DONE
                               : stopped          ? CF_RUN_INTERRUPTED
                                                  : CF_RUN_FAILED;
    const char *message = state == CF_RUN_FAILED ? cf_last_error() : "";
    cf_status s = cf_run_end(r->run, state, status, message);
    if (s == CF_OK) s = cf_run_save(r->run, NULL);
    check(r, s);
    cli_record_off(r);
    return status;
}
