#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cellfree/convert.h>

#include "base/file.h"
#include "base/text.h"
#include "policy/policy.h"

#include "vectors.h"

/* tests/vectors/hpe_torch.py is the independent implementation that wrote what is read here. */
static const cf_convert AS_TRAINED = {
    .architecture = "hpe", .mean_db = -111.6, .std_db = 4.335, .noise_dbm = NAN};

#define HPE(mean, std, noise, A)                                                             \
    &(cf_convert)                                                                            \
    {                                                                                        \
        .architecture = "hpe", .mean_db = mean, .std_db = std, .noise_dbm = noise, .runs = A \
    }

static cf_policy *convert(const char *file, const cf_convert *options)
{
    char path[512];
    cf_policy *p = NULL;
    vector_path(path, sizeof path, file);
    const cf_status s = cf_policy_convert(&p, path, options);
    if (s != CF_OK) fprintf(stderr, "%s\n", cf_last_error());
    CHECK(s == CF_OK);
    return p;
}

/* Greatest difference of the relaxed outputs from PyTorch's over the drops of a file. */
static double difference(const cf_policy *policy, const char *file)
{
    io_source *z = vector_open(file);
    int64_t d[3], wanted[3], K;
    double *snr = vector_numbers(z, "gain_dbm", 3, d),
           *want = vector_numbers(z, "relaxed", 3, wanted);
    double *need = vector_numbers(z, "need", 1, &K);
    CHECK(K == d[2] && memcmp(d, wanted, sizeof d) == 0);

    const int32_t n = (int32_t)d[0];
    const int64_t all = d[0] * d[1] * d[2];
    int32_t *min_aps = malloc((size_t)d[2] * sizeof *min_aps);
    int32_t *max_users = malloc((size_t)d[1] * sizeof *max_users);
    float *got = malloc((size_t)all * sizeof *got);
    uint8_t *x = malloc((size_t)all);
    for (int64_t i = 0; i < all; i++) snr[i] = pow(10, (snr[i] + 86.84029654543082) / 10);
    for (int64_t k = 0; k < d[2]; k++) min_aps[k] = (int32_t)need[k];
    for (int64_t l = 0; l < d[1]; l++) max_users[l] = 2;
    cf_runner *r;
    CHECK(cf_runner_make(&r, policy, (int32_t)d[1], (int32_t)d[2], n) == CF_OK);
    const cf_assignment p = {(int32_t)d[1], (int32_t)d[2], snr, max_users, min_aps};
    CHECK(cf_runner_decide(r, &p, n, x, got) == CF_OK);
    double most = 0;
    for (int64_t i = 0; i < all; i++) most = fmax(most, fabs((double)got[i] - want[i]));
    cf_runner_free(r);
    free(min_aps);
    free(max_users);
    free(got);
    free(x);
    free(snr);
    free(want);
    free(need);
    io_source_close(z);
    return most;
}

static void relaxed_outputs_are_those_of_pytorch(void)
{
    static const char *const WEIGHTS[] = {"hpe.npz", "hpe.safetensors"};
    for (int32_t i = 0; i < 2; i++) {
        cf_policy *p = convert(WEIGHTS[i], &AS_TRAINED);
        const double small = difference(p, "hpe_small.npz"), large = difference(p, "hpe_large.npz");
        fprintf(stderr, "    %s: largest difference %.1e (5x4), %.1e (20x15)\n", WEIGHTS[i], small,
                large);
        CHECK(small < 1e-5);
        CHECK(large < 1e-5);
        cf_policy_free(p);
    }
}

static void both_containers_give_the_same_policy(void)
{
    cf_policy *a = convert("hpe.npz", &AS_TRAINED), *b = convert("hpe.safetensors", &AS_TRAINED);
    CHECK(cf_policy_parameter_count(a) == 9621);
    CHECK(cf_policy_parameter_count(b) == 9621);
    CHECK(memcmp(a->params, b->params, 9621 * sizeof(real)) == 0);
    CHECK(strcmp(cf_policy_meta(a, "source"), "hpe.npz") == 0);
    CHECK(strcmp(cf_policy_meta(b, "source"), "hpe.safetensors") == 0);
    CHECK(strcmp(cf_policy_meta(a, "trained"), "elsewhere") == 0);
    cf_policy_free(a);
    cf_policy_free(b);
}

