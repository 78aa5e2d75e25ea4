#include <stdlib.h>

#include <cellfree/drops.h>

#include "base/status.h"
#include "channel/scenario.h"
#include "io/export.h"

static void add_assignment(io_items *t, const cf_drops *d)
{
    io_items_add(t, NULL, "gain_dbm", IO_F32, "drop,ap,user", "dBm", d->gain_dbm);
    io_items_add(t, NULL, "max_users", IO_I32, "ap", "users", d->max_users);
    io_items_add(t, NULL, "min_aps", IO_I32, "user", "access points", d->min_aps);
    io_items_add(t, NULL, "noise_dbm", IO_F64, "", "dBm", &d->noise_dbm);
}

/* gain: (n,L,K,K), of the channels or the drops' own. */
static void add_power(io_items *t, const cf_drops *d, const float *gain)
{
    io_items_add(t, NULL, "gain", IO_F32, "drop,ap,user,beam", "W/W", gain);
    io_items_add(t, NULL, "channel", IO_C64, "drop,ap,user,antenna", "sqrt(W/W)", d->channel);
    io_items_add(t, NULL, "serve", IO_U8, "drop,ap,user", "1", d->serve);
    io_items_add(t, NULL, "noise_w", IO_F64, "", "W", &d->noise_w);
    io_items_add(t, NULL, "mu", IO_F64, "", "1", &d->mu);
    io_items_add(t, NULL, "static_w", IO_F64, "", "W", &d->static_w);
    io_items_add(t, NULL, "bandwidth_hz", IO_F64, "", "Hz", &d->bandwidth_hz);
    io_items_add(t, NULL, "limit_w", IO_F64, "", "W", &d->limit_w);
    io_items_add(t, NULL, "rate_floor", IO_F64, "", "bit/s/Hz", &d->rate_floor);
    io_items_text(t, NULL, "objective", chan_objectives[d->objective]);
    io_items_text(t, NULL, "limit", chan_limits_on[d->limit]);
}

/* Effective gains of all drops, malloc'ed. */
static cf_status take_gains(const cf_drops *d, float **out)
{
    const size_t a_drop = (size_t)d->L * (size_t)d->K * (size_t)d->K;
    float *gain = malloc((size_t)d->n * a_drop * sizeof *gain);
    if (!gain) return base_fail(CF_ENOMEM, "export: no memory for gains");
    cf_status s = CF_OK;
    for (int32_t i = 0; i < d->n && s == CF_OK; i++) {
        cf_power p;
        s = cf_drops_power(d, i, gain + (size_t)i * a_drop, &p);
    }
    if (s == CF_OK)
        *out = gain;
    else
        free(gain);
    return s;
}

cf_status cf_drops_export(const cf_drops *d, const char *path, char *report, size_t size)
{
    if (!d || !path) return base_fail(CF_EARG, "export: NULL argument");
    io_items t = {.sizes = {d->n, d->L, d->K, d->antennas}};
    float *gain = NULL;
    cf_status s = d->task == CF_TASK_POWER ? take_gains(d, &gain) : CF_OK;
    if (s != CF_OK) return s;
    if (d->task == CF_TASK_POWER)
        add_power(&t, d, gain);
    else
        add_assignment(&t, d);
    io_items_add(&t, NULL, "ap_position", IO_F32, "drop,ap,xyz", "m", d->ap_position);
    io_items_add(&t, NULL, "ue_position", IO_F32, "drop,user,xyz", "m", d->ue_position);
    io_items_text(&t, NULL, "task", cf_task_name(d->task));
    io_items_text(&t, NULL, "scenario", d->scenario);
    io_items_text(&t, NULL, "scenario_yaml", d->scenario_yaml);
    io_items_add(&t, NULL, "seed", IO_U64, "", "1", &d->seed);
    io_items_add(&t, NULL, "checksum", IO_U64, "", "1", &d->checksum);
    s = io_items_write(&t, path, report, size);
    free(t.v);
    free(gain);
    return s;
}
