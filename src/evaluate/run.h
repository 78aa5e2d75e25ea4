#ifndef EVALUATE_RUN_H
#define EVALUATE_RUN_H

#include <stdint.h>

#include <cellfree/evaluate.h>

/* One method over every drop: fills the arrays of `r`, none of its summary. *drawn is 1 where an
 * objective is the mean over several draws of the method: such a mean is no answer. Threads share
 * the drops; the answers do not depend on their number. CF_ENUM if the method gives NaN or an
 * objective above its own bound; CF_ESTOP if options->progress returned non-zero. */
cf_status eval_run(cf_result *r, int32_t *drawn, const cf_drops *d, const cf_evaluate_item *item,
                   const cf_evaluate_options *options);

/* Time of cf_method_run_many, in us a drop, on the calling thread; enough tiles of drops for a
 * steady figure. Task assignment only. */
cf_status eval_time_batch(double *us_per_drop, const cf_drops *d, const cf_evaluate_item *item,
                          uint64_t seed);

#endif
