#ifndef EVALUATE_WORKER_H
#define EVALUATE_WORKER_H

#include <stdint.h>

#include <cellfree/evaluate.h>

/* A method of the drops' task with the room it needs; one thread at a time. */
typedef struct eval_worker {
    const cf_drops *d;
    cf_method *method; /* assignment */
    double *snr;       /* (L,K)      */
    cf_power_method *power_method;
    float *gain; /* (L,K,K)    */
    int warm;
} eval_worker;

/* CF_EARG also where the method does not serve the drops' objective and limit. Close it in any
 * case. */
cf_status eval_worker_open(eval_worker *w, const cf_drops *d, const cf_evaluate_item *item);
void eval_worker_close(eval_worker *w);

/* Does drop i meet cf_assignment_check or cf_power_check? Methods are promised that. */
cf_status eval_worker_check(eval_worker *w, int32_t i);

/* Decide drop i and judge the answer (judge.h): fills the arrays of r at i. Time is that of the
 * method alone, gains and SNR made before. */
cf_status eval_worker_decide(eval_worker *w, int32_t i, uint64_t seed, cf_result *r,
                             cf_report *report);

/* The assignment problem of these drops with somebody's snr. */
cf_assignment eval_assignment_of(const cf_drops *d, const double *snr);

#endif
