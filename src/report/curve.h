#ifndef REPORT_CURVE_H
#define REPORT_CURVE_H

#include <stddef.h>

#include <cellfree/report.h>

/* The distribution of the finite ones among `count` values, which are put in another order. */
cf_status report_curve(cf_curve *out, double *value, size_t count);
void report_curve_free(cf_curve *c);

#endif
