#include <math.h>
#include <unistd.h>

#include <cellfree/convert.h>

#include "policy/power.h"
#include "policy/safetensors.h"

#include "vectors.h"

/* tests/vectors/sinrnet_numpy.py is the independent implementation that wrote what is read here. */
static const cf_convert PUBLISHED = {.architecture = "sinrnet",
                                     .input_std = 10,
                                     .out_scale = 1,
                                     .out_offset = -2,
                                     .support_offset = 4};
enum { MOST = 512 }; /* numbers of a small drop */

static cf_policy *convert(const char *path, const cf_convert *options)
{
    cf_policy *p = NULL;
    const cf_status s = cf_policy_convert(&p, path, options);
    if (s != CF_OK) fprintf(stderr, "%s\n", cf_last_error());
    CHECK(s == CF_OK);
    return p;
}

static cf_policy *convert_vector(const char *file, const cf_convert *options)
{
    char path[512];
    vector_path(path, sizeof path, file);
    return convert(path, options);
}

static double size_of(const cf_policy *p, const char *key)
{
    for (int32_t i = 0; cf_policy_size_name(p, i); i++)
        if (strcmp(cf_policy_size_name(p, i), key) == 0) return cf_policy_size(p, i);
    return (double)NAN;
}

typedef struct drops {
    int64_t n, L, K;
    double *gain, *noise_w, *power, *width; /* (n,L,K,K), (1), (n,L,K), (n,L,K) */
} drops;

static drops drops_open(const char *file)
{
    io_source *z = vector_open(file);
    int64_t d[4], one, shape[3];
    drops v = {.gain = vector_numbers(z, "gain", 4, d),
               .noise_w = vector_numbers(z, "noise_w", 1, &one),
               .power = vector_numbers(z, "power", 3, shape),
               .width = vector_numbers(z, "width", 3, shape)};
    CHECK(memcmp(d, shape, sizeof shape) == 0 && d[3] == d[2] && one == 1);
    v.n = d[0], v.L = d[1], v.K = d[2];
    io_source_close(z);
    return v;
}

static void drops_close(drops *v)
{
    free(v->gain);
    free(v->noise_w);
    free(v->power);
    free(v->width);
}

/* What the plan answers to drop i, each drop in a lane of its own: watts (L,K), and ln of the width
 * of the support (L,K). */
static void answer(const cf_policy *p, const drops *v, int64_t i, float *watts, double *log_width)
{
    nn_plan plan;
    policy_io io;
    float gain[MOST];
    const int32_t L = (int32_t)v->L, K = (int32_t)v->K, B = (int32_t)v->n, b = (int32_t)i;
    const int64_t numbers = v->L * v->K * v->K;
    const cf_power drop = {.L = L,
                           .K = K,
                           .gain = gain,
                           .noise_w = *v->noise_w,
                           .mu = 1,
                           .static_w = 1,
                           .bandwidth_hz = 1e6};
    CHECK(numbers <= MOST && policy_plan(&plan, &io, p, (nn_dims){L, K, B}, POLICY_TRAIN) == CF_OK);
    for (int32_t lane = 0; lane < B; lane++) {
        for (int64_t g = 0; g < numbers; g++) gain[g] = (float)v->gain[lane * numbers + g];
        policy_power_feed(&plan, &io, p, &drop, lane);
    }
    nn_plan_forward(&plan, p->params);
    CHECK(policy_power_read(&plan, &io, p, &drop, b, watts, NULL, NULL) == CF_OK);
    CHECK((io.log_support.C > 0) == (size_of(p, "networks") > 1));
    for (int32_t l = 0; l < L && io.log_support.C > 0; l++)
        for (int32_t k = 0; k < K; k++)
            log_width[l * K + k] =
                (double)nn_value(&plan, io.log_support)[policy_power_at(&plan, &io, l, k, b)];
    nn_plan_free(&plan);
}

/* Largest difference [W] of the powers, or where `width` of the widths of supports, from NumPy's
 * over the drops of a file; where `ratio`, of their ratio from 1. */
