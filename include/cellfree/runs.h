#ifndef CF_RUNS_H
#define CF_RUNS_H

/* What was run, in a small SQLite file (docs/runs.md): commands, configurations, headline
 * figures. */

#include <stddef.h>
#include <stdint.h>

#include <cellfree/status.h>

CF_BEGIN_C

typedef enum cf_run_state {
    CF_RUN_RUNNING = 0,
    CF_RUN_DONE,
    CF_RUN_FAILED,
    CF_RUN_INTERRUPTED, /* by the user, or its process ended without a word */
    CF_RUN_STATE_COUNT
} cf_run_state;

CF_API const char *cf_run_state_name(cf_run_state s); /* "running", ... Never NULL. */

typedef struct cf_run_setting {
    char *key, *value;
} cf_run_setting;

typedef struct cf_run_figure {
    char *of, *name; /* of: a method, "validation", ... name: "mean", "of_best", ... */
    double value;    /* finite */
} cf_run_figure;

typedef struct cf_run_file {
    char *path;        /* absolute */
    uint64_t checksum; /* of drops, their own; of others cf_run_checksum; 0: not known */
    int32_t output;    /* 1: the run writes it, 0: it reads it                         */
} cf_run_file;

/* One run. Made by cf_run_make or cf_runs_load. `seed` and `threads` are the caller's to set; all
 * else changes by the functions below. */
typedef struct cf_run {
    int64_t id;    /* 0 before it is saved. No number is given twice            */
    char *command; /* "train"                                                   */
    char *line;    /* the whole command line, quoted for a shell                */
    char *folder;  /* where it ran                                              */
    char *version; /* of cellfree                                               */
    char *host, *process;
    uint64_t seed;
    int32_t threads;
    double started; /* [s] since 1970, UTC                                      */
    double seconds; /* that it took, NaN while that is not known                */
    cf_run_state state;
    int32_t exit_status;
    char *message; /* what went wrong, or ""                                    */
    int32_t setting_count, figure_count, file_count;
    cf_run_setting *settings; /* in the order added, as are the others          */
    cf_run_figure *figures;
    cf_run_file *files;
} cf_run;

/* A run of this process that starts now. */
CF_API cf_status cf_run_make(cf_run **out, const char *command, const char *line);
CF_API void cf_run_free(cf_run *r); /* NULL is fine */

CF_API cf_status cf_run_add_setting(cf_run *r, const char *key, const char *value);
/* What is not finite is left out. */
CF_API cf_status cf_run_add_figure(cf_run *r, const char *of, const char *name, double value);
/* Once more with the same path changes the checksum. A relative path becomes absolute. */
CF_API cf_status cf_run_add_file(cf_run *r, const char *path, int32_t output, uint64_t checksum);
/* FNV-1a, 64 bits, of a file's bytes; 0 where it has more than 16 MiB or cannot be read. */
CF_API uint64_t cf_run_checksum(const char *path);
/* It ends now, in this way. message: or NULL. */
CF_API cf_status cf_run_end(cf_run *r, cf_run_state state, int32_t exit_status,
                            const char *message);

/* The file that is meant where `path` is NULL below: CELLFREE_RUNS, or cellfree/runs.sqlite in
 * XDG_STATE_HOME, or in .local/state of HOME. CF_EIO if there is none of the three. */
CF_API cf_status cf_runs_path(char *out, size_t size);

/* Write the run, as it is now: a new row the first time (then r->id is its number), afterwards the
 * same. The file and its folders are made where they are missing. Any number of processes may do
 * this at the same time; each waits for others for a second at most. CF_EIO if the file cannot be
 * written, CF_EFORMAT if it is not one of runs, damaged, or a newer version's. */
CF_API cf_status cf_run_save(cf_run *r, const char *path);

typedef struct cf_runs_query {
    const char *command; /* NULL: any                                        */
    const char *text;    /* that the command line has in it; NULL: any       */
    int32_t last;        /* so many of the newest; 0: all                    */
    const int64_t *ids;  /* these and no others, in this order; NULL: any    */
    int32_t id_count;
} cf_runs_query;

/* Runs, the newest first. q NULL: all. No file, no runs. CF_EARG if there is no run of an id. */
CF_API cf_status cf_runs_load(cf_run ***out, int32_t *count, const char *path,
                              const cf_runs_query *q);
CF_API void cf_runs_free(cf_run **r, int32_t count); /* NULL is fine */

/* Take these runs out, all or none. CF_EARG if there is no run of an id. */
CF_API cf_status cf_runs_forget(const int64_t *ids, int32_t count, const char *path);

CF_END_C

#endif
