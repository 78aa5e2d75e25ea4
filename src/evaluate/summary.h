#ifndef EVALUATE_SUMMARY_H
#define EVALUATE_SUMMARY_H

#include <cellfree/evaluate.h>

/* Fill in the summary of every result from its arrays; drawn[m] says that method m's objective is
 * a mean over draws (eval_run). What each drop is measured against: its proven optimum; where no
 * method proved one, the least bound that one gave; else the best feasible objective of the call,
 * and NaN where there is none of these. CF_ENUM where a feasible answer beats what another method
 * proved or bounded: one of the two is wrong. */
cf_status eval_summarise(cf_result **r, const int32_t *drawn, int32_t count);

#endif
