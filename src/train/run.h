#ifndef TRAIN_RUN_H
#define TRAIN_RUN_H

#include <stdint.h>
#include <stdio.h>

#include "nn/adam.h"
#include "train/config.h"
#include "train/task.h"

/* A run of training: everything that changes from batch to batch, and what it works on. What a
 * checkpoint keeps is marked; the drops of a batch are a function of its number. */
typedef struct train_run {
    const cf_train_config *config;
    const cf_train_run *order; /* what the caller asked for */
    int32_t threads;

    cf_policy *policy; /* kept: its parameters */
    nn_adam adam;      /* kept */
    real *state;       /* (3,P): parameters as kept, and the moments, in one block */
    real *gradient;    /* (P) */

    train_source source[TRAIN_MAX_SCENARIOS];
    int32_t sources;
    const train_task *task;
    void *self; /* the task's; kept: its numbers */

    int64_t step;                        /* kept */
    double best, best_of_best;           /* kept: best value of a verdict, and its of_best */
    int64_t halvings, stale;             /* kept: for plateau */
    double seconds_before;               /* kept: of the runs this one resumes */
    double started;                      /* on the clock */
    int64_t metrics_bytes, events_bytes; /* kept: lengths of both files */

    FILE *metrics, *events;
    int32_t kept; /* 1: there is a checkpoint that knows of both */
    cf_train_state say;
} train_run;

/* checkpoint.c: OUT.checkpoint, written whole or not at all. Loading refuses the checkpoint of
 * another configuration. */
cf_status train_checkpoint_save(train_run *r);
cf_status train_checkpoint_load(train_run *r);

/* log.c: OUT.metrics.jsonl and OUT.tfevents; opened at the length that the checkpoint knows. */
cf_status train_log_open(train_run *r);
cf_status train_log_line(train_run *r, int32_t judged);
void train_log_close(train_run *r);
void train_log_remove(train_run *r); /* both, where this run opened them */

/* Seconds of this run and of those it resumes. */
double train_seconds(const train_run *r);

/* OUT with something behind, malloc'ed; NULL: no memory. */
char *train_path(const train_run *r, const char *suffix);

#endif