static void normalisation_and_runs_reach_the_policy(void)
{
    cf_convert o = AS_TRAINED;
    o.mean_db = -120.5;
    o.std_db = 5;
    o.noise_dbm = -90;
    o.runs = 3;
    cf_policy *p = convert("hpe.npz", &o);
    static const double WANT[] = {10, 5, 3, -120.5, 5, -90};
    for (int32_t i = 0; i < p->class->n_sizes; i++) CHECK_NEAR(p->size[i], WANT[i], 0);
    const double snr = 10;
    real gain;
    p->class->gains(p->size, nn_kernels_best(), 1, &snr, &gain);
    CHECK_NEAR(gain, (10 - 90 + 120.5) / 5, 1e-5);
    cf_policy_free(p);
    /* what the wrong normalisation gives is told apart from the right one */
    p = convert("hpe.npz", HPE(-111.6, 5, NAN, 0));
    CHECK(difference(p, "hpe_small.npz") > 1e-2);
    cf_policy_free(p);
}

static void a_converted_policy_survives_its_file(void)
{
    cf_policy *p = convert("hpe.npz", &AS_TRAINED), *q = NULL;
    CHECK(cf_policy_save(p, "converted.safetensors") == CF_OK);
    CHECK(cf_policy_load(&q, "converted.safetensors") == CF_OK);
    CHECK(difference(q, "hpe_small.npz") == difference(p, "hpe_small.npz"));
    unlink("converted.safetensors");
    cf_policy_free(p);
    cf_policy_free(q);
}

static void is_refused(cf_status want, const char *path, const cf_convert *o, const char *word)
{
    cf_policy *p = NULL;
    const cf_status s = cf_policy_convert(&p, path, o);
    if (s != want || !strstr(cf_last_error(), word))
        fprintf(stderr, "got %d, want %d: %s\n", s, want, cf_last_error());
    CHECK(s == want && strstr(cf_last_error(), word));
    CHECK(p == NULL);
}

static void options_out_of_range_are_refused(void)
{
    char path[512];
    vector_path(path, sizeof path, "hpe.npz");
    is_refused(CF_EARG, path, &(cf_convert){.architecture = "market"}, "wanted hpe");
    is_refused(CF_EARG, path, &(cf_convert){0}, "wanted hpe");
    is_refused(CF_EARG, path, HPE(NAN, 5, NAN, 0), "mean_db");
    is_refused(CF_EARG, path, HPE(-111, NAN, NAN, 0), "std_db");
    is_refused(CF_EARG, path, HPE(-111, 0, NAN, 0), "std_db");
    is_refused(CF_EARG, path, HPE(-111, -1, NAN, 0), "std_db");
    is_refused(CF_EARG, path, HPE(-111, 5, -INFINITY, 0), "noise_dbm");
    is_refused(CF_EARG, path, HPE(-111, 5, NAN, 9), "runs");
    is_refused(CF_EARG, path, HPE(-111, 5, NAN, -1), "runs");
    is_refused(CF_EIO, "no-such.npz", &AS_TRAINED, "no-such.npz");
    is_refused(CF_EARG, "weights.pt", &AS_TRAINED, ".safetensors");
    CHECK(cf_policy_convert(NULL, path, &AS_TRAINED) == CF_EARG);
}

/* The tensors of hpe.safetensors as a file of our own making, one of them changed: its header entry
 * replaced (NULL: left out), its bytes kept. */
typedef struct change {
    const char *tensor, *name, *shape;
} change;

static int32_t is_next(const char *at, const char *tensor)
{
    const size_t n = strlen(tensor);
    return strncmp(at, tensor, n) == 0 && at[n] == '"';
}

