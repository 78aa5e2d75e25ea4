#include "train/config.h"

#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/status.h"
#include "base/text.h"
#include "channel/yaml.h"

static const char *const ARCHITECTURES[] = {"hpe", "market", NULL}; /* as policy_classes */
static const char *const SCHEMES[] = {"lagrangian", "straight-through", "labels", NULL};
static const char *const SCHEDULES[] = {"cosine", "plateau", "constant", NULL};
static const char *const CHOICES[] = {"repaired", "feasible", NULL};

#define FIELD(k, kind, member) \
    .key = (k), .type = CHAN_YAML_##kind, .offset = offsetof(struct cf_train_config, member)
#define RANGE(low, high) .least = (low), .most = (high)

static const chan_yaml_field FIELDS[] = {
    {FIELD("architecture", CHOICE, architecture), .choices = ARCHITECTURES, .fallback = 1,
     .about = "hpe (the authors' form) or market (ours)"},
    {FIELD("scheme", CHOICE, scheme), .choices = SCHEMES, .fallback = LOSS_LABELS,
     .about = "lagrangian, straight-through, or labels (from the exact solver)"},
    {FIELD("scenario", TEXT, scenarios), .fallback_text = "mmwave-small",
     .about = "names or files, separated by commas; batches take turns"},
    {FIELD("seed", INT, seed), RANGE(0, 9e15), .fallback = 1, .about = "of weights and drops"},
    {FIELD("steps", INT, steps), RANGE(1, 1e9), .fallback = 4000, .about = "batches"},
    {FIELD("batch", INT, batch), RANGE(1, 65536), .fallback = 192, .about = "drops a batch"},

    {FIELD("features", INT, features), RANGE(1, 64), .fallback = 10, .about = "hpe: F"},
    {FIELD("layers", INT, layers), RANGE(1, 7), .fallback = 5, .about = "hpe: message passing"},
    {FIELD("runs", INT, runs), RANGE(1, 8), .fallback = 2, .about = "hpe: runs, as many as A"},
    {FIELD("mean_db", REAL, mean_db), RANGE(-1000, 1000), .fallback = -111.6,
     .about = "dBm, hpe: mean of the received power"},
    {FIELD("std_db", REAL, std_db), RANGE(1e-6, 1000), .fallback = 4.335,
     .about = "dB, hpe: its scale"},
    {FIELD("rounds", INT, rounds), RANGE(1, POLICY_MAX_ROUNDS), .fallback = 6,
     .about = "market: rounds"},
    {FIELD("hidden", INT, hidden), RANGE(2, 128), .fallback = 24, .about = "market: hidden units"},
    {FIELD("pooled", INT, pooled), RANGE(1, 32), .fallback = 6,
     .about = "market: averaged over other users, as many others over other APs"},

    {FIELD("rate", REAL, rate), RANGE(1e-9, 1), .fallback = 5e-3, .about = "Adam's step"},
    {FIELD("last_rate", REAL, last_rate), RANGE(0, 1), .fallback = 0.01,
     .about = "share of rate that cosine ends at and plateau stops at"},
    {FIELD("schedule", CHOICE, schedule), .choices = SCHEDULES, .fallback = TRAIN_COSINE,
     .about = "cosine, plateau (halve after patience validations without a better one), constant"},
    {FIELD("warmup", INT, warmup), RANGE(0, 1e9), .fallback = 50, .about = "batches, linear"},
    {FIELD("patience", INT, patience), RANGE(1, 1e9), .fallback = 10,
     .about = "validations, for plateau"},
    {FIELD("clip", REAL, clip), RANGE(1e-9, 1e9), .fallback = 1,
     .about = "most norm of a batch's gradient"},
    {FIELD("clamp", REAL, clamp), RANGE(0, 1e9), .about = "weights stay within +-clamp; 0: free"},

    {FIELD("penalty", REAL, penalty), RANGE(0, 1e6), .fallback = 1,
     .about = "bit/s/Hz a missing AP; straight-through and labels"},
    {FIELD("early_weight", REAL, early_weight), RANGE(0, 1), .fallback = 0.3,
     .about = "of the loss of all rounds but the last"},
    {FIELD("scale", REAL, scale), RANGE(1e-6, 1000), .fallback = 1,
     .about = "lagrangian: multiplies the phases below, not the window"},
    {FIELD("rate_phase", INT, rate_phase), RANGE(0, 1e9), .fallback = 30000,
     .about = "lagrangian: batches with the rate alone"},
    {FIELD("gap_phase", INT, gap_phase), RANGE(0, 1e9), .fallback = 30000,
     .about = "lagrangian: batches with the connection penalty; then discreteness too"},
    {FIELD("window", INT, window), RANGE(1, 1e6), .fallback = 150,
     .about = "lagrangian: batches that a value is compared with"},
    {FIELD("mu_c_step", REAL, mu_c_step), RANGE(0, 1e6), .fallback = 1,
     .about = "lagrangian: growth of the connection penalty's quadratic factor"},
    {FIELD("mu_d_step", REAL, mu_d_step), RANGE(0, 1e6), .fallback = 0.1,
     .about = "lagrangian: growth of the discreteness penalty's"},
    {FIELD("mu_c_cap", REAL, mu_c_cap), RANGE(0, 1e9), .fallback = 20,
     .about = "lagrangian: most of it; the authors have no cap, and decay"},
    {FIELD("mu_d_cap", REAL, mu_d_cap), RANGE(0, 1e9), .fallback = 1, .about = "lagrangian"},

    {FIELD("log_every", INT, log_every), RANGE(1, 1e9), .fallback = 10,
     .about = "batches a line of the metrics"},
    {FIELD("valid_every", INT, valid_every), RANGE(1, 1e9), .fallback = 200, .about = "batches"},
    {FIELD("valid_count", INT, valid_count), RANGE(1, 1e6), .fallback = 2048,
     .about = "drops of each scenario, never trained on"},
    {FIELD("choose", CHOICE, choose), .choices = CHOICES,
     .about = "the best checkpoint by value after repair, or before it, a broken drop counting 0"},
    {0},
};

