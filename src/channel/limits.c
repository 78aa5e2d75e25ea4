#include "channel/limits.h"

#include <stdlib.h>

#include <cellfree/assignment.h>

#include "base/status.h"

static void spread(const chan_yaml_list *list, int32_t n, int32_t *out)
{
    for (int32_t i = 0; i < n; i++) out[i] = (int32_t)list->v[list->n == 1 ? 0 : i];
}

void chan_limits_fill(const cf_scenario *s, int32_t L, int32_t *max_users, int32_t *min_aps)
{
    spread(&s->max_users, L, max_users);
    spread(&s->min_aps, (int32_t)s->user_count, min_aps);
}

cf_status chan_limits_check(const cf_scenario *s, int32_t L)
{
    const int32_t K = (int32_t)s->user_count;
    int32_t *both = malloc(sizeof *both * ((size_t)L + (size_t)K));
    if (!both) return base_fail(CF_ENOMEM, "no memory for %d limits", L + K);
    chan_limits_fill(s, L, both, both + L);
    const cf_status status = cf_assignment_check_limits(L, K, both, both + L);
    free(both);
    return status;
}
