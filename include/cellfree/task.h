#ifndef CF_TASK_H
#define CF_TASK_H

#include <cellfree/status.h>

CF_BEGIN_C

/* What is to be decided in a network. */
typedef enum cf_task {
    CF_TASK_ASSIGNMENT = 0, /* which access points serve which users: cellfree/assignment.h */
    CF_TASK_POWER,          /* and with how much power: cellfree/power.h                    */
    CF_TASK_COUNT
} cf_task;

/* "assignment", "power", as files and the command line have it. Never NULL. */
CF_API const char *cf_task_name(cf_task t);

CF_END_C

#endif
