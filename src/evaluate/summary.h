#ifndef EVALUATE_SUMMARY_H
#define EVALUATE_SUMMARY_H

#include <cellfree/evaluate.h>

typedef struct eval_reference {
    double value;      /* NaN: no method of the call gives one */
    int32_t certified; /* it is an optimum, or no smaller than it */
} eval_reference;

/* What drop i is measured against, by the rule of eval_summarise. */
cf_status eval_reference_of(cf_result *const *r, const int32_t *drawn, int32_t count, int32_t i,
                            eval_reference *out);

/* objective / best; sums of logarithms have no ratio, their geometric means do. */
double eval_ratio(const cf_result *r, double objective, double best);

/* Fill in the summary of every result from its arrays; drawn[m] says that method m's objective is
 * a mean over draws (eval_run). What each drop is measured against: its proven optimum; where no
 * method proved one, the least bound that one gave; else the best feasible objective of the call,
 * and NaN where there is none of these. CF_ENUM where a feasible answer beats what another method
 * proved or bounded: one of the two is wrong. */
cf_status eval_summarise(cf_result **r, const int32_t *drawn, int32_t count);

#endif
