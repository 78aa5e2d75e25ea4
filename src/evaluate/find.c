#include "evaluate/find.h"

#include <string.h>

#include <cellfree/method.h>

#include "base/status.h"
#include "base/text.h"

static const char *name_at(cf_task task, int32_t i)
{
    return task == CF_TASK_POWER ? cf_power_method_name(i) : cf_method_name(i);
}

/* Do the first n characters of spec name this method? "policy+N" is named by any number, and by
 * N. */
static int names(const char *name, const char *spec, size_t n)
{
    const size_t stem = strlen(name) - 1;
    if (n == stem + 1 && memcmp(name, spec, n) == 0) return 1;
    return strcmp(name + stem, "N") == 0 && n > stem && memcmp(name, spec, stem) == 0 &&
           strspn(spec + stem, "0123456789") >= n - stem;
}

/* -1: the task has no method named by the first n characters of spec. */
static int32_t number_of(cf_task task, const char *spec, size_t n)
{
    const char *name;
    for (int32_t i = 0; (name = name_at(task, i)) != NULL; i++)
        if (names(name, spec, n)) return i;
    return -1;
}

static cf_status unknown(cf_task task, const char *spec, size_t n)
{
    const cf_task other = task == CF_TASK_POWER ? CF_TASK_ASSIGNMENT : CF_TASK_POWER;
    const int shown = (int)(n < 200 ? n : 200);
    text known = {0};
    const char *name;
    for (int32_t i = 0; (name = name_at(task, i)) != NULL; i++)
        text_add(&known, "%s%s", i ? ", " : "", name);
    const char *list = known.failed || !known.s ? "?" : known.s;
    const cf_status s =
        number_of(other, spec, n) >= 0
            ? base_fail(CF_EARG, "method '%.*s' is for the task %s; for %s there are %s", shown,
                        spec, cf_task_name(other), cf_task_name(task), list)
            : base_fail(CF_EARG, "unknown method '%.*s'; there are %s", shown, spec, list);
    text_free(&known);
    return s;
}

cf_status eval_find_method(cf_task task, const char *spec, int32_t *index)
{
    const size_t n = strcspn(spec, ":");
    const int32_t i = number_of(task, spec, n);
    if (i < 0) return unknown(task, spec, n);
    *index = i;
    return CF_OK;
}
