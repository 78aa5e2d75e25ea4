#ifndef CF_TRAIN_H
#define CF_TRAIN_H

/* Training of policies (docs/training.md). */

#include <stddef.h>
#include <stdint.h>

#include <cellfree/drops.h>
#include <cellfree/policy.h>
#include <cellfree/status.h>

CF_BEGIN_C

typedef struct cf_train_config cf_train_config; /* parsed from YAML, defaults written out */

/* path NULL: the defaults. Errors name file, line and key. */
CF_API cf_status cf_train_config_load(cf_train_config **out, const char *path);
CF_API cf_status cf_train_config_parse(cf_train_config **out, const char *yaml, const char *origin);
CF_API void cf_train_config_free(cf_train_config *c);

/* Set one key as the command line does: "steps", "2000". CF_EARG lists the known keys, which depend
 * on the architecture. Another architecture brings its own defaults for every key that has the one
 * of the architecture before, and refuses what it does not know. */
CF_API cf_status cf_train_config_set(cf_train_config *c, const char *key, const char *value);
CF_API const char *cf_train_config_yaml(const cf_train_config *c); /* owned by c */
CF_API cf_task cf_train_config_task(const cf_train_config *c);     /* of its architecture */

typedef struct cf_train_state {
    int64_t step, steps;
    double seconds;   /* since the start, resumed time included          */
    double objective; /* mean rate of the last batch [bit/s/Hz], or energy efficiency [Mbit/J] */
    double violation; /* assignment: mean connection penalty of the last batch                 */
    double entropy;   /* assignment: mean discreteness penalty of the last batch               */
    double drops_per_second;
    double eta_seconds;
    int32_t validated;    /* 1: the fields below are fresh                   */
    double valid_of_best; /* feasible value / optimum or best known, mean over drops */
    double valid_broken;  /* share of drops that break B2d before repair; power: 0   */
    double best_of_best;  /* of the best checkpoint so far                   */
    int32_t saved;        /* 1: a better policy was just written             */
} cf_train_state;

typedef struct cf_train_run {
    const cf_drops *const
        *data; /* fixed drops to train on, one dataset a size; NULL: fresh drops */
    int32_t data_count;
    const char *out; /* policy file; OUT.metrics.jsonl, OUT.checkpoint stand beside it */
    int32_t resume;  /* 1: go on from OUT.checkpoint                                   */
    int32_t threads; /* 0: all cores; the weights do not depend on it                  */
    double minutes;  /* > 0: stop after this long, schedules end there                 */
    int (*progress)(void *user,
                    const cf_train_state *s); /* or NULL; non-zero stops and saves     */
    void *user;
} cf_train_run;

/* Train. The best policy by validation is at run->out when this returns CF_OK, or CF_ESTOP if
 * progress stopped it (not before the first validation); then OUT.checkpoint continues the run bit
 * for bit. CF_EIO before any work if the files cannot be written; CF_EARG or CF_EFORMAT, with the
 * checkpoint's name, if it is another configuration's or drops', or damaged. */
CF_API cf_status cf_train(const cf_train_config *c, const cf_train_run *run);

CF_END_C

#endif
