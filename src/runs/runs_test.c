#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cellfree/runs.h>

#include "base/clock.h"
#include "base/file.h"
#include "runs/db.h"

#include "t.h"

enum { NOBODY = 65534 };

/* A folder of this test's own, and a file of runs in it. */
static char folder[] = "runs_test.XXXXXX", file[64];

static void in_new_file(void)
{
    snprintf(file, sizeof file, "%s/runs.sqlite", folder);
    unlink(file);
}

static cf_run *make(const char *command, const char *line)
{
    cf_run *r = NULL;
    CHECK(cf_run_make(&r, command, line) == CF_OK);
    return r;
}

/* Saves `count` runs "train 0", "train 1", ... */
static void fill(int count)
{
    for (int i = 0; i < count; i++) {
        char line[32];
        snprintf(line, sizeof line, "train %d", i);
        cf_run *r = make(i % 2 ? "evaluate" : "train", line);
        CHECK(cf_run_add_figure(r, "gsd", "mean", i) == CF_OK);
        CHECK(cf_run_save(r, file) == CF_OK);
        cf_run_free(r);
    }
}

static void a_saved_run_comes_back_whole(void)
{
    in_new_file();
    cf_run *r = make("train", "cellfree train --out 'it'\\''s \"é\n; DROP TABLE run'");
    r->seed = UINT64_MAX;
    r->threads = 3;
    CHECK(cf_run_add_setting(r, "batch", "192") == CF_OK);
    CHECK(cf_run_add_setting(r, "scenario", "") == CF_OK);
    CHECK(cf_run_add_figure(r, "policy+50", "mean", 0.1) == CF_OK);
    CHECK(cf_run_add_figure(r, "policy+50", "ci95", -1e-300) == CF_OK);
    CHECK(cf_run_add_file(r, "/in", 0, UINT64_C(0xfedcba9876543210)) == CF_OK);
    CHECK(cf_run_add_file(r, "out", 1, 0) == CF_OK);
    CHECK(cf_run_save(r, file) == CF_OK && r->id == 1);
    cf_run **all = NULL;
    int32_t count = 0;
    CHECK(cf_runs_load(&all, &count, file, NULL) == CF_OK && count == 1);
    const cf_run *b = all[0];
    CHECK(b->id == 1 && b->seed == UINT64_MAX && b->threads == 3 && b->started == r->started);
    CHECK(isnan(b->seconds) && b->state == CF_RUN_RUNNING);
    CHECK(!strcmp(b->command, "train") && !strcmp(b->line, r->line) && !strcmp(b->message, ""));
    CHECK(!strcmp(b->folder, r->folder) && !strcmp(b->host, r->host));
    CHECK(!strcmp(b->version, cf_version()) && !strcmp(b->process, r->process));
    CHECK(b->setting_count == 2 && b->figure_count == 2 && b->file_count == 2);
    CHECK(!strcmp(b->settings[0].key, "batch") && !strcmp(b->settings[0].value, "192"));
    CHECK(!strcmp(b->settings[1].value, ""));
    CHECK(!strcmp(b->figures[0].of, "policy+50") && b->figures[0].value == 0.1);
    CHECK(!strcmp(b->figures[1].name, "ci95") && b->figures[1].value == -1e-300);
    CHECK(!b->files[0].output && b->files[0].checksum == UINT64_C(0xfedcba9876543210));
    CHECK(b->files[1].output && !b->files[1].checksum);
    CHECK(!strcmp(b->files[1].path, r->files[1].path) && b->files[1].path[0] == '/');
    cf_runs_free(all, count);
    cf_run_free(r);
}

static void saving_again_changes_the_run_and_adds_none(void)
{
    in_new_file();
    fill(2);
    cf_run *r = make("evaluate", "evaluate");
    CHECK(cf_run_save(r, file) == CF_OK && r->id == 3);
    CHECK(cf_run_add_figure(r, "gsd", "mean", 2) == CF_OK);
    CHECK(cf_run_end(r, CF_RUN_FAILED, 1, "no space") == CF_OK);
    CHECK(cf_run_save(r, file) == CF_OK && r->id == 3);
    cf_run **all = NULL;
    int32_t count = 0;
    CHECK(cf_runs_load(&all, &count, file, NULL) == CF_OK && count == 3);
    CHECK(all[0]->id == 3 && all[0]->state == CF_RUN_FAILED && all[0]->exit_status == 1);
    CHECK(!strcmp(all[0]->message, "no space") && all[0]->figure_count == 1);
    CHECK(all[0]->seconds >= 0 && all[0]->seconds < 60);
    cf_runs_free(all, count);
    cf_run_free(r);
}

