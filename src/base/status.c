#include "base/status.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static _Thread_local char message[1024];

cf_status base_fail(cf_status s, const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    vsnprintf(message, sizeof message, fmt, args);
    va_end(args);
    return s;
}

cf_status base_fail_in(cf_status s, const char *fmt, ...)
{
    char inner[sizeof message];
    memcpy(inner, message, sizeof message);
    va_list args;
    va_start(args, fmt);
    const int n = vsnprintf(message, sizeof message, fmt, args);
    va_end(args);
    const int room = (int)sizeof message - n - 3; /* for ": " and the end */
    if (n >= 0 && room > 0) snprintf(message + n, (size_t)room + 3, ": %.*s", room, inner);
    return s;
}

const char *cf_last_error(void)
{
    return message;
}

const char *cf_status_str(cf_status s)
{
    static const char *const TEXT[CF_STATUS_COUNT] = {
        [CF_OK] = "done",
        [CF_EARG] = "argument out of range",
        [CF_ESHAPE] = "dimensions disagree",
        [CF_ENOMEM] = "out of memory",
        [CF_EIO] = "file cannot be read or written",
        [CF_EFORMAT] = "file is damaged or of another kind",
        [CF_ENUM] = "not a finite number, or no convergence",
        [CF_ESTOP] = "stopped",
    };
    return (unsigned)s < CF_STATUS_COUNT ? TEXT[s] : "unknown status";
}

const char *cf_version(void)
{
    return CF_VERSION;
}
