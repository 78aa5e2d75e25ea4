#include "train/config.h"

#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/status.h"
#include "base/text.h"
#include "channel/yaml.h"

/* As policy_classes; rows of the table say by these bits for which of them they are meant. */
enum { HPE, MARKET, SINRNET, UNROLLED, SETNET };
static const char *const ARCHITECTURES[] = {"hpe", "market", "sinrnet", "unrolled", "setnet", NULL};
#define ON(architecture) (UINT32_C(1) << (architecture))
#define ASSIGNMENT       (ON(HPE) | ON(MARKET))
#define ROUNDS           (ON(UNROLLED) | ON(SETNET))
#define POWER            (ON(SINRNET) | ROUNDS)

static const char *const SCHEMES[] = {"lagrangian", "straight-through", "labels",
                                      "objective",  "support",          NULL}; /* loss_scheme */
static const char *const SCHEDULES[] = {"cosine", "plateau", "constant", NULL};
static const char *const CHOICES[] = {"repaired", "feasible", NULL};

#define FIELD(k, kind, member) \
    .key = (k), .type = CHAN_YAML_##kind, .offset = offsetof(struct cf_train_config, member)
#define RANGE(low, high) .least = (low), .most = (high)

static const chan_yaml_field FIELDS[] = {
    {FIELD("architecture", CHOICE, architecture), .choices = ARCHITECTURES, .fallback = MARKET,
     .about = "hpe (the authors' form) or market (ours)"},
    {FIELD("scheme", CHOICE, scheme), .choices = SCHEMES, .fallback = LOSS_LABELS,
     .only = ASSIGNMENT,
     .about = "lagrangian, straight-through, or labels (from the exact solver)"},
    {FIELD("scheme", CHOICE, scheme), .choices = SCHEMES, .fallback = LOSS_OBJECTIVE, .only = POWER,
     .about = "objective, support (sinrnet), or labels (setnet, from beam)"},
    {FIELD("scenario", TEXT, scenarios), .fallback_text = "mmwave-small",
     .about = "names or files, separated by commas; batches take turns"},
    {FIELD("seed", INT, seed), RANGE(0, 9e15), .fallback = 1, .about = "of weights and drops"},
    {FIELD("steps", INT, steps), RANGE(1, 1e9), .fallback = 4000, .about = "batches"},
    {FIELD("batch", INT, batch), RANGE(1, 65536), .fallback = 192, .about = "drops a batch"},
    {FIELD("pool", INT, pool), RANGE(0, 1e6), .only = POWER,
     .about = "drops made once and used again and again; 0: fresh ones in every batch"},
    {FIELD("chunk", INT, chunk), RANGE(0, 1e6), .only = POWER,
     .about = "drops that a pass over the pool takes in random order, chunk by chunk; 0: all"},

    {FIELD("features", INT, features), RANGE(1, 64), .fallback = 10, .only = ASSIGNMENT,
     .about = "hpe: F"},
    {FIELD("layers", INT, layers), RANGE(1, 7), .fallback = 5, .only = ASSIGNMENT,
     .about = "hpe: message passing"},
    {FIELD("runs", INT, runs), RANGE(1, 8), .fallback = 2, .only = ASSIGNMENT,
     .about = "hpe: runs, as many as A"},
    {FIELD("mean_db", REAL, mean_db), RANGE(-1000, 1000), .fallback = -111.6, .only = ASSIGNMENT,
     .about = "dBm, hpe: mean of the received power"},
    {FIELD("std_db", REAL, std_db), RANGE(1e-6, 1000), .fallback = 4.335, .only = ASSIGNMENT,
     .about = "dB, hpe: its scale"},
    {FIELD("rounds", INT, rounds), RANGE(1, POLICY_MAX_ROUNDS), .fallback = 6, .only = ASSIGNMENT,
     .about = "market: rounds"},
    {FIELD("hidden", INT, hidden), RANGE(2, 128), .fallback = 24, .only = ASSIGNMENT,
     .about = "market: hidden units"},
    {FIELD("pooled", INT, pooled), RANGE(1, 32), .fallback = 6, .only = ASSIGNMENT,
     .about = "market: averaged over other users, as many others over other APs"},
    {FIELD("features", INT, features), RANGE(1, 40), .fallback = 8, .only = ON(SINRNET),
     .about = "F: features a category"},
    {FIELD("layers", INT, layers), RANGE(1, 8), .fallback = 1, .only = ON(SINRNET),
     .about = "V: layers of each SINRnet"},
    {FIELD("messages", INT, messages), RANGE(0, 7), .fallback = 3, .only = ON(SINRNET),
     .about = "rounds of messages between access points"},
    {FIELD("skip", INT, skip), RANGE(0, 1), .only = ON(SINRNET),
     .about = "1: layers after the first of a SINRnet see the gains again"},
    {FIELD("networks", INT, networks), RANGE(1, 2), .fallback = 2, .only = ON(SINRNET),
     .about = "2: alpha, and beta for the support; 1: alpha alone"},
    {FIELD("linear", INT, linear), RANGE(0, 1), .only = ON(SINRNET),
     .about = "0: the network reads gains over noise in dB; 1: the gains themselves"},
    {FIELD("input_mean", REAL, input_mean), RANGE(-1e12, 1e12), .fallback = 22, .only = ON(SINRNET),
     .about = "dB, or 1/W if linear: mean of the gains over noise"},
    {FIELD("input_std", REAL, input_std), RANGE(1e-12, 1e12), .fallback = 11, .only = ON(SINRNET),
     .about = "dB, or 1/W if linear: their scale"},
    {FIELD("output", INT, output), RANGE(0, 1), .only = ON(SINRNET),
     .about = "0: power is exp(o) W; 1: o W, nothing where below 0"},
    {FIELD("out_scale", REAL, out_scale), RANGE(1e-6, 1e6), .fallback = 3, .only = ON(SINRNET),
     .about = "o = out_scale u + out_offset, u being what the network says"},
    {FIELD("out_offset", REAL, out_offset), RANGE(-100, 100), .fallback = -4, .only = ON(SINRNET),
     .about = "see out_scale"},
    {FIELD("rounds", INT, rounds), RANGE(1, POLICY_MAX_ROUNDS), .fallback = 8, .only = ROUNDS,
     .about = "rounds"},
    {FIELD("channels", INT, channels), RANGE(1, 64), .fallback = 16, .only = ROUNDS,
     .about = "numbers that the network keeps of a link"},

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

    {FIELD("penalty", REAL, penalty), RANGE(0, 1e6), .fallback = 1, .only = ASSIGNMENT,
     .about = "bit/s/Hz a missing AP; straight-through and labels"},
    {FIELD("early_weight", REAL, early_weight), RANGE(0, 1), .fallback = 0.3,
     .only = ASSIGNMENT | ROUNDS, .about = "of the loss of all rounds but the last"},
    {FIELD("scale", REAL, scale), RANGE(1e-6, 1000), .fallback = 1, .only = ASSIGNMENT,
     .about = "lagrangian: multiplies the phases below, not the window"},
    {FIELD("rate_phase", INT, rate_phase), RANGE(0, 1e9), .fallback = 30000, .only = ASSIGNMENT,
     .about = "lagrangian: batches with the rate alone"},
    {FIELD("gap_phase", INT, gap_phase), RANGE(0, 1e9), .fallback = 30000, .only = ASSIGNMENT,
     .about = "lagrangian: batches with the connection penalty; then discreteness too"},
    {FIELD("window", INT, window), RANGE(1, 1e6), .fallback = 150, .only = ASSIGNMENT,
     .about = "lagrangian: batches that a value is compared with"},
    {FIELD("mu_c_step", REAL, mu_c_step), RANGE(0, 1e6), .fallback = 1, .only = ASSIGNMENT,
     .about = "lagrangian: growth of the connection penalty's quadratic factor"},
    {FIELD("mu_d_step", REAL, mu_d_step), RANGE(0, 1e6), .fallback = 0.1, .only = ASSIGNMENT,
     .about = "lagrangian: growth of the discreteness penalty's"},
    {FIELD("mu_c_cap", REAL, mu_c_cap), RANGE(0, 1e9), .fallback = 20, .only = ASSIGNMENT,
     .about = "lagrangian: most of it; the authors have no cap, and decay"},
    {FIELD("mu_d_cap", REAL, mu_d_cap), RANGE(0, 1e9), .fallback = 1, .only = ASSIGNMENT,
     .about = "lagrangian"},
    {FIELD("window", INT, window), RANGE(1, TRAIN_MAX_WINDOW), .fallback = 50, .only = ON(SINRNET),
     .about = "support: batches that the support's size is compared with"},
    {FIELD("kappa_step", REAL, kappa_step), RANGE(0, 1e6), .fallback = 1e-3, .only = ON(SINRNET),
     .about = "1/W, support: what kappa grows by while the support does not shrink"},
    {FIELD("label_width", INT, label_width), RANGE(1, 1e4), .fallback = 32, .only = ON(SETNET),
     .about = "labels: width of the beam that finds them"},
    {FIELD("value_weight", REAL, value_weight), RANGE(0, 1e6), .fallback = 1, .only = ON(SETNET),
     .about = "labels: of what the chances miss of the label's value"},
    {FIELD("power_weight", REAL, power_weight), RANGE(0, 1e6), .fallback = 0.05, .only = ON(SETNET),
     .about = "labels: of the error of ln p"},

    {FIELD("log_every", INT, log_every), RANGE(1, 1e9), .fallback = 10,
     .about = "batches a line of the metrics"},
    {FIELD("valid_every", INT, valid_every), RANGE(1, 1e9), .fallback = 200, .about = "batches"},
    {FIELD("valid_count", INT, valid_count), RANGE(1, 1e6), .fallback = 2048,
     .about = "drops of each scenario, never trained on"},
    {FIELD("choose", CHOICE, choose), .choices = CHOICES, .only = ASSIGNMENT,
     .about = "the best checkpoint by value after repair, or before it, a broken drop counting 0"},
    {0},
};
enum { N_FIELDS = sizeof FIELDS / sizeof *FIELDS };

