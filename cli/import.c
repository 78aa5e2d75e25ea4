/* cellfree import: other people's gains. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "commands.h"
#include "drops.h"
#include "power.h"

typedef struct arguments {
    const char *file, *out, *task, *like;
    const char *of_assignment, *of_power; /* an option that only this task has, if one was given */
    cf_import import;
} arguments;

/* What --map names; serve and channel are of the task power. */
static const struct {
    const char *key;
    size_t offset;
    int of_power;
} NAMES[] = {
    {"gain", offsetof(cf_import, gain), 0},
    {"channel", offsetof(cf_import, channel), 1},
    {"serve", offsetof(cf_import, serve), 1},
    {"ap_position", offsetof(cf_import, ap_position), 0},
    {"ue_position", offsetof(cf_import, ue_position), 0},
};
enum { N_NAMES = sizeof NAMES / sizeof *NAMES };

/* "gain=NAME,ap_position=NAME,ue_position=NAME", which is cut where it is: names point into it. */
static void read_map(arguments *a, char *value, const struct argp_state *state)
{
    for (char *part; (part = strsep(&value, ",")) != NULL;) {
        char *name = strchr(part, '=');
        if (!name || !name[1]) cli_usage(state, "--map has '%s', wanted KEY=NAME", part);
        *name++ = 0;
        int i = 0;
        while (i < N_NAMES && strcmp(part, NAMES[i].key) != 0) i++;
        if (i == N_NAMES)
            cli_usage(state,
                      "--map has the key '%s'; there are gain, channel, serve, ap_position, "
                      "ue_position",
                      part);
        *(const char **)((char *)&a->import + NAMES[i].offset) = name;
    }
}

static cf_unit read_unit(const char *value, const struct argp_state *state)
{
    if (strcmp(value, "dbm") == 0) return CF_UNIT_DBM;
    if (strcmp(value, "db") == 0) return CF_UNIT_DB;
    if (strcmp(value, "linear") == 0) return CF_UNIT_LINEAR;
    if (strcmp(value, "db-over-noise") == 0) return CF_UNIT_DB_OVER_NOISE;
    cli_usage(state, "--unit is '%s', wanted dbm, db, linear or db-over-noise", value);
}

/* A file of one array has no name to give. */
static int names_itself(const char *file)
{
    const size_t n = strlen(file);
    return n > 4 && (strcmp(file + n - 4, ".npy") == 0 || strcmp(file + n - 4, ".csv") == 0);
}

static void check_complete(const arguments *a, const struct argp_state *state)
{
    const cf_import *o = &a->import;
    const int power = o->task == CF_TASK_POWER;
    const char *stray = power ? a->of_assignment : a->of_power;
    cli_require(state, "FILE", a->file);
    cli_require(state, "--task", a->task);
    if (stray) cli_usage(state, "%s is not for the task %s", stray, a->task);
    if (o->gain && o->channel) cli_usage(state, "--map has gain and channel, wanted one of them");
    if (!o->gain && !o->channel && !names_itself(a->file))
        cli_require(state, "--map gain=NAME", NULL);
    if (!power && o->unit == CF_UNIT_UNKNOWN)
        cli_usage(state, "--unit is missing: the gains' unit is never guessed");
    if (!power || (o->gain && o->antennas > 0)) cli_require(state, "--axes", o->axes);
    if (power && isnan(o->noise_w)) cli_usage(state, "--noise-w is missing");
    if (power && isnan(o->static_w) && o->objective == CF_POWER_EE)
        cli_usage(state, "--static-w is missing: the energy efficiency needs it");
    if (power && (o->limit != CF_LIMIT_NONE) != (o->limit_w > 0))
        cli_usage(state, "--limit ap|link and --limit-w belong together");
    cli_require(state, "--out", a->out);
}

/* What a convention says, where nothing else was said. */
static void take_convention(arguments *a, const struct argp_state *state)
{
    if (!a->like) return;
    cli_require(state, "--task", a->task);
    if (cf_import_like(&a->import, a->like) != CF_OK)
        cli_usage(state, "--like: %s", cf_last_error());
}

