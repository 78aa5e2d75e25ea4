#ifndef TRAIN_BENCH_H
#define TRAIN_BENCH_H

/* Runs of training for tests: where their files are, and how two runs compare. */

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cellfree/train.h>

#include "base/file.h"

#include "t.h"

/* Runs leave their files in a fresh folder, so that tests can run side by side. */
typedef struct bench {
    char folder[64], out[96], other[96];
} bench;

static const char *const SUFFIXES[] = {"", ".checkpoint", ".metrics.jsonl", ".tfevents"};

static inline bench open_bench(void)
{
    bench b = {.folder = "/tmp/cellfree-train-XXXXXX"};
    if (!mkdtemp(b.folder)) exit(2);
    snprintf(b.out, sizeof b.out, "%s/a", b.folder);
    snprintf(b.other, sizeof b.other, "%s/b", b.folder);
    return b;
}

static inline const char *name(char *path, const char *out, const char *suffix)
{
    snprintf(path, 128, "%s%s", out, suffix);
    return path;
}

static inline void close_bench(const bench *b)
{
    char path[128];
    for (int i = 0; i < 4; i++) {
        unlink(name(path, b->out, SUFFIXES[i]));
        unlink(name(path, b->other, SUFFIXES[i]));
    }
    CHECK(rmdir(b->folder) == 0); /* nothing else was left behind */
}

static inline char *slurp(const char *out, const char *suffix, size_t *size)
{
    char path[128];
    unsigned char *data = NULL;
    if (file_read(name(path, out, suffix), &data, size) != CF_OK) {
        fprintf(stderr, "%s\n", cf_last_error());
        exit(2);
    }
    return (char *)data;
}

static inline int exists(const char *out, const char *suffix)
{
    char path[128];
    return access(name(path, out, suffix), F_OK) == 0;
}

static inline int same(const char *a, const char *b, const char *suffix)
{
    size_t n, m;
    char *x = slurp(a, suffix, &n), *y = slurp(b, suffix, &m);
    const int equal = n == m && memcmp(x, y, n) == 0;
    free(x);
    free(y);
    return equal;
}

/* The tensors alone: among the metadata are the seconds that the run took. */
static inline int same_tensors(const char *a, const char *b)
{
    size_t n, m;
    char *x = slurp(a, ".checkpoint", &n), *y = slurp(b, ".checkpoint", &m);
    uint64_t skip_x, skip_y;
    memcpy(&skip_x, x, 8);
    memcpy(&skip_y, y, 8);
    n -= 8 + skip_x;
    m -= 8 + skip_y;
    const int equal = n == m && n > 1000 && memcmp(x + 8 + skip_x, y + 8 + skip_y, n) == 0;
    free(x);
    free(y);
    return equal;
}

/* Lines of metrics with the seconds taken out; the number of lines, or -1 if they differ. */
static inline int same_metrics(const char *a, const char *b)
{
    size_t n, m;
    char *x = slurp(a, ".metrics.jsonl", &n), *y = slurp(b, ".metrics.jsonl", &m);
    const char *p = x, *q = y;
    int lines = 0;
    while (*p && *p == *q) {
        if (strncmp(p, "\"seconds\":", 10) == 0 && strncmp(q, "\"seconds\":", 10) == 0) {
            p += strcspn(p, ",");
            q += strcspn(q, ",");
            continue;
        }
        lines += *p++ == '\n';
        q++;
    }
    if (*p || *q) lines = -1;
    free(x);
    free(y);
    return lines;
}

static inline cf_train_config *configure(const char *yaml)
{
    cf_train_config *c = NULL;
    if (cf_train_config_parse(&c, yaml, "test") != CF_OK) {
        fprintf(stderr, "%s\n", cf_last_error());
        exit(2);
    }
    return c;
}

/* What progress says, and when it asks to stop. */
typedef struct watcher {
    int64_t stop_at, calls, first, last, saves, validations;
    double best, last_valid, last_broken;
} watcher;

static inline int watch(void *user, const cf_train_state *s)
{
    watcher *w = user;
    w->first = w->calls++ ? w->first : s->step;
    w->last = s->step;
    w->saves += s->saved;
    if (s->validated) {
        w->validations++;
        w->last_valid = s->valid_of_best;
        w->last_broken = s->valid_broken;
        CHECK(s->valid_broken >= 0 && s->valid_broken <= 1);
    }
    w->best = s->best_of_best;
    CHECK(isfinite(s->objective) && s->violation >= 0 && s->drops_per_second > 0);
    CHECK(s->step >= 1 && s->step <= s->steps && s->seconds >= 0 && s->eta_seconds >= 0);
    return s->step == w->stop_at;
}

static inline cf_status train(const cf_train_config *c, const char *out, int resume, int threads,
                              watcher *w)
{
    const cf_train_run run = {
        .out = out, .resume = resume, .threads = threads, .progress = watch, .user = w};
    return cf_train(c, &run);
}

static inline void put(const char *out, const char *suffix, const char *data, size_t size)
{
    char path[128];
    FILE *f = fopen(name(path, out, suffix), "wb");
    if (!f || fwrite(data, 1, size, f) != size || fclose(f) != 0) exit(2);
}

static inline cf_drops *drops(const char *scenario, uint64_t seed, int32_t n)
{
    cf_scenario *s = NULL;
    cf_drops *d = NULL;
    if (cf_scenario_load(&s, scenario) != CF_OK) exit(2);
    if (cf_drops_generate(&d, s, seed, 0, n, 1) != CF_OK) exit(2);
    cf_scenario_free(s);
    return d;
}

/* 13 batches with a line of metrics every 3 and a validation every 5: stopped after 1, 7 (between
 * lines), 10 (at a validation) and 12 batches, one process each. */
static inline void check_resume(const char *yaml)
{
    cf_train_config *c = configure(yaml);
    const bench b = open_bench();
    watcher w = {0};
    CHECK(train(c, b.out, 0, 1, &w) == CF_OK);
    CHECK(w.calls == 13 && w.last == 13 && w.validations == 3 && w.saves >= 1);
    static const int64_t STOPS[] = {1, 7, 10, 12};
    for (int i = 0; i < 4; i++) {
        watcher v = {.stop_at = STOPS[i]};
        CHECK(train(c, b.other, i > 0, 1 + i % 2, &v) == CF_ESTOP);
        CHECK(v.last == STOPS[i] && v.first == (i ? STOPS[i - 1] : 0) + 1);
    }
    watcher v = {0};
    CHECK(train(c, b.other, 1, 2, &v) == CF_OK);
    CHECK(v.calls == 1 && v.best == w.best);
    CHECK(same(b.out, b.other, ""));
    CHECK(same_tensors(b.out, b.other));
    CHECK(same_metrics(b.out, b.other) == 4 + 3);
    cf_train_config_free(c);
    close_bench(&b);
}

#endif