/* The ids of the runs that a query finds, as "5 3 1". */
static void check_found(cf_runs_query q, const char *wanted)
{
    char ids[128] = "";
    size_t n = 0;
    cf_run **r = NULL;
    int32_t count = 0;
    CHECK(cf_runs_load(&r, &count, file, &q) == CF_OK);
    for (int32_t i = 0; i < count; i++)
        n += (size_t)snprintf(ids + n, sizeof ids - n, "%s%" PRId64, i ? " " : "", r[i]->id);
    if (strcmp(ids, wanted) != 0) fprintf(stderr, "found '%s', wanted '%s'\n", ids, wanted);
    CHECK(strcmp(ids, wanted) == 0);
    cf_runs_free(r, count);
}

static void queries_find_the_newest_first(void)
{
    in_new_file();
    fill(6);
    check_found((cf_runs_query){0}, "6 5 4 3 2 1");
    check_found((cf_runs_query){.last = 2}, "6 5");
    check_found((cf_runs_query){.command = "train"}, "5 3 1");
    check_found((cf_runs_query){.command = "train", .last = 1}, "5");
    check_found((cf_runs_query){.text = "ain 3"}, "4");
    check_found((cf_runs_query){.text = "%"}, "");
    const int64_t ids[] = {2, 6, 2};
    check_found((cf_runs_query){.ids = ids, .id_count = 3}, "2 6 2");
    const int64_t unknown[] = {2, 7};
    cf_run **r = NULL;
    int32_t count = 0;
    CHECK(cf_runs_load(&r, &count, file, &(cf_runs_query){.ids = unknown, .id_count = 2}) ==
          CF_EARG);
    CHECK(r == NULL && strstr(cf_last_error(), "there is no run 7 in ") != NULL);
}

static void a_number_is_not_given_again(void)
{
    in_new_file();
    fill(3);
    const int64_t last[] = {3, 2}, gone[] = {1, 3};
    CHECK(cf_runs_forget(last, 2, file) == CF_OK);
    check_found((cf_runs_query){0}, "1");
    CHECK(cf_runs_forget(gone, 2, file) == CF_EARG);
    fill(1);
    check_found((cf_runs_query){0}, "4 1");
    runs_db d;
    CHECK(runs_begin(&d, file, 0) == CF_OK);
    sqlite3_stmt *row = NULL;
    cf_status s = runs_ask(&d, &row, "SELECT count(*) FROM figure", "");
    CHECK(runs_next(&d, row, &s) && sqlite3_column_int(row, 0) == 2);
    sqlite3_finalize(row);
    CHECK(runs_finish(&d, s) == CF_OK);
}

static void where_no_file_is_there_are_no_runs(void)
{
    in_new_file();
    check_found((cf_runs_query){0}, "");
    const int64_t one = 1;
    CHECK(cf_runs_forget(&one, 1, file) == CF_EARG);
    CHECK(access(file, F_OK) != 0);
    CHECK(file_write(file, "", 0) == CF_OK); /* what SQLite takes for a new file of its own */
    check_found((cf_runs_query){0}, "");
    fill(1);
    check_found((cf_runs_query){0}, "1");
}

static void processes_at_the_same_time_lose_nothing(void)
{
    enum { CHILDREN = 3, EACH = 10 };
    in_new_file();
    for (int child = 0; child < CHILDREN; child++) {
        if (fork() != 0) continue;
        int bad = 0;
        for (int i = 0; i < EACH; i++) {
            cf_run *r = NULL;
            bad |= cf_run_make(&r, "train", "train") != CF_OK || cf_run_save(r, file) != CF_OK ||
                   cf_run_end(r, CF_RUN_DONE, 0, NULL) != CF_OK || cf_run_save(r, file) != CF_OK;
            if (bad) fprintf(stderr, "%s\n", cf_last_error());
            cf_run_free(r);
        }
        _exit(bad);
    }
    for (int child = 0; child < CHILDREN; child++) {
        int status = -1;
        CHECK(wait(&status) > 0 && status == 0);
    }
    cf_run **r = NULL;
    int32_t count = 0;
    CHECK(cf_runs_load(&r, &count, file, NULL) == CF_OK && count == CHILDREN * EACH);
    for (int32_t i = 0; i < count; i++) CHECK(r[i]->state == CF_RUN_DONE && r[i]->id == count - i);
    cf_runs_free(r, count);
}

