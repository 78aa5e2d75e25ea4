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

static cf_train_config *of(const char *architecture)
{
    cf_train_config *c = defaults();
    CHECK(cf_train_config_set(c, "architecture", architecture) == CF_OK);
    CHECK(strcmp(policy_classes[c->architecture]->name, architecture) == 0);
    return c;
}

static void every_architecture_has_a_name_here(void)
{
    for (int i = 0; policy_classes[i]; i++) {
        cf_train_config *c = of(policy_classes[i]->name);
        CHECK(c->architecture == i && cf_train_config_task(c) == policy_classes[i]->task);
        cf_train_config_free(c);
    }
}

/* Every size of a class but hpe's noise_dbm is a key of the same name, with the range of the
 * class. */
static void every_architecture_takes_the_sizes_of_its_keys(void)
{
    for (int i = 0; policy_classes[i]; i++) {
        const policy_class *class = policy_classes[i];
        for (int32_t k = 0; k < class->n_sizes; k++)
            for (int most = 0; most < 2; most++) {
                const policy_size *is = &class->sizes[k];
                if (strcmp(is->key, "noise_dbm") == 0) continue;
                cf_train_config *c = of(class->name);
                double size[POLICY_MAX_SIZES];
                char value[32];
                cf_policy *p = NULL;
                snprintf(value, sizeof value, "%.17g", most ? is->most : is->least);
                CHECK(cf_train_config_set(c, is->key, value) == CF_OK);
                train_config_sizes(c, size);
                CHECK(size[k] == strtod(value, NULL));
                for (int32_t j = 0; j < class->n_sizes; j++)
                    CHECK(j == k || size[j] == class->sizes[j].standard);
                CHECK(policy_make(&p, class, size) == CF_OK);
                cf_policy_free(p);
                cf_train_config_free(c);
            }
    }
}

static void defaults_depend_on_the_architecture(void)
{
    cf_train_config *c = of("sinrnet");
    CHECK(c->scheme == LOSS_SUPPORT && strcmp(c->scenarios, "power-5x10") == 0);
    CHECK(c->features == 8 && c->layers == 1 && c->networks == 2 && c->steps == 7300);
    CHECK(c->batch == 64 && c->rate == 2e-3 && c->last_rate == 0.02 && c->warmup == 200);
    CHECK(c->clip == 5 && c->window == 50 && c->kappa_step == 1e-3 && c->valid_count == 256);
    CHECK(c->pool == 0 && c->chunk == 0);
    cf_train_config_free(c);
    c = of("unrolled");
    CHECK(c->scheme == LOSS_OBJECTIVE && strcmp(c->scenarios, "power-5x10") == 0);
    CHECK(c->rounds == 8 && c->channels == 16 && c->batch == 64 && c->rate == 2e-3);
    CHECK(c->clip == 1 && c->pool == 0);
    cf_train_config_free(c);
    c = of("setnet");
    CHECK(c->scheme == LOSS_LABELS && strcmp(c->scenarios, "power-5x10") == 0);
    CHECK(c->rounds == 3 && c->channels == 10 && c->batch == 128 && c->rate == 4e-3);
    CHECK(c->early_weight == 0.3 && c->pool == 16384 && c->label_width == 32);
    CHECK(c->value_weight == 1 && c->power_weight == 0.05);
    cf_train_config_free(c);
    c = of("hpe");
    CHECK(c->scheme == LOSS_LABELS && strcmp(c->scenarios, "mmwave-small") == 0);
    CHECK(c->features == 10 && c->layers == 5 && c->rounds == 6 && c->window == 150);
    cf_train_config_free(c);
}

/* From a file, or set afterwards: the same. */
static void a_file_has_the_defaults_of_its_architecture(void)
{
    for (int i = 0; policy_classes[i]; i++) {
        char yaml[64];
        cf_train_config *a = of(policy_classes[i]->name), *b = NULL;
        snprintf(yaml, sizeof yaml, "architecture: %s\n", policy_classes[i]->name);
        CHECK(cf_train_config_parse(&b, yaml, "here") == CF_OK);
        if (!b) exit(2);
        CHECK(strcmp(cf_train_config_yaml(a), cf_train_config_yaml(b)) == 0);
        cf_train_config_free(a);
        cf_train_config_free(b);
    }
}

static void another_architecture_keeps_what_was_said(void)
{
    cf_train_config *c = defaults();
    CHECK(cf_train_config_set(c, "steps", "77") == CF_OK);
    CHECK(cf_train_config_set(c, "scenario", "mine.yaml") == CF_OK);
    CHECK(cf_train_config_set(c, "batch", "192") == CF_OK); /* as good as not said */
    CHECK(cf_train_config_set(c, "architecture", "sinrnet") == CF_OK);
    CHECK(c->steps == 77 && strcmp(c->scenarios, "mine.yaml") == 0 && c->batch == 64);
    CHECK(cf_train_config_set(c, "networks", "1") == CF_OK);
    CHECK(cf_train_config_set(c, "networks", "2") == CF_OK);
    CHECK(cf_train_config_set(c, "architecture", "setnet") == CF_OK);
    CHECK(c->steps == 77 && c->batch == 128 && c->scheme == LOSS_LABELS);
    CHECK(cf_train_config_set(c, "architecture", "market") == CF_OK);
    CHECK(c->steps == 77 && c->batch == 192 && strcmp(c->scenarios, "mine.yaml") == 0);
    cf_train_config_free(c);
}

static void another_architecture_refuses_what_it_does_not_know(void)
{
    cf_train_config *c = of("sinrnet");
    CHECK(cf_train_config_set(c, "channels", "3") == CF_EARG);
    CHECK(strstr(cf_last_error(), "channels: not used with architecture: sinrnet") != NULL);
    CHECK(cf_train_config_set(c, "messages", "2") == CF_OK);
    CHECK(cf_train_config_set(c, "architecture", "unrolled") == CF_EARG);
    CHECK(strstr(cf_last_error(), "messages: not used with architecture: unrolled") != NULL);
    CHECK(cf_train_config_set(c, "architecture", "cnn") == CF_EARG);
    CHECK(strstr(cf_last_error(), "setnet") != NULL);
    CHECK(c->messages == 2 && strcmp(policy_classes[c->architecture]->name, "sinrnet") == 0);
    cf_train_config_free(c);
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
    check_refused("steps: 5\nmessages: 2\n", 2, "messages");
    check_refused("messages: 2\narchitecture: setnet\n", 1, "messages");
    check_refused("architecture: sinrnet\nwindow: 1001\n", 2, "window");
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
    RUN(every_architecture_has_a_name_here);
    RUN(every_architecture_takes_the_sizes_of_its_keys);
    RUN(defaults_depend_on_the_architecture);
    RUN(a_file_has_the_defaults_of_its_architecture);
    RUN(another_architecture_keeps_what_was_said);
    RUN(another_architecture_refuses_what_it_does_not_know);
    RUN(what_is_written_reads_back_the_same);
    RUN(bad_files_are_refused_with_line_and_key);
    RUN(one_key_from_the_command_line_is_checked_too);
    RUN(a_file_that_is_none_is_refused);
    return DONE();
}