/* Where an architecture's default is not the one above. */
static const struct override {
    uint32_t only;
    const char *key;
    double fallback;
    const char *text;
} OVERRIDES[] = {
    {POWER, "scenario", 0, "power-5x10"},
    {POWER, "batch", 64, NULL},
    {POWER, "rate", 2e-3, NULL},
    {POWER, "last_rate", 0.02, NULL},
    {POWER, "valid_count", 256, NULL},
    {ON(SINRNET), "scheme", LOSS_SUPPORT, NULL},
    {ON(SINRNET), "steps", 7300, NULL},
    {ON(SINRNET), "warmup", 200, NULL},
    {ON(SINRNET), "clip", 5, NULL},
    {ON(UNROLLED), "early_weight", 0.1, NULL},
    {ON(SETNET), "scheme", LOSS_LABELS, NULL},
    {ON(SETNET), "batch", 128, NULL},
    {ON(SETNET), "rate", 4e-3, NULL},
    {ON(SETNET), "rounds", 3, NULL},
    {ON(SETNET), "channels", 10, NULL},
    {ON(SETNET), "pool", 16384, NULL},
};

/* FIELDS with the defaults of an architecture. */
static void fields_of(int32_t architecture, chan_yaml_field *f)
{
    memcpy(f, FIELDS, sizeof FIELDS);
    f->fallback = architecture;
    if (POWER & ON(architecture)) f->about = "sinrnet (A's), unrolled or setnet (ours)";
    for (; f->key; f++)
        for (size_t i = 0; i < sizeof OVERRIDES / sizeof *OVERRIDES; i++) {
            const struct override *o = &OVERRIDES[i];
            if (!(o->only & ON(architecture)) || strcmp(o->key, f->key) != 0) continue;
            f->fallback = o->fallback;
            f->fallback_text = o->text;
        }
}