static error_t parse_assignment(int key, char *value, struct argp_state *state)
{
    arguments *a = state->input;
    cf_import *o = &a->import;
    switch (key) {
    case OPT_TX_POWER:
        o->tx_power_dbm = cli_number(state, "--tx-power-dbm", value, -200, 200);
        a->of_assignment = "--tx-power-dbm";
        return 0;
    case OPT_NOISE:
        o->noise_dbm = cli_number(state, "--noise-dbm", value, -300, 100);
        a->of_assignment = "--noise-dbm";
        return 0;
    case OPT_MAX_USERS:
        o->max_users = (int32_t)cli_integer(state, "--max-users", value, 1, CF_MAX_DIM);
        a->of_assignment = "--max-users";
        return 0;
    case OPT_MIN_APS:
        o->min_aps = (int32_t)cli_integer(state, "--min-aps", value, 0, CF_MAX_DIM);
        a->of_assignment = "--min-aps";
        return 0;
    default: return ARGP_ERR_UNKNOWN;
    }
}

/* Where these numbers live, what an option of that name may be. */
static const struct {
    int key;
    const char *option;
    size_t offset;
    double least, most;
} NUMBERS[] = {
    {OPT_NOISE_W, "--noise-w", offsetof(cf_import, noise_w), 1e-300, 1e30},
    {OPT_MU, "--mu", offsetof(cf_import, mu), 0, 1e9},
    {OPT_STATIC_W, "--static-w", offsetof(cf_import, static_w), 0, 1e9},
    {OPT_BANDWIDTH, "--bandwidth-hz", offsetof(cf_import, bandwidth_hz), 1e-300, 1e12},
    {OPT_LIMIT_W, "--limit-w", offsetof(cf_import, limit_w), 1e-300, 1e9},
    {OPT_RATE_FLOOR, "--rate-floor", offsetof(cf_import, rate_floor), 0, 1000},
};

static error_t parse_power(int key, char *value, struct argp_state *state)
{
    arguments *a = state->input;
    if (key == OPT_ANTENNAS) {
        a->import.antennas = (int32_t)cli_integer(state, "--antennas", value, 1, 4096);
        a->of_power = "--antennas";
        return 0;
    }
    if (key == OPT_SERVE_AXES) {
        a->import.serve_axes = value;
        a->of_power = "--serve-axes";
        return 0;
    }
    if (key == OPT_OBJECTIVE) {
        a->import.objective = cli_objective(state, value);
        a->of_power = "--objective";
        return 0;
    }
    if (key == OPT_LIMIT) {
        a->import.limit = cli_limit(state, value);
        a->of_power = "--limit";
        return 0;
    }
    for (size_t i = 0; i < sizeof NUMBERS / sizeof *NUMBERS; i++) {
        if (NUMBERS[i].key != key) continue;
        double *to = (double *)((char *)&a->import + NUMBERS[i].offset);
        *to = cli_number(state, NUMBERS[i].option, value, NUMBERS[i].least, NUMBERS[i].most);
        a->of_power = NUMBERS[i].option;
        return 0;
    }
    return parse_assignment(key, value, state);
}

static error_t parse(int key, char *value, struct argp_state *state)
{
    arguments *a = state->input;
    cf_import *o = &a->import;
    switch (key) {
    case OPT_TASK: o->task = cli_task(state, a->task = value); return 0;
    case OPT_MAP: read_map(a, value, state); return 0;
    case OPT_UNIT: o->unit = read_unit(value, state); return 0;
    case OPT_AXES: o->axes = value; return 0;
    case OPT_LIKE: a->like = value; return 0;
    case OPT_OUT: a->out = value; return 0;
    case ARGP_KEY_ARG:
        if (a->file) cli_usage(state, "'%s' is one file too many", value);
        a->file = value;
        return 0;
    case ARGP_KEY_END:
        take_convention(a, state);
        check_complete(a, state);
        return 0;
    default: return parse_power(key, value, state);
    }
}

static int run(const cli_command *self, int argc, char **argv)
{
    arguments a = {.import = {.tx_power_dbm = NAN,
                              .noise_dbm = NAN,
                              .min_aps = -1,
                              .noise_w = NAN,
                              .mu = NAN,
                              .static_w = NAN,
                              .bandwidth_hz = NAN}};
    cli_parse(self, parse, argc, argv, &a);
    cli_banner(self);
    char report[2048];
    cf_drops *d = NULL;
    cf_status s = cf_drops_import(&d, a.file, &a.import, report, sizeof report);
    if (s == CF_OK) {
        fprintf(stderr, "%s%s", report,
                report[0] && report[strlen(report) - 1] != '\n' ? "\n" : "");
        s = cf_drops_save(d, a.out);
    }
    if (s == CF_OK) cli_drops_summary(d, a.out, stderr);
    cf_drops_free(d);
    if (s == CF_OK) return CLI_DONE;
    /* A shape that disagrees is one that --axes, --max-users or --min-aps got wrong. */
    return s == CF_ESHAPE ? cli_fail_text(self, s) : cli_fail(self, s);
}

