#ifndef BASE_STATUS_H
#define BASE_STATUS_H

#include <cellfree/status.h>

/* Keep a printf-style message for cf_last_error() and return s, so that a failing line reads
 * `return base_fail(CF_EARG, "L is %d, wanted 1 to %d", L, CF_MAX_DIM);`. */
cf_status base_fail(cf_status s, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* Put "prefix: " before the message that is there, and return s. */
cf_status base_fail_in(cf_status s, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

#endif