/* c->yaml as c is now. */
static cf_status refresh(cf_train_config *c)
{
    chan_yaml_field fields[N_FIELDS];
    text t = {0};
    fields_of(c->architecture, fields);
    chan_yaml_write(&t, fields, c);
    if (t.failed) {
        text_free(&t);
        return base_fail(CF_ENOMEM, "no memory for a training configuration");
    }
    free(c->yaml);
    c->yaml = t.s;
    return CF_OK;
}

/* The architecture comes first: it decides what there is, and the defaults. */
static cf_status read_file(const char *yaml, const char *origin, cf_train_config *c)
{
    chan_yaml_field fields[N_FIELDS];
    chan_yaml *y = NULL;
    cf_status s = chan_yaml_open(&y, yaml, origin);
    if (s == CF_OK) s = chan_yaml_read(y, FIELDS, c);
    if (s == CF_OK) {
        fields_of(c->architecture, fields);
        chan_yaml_free(fields, c);
        s = chan_yaml_read(y, fields, c);
    }
    chan_yaml_close(y);
    return s;
}

cf_status cf_train_config_parse(cf_train_config **out, const char *yaml, const char *origin)
{
    if (!out || (yaml && !origin)) return base_fail(CF_EARG, "configuration: NULL argument");
    cf_train_config *c = calloc(1, sizeof *c);
    if (!c) return base_fail(CF_ENOMEM, "no memory for a training configuration");
    cf_status s = yaml ? read_file(yaml, origin, c) : chan_yaml_defaults(FIELDS, c);
    if (s == CF_OK) s = refresh(c);
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

static int same(const chan_yaml_field *f, const cf_train_config *a, const cf_train_config *b)
{
    const void *x = (const char *)a + f->offset, *y = (const char *)b + f->offset;
    switch (f->type) {
    case CHAN_YAML_TEXT: return strcmp(*(char *const *)x, *(char *const *)y) == 0;
    case CHAN_YAML_CHOICE: return *(const int32_t *)x == *(const int32_t *)y;
    case CHAN_YAML_INT: return *(const int64_t *)x == *(const int64_t *)y;
    default: return *(const double *)x == *(const double *)y;
    }
}

/* What c says besides its architecture's defaults is said again of another architecture, which
 * refuses what it does not know. */
static cf_status change_architecture(cf_train_config *c, const char *value)
{
    chan_yaml_field said[N_FIELDS] = {0};
    cf_train_config usual = {0}, *next = NULL;
    text t = {0};
    int32_t n = 0;
    chan_yaml_field fields[N_FIELDS];
    fields_of(c->architecture, fields);
    cf_status s = chan_yaml_defaults(fields, &usual);
    for (const chan_yaml_field *f = fields + 1; s == CF_OK && f->key; f++)
        if (chan_yaml_field_of(fields, c, f->key) == f && !same(f, c, &usual)) {
            said[n] = *f;
            said[n++].only = 0;
        }
    text_add(&t, "architecture: %s\n", value);
    chan_yaml_write(&t, said, c);
    if (s == CF_OK && t.failed) s = base_fail(CF_ENOMEM, "no memory for a training configuration");
    if (s == CF_OK) s = cf_train_config_parse(&next, t.s, "with this architecture");
    if (s == CF_OK) {
        const cf_train_config before = *c;
        *c = *next;
        *next = before;
    }
    cf_train_config_free(next);
    chan_yaml_free(fields, &usual);
    text_free(&t);
    return s;
}

cf_status cf_train_config_set(cf_train_config *c, const char *key, const char *value)
{
    if (!c || !key || !value) return base_fail(CF_EARG, "configuration: NULL argument");
    cf_train_config asked = {0};
    cf_status s = chan_yaml_set(FIELDS, strcmp(key, "architecture") == 0 ? &asked : c, key, value);
    if (s != CF_OK) return s;
    if (strcmp(key, "architecture") != 0) return refresh(c);
    return asked.architecture == c->architecture ? CF_OK : change_architecture(c, value);
}

const char *cf_train_config_yaml(const cf_train_config *c)
{
    return c->yaml;
}

cf_task cf_train_config_task(const cf_train_config *c)
{
    return policy_classes[c->architecture]->task;
}

const char *train_config_scheme(const cf_train_config *c)
{
    return SCHEMES[c->scheme];
}

void train_config_sizes(const cf_train_config *c, double *size)
{
    const policy_class *class = policy_classes[c->architecture];
    for (int32_t i = 0; i < class->n_sizes; i++) {
        const chan_yaml_field *f = chan_yaml_field_of(FIELDS, c, class->sizes[i].key);
        const void *value = f ? (const char *)c + f->offset : NULL;
        size[i] = !f                         ? class->sizes[i].standard
                  : f->type == CHAN_YAML_INT ? (double)*(const int64_t *)value
                                             : *(const double *)value;
    }
}
