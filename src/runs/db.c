#include "runs/db.h"

#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/status.h"

#define APPLICATION 0x63667275 /* "cfru" */
#define VERSION     1
#define TEXT(x)     TEXT_OF(x)
#define TEXT_OF(x)  #x
enum { WAIT_MS = 2, WAITS = 500 };

/* Numbers are not given twice (AUTOINCREMENT): a note that says "run 12" stays right when runs are
 * forgotten. Checksums are text, because SQLite has no unsigned integers of 64 bits. */
static const char SCHEMA[] =
    "CREATE TABLE run (id INTEGER PRIMARY KEY AUTOINCREMENT, command TEXT, line TEXT, folder TEXT,"
    " version TEXT, host TEXT, process TEXT, seed INTEGER, threads INTEGER, started REAL,"
    " seconds REAL, state TEXT, exit_status INTEGER, message TEXT);"
    "CREATE TABLE setting (run INTEGER, place INTEGER, key TEXT, value TEXT,"
    " PRIMARY KEY (run, place)) WITHOUT ROWID;"
    "CREATE TABLE figure (run INTEGER, place INTEGER, of TEXT, name TEXT, value REAL,"
    " PRIMARY KEY (run, place)) WITHOUT ROWID;"
    "CREATE TABLE file (run INTEGER, place INTEGER, path TEXT, role TEXT, checksum TEXT,"
    " PRIMARY KEY (run, place)) WITHOUT ROWID;"
    "PRAGMA application_id = " TEXT(APPLICATION) "; PRAGMA user_version = " TEXT(VERSION);

/* Where SQLite may not write it tries to read, so that what is missing says nothing. */
static cf_status failed(const runs_db *d)
{
    const int code = sqlite3_errcode(d->sql) & 0xff;
    const int number = code == SQLITE_CANTOPEN ? sqlite3_system_errno(d->sql) : 0;
    const int system = number == ENOENT ? 0 : number;
    if (code == SQLITE_NOTADB || code == SQLITE_CORRUPT)
        return base_fail(CF_EFORMAT, "%s: not a file of runs, or damaged: %s", d->path,
                         sqlite3_errmsg(d->sql));
    return base_fail(code == SQLITE_NOMEM ? CF_ENOMEM : CF_EIO, "%s: %s", d->path,
                     system ? strerror(system) : sqlite3_errmsg(d->sql));
}

/* SQLite's own way of waiting sleeps longer and longer, so that one of many may never have its
 * turn. */
static int wait_for_others(void *unused, int times)
{
    (void)unused;
    const struct timespec pause = {.tv_nsec = WAIT_MS * 1000000L};
    nanosleep(&pause, NULL);
    return times < WAITS;
}

static cf_status execute(runs_db *d, const char *sql)
{
    return sqlite3_exec(d->sql, sql, NULL, NULL, NULL) == SQLITE_OK ? CF_OK : failed(d);
}

static cf_status bind(runs_db *d, sqlite3_stmt *statement, const char *letters, va_list args)
{
    int code = SQLITE_OK;
    for (int i = 1; code == SQLITE_OK && *letters; i++, letters++) {
        if (*letters == 'i')
            code = sqlite3_bind_int64(statement, i, va_arg(args, int64_t));
        else if (*letters == 'd')
            code = sqlite3_bind_double(statement, i, va_arg(args, double));
        else
            code =
                sqlite3_bind_text(statement, i, va_arg(args, const char *), -1, SQLITE_TRANSIENT);
    }
    return code == SQLITE_OK ? CF_OK : failed(d);
}

static cf_status ask(runs_db *d, sqlite3_stmt **out, const char *sql, const char *letters,
                     va_list args)
{
    sqlite3_stmt *statement = NULL;
    cf_status s =
        sqlite3_prepare_v2(d->sql, sql, -1, &statement, NULL) == SQLITE_OK ? CF_OK : failed(d);
    if (s == CF_OK) s = bind(d, statement, letters, args);
    if (s == CF_OK)
        *out = statement;
    else
        sqlite3_finalize(statement);
    return s;
}

