#ifndef TRAIN_TASK_H
#define TRAIN_TASK_H

#include <stdint.h>

#include "policy/policy.h"
#include "train/config.h"
#include "train/source.h"

/* What training of any task needs of it: assignment.c and power.c are the two there are. The loop
 * (train.c), its log and its checkpoints know no more of a task than this. */

/* What a task works on; outlives it. */
typedef struct train_job {
    const cf_train_config *config;
    const cf_policy *policy; /* its parameters move between calls */
    train_source *source;    /* (sources) */
    int32_t sources, threads;
} train_job;

/* A number, or n of them, that a checkpoint keeps: real or count is where it stands. */
typedef struct train_number {
    const char *key;
    double *real;
    int64_t *count;
    int64_t n; /* reals; 0: one */
} train_number;

/* A number of the metrics. */
typedef struct train_scalar {
    const char *key;
    double value;
} train_scalar;

enum { TRAIN_MAX_NUMBERS = 32, TRAIN_MAX_SCALARS = 16 };

/* What a validation comes to, as means over all sizes. */
typedef struct train_verdict {
    double value;   /* by which the best policy is chosen                           */
    double of_best; /* decisions against the best known, drop by drop               */
    double broken;  /* share of drops that break a constraint; NaN: the task cannot */
} train_verdict;

typedef struct train_task {
    cf_task task;

    /* Does the configuration make sense? CF_EARG. */
    cf_status (*check)(const cf_train_config *c);

    /* open: the state that a checkpoint keeps, as it is at the start; costs nothing. prepare:
     * networks, pools and validation drops, before the first step. */
    cf_status (*open)(void **self, const train_job *job);
    cf_status (*prepare)(void *self);
    void (*free)(void *self); /* NULL is fine */

    /* Batch number `step`: its gradient into g (P), overwritten, and what `say` tells of a batch.
     * The batch is a function of the number. */
    cf_status (*step)(void *self, int64_t step, real *g, cf_train_state *say);
    cf_status (*judge)(void *self, train_verdict *v);

    int32_t (*numbers)(void *self, train_number *n); /* returns how many */

    /* The next line of metrics: means over the steps since the line before, and with `judged` what
     * judge last found. Returns how many. */
    int32_t (*line)(void *self, int32_t judged, train_scalar *s);
} train_task;

extern const train_task train_assignment, train_power;

#endif