static void a_locked_file_is_given_up_after_a_second(void)
{
    in_new_file();
    fill(1);
    runs_db d;
    CHECK(runs_begin(&d, file, 1) == CF_OK);
    cf_run *r = make("train", "train");
    const double start = clock_now();
    CHECK(cf_run_save(r, file) == CF_EIO && r->id == 0);
    CHECK(clock_now() - start > 0.9 && clock_now() - start < 20);
    CHECK(strstr(cf_last_error(), "locked") != NULL);
    check_found((cf_runs_query){0}, "1"); /* reading goes on */
    CHECK(runs_finish(&d, CF_OK) == CF_OK);
    CHECK(cf_run_save(r, file) == CF_OK && r->id == 2);
    cf_run_free(r);
}

static void refused(const char *path, cf_status wanted, const char *said)
{
    cf_run *r = make("train", "train");
    const cf_status s = cf_run_save(r, path);
    if (s != wanted || !strstr(cf_last_error(), said))
        fprintf(stderr, "%s: status %d, '%s'\n", path, s, cf_last_error());
    CHECK(s == wanted && strstr(cf_last_error(), said) && strstr(cf_last_error(), path));
    CHECK(r->id == 0);
    cf_run_free(r);
}

static void files_of_others_are_refused_and_left_alone(void)
{
    in_new_file();
    const char words[] = "This is not a file of SQLite, and long enough to be looked at as one, as "
                         "SQLite's own first page has a header of a hundred bytes.";
    CHECK(file_write(file, words, sizeof words) == CF_OK);
    refused(file, CF_EFORMAT, "not a file of runs");
    cf_run **r = NULL;
    int32_t count = 0;
    CHECK(cf_runs_load(&r, &count, file, NULL) == CF_EFORMAT);
    unsigned char *bytes = NULL;
    size_t size = 0;
    CHECK(file_read(file, &bytes, &size) == CF_OK && size == sizeof words);
    CHECK(memcmp(bytes, words, sizeof words) == 0);
    free(bytes);

    in_new_file();
    fill(1);
    runs_db d;
    CHECK(runs_begin(&d, file, 1) == CF_OK);
    CHECK(runs_do(&d, "PRAGMA user_version = 2", "") == CF_OK && runs_finish(&d, CF_OK) == CF_OK);
    refused(file, CF_EFORMAT, "runs of version 2, written by a newer cellfree");
    CHECK(cf_runs_load(&r, &count, file, NULL) == CF_EFORMAT);
    CHECK(runs_begin(&d, file, 0) == CF_EFORMAT && !d.sql);

    in_new_file();
    sqlite3 *other = NULL;
    CHECK(sqlite3_open(file, &other) == SQLITE_OK);
    CHECK(sqlite3_exec(other, "CREATE TABLE run (id)", NULL, NULL, NULL) == SQLITE_OK);
    sqlite3_close(other);
    refused(file, CF_EFORMAT, "another program's");
}

/* Whatever is wrong with the bytes, the answer is runs or an error. */
static void damaged_files_are_runs_or_an_error(void)
{
    in_new_file();
    fill(8);
    unsigned char *bytes = NULL;
    size_t size = 0;
    CHECK(file_read(file, &bytes, &size) == CF_OK && size > 4096);
    int errors = 0;
    for (size_t at = 0; at < size; at += at < 200 ? 1 : 97) {
        const unsigned char was = bytes[at];
        bytes[at] ^= 0x5a;
        FILE *f = fopen(file, "w"); /* file_write would wait for the disk every time */
        const size_t n = at % 5 ? size : at;
        CHECK(f && fwrite(bytes, 1, n, f) == n && fclose(f) == 0);
        bytes[at] = was;
        cf_run **r = NULL;
        int32_t count = 0;
        const cf_status s = cf_runs_load(&r, &count, file, NULL);
        CHECK(s == CF_OK || s == CF_EFORMAT || s == CF_EIO);
        errors += s != CF_OK;
        for (int32_t i = 0; i < count; i++)
            for (int32_t j = 0; j < r[i]->figure_count; j++)
                CHECK(isfinite(r[i]->figures[j].value));
        cf_runs_free(r, count);
    }
    CHECK(errors > 10);
    free(bytes);
}

