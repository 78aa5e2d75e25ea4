/* cellfree convert: weights trained elsewhere, as a policy. */
#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "commands.h"

typedef struct arguments {
    const char *weights, *out;
    cf_convert convert;
} arguments;

static error_t parse(int key, char *value, struct argp_state *state)
{
    arguments *a = state->input;
    cf_convert *o = &a->convert;
    switch (key) {
    case OPT_ARCHITECTURE:
        if (strcmp(value, "hpe") != 0)
            cli_usage(state, "--architecture is '%s', wanted hpe", value);
        o->architecture = value;
        return 0;
    case OPT_MEAN: o->mean_db = cli_number(state, "--mean-db", value, -1000, 1000); return 0;
    case OPT_STD: o->std_db = cli_number(state, "--std-db", value, 1e-6, 1000); return 0;
    case OPT_NOISE: o->noise_dbm = cli_number(state, "--noise-dbm", value, -300, 100); return 0;
    case OPT_RUNS: o->runs = (int32_t)cli_integer(state, "--runs", value, 1, 64); return 0;
    case OPT_OUT: a->out = value; return 0;
    case ARGP_KEY_ARG:
        if (a->weights) cli_usage(state, "'%s' is one file too many", value);
        a->weights = value;
        return 0;
    case ARGP_KEY_END:
        cli_require(state, "WEIGHTS", a->weights);
        cli_require(state, "--architecture", o->architecture);
        if (isnan(o->mean_db)) cli_require(state, "--mean-db", NULL);
        if (isnan(o->std_db)) cli_require(state, "--std-db", NULL);
        cli_require(state, "--out", a->out);
        return 0;
    default: return ARGP_ERR_UNKNOWN;
    }
}

static int run(const cli_command *self, int argc, char **argv)
{
    arguments a = {.convert = {.mean_db = NAN, .std_db = NAN, .noise_dbm = NAN, .runs = 2}};
    cli_parse(self, parse, argc, argv, &a);
    cli_banner(self);
    cf_policy *p = NULL;
    cf_status s = cf_policy_convert(&p, a.weights, &a.convert);
    if (s == CF_OK) s = cf_policy_save(p, a.out);
    if (s == CF_OK)
        fprintf(stderr, "%s: %s, %" PRId64 " parameters\n", a.out, cf_policy_architecture(p),
                cf_policy_parameter_count(p));
    cf_policy_free(p);
    return s == CF_OK ? CLI_DONE : cli_fail(self, s);
}

static const struct argp_option OPTIONS[] = {
    {"architecture", OPT_ARCHITECTURE, "hpe", 0, "What the weights are of", 0},
    {"mean-db", OPT_MEAN, "X", 0, "The network's input is (gain in dBm - X) / Y", 0},
    {"std-db", OPT_STD, "Y", 0, "See --mean-db", 0},
    {"noise-dbm", OPT_NOISE, "X", 0,
     "Noise its gains were over (default: thermal noise of 500 MHz at 300 K, -86.84)", 0},
    {"runs", OPT_RUNS, "A", 0, "Runs of the network in one decision (default: 2)", 0},
    {"out", OPT_OUT, "FILE", 0, "Policy file to write (.safetensors)", 0},
    {0}};

const cli_command cli_convert = {
    .name = "convert",
    .about = "Make a policy of a PyTorch state dict",
    .arguments = "WEIGHTS",
    .details = "WEIGHTS is .safetensors or .npz with the authors' tensor names, "
               "gnn.phi1.conv1.weight (2F, in, 1, 1) and so on; sizes are read off the tensors.",
    .examples = "cellfree convert theirs.npz --architecture hpe \\\n"
                "    --mean-db -111.6 --std-db 4.335 --out theirs.safetensors",
    .options = OPTIONS,
    .run = run,
};
