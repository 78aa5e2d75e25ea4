/* Runs in their file. */
#include <inttypes.h>
#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cellfree/runs.h>

#include "base/status.h"
#include "runs/db.h"
#include "runs/process.h"

cf_status cf_runs_path(char *out, size_t size)
{
    if (!out || !size) return base_fail(CF_EARG, "cf_runs_path: no room");
    const char *file = getenv("CELLFREE_RUNS"), *state = getenv("XDG_STATE_HOME"),
               *home = getenv("HOME");
    int n;
    if (file && file[0])
        n = snprintf(out, size, "%s", file);
    else if (state && state[0] == '/') /* the standard ignores what is not absolute */
        n = snprintf(out, size, "%s/cellfree/runs.sqlite", state);
    else if (home && home[0])
        n = snprintf(out, size, "%s/.local/state/cellfree/runs.sqlite", home);
    else
        return base_fail(CF_EIO, "no place for runs: CELLFREE_RUNS, XDG_STATE_HOME and HOME are "
                                 "not set");
    return n >= 0 && (size_t)n < size
               ? CF_OK
               : base_fail(CF_EARG, "the file of runs has a name of %d bytes, room for %zu", n,
                           size);
}

static cf_status begin(runs_db *d, char place[PATH_MAX], const char *path, int write)
{
    const cf_status s = path ? CF_OK : cf_runs_path(place, PATH_MAX);
    return s == CF_OK ? runs_begin(d, path ? path : place, write) : s;
}

static cf_status forget(runs_db *d, int64_t id)
{
    cf_status s = runs_do(d, "DELETE FROM setting WHERE run = ?", "i", id);
    if (s == CF_OK) s = runs_do(d, "DELETE FROM figure WHERE run = ?", "i", id);
    if (s == CF_OK) s = runs_do(d, "DELETE FROM file WHERE run = ?", "i", id);
    return s == CF_OK ? runs_do(d, "DELETE FROM run WHERE id = ?", "i", id) : s;
}

static cf_status put_lists(runs_db *d, const cf_run *r, int64_t id)
{
    cf_status s = CF_OK;
    for (int32_t i = 0; s == CF_OK && i < r->setting_count; i++)
        s = runs_do(d, "INSERT INTO setting VALUES (?, ?, ?, ?)", "iiss", id, (int64_t)i,
                    r->settings[i].key, r->settings[i].value);
    for (int32_t i = 0; s == CF_OK && i < r->figure_count; i++)
        s = runs_do(d, "INSERT INTO figure VALUES (?, ?, ?, ?, ?)", "iissd", id, (int64_t)i,
                    r->figures[i].of, r->figures[i].name, r->figures[i].value);
    for (int32_t i = 0; s == CF_OK && i < r->file_count; i++) {
        char checksum[20] = "";
        const cf_run_file *f = &r->files[i];
        if (f->checksum) snprintf(checksum, sizeof checksum, "%016" PRIx64, f->checksum);
        s = runs_do(d, "INSERT INTO file VALUES (?, ?, ?, ?, ?)", "iisss", id, (int64_t)i, f->path,
                    f->output ? "output" : "input", checksum);
    }
    return s;
}

cf_status cf_run_save(cf_run *r, const char *path)
{
    if (!r) return base_fail(CF_EARG, "cf_run_save: NULL");
    runs_db d;
    char place[PATH_MAX];
    cf_status s = begin(&d, place, path, 1);
    if (s != CF_OK) return s;
    int64_t id = r->id;
    if (id) s = forget(&d, id);
    if (s == CF_OK)
        s = runs_do(&d,
                    "INSERT INTO run VALUES (nullif(?, 0), ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                    "issssss"
                    "iidd"
                    "sis",
                    id, r->command, r->line, r->folder, r->version, r->host, r->process,
                    (int64_t)r->seed, (int64_t)r->threads, r->started, r->seconds,
                    cf_run_state_name(r->state), (int64_t)r->exit_status, r->message);
    if (s == CF_OK && !id) id = sqlite3_last_insert_rowid(d.sql);
    if (s == CF_OK) s = put_lists(&d, r, id);
    s = runs_finish(&d, s);
    if (s == CF_OK) r->id = id;
    return s;
}

/* What somebody changed by hand may be NULL. */
static const char *text_at(sqlite3_stmt *row, int column)
{
    const unsigned char *text = sqlite3_column_text(row, column);
    return text ? (const char *)text : "";
}

static cf_run_state state_named(const char *name)
{
    for (int i = 0; i < CF_RUN_STATE_COUNT; i++)
        if (strcmp(name, cf_run_state_name((cf_run_state)i)) == 0) return (cf_run_state)i;
    return CF_RUN_FAILED;
}

static cf_status take_text(char **to, sqlite3_stmt *row, int column)
{
    *to = strdup(text_at(row, column));
    return *to ? CF_OK : base_fail(CF_ENOMEM, "no memory for the record of a run");
}

static cf_status take_run(cf_run *r, sqlite3_stmt *row)
{
    char **const text[] = {&r->command, &r->line,    &r->folder, &r->version,
                           &r->host,    &r->process, &r->message};
    cf_status s = CF_OK;
    for (int i = 0; s == CF_OK && i < 7; i++) s = take_text(text[i], row, i + 1);
    r->id = sqlite3_column_int64(row, 0);
    r->seed = (uint64_t)sqlite3_column_int64(row, 8);
    r->threads = sqlite3_column_int(row, 9);
    r->started = sqlite3_column_double(row, 10);
    r->seconds = sqlite3_column_type(row, 11) == SQLITE_NULL ? NAN : sqlite3_column_double(row, 11);
    r->state = state_named(text_at(row, 12));
    r->exit_status = sqlite3_column_int(row, 13);
    return s;
}

