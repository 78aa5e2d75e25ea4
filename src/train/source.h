#ifndef TRAIN_SOURCE_H
#define TRAIN_SOURCE_H

#include <stdint.h>

#include <cellfree/drops.h>

/* Drops to train on: a scenario that makes them, or a dataset that is there. One size each. */
typedef struct train_source {
    cf_scenario *scenario; /* or NULL */
    const cf_drops *fixed; /* borrowed, or NULL */
    int32_t held_out;      /* fixed: its last drops, kept for validation */
    int32_t L, K;
    char *name;
} train_source;

/* CF_EARG where the drops are another task's. scenario: name or file. */
cf_status train_source_open(train_source *s, const char *scenario, cf_task task);
cf_status train_source_fixed(train_source *s, const cf_drops *d, int32_t held_out, cf_task task);
void train_source_close(train_source *s);

/* Drops that validation takes: those held out, or as many fresh ones as the configuration says. */
static inline int32_t train_source_validates(const train_source *s, int64_t valid_count)
{
    return s->fixed ? s->held_out : (int32_t)valid_count;
}

/* Where a run's drops stand in the scenario's endless sequence: far from those of `generate`. */
#define TRAIN_FIRST_DROP  ((int64_t)1 << 40)
#define TRAIN_FIRST_VALID ((int64_t)1 << 50)

/* The drops of a batch: number i is drops[from[i]]. */
typedef struct train_draw {
    const cf_drops *drops;
    cf_drops *fresh; /* where they were made for this batch */
    int32_t *from;   /* (n) */
} train_draw;

/* Batch number `step` of n drops: fresh ones from `first` on, or drawn from the fixed ones. step <
 * 0: for validation, fresh drops `first` .. first + n - 1, or the first n of those held out. */
cf_status train_draw_make(train_draw *d, const train_source *s, uint64_t seed, int64_t first,
                          int64_t step, int32_t n, int32_t threads);
void train_draw_free(train_draw *d);

#endif
