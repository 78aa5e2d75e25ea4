#include "train/run.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"

double train_seconds(const train_run *r)
{
    return r->seconds_before + clock_now() - r->started;
}

char *train_path(const train_run *r, const char *suffix)
{
    const size_t n = strlen(r->order->out) + strlen(suffix) + 1;
    char *path = malloc(n);
    if (path) snprintf(path, n, "%s%s", r->order->out, suffix);
    return path;
}
