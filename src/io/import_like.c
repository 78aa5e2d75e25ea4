/* How others keep their data, by one word. */
#include <math.h>
#include <string.h>

#include <cellfree/drops.h>

#include "base/status.h"
#include "base/text.h"

/* What is NULL, NaN or 0 here is left as it is. */
typedef struct convention {
    const char *name;
    cf_task task;
    const char *gain, *channel, *axes, *serve_axes, *ue_position;
    cf_unit unit;
    double tx_power_dbm, noise_dbm, noise_w, bandwidth_hz;
} convention;

/* bjornson: Demir, Bjornson and Sanguinetti, "Foundations of User-Centric Cell-Free Massive MIMO",
 * generateSetup and functionChannelEstimates. Gains are over the noise, 20 MHz with a noise figure
 * of 7 dB; channels H (L N, realisation, K) are in units of a noise of 1, beside powers in mW.
 * eemax: Mai, Ngo and Tran, "Energy Efficiency Maximization in Large-Scale Cell-Free Massive MIMO":
 * beta (M,K), 1 W an access point, 20 MHz with a noise figure of 9 dB at 290 K.
 * peng: the authors of (B): received power of user by access point. */
static const convention CONVENTIONS[] = {
    {"bjornson", CF_TASK_ASSIGNMENT, "gainOverNoisedB", NULL, "ap,user,drop", NULL, NULL,
     CF_UNIT_DB_OVER_NOISE, (double)NAN, -93.98970004336019, (double)NAN, (double)NAN},
    {"bjornson", CF_TASK_POWER, NULL, "H", "ap:antenna,drop,user", "ap,user,drop", NULL,
     CF_UNIT_LINEAR, (double)NAN, (double)NAN, 1e-3, 20e6},
    {"bjornson", CF_TASK_POWER, "gainOverNoisedB", NULL, "ap,user,drop", NULL, NULL,
     CF_UNIT_DB_OVER_NOISE, (double)NAN, (double)NAN, 3.990524629937766e-13, 20e6},
    {"eemax", CF_TASK_ASSIGNMENT, "BETAA", NULL, "ap,user,drop", NULL, NULL, CF_UNIT_LINEAR, 30,
     -91.96470004336018, (double)NAN, (double)NAN},
    {"eemax", CF_TASK_POWER, "BETAA", NULL, "ap,user,drop", NULL, NULL, CF_UNIT_LINEAR, (double)NAN,
     (double)NAN, 6.361067376659061e-13, 20e6},
    {"peng", CF_TASK_ASSIGNMENT, "channels", NULL, "drop,user,ap", NULL, "ue_pos", CF_UNIT_DBM,
     (double)NAN, (double)NAN, (double)NAN, (double)NAN},
};
enum { COUNT = sizeof CONVENTIONS / sizeof *CONVENTIONS };

static void set_text(const char **to, const char *value)
{
    if (!*to) *to = value;
}

static void set_number(double *to, double value)
{
    if (isnan(*to)) *to = value;
}

static void fill(cf_import *o, const convention *c)
{
    if (!o->channel) set_text(&o->gain, c->gain);
    set_text(&o->axes, c->axes);
    set_text(&o->serve_axes, c->serve_axes);
    set_text(&o->ue_position, c->ue_position);
    if (o->unit == CF_UNIT_UNKNOWN) o->unit = c->unit;
    set_number(&o->tx_power_dbm, c->tx_power_dbm);
    set_number(&o->noise_dbm, c->noise_dbm);
    set_number(&o->noise_w, c->noise_w);
    set_number(&o->bandwidth_hz, c->bandwidth_hz);
}

static cf_status fail_unknown(const char *name)
{
    text names = {0};
    for (int i = 0; i < COUNT; i++)
        if (i == 0 || strcmp(CONVENTIONS[i].name, CONVENTIONS[i - 1].name) != 0)
            text_add(&names, "%s%s", i ? ", " : "", CONVENTIONS[i].name);
    const cf_status s =
        base_fail(CF_EARG, "import: convention '%.60s', wanted one of %s", name, names.s);
    text_free(&names);
    return s;
}

cf_status cf_import_like(cf_import *options, const char *name)
{
    if (!options || !name) return base_fail(CF_EARG, "import: NULL argument");
    int known = 0;
    for (int i = 0; i < COUNT; i++) {
        const convention *c = CONVENTIONS + i;
        if (strcmp(c->name, name) != 0) continue;
        known = 1;
        if (c->task != options->task || !c->channel != !options->channel) continue;
        fill(options, c);
        return CF_OK;
    }
    if (!known) return fail_unknown(name);
    return base_fail(CF_EARG, "import: %s has no %s for the task %s", name,
                     options->channel ? "channels" : "gains", cf_task_name(options->task));
}
