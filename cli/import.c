/* cellfree import: other people's gains. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "commands.h"
#include "drops.h"

typedef struct arguments {
    const char *file, *out, *task;
    char *map; /* our copy, cut at the commas */
    cf_import import;
} arguments;

/* "gain=NAME,ap_position=NAME,ue_position=NAME" */
static void read_map(arguments *a, const char *value, const struct argp_state *state)
{
    free(a->map);
    a->map = cli_text("%s", value);
    char *rest = a->map;
    for (char *part; (part = strsep(&rest, ",")) != NULL;) {
        char *name = strchr(part, '=');
        if (!name || !name[1]) cli_usage(state, "--map has '%s', wanted KEY=NAME", part);
        *name++ = 0;
        if (strcmp(part, "gain") == 0)
            a->import.gain = name;
        else if (strcmp(part, "ap_position") == 0)
            a->import.ap_position = name;
        else if (strcmp(part, "ue_position") == 0)
            a->import.ue_position = name;
        else
            cli_usage(state, "--map has the key '%s'; there are gain, ap_position, ue_position",
                      part);
    }
}

static cf_unit read_unit(const char *value, const struct argp_state *state)
{
    if (strcmp(value, "dbm") == 0) return CF_UNIT_DBM;
    if (strcmp(value, "db") == 0) return CF_UNIT_DB;
    if (strcmp(value, "linear") == 0) return CF_UNIT_LINEAR;
    cli_usage(state, "--unit is '%s', wanted dbm, db or linear", value);
}

static void check_complete(const arguments *a, const struct argp_state *state)
{
    cli_require(state, "FILE.npz", a->file);
    cli_require(state, "--task", a->task);
    cli_require(state, "--map gain=NAME", a->import.gain);
    if (a->import.unit == CF_UNIT_UNKNOWN)
        cli_usage(state, "--unit is missing: the gains' unit is never guessed");
    cli_require(state, "--axes", a->import.axes);
    cli_require(state, "--out", a->out);
}

static error_t parse(int key, char *value, struct argp_state *state)
{
    arguments *a = state->input;
    cf_import *o = &a->import;
    switch (key) {
    case OPT_TASK: cli_task(state, a->task = value); return 0;
    case OPT_MAP: read_map(a, value, state); return 0;
    case OPT_UNIT: o->unit = read_unit(value, state); return 0;
    case OPT_AXES: o->axes = value; return 0;
    case OPT_TX_POWER:
        o->tx_power_dbm = cli_number(state, "--tx-power-dbm", value, -200, 200);
        return 0;
    case OPT_NOISE: o->noise_dbm = cli_number(state, "--noise-dbm", value, -300, 100); return 0;
    case OPT_MAX_USERS:
        o->max_users = (int32_t)cli_integer(state, "--max-users", value, 1, CF_MAX_DIM);
        return 0;
    case OPT_MIN_APS:
        o->min_aps = (int32_t)cli_integer(state, "--min-aps", value, 0, CF_MAX_DIM);
        return 0;
    case OPT_OUT: a->out = value; return 0;
    case ARGP_KEY_ARG:
        if (a->file) cli_usage(state, "'%s' is one file too many", value);
        a->file = value;
        return 0;
    case ARGP_KEY_END: check_complete(a, state); return 0;
    default: return ARGP_ERR_UNKNOWN;
    }
}

static int run(const cli_command *self, int argc, char **argv)
{
    arguments a = {
        .import = {.tx_power_dbm = NAN, .noise_dbm = NAN, .max_users = 0, .min_aps = -1}};
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
    free(a.map);
    if (s == CF_OK) return CLI_DONE;
    /* A shape that disagrees is one that --axes, --max-users or --min-aps got wrong. */
    return s == CF_ESHAPE ? cli_fail_text(self, s) : cli_fail(self, s);
}

static const struct argp_option OPTIONS[] = {
    {"task", OPT_TASK, "assignment", 0, "What the gains are for", 0},
    {"map", OPT_MAP, "gain=NAME", 0,
     "Names of the arrays in the file: gain=NAME[,ap_position=NAME,ue_position=NAME]", 0},
    {"unit", OPT_UNIT, "dbm|db|linear", 0,
     "dbm: received power; db, linear: power gain, to which the transmit power is added", 0},
    {"axes", OPT_AXES, "drop,ap,user", 0, "The array's axes in its own order", 0},
    {"tx-power-dbm", OPT_TX_POWER, "X", 0, "Transmit power for db and linear (default: 30)", 0},
    {"noise-dbm", OPT_NOISE, "X", 0,
     "Noise power (default: thermal noise of 500 MHz at 300 K, -86.84)", 0},
    {"max-users", OPT_MAX_USERS, "A", 0, "Users an access point may serve (default: 2)", 0},
    {"min-aps", OPT_MIN_APS, "U", 0, "Access points a user needs (default: 2)", 0},
    {"out", OPT_OUT, "FILE", 0, "Drops file to write (HDF5)", 0},
    {0}};

const cli_command cli_import = {
    .name = "import",
    .about = "Read other people's gains from a NumPy .npz file",
    .arguments = "FILE.npz",
    .details = "What each axis and unit was taken to be is reported on stderr. Nothing is guessed: "
               "unit and axes must be said.",
    .examples = "cellfree import theirs.npz --task assignment --map gain=beta \\\n"
                "    --unit linear --axes drop,ap,user --out drops.h5",
    .options = OPTIONS,
    .run = run,
};
