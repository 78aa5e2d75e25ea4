#include <cellfree/task.h>

const char *cf_task_name(cf_task t)
{
    static const char *const NAMES[CF_TASK_COUNT] = {"assignment", "power"};
    return (unsigned)t < CF_TASK_COUNT ? NAMES[t] : "unknown task";
}