/* Every name is prefixed and the one that changes is changed, by plain text surgery. */
static void write_changed(const char *path, const char *prefix, const change *c)
{
    char vectors[512];
    unsigned char *data;
    size_t size;
    text t = {0};
    vector_path(vectors, sizeof vectors, "hpe.safetensors");
    CHECK(file_read(vectors, &data, &size) == CF_OK);
    const size_t length = data[0] | (size_t)data[1] << 8;
    const char *at = (const char *)data + 8, *end = at + length;
    int32_t changing = 0;
    while (at < end) {
        if (strncmp(at, "gnn.", 4) == 0) {
            changing = is_next(at, c->tensor);
            text_add(&t, "%s", prefix);
        }
        const size_t skip = changing ? strlen(c->tensor) : 0;
        if (changing && strncmp(at, "gnn.", 4) == 0) {
            text_add(&t, "%s", c->name);
            at += skip;
        } else if (changing && c->shape && strncmp(at, "\"shape\": ", 9) == 0) {
            text_add(&t, "\"shape\": %s", c->shape);
            at = strchr(at, ']') + 1;
            changing = 0;
        } else {
            text_add(&t, "%c", *at++);
        }
    }
    unsigned char *out = calloc(1, 8 + t.n + size);
    out[0] = (unsigned char)t.n;
    out[1] = (unsigned char)(t.n >> 8);
    memcpy(out + 8, t.s, t.n);
    memcpy(out + 8 + t.n, data + 8 + length, size - 8 - length);
    CHECK(file_write(path, out, 8 + t.n + size - 8 - length) == CF_OK);
    free(out);
    free(data);
    text_free(&t);
}

static void the_first_odd_tensor_is_named(void)
{
    static const struct {
        change c;
        const char *word;
    } CASES[] = {
        {{"gnn.phi1.conv1.weight", "gnn.phi1.conv1.kernel", NULL},
         "gnn.phi1.conv1.weight is missing"},
        {{"gnn.phi1.conv1.weight", "gnn.phi1.conv1.weight", "[20, 6]"},
         "(20,6), wanted (2F,6,1,1)"},
        {{"gnn.phi1.conv1.weight", "gnn.phi1.conv1.weight", "[15, 8, 1, 1]"}, "wanted (2F,6,1,1)"},
        {{"gnn.phi1.conv1.weight", "gnn.phi1.conv1.weight", "[6, 20, 1, 1]"}, "wanted (2F,6,1,1)"},
        {{"gnn.phi1.conv1.weight", "gnn.phi1.conv1.weight", "[20, 6, 1, 1]"}, ""},
        {{"gnn.gamma3.conv2.bias", "gnn.gamma3.conv2.offset", NULL},
         "gnn.gamma3.conv2.bias is missing"},
        {{"gnn.gamma3.conv2.bias", "gnn.gamma3.conv2.bias", "[4, 5]"},
         "gnn.gamma3.conv2.bias is (4,5), wanted (20)"},
        {{"gnn.phi5.conv1.weight", "gnn.phi9.conv1.weight", NULL}, "gnn.gamma4.conv2.weight is"},
    };
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        write_changed("odd.safetensors", "", &CASES[i].c);
        if (*CASES[i].word) {
            is_refused(CF_EFORMAT, "odd.safetensors", &AS_TRAINED, CASES[i].word);
            is_refused(CF_EFORMAT, "odd.safetensors", &AS_TRAINED, "odd.safetensors: ");
        }
    }
    unlink("odd.safetensors");
}

static void a_common_prefix_is_tolerated(void)
{
    const change none = {"gnn.none", "", NULL};
    cf_policy *p = NULL;
    write_changed("wrapped.safetensors", "module.", &none);
    CHECK(cf_policy_convert(&p, "wrapped.safetensors", &AS_TRAINED) == CF_OK);
    CHECK(difference(p, "hpe_small.npz") < 1e-5);
    cf_policy_free(p);
    unlink("wrapped.safetensors");
}

static void a_file_of_another_kind_is_refused(void)
{
    CHECK(file_write("other.npz", "PK", 2) == CF_OK);
    is_refused(CF_EFORMAT, "other.npz", &AS_TRAINED, "other.npz");
    CHECK(file_write("other.safetensors", "", 0) == CF_OK);
    is_refused(CF_EFORMAT, "other.safetensors", &AS_TRAINED, "other.safetensors");
    char path[512];
    vector_path(path, sizeof path, "hpe_small.npz");
    is_refused(CF_EFORMAT, path, &AS_TRAINED, "gnn.phi1.conv1.weight is missing");
    unlink("other.npz");
    unlink("other.safetensors");
}

int main(void)
{
    RUN(relaxed_outputs_are_those_of_pytorch);
    RUN(both_containers_give_the_same_policy);
    RUN(normalisation_and_runs_reach_the_policy);
    RUN(a_converted_policy_survives_its_file);
    RUN(options_out_of_range_are_refused);
    RUN(the_first_odd_tensor_is_named);
    RUN(a_common_prefix_is_tolerated);
    RUN(a_file_of_another_kind_is_refused);
    return DONE();
}
