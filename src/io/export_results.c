#include <math.h>
#include <stdlib.h>

#include <cellfree/evaluate.h>

#include "base/status.h"
#include "channel/scenario.h"
#include "io/export.h"

static int has_bound(const cf_result *r)
{
    int32_t i = 0;
    while (i < r->n && isnan(r->bound[i])) i++;
    return i < r->n;
}

static void add_result(io_items *t, const cf_result *r)
{
    const int power = r->task == CF_TASK_POWER;
    const char *m = r->method, *unit = cf_result_unit(r);
    io_items_add(t, m, "objective", IO_F64, "drop", unit, r->objective);
    io_items_add(t, m, "bound", IO_F64, "drop", unit, has_bound(r) ? r->bound : NULL);
    io_items_add(t, m, "seconds", IO_F64, "drop", "s", r->seconds);
    io_items_add(t, m, "feasible", IO_U8, "drop", "1", r->feasible);
    io_items_add(t, m, "proven", IO_U8, "drop", "1", r->proven);
    io_items_add(t, m, "broken_before_repair", IO_U8, "drop", "1", r->broken);
    io_items_add(t, m, "below_floor", IO_I32, "drop", "users", r->below_floor);
    io_items_add(t, m, "users_on", IO_I32, "drop", "users", r->users_on);
    if (power)
        io_items_add(t, m, "allocation", IO_F32, "drop,ap,user", "W", r->watts);
    else
        io_items_add(t, m, "allocation", IO_U8, "drop,ap,user", "1", r->x);
    io_items_add(t, m, "relaxed", IO_F32, "drop,ap,user", "1", r->relaxed);
    io_items_text(t, m, "method", m);
    if (power) io_items_text(t, m, "maximises", chan_objectives[r->power_objective]);
    io_items_add(t, m, "mean", IO_F64, "", unit, &r->mean);
    io_items_add(t, m, "ci95", IO_F64, "", unit, &r->ci95);
    io_items_add(t, m, "of_best", IO_F64, "", "1", &r->of_best);
    io_items_add(t, m, "feasible_share", IO_F64, "", "1", &r->feasible_share);
    io_items_add(t, m, "proven_share", IO_F64, "", "1", &r->proven_share);
    io_items_add(t, m, "us_per_drop", IO_F64, "", "us", &r->us_per_drop);
}

cf_status cf_results_export(cf_result *const *r, int32_t count, const char *path, char *report,
                            size_t size)
{
    if (!r || count < 1 || !path) return base_fail(CF_EARG, "export: NULL argument or no method");
    for (int32_t i = 1; i < count; i++)
        if (r[i]->n != r[0]->n || r[i]->L != r[0]->L || r[i]->K != r[0]->K)
            return base_fail(CF_ESHAPE, "export: %s has (%d,%d,%d), %s (%d,%d,%d)", r[i]->method,
                             r[i]->n, r[i]->L, r[i]->K, r[0]->method, r[0]->n, r[0]->L, r[0]->K);
    io_items t = {.sizes = {r[0]->n, r[0]->L, r[0]->K, 0}};
    for (int32_t i = 0; i < count; i++) add_result(&t, r[i]);
    const cf_status s = io_items_write(&t, path, report, size);
    free(t.v);
    return s;
}
