/* cellfree convert: weights trained elsewhere, as a policy. */
#include <inttypes.h>
#include <math.h>
#include <stddef.h>
#include <string.h>

#include "commands.h"

typedef struct arguments {
    const char *weights, *out;
    const char *of_hpe,
        *of_sinrnet; /* an option that only this architecture has, if one was given */
    cf_convert convert;
} arguments;

/* Where these numbers live, what an option of that name may be, and which architecture has it. */
static const struct {
    int key;
    const char *option;
    size_t number, of;
    double least, most;
} NUMBERS[] = {
#define NUMBER(key, option, field, of) \
    key, option, offsetof(cf_convert, field), offsetof(arguments, of)
    {NUMBER(OPT_MEAN, "--mean-db", mean_db, of_hpe), -1000, 1000},
    {NUMBER(OPT_STD, "--std-db", std_db, of_hpe), 1e-6, 1000},
    {NUMBER(OPT_NOISE, "--noise-dbm", noise_dbm, of_hpe), -300, 100},
    {NUMBER(OPT_INPUT_MEAN, "--input-mean", input_mean, of_sinrnet), -1e12, 1e12},
    {NUMBER(OPT_INPUT_STD, "--input-std", input_std, of_sinrnet), 1e-12, 1e12},
    {NUMBER(OPT_OUT_SCALE, "--out-scale", out_scale, of_sinrnet), 1e-6, 1e6},
    {NUMBER(OPT_OUT_OFFSET, "--out-offset", out_offset, of_sinrnet), -100, 100},
    {NUMBER(OPT_SUPPORT_OFFSET, "--support-offset", support_offset, of_sinrnet), -100, 100},
#undef NUMBER
};

static void check_complete(const arguments *a, const struct argp_state *state)
{
    const cf_convert *o = &a->convert;
    cli_require(state, "WEIGHTS", a->weights);
    cli_require(state, "--architecture", o->architecture);
    const int hpe = strcmp(o->architecture, "hpe") == 0;
    const char *stray = hpe ? a->of_sinrnet : a->of_hpe;
    if (stray) cli_usage(state, "%s is not for the architecture %s", stray, o->architecture);
    if (hpe && isnan(o->mean_db)) cli_require(state, "--mean-db", NULL);
    if (hpe && isnan(o->std_db)) cli_require(state, "--std-db", NULL);
    cli_require(state, "--out", a->out);
}

static error_t parse_number(int key, const char *value, const struct argp_state *state)
{
    arguments *a = state->input;
    for (size_t i = 0; i < sizeof NUMBERS / sizeof *NUMBERS; i++) {
        if (NUMBERS[i].key != key) continue;
        double *to = (double *)((char *)&a->convert + NUMBERS[i].number);
        *to = cli_number(state, NUMBERS[i].option, value, NUMBERS[i].least, NUMBERS[i].most);
        *(const char **)((char *)a + NUMBERS[i].of) = NUMBERS[i].option;
        return 0;
    }
    return ARGP_ERR_UNKNOWN;
}

static error_t parse(int key, char *value, struct argp_state *state)
{
    arguments *a = state->input;
    cf_convert *o = &a->convert;
    switch (key) {
    case OPT_ARCHITECTURE:
        if (strcmp(value, "hpe") != 0 && strcmp(value, "sinrnet") != 0)
            cli_usage(state, "--architecture is '%s', wanted hpe or sinrnet", value);
        o->architecture = value;
        return 0;
    case OPT_RUNS:
        o->runs = (int32_t)cli_integer(state, a->of_hpe = "--runs", value, 1, 64);
        return 0;
    case OPT_LINEAR:
        o->linear = 1;
        a->of_sinrnet = "--linear";
        return 0;
    case OPT_EXPONENTIAL:
        o->exponential = 1;
        a->of_sinrnet = "--exponential";
        return 0;
    case OPT_OUT: a->out = value; return 0;
    case ARGP_KEY_ARG:
        if (a->weights) cli_usage(state, "'%s' is one file too many", value);
        a->weights = value;
        return 0;
    case ARGP_KEY_END: check_complete(a, state); return 0;
    default: return parse_number(key, value, state);
    }
}

static int run(const cli_command *self, int argc, char **argv)
{
    arguments a = {.convert = {.mean_db = NAN,
                               .std_db = NAN,
                               .noise_dbm = NAN,
                               .runs = 2,
                               .input_std = 10,
                               .out_scale = 1,
                               .out_offset = -2,
                               .support_offset = 4}};
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
    {"architecture", OPT_ARCHITECTURE, "hpe|sinrnet", 0, "What the weights are of", 0},
    {"mean-db", OPT_MEAN, "X", 0, "hpe: the network's input is (gain in dBm - X) / Y", 0},
    {"std-db", OPT_STD, "Y", 0, "See --mean-db", 0},
    {"noise-dbm", OPT_NOISE, "X", 0,
     "hpe: noise its gains were over (default: thermal noise of 500 MHz at 300 K, -86.84)", 0},
    {"runs", OPT_RUNS, "A", 0, "hpe: runs of the network in one decision (default: 2)", 0},
    {"input-mean", OPT_INPUT_MEAN, "X", 0,
     "sinrnet: the network's input is (gain over noise in dB - X) / Y (default: 0)", 0},
    {"input-std", OPT_INPUT_STD, "Y", 0, "See --input-mean (default: 10)", 0},
    {"linear", OPT_LINEAR, NULL, 0, "sinrnet: take the gain over noise itself, not in dB", 0},
    {"out-scale", OPT_OUT_SCALE, "S", 0,
     "sinrnet: power is S u + O watts, u from network a (default: 1)", 0},
    {"out-offset", OPT_OUT_OFFSET, "O", 0, "See --out-scale (default: -2)", 0},
    {"support-offset", OPT_SUPPORT_OFFSET, "O", 0,
     "sinrnet: O for the width of the support, u from network b (default: 4)", 0},
    {"exponential", OPT_EXPONENTIAL, NULL, 0, "sinrnet: powers are exp(S u + O) watts", 0},
    {"out", OPT_OUT, "FILE", 0, "Policy file to write (.safetensors)", 0},
    {0}};

const cli_command cli_convert = {
    .name = "convert",
    .about = "Make a policy of a PyTorch state dict",
    .arguments = "WEIGHTS",
    .details = "WEIGHTS is .safetensors or .npz with the authors' tensor names: "
               "gnn.phi1.conv1.weight (2F, in, 1, 1) and so on of hpe; conv1a.weight (4F, 1, 1, 1) "
               "and so on of sinrnet's published ancestor, for interference networks. Sizes are "
               "read off the tensors.",
    .examples =
        "cellfree convert theirs.npz --architecture hpe \\\n"
        "    --mean-db -111.6 --std-db 4.335 --out theirs.safetensors\n"
        "cellfree convert ancestor.npz --architecture sinrnet \\\n    --out ancestor.safetensors",
    .options = OPTIONS,
    .run = run,
};
