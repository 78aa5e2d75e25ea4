#include "training.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "interrupt.h"
#include "progress.h"

typedef struct watcher {
    cli_progress progress;
    cf_task task;
    const char *label;
} watcher;

static int watch(void *user, const cf_train_state *t)
{
    watcher *w = user;
    char extra[96];
    if (w->task == CF_TASK_POWER)
        snprintf(extra, sizeof extra, "%.3f Mbit/J", t->objective);
    else
        snprintf(extra, sizeof extra, "rate %.3f, missing %.3f, entropy %.3f", t->objective,
                 t->violation, t->entropy);
    cli_progress_show(&w->progress, w->label, t->step, t->steps, "steps", extra);
    return cli_interrupted();
}

static cf_status train(const cli_reproduction *r, const char *what, const char *yaml,
                       const char *out)
{
    char *label = cli_text("training for %s", what);
    cf_train_config *c = NULL;
    cf_status s = cf_train_config_parse(&c, yaml, what);
    if (s == CF_OK) {
        watcher w = {cli_progress_start(), cf_train_config_task(c), label};
        cli_hold_interrupts();
        const cf_train_run run = {.out = out, .threads = r->threads, .progress = watch, .user = &w};
        s = cf_train(c, &run);
        cli_progress_end(&w.progress);
    }
    cf_train_config_free(c);
    free(label);
    return s;
}

int cli_train_for(const cli_reproduction *r, const char *what, const char *yaml, const char *name,
                  FILE **metrics)
{
    char *file = cli_text("%s.safetensors", name);
    char *out = cli_in_folder(r, file);
    char *path = cli_text("%s.metrics.jsonl", out);
    const cf_status s = train(r, what, yaml, out);
    int status = s == CF_OK ? CLI_DONE : cli_fail(r->command, s);
    if (status == CLI_DONE) {
        *metrics = fopen(path, "r");
        if (!*metrics) status = cli_complain(r->command, CLI_FAILED, "%s: cannot be read", path);
    }
    free(file);
    free(out);
    free(path);
    return status;
}

double cli_metric(const char *line, const char *key)
{
    char *quoted = cli_text("\"%s\":", key);
    const char *at = strstr(line, quoted);
    const size_t n = strlen(quoted);
    free(quoted);
    if (!at) return NAN;
    char *end;
    const double v = strtod(at + n, &end);
    return end == at + n ? (double)NAN : v;
}
