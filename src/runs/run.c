/* A run in memory. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <cellfree/runs.h>

#include "base/file.h"
#include "base/status.h"
#include "runs/process.h"

enum { MAX_HASHED = 16 << 20 };

const char *cf_run_state_name(cf_run_state s)
{
    static const char *const NAME[] = {"running", "done", "failed", "interrupted"};
    return s < CF_RUN_STATE_COUNT ? NAME[s] : "unknown";
}

static double seconds_since_1970(void)
{
    struct timespec t;
    clock_gettime(CLOCK_REALTIME, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static cf_status no_memory(void)
{
    return base_fail(CF_ENOMEM, "no memory for the record of a run");
}

cf_status cf_run_make(cf_run **out, const char *command, const char *line)
{
    if (!out || !command || !line) return base_fail(CF_EARG, "cf_run_make: NULL");
    char host[256] = "", process[RUNS_PROCESS_SIZE];
    gethostname(host, sizeof host - 1);
    runs_process((long)getpid(), process);
    cf_run *r = calloc(1, sizeof *r);
    if (!r) return no_memory();
    r->command = strdup(command);
    r->line = strdup(line);
    char *folder = getcwd(NULL, 0);
    r->folder = folder ? folder : strdup("");
    r->version = strdup(cf_version());
    r->host = strdup(host);
    r->process = strdup(process);
    r->message = strdup("");
    r->started = seconds_since_1970();
    r->seconds = NAN;
    if (!r->command || !r->line || !r->folder || !r->version || !r->host || !r->process ||
        !r->message) {
        cf_run_free(r);
        return no_memory();
    }
    *out = r;
    return CF_OK;
}

void cf_run_free(cf_run *r)
{
    if (!r) return;
    for (int32_t i = 0; i < r->setting_count; i++) {
        free(r->settings[i].key);
        free(r->settings[i].value);
    }
    for (int32_t i = 0; i < r->figure_count; i++) {
        free(r->figures[i].of);
        free(r->figures[i].name);
    }
    for (int32_t i = 0; i < r->file_count; i++) free(r->files[i].path);
    free(r->settings);
    free(r->figures);
    free(r->files);
    free(r->command);
    free(r->line);
    free(r->folder);
    free(r->version);
    free(r->host);
    free(r->process);
    free(r->message);
    free(r);
}

/* Room for one more in a list of `count`; NULL: no memory, and the list is as it was. */
static void *one_more(void *list, int32_t count, size_t size)
{
    return realloc(list, ((size_t)count + 1) * size);
}

cf_status cf_run_add_setting(cf_run *r, const char *key, const char *value)
{
    if (!r || !key || !value) return base_fail(CF_EARG, "cf_run_add_setting: NULL");
    cf_run_setting *more = one_more(r->settings, r->setting_count, sizeof *more);
    if (more) r->settings = more;
    const cf_run_setting added = {strdup(key), strdup(value)};
    if (!more || !added.key || !added.value) {
        free(added.key);
        free(added.value);
        return no_memory();
    }
    r->settings[r->setting_count++] = added;
    return CF_OK;
}

cf_status cf_run_add_figure(cf_run *r, const char *of, const char *name, double value)
{
    if (!r || !of || !name) return base_fail(CF_EARG, "cf_run_add_figure: NULL");
    if (!isfinite(value)) return CF_OK;
    cf_run_figure *more = one_more(r->figures, r->figure_count, sizeof *more);
    if (more) r->figures = more;
    const cf_run_figure added = {strdup(of), strdup(name), value};
    if (!more || !added.of || !added.name) {
        free(added.of);
        free(added.name);
        return no_memory();
    }
    r->figures[r->figure_count++] = added;
    return CF_OK;
}

static char *absolute(const cf_run *r, const char *path)
{
    if (path[0] == '/' || !r->folder[0]) return strdup(path);
    char *whole = NULL;
    return asprintf(&whole, "%s/%s", r->folder, path) >= 0 ? whole : NULL;
}

cf_status cf_run_add_file(cf_run *r, const char *path, int32_t output, uint64_t checksum)
{
    if (!r || !path) return base_fail(CF_EARG, "cf_run_add_file: NULL");
    char *whole = absolute(r, path);
    if (!whole) return no_memory();
    int32_t i = 0;
    while (i < r->file_count &&
           (strcmp(r->files[i].path, whole) != 0 || r->files[i].output != !!output))
        i++;
    if (i < r->file_count) {
        r->files[i].checksum = checksum;
        free(whole);
        return CF_OK;
    }
    cf_run_file *more = one_more(r->files, r->file_count, sizeof *more);
    if (!more) {
        free(whole);
        return no_memory();
    }
    r->files = more;
    r->files[r->file_count++] =
        (cf_run_file){.path = whole, .checksum = checksum, .output = !!output};
    return CF_OK;
}

uint64_t cf_run_checksum(const char *path)
{
    struct stat st;
    unsigned char *bytes;
    size_t size;
    if (!path || stat(path, &st) != 0 || !S_ISREG(st.st_mode) || st.st_size > MAX_HASHED ||
        file_read(path, &bytes, &size) != CF_OK)
        return 0;
    const uint64_t hash = file_hash(FILE_HASH, bytes, size);
    free(bytes);
    return hash;
}

cf_status cf_run_end(cf_run *r, cf_run_state state, int32_t exit_status, const char *message)
{
    if (!r || state < 0 || state >= CF_RUN_STATE_COUNT)
        return base_fail(CF_EARG, "cf_run_end: no run, or no such state");
    char *kept = strdup(message ? message : "");
    if (!kept) return no_memory();
    free(r->message);
    r->message = kept;
    r->state = state;
    r->exit_status = exit_status;
    r->seconds = fmax(0, seconds_since_1970() - r->started); /* clocks are set back at times */
    return CF_OK;
}