/* One that says it is running, on this machine, and whose process is not: Ctrl-C, a kill, a
 * crash. */
static int ended_unsaid(const cf_run *r)
{
    char host[256] = "";
    gethostname(host, sizeof host - 1);
    return r->state == CF_RUN_RUNNING && strcmp(r->host, host) == 0 &&
           runs_process_ended(r->process);
}

static cf_status add_setting(cf_run *r, sqlite3_stmt *row)
{
    return cf_run_add_setting(r, text_at(row, 0), text_at(row, 1));
}

static cf_status add_figure(cf_run *r, sqlite3_stmt *row)
{
    return cf_run_add_figure(r, text_at(row, 0), text_at(row, 1), sqlite3_column_double(row, 2));
}

static cf_status add_file(cf_run *r, sqlite3_stmt *row)
{
    return cf_run_add_file(r, text_at(row, 0), strcmp(text_at(row, 1), "output") == 0,
                           strtoull(text_at(row, 2), NULL, 16));
}

static cf_status get_list(runs_db *d, cf_run *r, const char *sql,
                          cf_status (*add)(cf_run *r, sqlite3_stmt *row))
{
    sqlite3_stmt *row = NULL;
    cf_status s = runs_ask(d, &row, sql, "i", r->id);
    while (runs_next(d, row, &s)) s = add(r, row);
    sqlite3_finalize(row);
    return s;
}

static cf_status get_run(runs_db *d, sqlite3_stmt *row, cf_run **out)
{
    cf_run *r = calloc(1, sizeof *r);
    if (!r) return base_fail(CF_ENOMEM, "no memory for the record of a run");
    cf_status s = take_run(r, row);
    if (s == CF_OK && ended_unsaid(r)) r->state = CF_RUN_INTERRUPTED;
    if (s == CF_OK)
        s = get_list(d, r, "SELECT key, value FROM setting WHERE run = ? ORDER BY place",
                     add_setting);
    if (s == CF_OK)
        s = get_list(d, r, "SELECT of, name, value FROM figure WHERE run = ? ORDER BY place",
                     add_figure);
    if (s == CF_OK)
        s = get_list(d, r, "SELECT path, role, checksum FROM file WHERE run = ? ORDER BY place",
                     add_file);
    if (s == CF_OK)
        *out = r;
    else
        cf_run_free(r);
    return s;
}

typedef struct found {
    cf_run **run;
    int32_t count;
} found;

/* id 0: any. */
static cf_status get_runs(runs_db *d, const cf_runs_query *q, int64_t id, found *f)
{
    static const char SQL[] =
        "SELECT id, command, line, folder, version, host, process, message, seed, threads, started,"
        " seconds, state, exit_status FROM run"
        " WHERE ?1 IN (0, id) AND ?2 IN ('', command) AND (?3 = '' OR instr(line, ?3))"
        " ORDER BY id DESC LIMIT ?4";
    sqlite3_stmt *row = NULL;
    cf_status s = runs_ask(d, &row, SQL, "issi", id, q->command ? q->command : "",
                           q->text ? q->text : "", (int64_t)(q->last > 0 ? q->last : -1));
    while (runs_next(d, row, &s)) {
        cf_run **more = realloc(f->run, ((size_t)f->count + 1) * sizeof *more);
        if (more)
            f->run = more;
        else
            s = base_fail(CF_ENOMEM, "no memory for %d runs", f->count + 1);
        if (s == CF_OK) s = get_run(d, row, &f->run[f->count]);
        if (s == CF_OK) f->count++;
    }
    sqlite3_finalize(row);
    return s;
}

static cf_status not_there(const runs_db *d, int64_t id)
{
    return base_fail(CF_EARG, "there is no run %" PRId64 " in %s", id, d->path);
}

cf_status cf_runs_load(cf_run ***out, int32_t *count, const char *path, const cf_runs_query *q)
{
    static const cf_runs_query ALL = {0};
    if (!out || !count) return base_fail(CF_EARG, "cf_runs_load: NULL");
    if (!q) q = &ALL;
    runs_db d;
    char place[PATH_MAX];
    cf_status s = begin(&d, place, path, 0);
    if (s != CF_OK) return s;
    found f = {0};
    if (!q->ids && !d.empty) s = get_runs(&d, q, 0, &f);
    for (int32_t i = 0; s == CF_OK && q->ids && i < q->id_count; i++) {
        if (!d.empty) s = get_runs(&d, q, q->ids[i], &f);
        if (s == CF_OK && f.count <= i) s = not_there(&d, q->ids[i]);
    }
    s = runs_finish(&d, s);
    if (s == CF_OK) {
        *out = f.run;
        *count = f.count;
    } else {
        cf_runs_free(f.run, f.count);
    }
    return s;
}

void cf_runs_free(cf_run **r, int32_t count)
{
    for (int32_t i = 0; r && i < count; i++) cf_run_free(r[i]);
    free(r);
}

cf_status cf_runs_forget(const int64_t *ids, int32_t count, const char *path)
{
    if (!ids) return base_fail(CF_EARG, "cf_runs_forget: NULL");
    const cf_runs_query these = {.ids = ids, .id_count = count};
    cf_run **there = NULL;
    int32_t n = 0;
    cf_status s = cf_runs_load(&there, &n, path, &these);
    cf_runs_free(there, n);
    if (s != CF_OK) return s;
    runs_db d;
    char place[PATH_MAX];
    s = begin(&d, place, path, 1);
    if (s != CF_OK) return s;
    for (int32_t i = 0; s == CF_OK && i < count; i++) s = forget(&d, ids[i]);
    return runs_finish(&d, s);
}