cf_status runs_ask(runs_db *d, sqlite3_stmt **out, const char *sql, const char *letters, ...)
{
    va_list args;
    va_start(args, letters);
    const cf_status s = ask(d, out, sql, letters, args);
    va_end(args);
    return s;
}

int runs_next(runs_db *d, sqlite3_stmt *statement, cf_status *s)
{
    if (*s != CF_OK) return 0;
    const int code = sqlite3_step(statement);
    if (code != SQLITE_ROW && code != SQLITE_DONE) *s = failed(d);
    return code == SQLITE_ROW;
}

cf_status runs_do(runs_db *d, const char *sql, const char *letters, ...)
{
    sqlite3_stmt *statement = NULL;
    va_list args;
    va_start(args, letters);
    cf_status s = ask(d, &statement, sql, letters, args);
    va_end(args);
    while (runs_next(d, statement, &s)) continue;
    sqlite3_finalize(statement);
    return s;
}

static cf_status number(runs_db *d, const char *sql, int64_t *out)
{
    sqlite3_stmt *statement = NULL;
    cf_status s = runs_ask(d, &statement, sql, "");
    if (runs_next(d, statement, &s)) *out = sqlite3_column_int64(statement, 0);
    sqlite3_finalize(statement);
    return s;
}

/* Whose file is it? Somebody else's gets no tables of ours. */
static cf_status check(runs_db *d, int write)
{
    int64_t application = 0, version = 0, tables = 0;
    cf_status s = number(d, "PRAGMA application_id", &application);
    if (s == CF_OK) s = number(d, "PRAGMA user_version", &version);
    if (s == CF_OK) s = number(d, "SELECT count(*) FROM sqlite_master", &tables);
    if (s != CF_OK) return s;
    if (!application && !version && !tables) {
        d->empty = !write;
        return write ? execute(d, SCHEMA) : CF_OK;
    }
    if (application != APPLICATION)
        return base_fail(CF_EFORMAT, "%s: another program's SQLite file, not one of runs", d->path);
    if (version > VERSION)
        return base_fail(CF_EFORMAT,
                         "%s: runs of version %lld, written by a newer cellfree; this one reads %d",
                         d->path, (long long)version, VERSION);
    return CF_OK;
}

static cf_status make_folders(const char *path)
{
    char *folder = strdup(path);
    if (!folder) return base_fail(CF_ENOMEM, "%s: no memory", path);
    cf_status s = CF_OK;
    for (char *slash = folder;
         s == CF_OK && (slash = strchr(slash + (*slash != 0), '/')) != NULL;) {
        *slash = 0;
        const int error = mkdir(folder, 0777) == 0 ? 0 : errno;
        if (error && access(folder, F_OK) != 0)
            s = base_fail(CF_EIO, "%s: %s: %s", path, folder, strerror(error));
        *slash = '/';
    }
    free(folder);
    return s;
}

cf_status runs_begin(runs_db *d, const char *path, int write)
{
    *d = (runs_db){.path = path};
    cf_status s = write ? make_folders(path) : CF_OK;
    if (s != CF_OK) return s;
    if (!write && access(path, F_OK) != 0 && errno == ENOENT) {
        d->empty = 1;
        return CF_OK;
    }
    const int flags = write ? SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE : SQLITE_OPEN_READONLY;
    if (sqlite3_open_v2(path, &d->sql, flags, NULL) != SQLITE_OK)
        s = d->sql ? failed(d) : base_fail(CF_ENOMEM, "%s: no memory", path);
    if (s == CF_OK) {
        sqlite3_busy_handler(d->sql, wait_for_others, NULL);
        /* The journal is a file beside it and not WAL, which homes on other machines do not
         * have. */
        s = execute(d, write ? "PRAGMA synchronous = NORMAL; BEGIN IMMEDIATE" : "BEGIN");
    }
    if (s == CF_OK) s = check(d, write);
    return s == CF_OK ? s : runs_finish(d, s);
}

cf_status runs_finish(runs_db *d, cf_status s)
{
    if (!d->sql) return s;
    if (s == CF_OK) s = execute(d, "COMMIT");
    sqlite3_close(d->sql); /* what is not committed is rolled back */
    d->sql = NULL;
    return s;
}
