#ifndef CLI_PROGRESS_H
#define CLI_PROGRESS_H

#include <stdint.h>

/* Progress on stderr: a bar with rate and time left on a terminal, redrawn at most ten times a
 * second; plain lines, at most one in ten seconds, anywhere else. Start from cli_progress_start. */
typedef struct cli_progress {
    int terminal, shown;
    double start, last;
    char label[80];
} cli_progress;

cli_progress cli_progress_start(void);

/* Another label starts the clock anew. `extra` stands at the end of the line, or is NULL. */
void cli_progress_show(cli_progress *p, const char *label, int64_t done, int64_t total,
                       const char *unit, const char *extra);

/* A line of its own among the progress, e.g. what a validation found. */
void cli_progress_line(cli_progress *p, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* Clear the bar, so that the next line starts on a clean one. */
void cli_progress_end(cli_progress *p);

/* cf_evaluate's callback; user is a cli_progress. */
int cli_progress_evaluate(void *user, const char *method, int32_t done, int32_t total);

#endif
