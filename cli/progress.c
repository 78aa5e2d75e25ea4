#include "progress.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define REDRAW_S 0.1
#define LINE_S   10.0
enum { BAR = 24 };

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

cli_progress cli_progress_start(void)
{
    const double t = now();
    return (cli_progress){.terminal = isatty(STDERR_FILENO), .start = t, .last = t};
}

static void put_time(double seconds)
{
    const long s = (long)(seconds + 0.5);
    if (s >= 3600)
        fprintf(stderr, "%ld:%02ld:%02ld", s / 3600, s / 60 % 60, s % 60);
    else
        fprintf(stderr, "%ld:%02ld", s / 60, s % 60);
}

static void put_bar(int64_t done, int64_t total)
{
    const int full = total > 0 ? (int)(BAR * done / total) : 0;
    fputc('[', stderr);
    for (int i = 0; i < BAR; i++) fputc(i < full ? '#' : '.', stderr);
    fputs("] ", stderr);
}

void cli_progress_show(cli_progress *p, const char *label, int64_t done, int64_t total,
                       const char *unit, const char *extra)
{
    const double t = now();
    if (strncmp(label, p->label, sizeof p->label - 1) != 0) {
        snprintf(p->label, sizeof p->label, "%s", label);
        p->start = p->last = t;
    }
    if (t - p->last < (p->terminal ? REDRAW_S : LINE_S)) return;
    p->last = t;
    const double rate = (double)done / (t - p->start);
    fputs(p->terminal ? "\r\033[K" : "", stderr);
    fprintf(stderr, "%s ", label);
    if (p->terminal) put_bar(done, total);
    fprintf(stderr, "%lld/%lld, %.3g %s/s, ", (long long)done, (long long)total, rate, unit);
    put_time(rate > 0 ? (double)(total - done) / rate : 0);
    fprintf(stderr, " left%s%s", extra ? ", " : "", extra ? extra : "");
    fputs(p->terminal ? "" : "\n", stderr);
    fflush(stderr);
    p->shown = p->terminal;
}

void cli_progress_line(cli_progress *p, const char *fmt, ...)
{
    cli_progress_end(p);
    va_list args;
    va_start(args, fmt);
    vfprintf(stderr, fmt, args);
    va_end(args);
    fputc('\n', stderr);
}

void cli_progress_end(cli_progress *p)
{
    if (p->shown) fputs("\r\033[K", stderr);
    p->shown = 0;
}

int cli_progress_evaluate(void *user, const char *method, int32_t done, int32_t total)
{
    cli_progress_show(user, method, done, total, "drops", NULL);
    return 0;
}
