#ifndef EVALUATE_UNKNOWN_H
#define EVALUATE_UNKNOWN_H

#include <stddef.h>

#include <cellfree/task.h>

/* CF_EARG: the task has no method named by the first n characters of spec. The message says so if it
 * is one of another task, and lists this task's methods. */
cf_status eval_unknown_method(cf_task task, const char *spec, size_t n);

#endif
