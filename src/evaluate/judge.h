#ifndef EVALUATE_JUDGE_H
#define EVALUATE_JUDGE_H

#include <stdint.h>

#include <cellfree/evaluate.h>

/* Judge the answer to drop i, r->x + i L K, by the independent check (check.h) and what the method
 * says of it; fills objective, bound, feasible, broken and proven of the drop. A method whose
 * objective is the mean over several draws (random) answers for its last draw's B2c only; its mean
 * must lie in the possible range. CF_ENUM: the objective is NaN or impossible, or above the
 * method's own bound. */
cf_status eval_judge(cf_result *r, const cf_drops *d, int32_t i, const cf_report *report);

/* The same for power, of r->watts + i L K in problem p, by check_power.h; also below_floor and
 * users_on. A method whose objective is a mean over draws answers for its last draw's constraints.
 * CF_ENUM also where watts are not finite. */
cf_status eval_judge_power(cf_result *r, const cf_power *p, int32_t i, const cf_report *report);

#endif