static void what_cannot_be_written_is_an_error(void)
{
    in_new_file();
    fill(1);
    char path[96];
    snprintf(path, sizeof path, "%s/below/runs.sqlite", file);
    refused(path, CF_EIO, "Not a directory");
    refused(folder, CF_EIO, "Is a directory");
    refused("/dev/full", CF_EIO, "");
    /* Root may write everywhere: somebody else tries. */
    chmod(folder, 0555);
    chmod(file, 0444);
    const int root = geteuid() == 0;
    if (root) CHECK(seteuid(NOBODY) == 0);
    refused(file, CF_EIO, "readonly");
    check_found((cf_runs_query){0}, "1");
    snprintf(path, sizeof path, "%s/below/runs.sqlite", folder);
    refused(path, CF_EIO, "Permission denied");
    snprintf(path, sizeof path, "%s/other.sqlite", folder);
    refused(path, CF_EIO, "unable to open");
    if (root) CHECK(seteuid(0) == 0);
    chmod(folder, 0755);
    chmod(file, 0644);
}

static void folders_are_made(void)
{
    char path[96];
    snprintf(path, sizeof path, "%s/state/cellfree/runs.sqlite", folder);
    cf_run *r = make("train", "train");
    CHECK(cf_run_save(r, path) == CF_OK && access(path, F_OK) == 0);
    cf_run_free(r);
    unlink(path);
    for (int i = 0; i < 2; i++) {
        *strrchr(path, '/') = 0;
        CHECK(rmdir(path) == 0);
    }
}

static void check_path(const char *runs, const char *state, const char *home, const char *wanted)
{
    const char *const name[] = {"CELLFREE_RUNS", "XDG_STATE_HOME", "HOME"};
    const char *const value[] = {runs, state, home};
    for (int i = 0; i < 3; i++) value[i] ? setenv(name[i], value[i], 1) : unsetenv(name[i]);
    char path[64] = "";
    const cf_status s = cf_runs_path(path, sizeof path);
    CHECK(s == (wanted ? CF_OK : CF_EIO) && (!wanted || strcmp(path, wanted) == 0));
}

static void the_environment_says_where_the_file_is(void)
{
    check_path("mine.sqlite", "/state", "/home/a", "mine.sqlite");
    check_path("", "/state", "/home/a", "/state/cellfree/runs.sqlite");
    check_path(NULL, "state", "/home/a", "/home/a/.local/state/cellfree/runs.sqlite");
    check_path(NULL, NULL, "/home/a", "/home/a/.local/state/cellfree/runs.sqlite");
    check_path(NULL, NULL, NULL, NULL);
    cf_run *r = make("train", "train");
    CHECK(cf_run_save(r, NULL) == CF_EIO && strstr(cf_last_error(), "HOME"));
    setenv("CELLFREE_RUNS", file, 1);
    in_new_file();
    CHECK(cf_run_save(r, NULL) == CF_OK && access(file, F_OK) == 0);
    char little[4];
    CHECK(cf_runs_path(little, sizeof little) == CF_EARG);
    cf_run_free(r);
}

static void files_and_figures_are_kept_as_they_mean(void)
{
    cf_run *r = make("train", "train");
    CHECK(cf_run_add_figure(r, "gsd", "us_per_drop", NAN) == CF_OK);
    CHECK(cf_run_add_figure(r, "gsd", "mean", INFINITY) == CF_OK && r->figure_count == 0);
    CHECK(cf_run_add_file(r, "a", 0, 1) == CF_OK && cf_run_add_file(r, "a", 1, 2) == CF_OK);
    CHECK(cf_run_add_file(r, "a", 0, 3) == CF_OK && r->file_count == 2);
    CHECK(r->files[0].checksum == 3 && r->files[1].checksum == 2);
    in_new_file();
    CHECK(file_write(file, "a", 1) == CF_OK);
    CHECK(cf_run_checksum(file) == UINT64_C(0xaf63dc4c8601ec8c)); /* as FNV's authors have it */
    CHECK(cf_run_checksum(folder) == 0 && cf_run_checksum("no such file") == 0);
    cf_run_free(r);
}

