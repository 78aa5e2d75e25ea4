#include "train/config.h"

#include <stdlib.h>
#include <string.h>

#include "t.h"

static cf_train_config *defaults(void)
{
    cf_train_config *c = NULL;
    if (cf_train_config_load(&c, NULL) != CF_OK) exit(2);
    return c;
}

static void defaults_are_a_training_of_our_network(void)
{
    cf_train_config *c = defaults();
    CHECK(strcmp(policy_classes[c->architecture]->name, "market") == 0);
    CHECK(c->scheme == LOSS_LABELS && strcmp(c->scenarios, "mmwave-small") == 0);
    CHECK(c->steps > 0 && c->batch > 0 && c->seed == 1);
    CHECK(c->schedule == TRAIN_COSINE && c->choose == TRAIN_REPAIRED && c->clamp == 0);
    cf_train_config_free(c);
}

/* A class has its sizes in the order in which the configuration gives them, and takes all that the
 * configuration does. */
static void every_architecture_takes_the_sizes_of_its_keys(void)
{
    static const struct {
        const char *architecture, *key, *values[2];
    } SIZES[] = {{"hpe", "features", {"1", "64"}},    {"hpe", "layers", {"1", "7"}},
                 {"hpe", "runs", {"1", "8"}},         {"hpe", "mean_db", {"-1000", "1000"}},
                 {"hpe", "std_db", {"1e-6", "1000"}}, {"market", "rounds", {"1", "16"}},
                 {"market", "hidden", {"2", "128"}},  {"market", "pooled", {"1", "32"}}};
    for (size_t i = 0; i < sizeof SIZES / sizeof *SIZES; i++)
        for (int j = 0; j < 2; j++) {
            cf_train_config *c = defaults();
            double size[POLICY_MAX_SIZES];
            cf_policy *p = NULL;
            CHECK(cf_train_config_set(c, "architecture", SIZES[i].architecture) == CF_OK);
            CHECK(cf_train_config_set(c, SIZES[i].key, SIZES[i].values[j]) == CF_OK);
            const policy_class *class = policy_classes[c->architecture];
            CHECK(strcmp(class->name, SIZES[i].architecture) == 0);
            train_config_sizes(c, size);
            int found = 0;
            for (int32_t k = 0; k < class->n_sizes; k++)
                found += strcmp(class->sizes[k].key, SIZES[i].key) == 0 &&
                         size[k] == strtod(SIZES[i].values[j], NULL);
            CHECK(found == 1);
            CHECK(policy_make(&p, class, size) == CF_OK);
            cf_policy_free(p);
            cf_train_config_free(c);
        }
}

static void what_is_written_reads_back_the_same(void)
{
    cf_train_config *c = defaults(), *again = NULL;
    CHECK(cf_train_config_set(c, "steps", "123") == CF_OK && c->steps == 123);
    CHECK(cf_train_config_set(c, "rate", "0.0125") == CF_OK && c->rate == 0.0125);
    CHECK(cf_train_config_set(c, "schedule", "plateau") == CF_OK && c->schedule == TRAIN_PLATEAU);
    CHECK(cf_train_config_set(c, "scheme", "straight-through") == CF_OK);
    CHECK(cf_train_config_set(c, "scenario", "mmwave-small,mmwave-large") == CF_OK);
    CHECK(cf_train_config_set(c, "penalty", "1e-7") == CF_OK);
    const char *yaml = cf_train_config_yaml(c);
    CHECK(cf_train_config_parse(&again, yaml, "again") == CF_OK);
    if (!again) exit(2);
    CHECK(strcmp(cf_train_config_yaml(again), yaml) == 0);
    CHECK(again->steps == 123 && again->rate == 0.0125 && again->penalty == 1e-7);
    CHECK(again->scheme == LOSS_STRAIGHT_THROUGH);
    CHECK(strcmp(again->scenarios, "mmwave-small,mmwave-large") == 0);
    CHECK(strstr(yaml, "steps: 123") && strstr(yaml, "schedule: plateau"));
    cf_train_config_free(again);
    cf_train_config_free(c);
}