/* c->yaml as c is now. */
static cf_status refresh(cf_train_config *c)
{
    text t = {0};
    chan_yaml_write(&t, FIELDS, c);
    if (t.failed) {
        text_free(&t);
        return base_fail(CF_ENOMEM, "no memory for a training configuration");
    }
    free(c->yaml);
    c->yaml = t.s;
    return CF_OK;
}

cf_status cf_train_config_parse(cf_train_config **out, const char *yaml, const char *origin)
{
    if (!out || (yaml && !origin)) return base_fail(CF_EARG, "configuration: NULL argument");
    cf_train_config *c = calloc(1, sizeof *c);
    if (!c) return base_fail(CF_ENOMEM, "no memory for a training configuration");
    chan_yaml *y = NULL;
    cf_status s = yaml ? chan_yaml_open(&y, yaml, origin) : CF_OK;
    if (s == CF_OK) s = yaml ? chan_yaml_read(y, FIELDS, c) : chan_yaml_defaults(FIELDS, c);
    if (s == CF_OK) s = refresh(c);
    chan_yaml_close(y);
    if (s != CF_OK) {
        cf_train_config_free(c);
        return s;
    }
    *out = c;
    return CF_OK;
}

cf_status cf_train_config_load(cf_train_config **out, const char *path)
{
    unsigned char *yaml;
    size_t size;
    if (!out) return base_fail(CF_EARG, "configuration: NULL argument");
    if (!path) return cf_train_config_parse(out, NULL, NULL);
    cf_status s = file_read(path, &yaml, &size);
    if (s != CF_OK) return s;
    const size_t length = strlen((const char *)yaml);
    s = length != size ? base_fail(CF_EFORMAT, "%s: not a text file: byte %zu is 0", path, length)
                       : cf_train_config_parse(out, (const char *)yaml, path);
    free(yaml);
    return s;
}

void cf_train_config_free(cf_train_config *c)
{
    if (!c) return;
    chan_yaml_free(FIELDS, c);
    free(c->yaml);
    free(c);
}

cf_status cf_train_config_set(cf_train_config *c, const char *key, const char *value)
{
    if (!c || !key || !value) return base_fail(CF_EARG, "configuration: NULL argument");
    const cf_status s = chan_yaml_set(FIELDS, c, key, value);
    return s == CF_OK ? refresh(c) : s;
}

const char *cf_train_config_yaml(const cf_train_config *c)
{
    return c->yaml;
}

void train_config_sizes(const cf_train_config *c, double *size)
{
    const policy_class *class = policy_classes[c->architecture];
    const double hpe[] = {(double)c->features, (double)c->layers, (double)c->runs, c->mean_db,
                          c->std_db};
    const double market[] = {(double)c->rounds, (double)c->hidden, (double)c->pooled};
    for (int32_t i = 0; i < class->n_sizes; i++) size[i] = class->sizes[i].standard;
    if (strcmp(class->name, "hpe") == 0)
        memcpy(size, hpe, sizeof hpe);
    else
        memcpy(size, market, sizeof market);
}
