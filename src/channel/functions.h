#ifndef CHANNEL_FUNCTIONS_H
#define CHANNEL_FUNCTIONS_H

#include <stdint.h>

/* Many values at once, in place, within 4 units of the last place (log10 of x from 1 to 1e300) and
 * within 1 (exp of x from -700 to 700). No library function and no fused multiply-add is in them:
 * they are the same bits on every machine. */
void chan_log10s(int32_t n, double *x);
void chan_exps(int32_t n, double *x);

#endif