/* A refusal names origin, line and key, and leaves *out alone. */
static void check_refused(const char *yaml, int line, const char *key)
{
    cf_train_config *c = NULL;
    char want[64];
    snprintf(want, sizeof want, "my.yaml:%d: %s", line, key);
    CHECK(cf_train_config_parse(&c, yaml, "my.yaml") != CF_OK);
    CHECK(c == NULL);
    if (!strstr(cf_last_error(), want)) fprintf(stderr, "%s\n", cf_last_error());
    CHECK(strstr(cf_last_error(), want) != NULL);
}

static void bad_files_are_refused_with_line_and_key(void)
{
    check_refused("steps: 10\nstpes: 10\n", 2, "stpes");
    check_refused("steps: 0\n", 1, "steps");
    check_refused("# mine\n\nbatch: 65537\n", 3, "batch");
    check_refused("batch: 1.5\n", 1, "batch");
    check_refused("steps: many\n", 1, "steps");
    check_refused("rate: .nan\n", 1, "rate");
    check_refused("rate: 2\n", 1, "rate");
    check_refused("last_rate: -0.1\n", 1, "last_rate");
    check_refused("scheme: magic\n", 1, "scheme");
    check_refused("architecture: [hpe]\n", 1, "architecture");
    check_refused("seed: 1\nseed: 2\n", 2, "seed");
    check_refused("penalty: -1\n", 1, "penalty");
    check_refused("steps: {a: 1}\n", 1, "steps");
    check_refused("steps: [1\n", 2, "");
    check_refused("- steps\n", 1, "");
}

static void one_key_from_the_command_line_is_checked_too(void)
{
    cf_train_config *c = defaults();
    CHECK(cf_train_config_set(c, "nonsense", "1") == CF_EARG);
    CHECK(strstr(cf_last_error(), "nonsense") && strstr(cf_last_error(), "valid_every"));
    const int64_t steps = c->steps;
    CHECK(cf_train_config_set(c, "steps", "-5") == CF_EARG);
    CHECK(strstr(cf_last_error(), "steps") != NULL);
    CHECK(cf_train_config_set(c, "steps", "5x") == CF_EARG);
    CHECK(cf_train_config_set(c, "steps", "") == CF_EARG);
    CHECK(cf_train_config_set(c, "scheme", "label") == CF_EARG);
    CHECK(strstr(cf_last_error(), "straight-through") != NULL);
    CHECK(c->steps == steps && c->scheme == LOSS_LABELS);
    cf_train_config_free(c);
    cf_train_config_free(NULL);
}

static void a_file_that_is_none_is_refused(void)
{
    static const char PATH[] = "config_test.tmp.yaml";
    cf_train_config *c = NULL;
    CHECK(cf_train_config_load(&c, "no/such/file.yaml") == CF_EIO);
    CHECK(strstr(cf_last_error(), "no/such/file.yaml") != NULL);
    FILE *f = fopen(PATH, "wb");
    if (!f) exit(2);
    fwrite("steps: 5\n\0rate: 1\n", 1, 18, f);
    fclose(f);
    CHECK(cf_train_config_load(&c, PATH) == CF_EFORMAT && c == NULL);
    f = fopen(PATH, "wb");
    if (!f) exit(2);
    fputs("steps: 5\n\nbatch: none\n", f);
    fclose(f);
    CHECK(cf_train_config_load(&c, PATH) == CF_EARG && c == NULL);
    CHECK(strstr(cf_last_error(), "config_test.tmp.yaml:3: batch") != NULL);
    remove(PATH);
}

int main(void)
{
    RUN(defaults_are_a_training_of_our_network);
    RUN(every_architecture_takes_the_sizes_of_its_keys);
    RUN(what_is_written_reads_back_the_same);
    RUN(bad_files_are_refused_with_line_and_key);
    RUN(one_key_from_the_command_line_is_checked_too);
    RUN(a_file_that_is_none_is_refused);
    return DONE();
}
