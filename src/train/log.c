#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/number.h"
#include "base/status.h"
#include "train/events.h"
#include "train/run.h"

/* Open for writing behind the first `keep` bytes; what a run wrote after its checkpoint goes. */
static cf_status open_at(const train_run *r, const char *suffix, int64_t keep, FILE **out)
{
    char *path = train_path(r, suffix);
    if (!path) return base_fail(CF_ENOMEM, "no memory for a path");
    FILE *f = fopen(path, keep > 0 ? "r+b" : "wb");
    if (f && (fseek(f, 0, SEEK_END) != 0 || ftell(f) < keep)) {
        const cf_status s = base_fail(CF_EFORMAT, "%s: %ld bytes, its checkpoint knows of %lld",
                                      path, ftell(f), (long long)keep);
        fclose(f);
        free(path);
        return s;
    }
    if (f && (ftruncate(fileno(f), keep) != 0 || fseek(f, 0, SEEK_END) != 0)) {
        fclose(f);
        f = NULL;
    }
    const cf_status s =
        f ? CF_OK : base_fail(CF_EIO, "%s: cannot be written: %s", path, strerror(errno));
    *out = f;
    free(path);
    return s;
}

static double wall_time_s(void)
{
    struct timespec t;
    clock_gettime(CLOCK_REALTIME, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

cf_status train_log_open(train_run *r)
{
    cf_status s = open_at(r, ".metrics.jsonl", r->metrics_bytes, &r->metrics);
    if (s == CF_OK) s = open_at(r, ".tfevents", r->events_bytes, &r->events);
    if (s == CF_OK && r->events_bytes == 0 && !train_events_begin(r->events, wall_time_s()))
        s = base_fail(CF_EIO, "%s.tfevents: cannot be written", r->order->out);
    return s;
}

void train_log_close(train_run *r)
{
    if (r->metrics) fclose(r->metrics);
    if (r->events) fclose(r->events);
    r->metrics = r->events = NULL;
}

void train_log_remove(train_run *r)
{
    char *metrics = r->metrics ? train_path(r, ".metrics.jsonl") : NULL;
    char *events = r->events ? train_path(r, ".tfevents") : NULL;
    train_log_close(r);
    if (metrics) unlink(metrics);
    if (events) unlink(events);
    free(metrics);
    free(events);
}

static int write_scalars(train_run *r, const train_scalar *s, int32_t n)
{
    char number[NUMBER_SIZE];
    int good = 1;
    for (int32_t i = 0; i < n; i++) {
        good &=
            fprintf(r->metrics, ",\"%s\":%s", s[i].key, number_write(number, 9, s[i].value)) > 0;
        good &= train_events_scalar(r->events, wall_time_s(), r->step, s[i].key, s[i].value);
    }
    return good;
}

cf_status train_log_line(train_run *r, int32_t judged)
{
    train_scalar s[TRAIN_MAX_SCALARS];
    const int32_t n = r->task->line(r->self, judged, s);
    char seconds[NUMBER_SIZE];
    number_write(seconds, 9, train_seconds(r));
    int good =
        fprintf(r->metrics, "{\"step\":%lld,\"seconds\":%s", (long long)r->step, seconds) > 0;
    good &= write_scalars(r, s, n);
    good &= fprintf(r->metrics, "}\n") > 0;
    good &= fflush(r->metrics) == 0 && fflush(r->events) == 0;
    r->metrics_bytes = ftell(r->metrics);
    r->events_bytes = ftell(r->events);
    if (good) return CF_OK;
    return base_fail(CF_EIO, "%s.metrics.jsonl: cannot be written: %s", r->order->out,
                     strerror(errno));
}
