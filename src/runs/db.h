#ifndef RUNS_DB_H
#define RUNS_DB_H

#include <sqlite3.h>
#include <stdint.h>

#include <cellfree/status.h>

/* The file of runs as one transaction (the only SQLite here). */
typedef struct runs_db {
    sqlite3 *sql;
    const char *path;
    int empty; /* there is no table yet; reading only */
} runs_db;

/* Open and begin. write: make what is missing, lock others out. Otherwise nothing on the disk
 * changes, and a file that is not there is an empty one. On failure nothing is open. */
cf_status runs_begin(runs_db *d, const char *path, int write);
/* Commit if s is CF_OK, otherwise leave all as it was; close. Gives s, or what the commit said. */
cf_status runs_finish(runs_db *d, cf_status s);

/* A statement with a value for each '?', by letters: i int64_t, d double (NaN: NULL), s text.
 * runs_ask prepares it for runs_next; sqlite3_finalize after it. */
cf_status runs_ask(runs_db *d, sqlite3_stmt **out, const char *sql, const char *letters, ...);
cf_status runs_do(runs_db *d, const char *sql, const char *letters, ...);

/* The next row: 1, or 0 at the end and on failure, which *s tells. */
int runs_next(runs_db *d, sqlite3_stmt *statement, cf_status *s);

#endif