static cf_run_state state_of_newest(void)
{
    cf_run **r = NULL;
    int32_t count = 0;
    CHECK(cf_runs_load(&r, &count, file, &(cf_runs_query){.last = 1}) == CF_OK && count == 1);
    const cf_run_state s = count ? r[0]->state : CF_RUN_STATE_COUNT;
    cf_runs_free(r, count);
    return s;
}

static void a_run_whose_process_is_gone_was_interrupted(void)
{
    in_new_file();
    fill(1);
    CHECK(state_of_newest() == CF_RUN_RUNNING);
    const pid_t child = fork();
    if (child == 0) {
        cf_run *r = NULL;
        _exit(cf_run_make(&r, "train", "train") != CF_OK || cf_run_save(r, file) != CF_OK);
    }
    int status = -1;
    CHECK(waitpid(child, &status, 0) == child && status == 0);
    CHECK(state_of_newest() == CF_RUN_INTERRUPTED);
    runs_db d; /* of a process of another machine nothing is known */
    CHECK(runs_begin(&d, file, 1) == CF_OK);
    CHECK(runs_finish(&d, runs_do(&d, "UPDATE run SET host = ?", "s", "elsewhere")) == CF_OK);
    CHECK(state_of_newest() == CF_RUN_RUNNING);
}

static void null_is_refused(void)
{
    cf_run *r = NULL;
    cf_run **all = NULL;
    int32_t count;
    CHECK(cf_run_make(NULL, "a", "b") == CF_EARG && cf_run_make(&r, NULL, "b") == CF_EARG);
    CHECK(cf_run_make(&r, "a", NULL) == CF_EARG && r == NULL);
    CHECK(cf_run_add_setting(NULL, "a", "b") == CF_EARG);
    CHECK(cf_run_add_figure(NULL, "a", "b", 1) == CF_EARG);
    CHECK(cf_run_add_file(NULL, "a", 0, 0) == CF_EARG && cf_run_checksum(NULL) == 0);
    CHECK(cf_run_end(NULL, CF_RUN_DONE, 0, NULL) == CF_EARG && cf_run_save(NULL, NULL) == CF_EARG);
    CHECK(cf_runs_load(NULL, &count, file, NULL) == CF_EARG);
    CHECK(cf_runs_load(&all, NULL, file, NULL) == CF_EARG);
    CHECK(cf_runs_forget(NULL, 1, file) == CF_EARG && cf_runs_path(NULL, 9) == CF_EARG);
    cf_run_free(NULL);
    cf_runs_free(NULL, 3);
    CHECK(!strcmp(cf_run_state_name(CF_RUN_DONE), "done"));
    CHECK(!strcmp(cf_run_state_name(CF_RUN_STATE_COUNT), "unknown"));
}

int main(void)
{
    CHECK(mkdtemp(folder) != NULL && chmod(folder, 0755) == 0);
    RUN(a_saved_run_comes_back_whole);
    RUN(saving_again_changes_the_run_and_adds_none);
    RUN(queries_find_the_newest_first);
    RUN(a_number_is_not_given_again);
    RUN(where_no_file_is_there_are_no_runs);
    RUN(processes_at_the_same_time_lose_nothing);
    RUN(a_locked_file_is_given_up_after_a_second);
    RUN(files_of_others_are_refused_and_left_alone);
    RUN(damaged_files_are_runs_or_an_error);
    RUN(what_cannot_be_written_is_an_error);
    RUN(folders_are_made);
    RUN(the_environment_says_where_the_file_is);
    RUN(files_and_figures_are_kept_as_they_mean);
    RUN(a_run_whose_process_is_gone_was_interrupted);
    RUN(null_is_refused);
    unlink(file);
    CHECK(rmdir(folder) == 0);
    return DONE();
}