static const struct argp_option OPTIONS[] = {
    {"task", OPT_TASK, "assignment|power", 0, "What the gains are for", 0},
    {"map", OPT_MAP, "gain=NAME", 0,
     "Names of the arrays in the file: gain=NAME[,ap_position=NAME,ue_position=NAME]; for power "
     "also channel=NAME, complex, in place of gain, and serve=NAME, 0 and 1, who may serve whom; a "
     ".npy or .csv file of one array needs none, and may stand for a name",
     0},
    {"like", OPT_LIKE, "bjornson|eemax|peng", 0,
     "Names, axes, unit and noise of a convention (docs/formats.md), where no option says them", 0},
    {"unit", OPT_UNIT, "dbm|db|linear|db-over-noise", 0,
     "dbm: received power (assignment); db, linear: power gain, to which assignment adds the "
     "transmit power (default for power: linear); db-over-noise: gain in dB less noise in dBm",
     0},
    {"axes", OPT_AXES, "drop,ap,user[,beam]", 0,
     "The array's axes in its own order, in MATLAB that of size(x); power has four (default there: "
     "drop,ap,user,beam, and drop,user,beam for three); channels drop,ap,user,antenna, or "
     "ap:antenna for one axis of all antennas",
     0},
    {"antennas", OPT_ANTENNAS, "N", 0,
     "Power: antennas of an access point; with gain: it is large-scale fading, drop,ap,user", 0},
    {"serve-axes", OPT_SERVE_AXES, "drop,ap,user", 0,
     "Power: axes of the serving set (default: those of the gains)", 0},
    {"tx-power-dbm", OPT_TX_POWER, "X", 0,
     "Assignment: transmit power for db and linear (default: 30)", 0},
    {"noise-dbm", OPT_NOISE, "X", 0,
     "Assignment: noise power (default: thermal noise of 500 MHz at 300 K, -86.84)", 0},
    {"max-users", OPT_MAX_USERS, "A", 0, "Assignment: users an access point may serve (default: 2)",
     0},
    {"min-aps", OPT_MIN_APS, "U", 0, "Assignment: access points a user needs (default: 2)", 0},
    {"noise-w", OPT_NOISE_W, "X", 0, "Power: noise power in W", 0},
    {"static-w", OPT_STATIC_W, "X", 0,
     "Power: power spent on a user whatever is sent, P_c, in W; above 0 for the objective ee", 0},
    {"mu", OPT_MU, "X", 0, "Power: power drawn per power sent (default: 1)", 0},
    {"bandwidth-hz", OPT_BANDWIDTH, "X", 0, "Power: bandwidth (default: 1e6)", 0},
    {"objective", OPT_OBJECTIVE, CLI_OBJECTIVES, 0, "Power: what to maximise (default: ee)", 0},
    {"limit", OPT_LIMIT, CLI_LIMITS, 0,
     "Power: limit on an access point's or a link's power (default: none)", 0},
    {"limit-w", OPT_LIMIT_W, "X", 0, "Power: that limit in W", 0},
    {"rate-floor", OPT_RATE_FLOOR, "X", 0,
     "Power: rate wanted of each user in bit/s/Hz, reported (default: 0, none)", 0},
    {"out", OPT_OUT, "FILE", 0, "Drops file to write (HDF5)", 0},
    {0}};

const cli_command cli_import = {
    .name = "import",
    .about = "Read other people's gains or channels from .npz, .npy, .mat, .csv or .h5",
    .arguments = "FILE",
    .details =
        "What each axis and unit was taken to be is reported on stderr. Nothing is guessed: "
        "unit and axes must be said. For power the array holds effective power gains, "
        "gain[l,k,j] to user k of the beam that access point l points at user j, or channels "
        "h, of which maximum-ratio beams make them.",
    .examples = "cellfree import theirs.npz --task assignment --map gain=beta \\\n"
                "    --unit linear --axes drop,ap,user --out drops.h5\n"
                "cellfree import setup.mat --task assignment --like bjornson --tx-power-dbm 20 \\\n"
                "    --out drops.h5\n"
                "cellfree import theirs.npz --task power --map gain=G --noise-w 1 --static-w 1 \\\n"
                "    --out drops.h5\n"
                "cellfree import channels.mat --task power --map channel=h,serve=D \\\n"
                "    --axes drop,ap,user,antenna --noise-w 1e-12 --static-w 4 --out drops.h5",
    .options = OPTIONS,
    .run = run,
};