static double difference(const cf_policy *p, const char *file, int32_t width, int32_t ratio)
{
    drops v = drops_open(file);
    float watts[MOST];
    double log_width[MOST], most = 0;
    for (int64_t i = 0; i < v.n; i++) {
        answer(p, &v, i, watts, log_width);
        for (int64_t j = 0; j < v.L * v.K; j++) {
            const double want = width ? v.width[i * v.L * v.K + j] : v.power[i * v.L * v.K + j];
            const double got = width ? exp(log_width[j]) : (double)watts[j];
            most = fmax(most, ratio ? fabs(got / want - 1) : fabs(got - fmax(want, 0)));
        }
    }
    drops_close(&v);
    return most;
}

static void powers_and_supports_are_those_of_numpy(void)
{
    static const char *const WEIGHTS[] = {"sinrnet.npz", "sinrnet.safetensors"};
    for (int32_t i = 0; i < 2; i++) {
        cf_policy *p = convert_vector(WEIGHTS[i], &PUBLISHED);
        const double power = difference(p, "sinrnet_one.npz", 0, 0);
        const double width = difference(p, "sinrnet_one.npz", 1, 0);
        fprintf(stderr, "    %s: largest difference %.1e W, of supports %.1e W\n", WEIGHTS[i],
                power, width);
        CHECK(power < 1e-5);
        CHECK(width < 1e-5);
        cf_policy_free(p);
    }
}

static void nested_networks_are_those_of_numpy(void)
{
    char path[512];
    cf_policy *p = NULL;
    vector_path(path, sizeof path, "sinrnet_nested.safetensors");
    CHECK(cf_policy_load(&p, path) == CF_OK);
    const double power = difference(p, "sinrnet_nested.npz", 0, 1);
    const double width = difference(p, "sinrnet_nested.npz", 1, 1);
    fprintf(stderr, "    largest ratio 1 + %.1e, of supports 1 + %.1e\n", power, width);
    CHECK(power < 1e-5);
    CHECK(width < 1e-5);
    cf_policy_free(p);
}

static void sizes_and_options_reach_the_policy(void)
{
    cf_convert o = PUBLISHED;
    o.linear = 1;
    o.input_mean = 3;
    o.input_std = 7;
    o.out_scale = 2;
    o.out_offset = -1;
    cf_policy *p = convert_vector("sinrnet.npz", &o);
    static const struct {
        const char *key;
        double value;
    } WANT[] = {{"features", 3}, {"layers", 4},    {"messages", 0},   {"skip", 1},
                {"networks", 2}, {"linear", 1},    {"input_mean", 3}, {"input_std", 7},
                {"output", 1},   {"out_scale", 2}, {"out_offset", -1}};
    for (size_t i = 0; i < sizeof WANT / sizeof *WANT; i++)
        CHECK_NEAR(size_of(p, WANT[i].key), WANT[i].value, 0);
    CHECK(cf_policy_parameter_count(p) == 2 * (24 + 3 * 168 + 14));
    CHECK(strcmp(cf_policy_meta(p, "source"), "sinrnet.npz") == 0);
    CHECK(strcmp(cf_policy_meta(p, "trained"), "elsewhere") == 0);
    cf_policy_free(p);
}

/* (u - 2) W in one, exp(u - 2) W in the other; b's offset is its own in both. */
static void exponential_powers_are_those_of_the_same_network(void)
{
    cf_convert o = PUBLISHED;
    o.exponential = 1;
    cf_policy *p = convert_vector("sinrnet.npz", &o);
    drops v = drops_open("sinrnet_one.npz");
    float watts[MOST];
    double log_width[MOST];
    for (int64_t i = 0; i < v.n; i++) {
        answer(p, &v, i, watts, log_width);
        for (int64_t k = 0; k < v.K; k++) {
            CHECK_NEAR(log((double)watts[k]), v.power[i * v.K + k], 1e-5);
            if (v.width[i * v.K + k] > 1e-8) CHECK_NEAR(log_width[k], v.width[i * v.K + k], 1e-5);
        }
    }
    drops_close(&v);
    cf_policy_free(p);
}

