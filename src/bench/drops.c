/* Drops made, written and read. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/status.h"
#include "bench/setting.h"

typedef struct supply {
    cf_scenario *scenario; /* to make */
    cf_drops *drops;       /* to write */
    int32_t n;
    char folder[256], path[272]; /* of the file */
} supply;

static void close_supply(void *self)
{
    supply *d = self;
    if (!d) return;
    if (d->path[0]) unlink(d->path);
    if (d->folder[0]) rmdir(d->folder);
    cf_scenario_free(d->scenario);
    cf_drops_free(d->drops);
    free(d);
}

static cf_status generate(void *self, int64_t i)
{
    const supply *d = self;
    cf_drops *made = NULL;
    const cf_status s = cf_drops_generate(&made, d->scenario, 1, i * d->n, d->n, 1);
    cf_drops_free(made);
    return s;
}

static cf_status write_file(void *self, int64_t i)
{
    const supply *d = self;
    (void)i;
    return cf_drops_save(d->drops, d->path);
}

static cf_status read_file(void *self, int64_t i)
{
    const supply *d = self;
    cf_drops *read = NULL;
    (void)i;
    const cf_status s = cf_drops_load(&read, d->path);
    cf_drops_free(read);
    return s;
}

static cf_status open_supply(bench_work *w, const bench_row *row,
                             cf_status (*what)(void *self, int64_t i))
{
    supply *d = calloc(1, sizeof *d);
    if (!d) return base_fail(CF_ENOMEM, "bench: no memory");
    d->n = row->n;
    *w = (bench_work){.drops = row->n,
                      .kinds = 1,
                      .threads = 1,
                      .flops = (double)NAN,
                      .bytes = (double)NAN,
                      .call = what,
                      .close = close_supply,
                      .self = d};
    return bench_scenario(&d->scenario, row);
}

/* A file of drops in a folder of its own. */
static cf_status open_file(supply *d)
{
    const char *parent = getenv("TMPDIR");
    char folder[sizeof d->folder];
    const int n = snprintf(folder, sizeof folder, "%s/cellfree-bench-XXXXXX",
                           parent && *parent ? parent : "/tmp");
    if (n < 0 || (size_t)n >= sizeof folder || !mkdtemp(folder))
        return base_fail(CF_EIO, "bench: no folder can be made in %s",
                         parent && *parent ? parent : "/tmp");
    memcpy(d->folder, folder, sizeof folder);
    snprintf(d->path, sizeof d->path, "%s/drops.h5", folder);
    const cf_status s = cf_drops_generate(&d->drops, d->scenario, 1, 0, d->n, 1);
    return s == CF_OK ? cf_drops_save(d->drops, d->path) : s;
}

cf_status bench_open_generate(bench_work *w, const bench_row *row, int32_t threads)
{
    (void)threads;
    return open_supply(w, row, generate);
}

cf_status bench_open_write(bench_work *w, const bench_row *row, int32_t threads)
{
    (void)threads;
    const cf_status s = open_supply(w, row, write_file);
    return s == CF_OK ? open_file(w->self) : s;
}

cf_status bench_open_read(bench_work *w, const bench_row *row, int32_t threads)
{
    (void)threads;
    const cf_status s = open_supply(w, row, read_file);
    return s == CF_OK ? open_file(w->self) : s;
}
