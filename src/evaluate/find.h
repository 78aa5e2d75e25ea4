#ifndef EVALUATE_FIND_H
#define EVALUATE_FIND_H

#include <stdint.h>

#include <cellfree/task.h>

/* The number of the task's method that spec, NAME[:KEY=VALUE,...], names. CF_EARG if there is none:
 * the message says so if it is one of the other task, and lists this task's methods. */
cf_status eval_find_method(cf_task task, const char *spec, int32_t *index);

#endif