static void a_converted_policy_survives_its_file(void)
{
    cf_policy *p = convert_vector("sinrnet.npz", &PUBLISHED), *q = NULL;
    CHECK(cf_policy_save(p, "converted_sinrnet.safetensors") == CF_OK);
    CHECK(cf_policy_load(&q, "converted_sinrnet.safetensors") == CF_OK);
    CHECK(difference(q, "sinrnet_one.npz", 0, 0) == difference(p, "sinrnet_one.npz", 0, 0));
    unlink("converted_sinrnet.safetensors");
    cf_policy_free(p);
    cf_policy_free(q);
}

/* sinrnet.safetensors as a file of our own making: every name prefixed, one tensor under another
 * name ("": left out) or of another shape (rank 0: its own), network b or the columns of the gains
 * left out. */
typedef struct change {
    const char *prefix, *tensor, *name;
    int32_t rank, dim[4];
    int32_t without_b, without_skip;
} change;

static int32_t is_of_b(const char *name)
{
    return name[5] == 'b';
}

static void add_tensor(nn_params *table, const policy_tensor *w, const change *c)
{
    char name[NN_MAX_NAME];
    int32_t dim[4], rank = w->rank;
    const int32_t changing = c->tensor && strcmp(w->name, c->tensor) == 0;
    const char *stem = changing && c->name ? c->name : w->name;
    for (int32_t i = 0; i < rank; i++) dim[i] = (int32_t)w->dim[i];
    if (changing && c->rank) memcpy(dim, c->dim, sizeof dim), rank = c->rank;
    if (c->without_skip && rank > 1 && dim[1] > 1) dim[1]--;
    if (!*stem || (c->without_b && is_of_b(w->name))) return;
    snprintf(name, sizeof name, "%s%s", c->prefix ? c->prefix : "", stem);
    nn_params_add(table, name, rank, dim);
}

static void write_changed(const char *path, const change *c)
{
    static nn_params table;
    char vectors[512];
    policy_tensors t;
    table = (nn_params){0};
    vector_path(vectors, sizeof vectors, "sinrnet.safetensors");
    CHECK(policy_tensors_read(&t, vectors) == CF_OK);
    for (int32_t i = 0; i < t.n; i++) add_tensor(&table, &t.tensor[i], c);
    real *params = calloc((size_t)table.size + 1, sizeof *params);
    const size_t skip = c->prefix ? strlen(c->prefix) : 0;
    for (int32_t i = 0; i < table.count; i++) {
        const policy_tensor *w = policy_tensors_find(&t, table.tensor[i].name + skip);
        for (int64_t j = 0; w && w->count == table.tensor[i].size && j < w->count; j++)
            params[table.tensor[i].at + j] = (real)w->value[j];
    }
    CHECK(policy_tensors_write(path, &table, params, NULL, 0) == CF_OK);
    free(params);
    policy_tensors_free(&t);
}

static void a_common_prefix_is_tolerated(void)
{
    write_changed("wrapped.safetensors", &(change){.prefix = "module.net."});
    cf_policy *p = convert("wrapped.safetensors", &PUBLISHED);
    CHECK(difference(p, "sinrnet_one.npz", 0, 0) < 1e-5);
    cf_policy_free(p);
    unlink("wrapped.safetensors");
}

static void one_network_is_enough(void)
{
    write_changed("alpha.safetensors", &(change){.without_b = 1});
    cf_policy *p = convert("alpha.safetensors", &PUBLISHED);
    CHECK_NEAR(size_of(p, "networks"), 1, 0);
    CHECK(cf_policy_parameter_count(p) == 24 + 3 * 168 + 14);
    CHECK(difference(p, "sinrnet_one.npz", 0, 0) < 1e-5);
    cf_policy_free(p);
    unlink("alpha.safetensors");
}

static void layers_need_not_see_the_gains_again(void)
{
    write_changed("bare.safetensors", &(change){.without_skip = 1});
    cf_policy *p = convert("bare.safetensors", &PUBLISHED);
    CHECK_NEAR(size_of(p, "skip"), 0, 0);
    CHECK(cf_policy_parameter_count(p) == 2 * (24 + 3 * 156 + 13));
    cf_policy_free(p);
    unlink("bare.safetensors");
}

static void is_refused(cf_status want, const char *path, const cf_convert *o, const char *word)
{
    cf_policy *p = NULL;
    const cf_status s = cf_policy_convert(&p, path, o);
    if (s != want || !strstr(cf_last_error(), word))
        fprintf(stderr, "got %d, want %d (%s): %s\n", s, want, word, cf_last_error());
    CHECK(s == want && strstr(cf_last_error(), word));
    CHECK(p == NULL);
}

static void the_first_odd_tensor_is_named(void)
{
    static const struct {
        change c;
        const char *word;
    } CASES[] = {
        {{.tensor = "conv1a.weight", .name = "conv1a.kernel"}, "conv1a.weight is missing"},
        {{.tensor = "conv2a.weight", .name = ""}, "conv2a.weight is missing"},
        {{.tensor = "conv1a.weight", .rank = 2, .dim = {12, 1}}, "(12,1), wanted (4F,1,1,1)"},
        {{.tensor = "conv1a.weight", .rank = 4, .dim = {10, 1, 1, 1}}, "wanted (4F,1,1,1)"},
        {{.tensor = "conv1a.weight", .rank = 4, .dim = {12, 2, 1, 1}}, "wanted (4F,1,1,1)"},
        {{.tensor = "conv1a.weight", .rank = 4, .dim = {12, 1, 3, 3}}, "wanted (4F,1,1,1)"},
        {{.tensor = "conv2a.weight", .rank = 2, .dim = {12, 13}}, "(12,13), wanted (.,13,1,1)"},
        {{.tensor = "conv2a.weight", .rank = 4, .dim = {12, 14, 1, 1}}, "wanted (.,13,1,1)"},
        {{.tensor = "conv3a.weight", .rank = 4, .dim = {12, 12, 1, 1}},
         "conv3a.weight is (12,12,1,1), wanted (12,13,1,1)"},
        {{.tensor = "conv3b.bias", .name = "conv3b.offset"}, "conv3b.bias is missing"},
        {{.tensor = "conv4b.bias", .rank = 2, .dim = {3, 4}}, "conv4b.bias is (3,4), wanted (12)"},
        {{.tensor = "conv5b.weight", .name = "conv6b.weight"}, "conv5b.weight is missing"},
        {{.tensor = "conv5a.weight", .rank = 4, .dim = {2, 13, 1, 1}},
         "conv5a.weight is (2,13,1,1), wanted (1,13,1,1)"},
        {{.tensor = "conv1b.weight", .name = ""}, "conv1b.bias is not one of the sinrnet"},
    };
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        write_changed("odd.safetensors", &CASES[i].c);
        is_refused(CF_EFORMAT, "odd.safetensors", &PUBLISHED, CASES[i].word);
        is_refused(CF_EFORMAT, "odd.safetensors", &PUBLISHED, "odd.safetensors: ");
    }
    unlink("odd.safetensors");
}

static void options_out_of_range_are_refused(void)
{
    char path[512];
    cf_convert o = PUBLISHED;
    vector_path(path, sizeof path, "sinrnet.npz");
    o.input_std = 0;
    is_refused(CF_EARG, path, &o, "input_std");
    o = PUBLISHED, o.input_mean = (double)NAN;
    is_refused(CF_EARG, path, &o, "input_mean");
    o = PUBLISHED, o.out_scale = -1;
    is_refused(CF_EARG, path, &o, "out_scale");
    o = PUBLISHED, o.out_offset = (double)INFINITY;
    is_refused(CF_EARG, path, &o, "out_offset");
    o = PUBLISHED, o.support_offset = (double)NAN;
    is_refused(CF_EARG, path, &o, "support_offset");
    o = PUBLISHED, o.linear = 2;
    is_refused(CF_EARG, path, &o, "linear");
    vector_path(path, sizeof path, "hpe.npz");
    is_refused(CF_EFORMAT, path, &PUBLISHED, "conv1a.weight is missing");
}

int main(void)
{
    RUN(powers_and_supports_are_those_of_numpy);
    RUN(nested_networks_are_those_of_numpy);
    RUN(sizes_and_options_reach_the_policy);
    RUN(exponential_powers_are_those_of_the_same_network);
    RUN(a_converted_policy_survives_its_file);
    RUN(a_common_prefix_is_tolerated);
    RUN(one_network_is_enough);
    RUN(layers_need_not_see_the_gains_again);
    RUN(the_first_odd_tensor_is_named);
    RUN(options_out_of_range_are_refused);
    return DONE();
}
