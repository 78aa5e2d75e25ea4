#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/number.h"
#include "base/status.h"
#include "base/text.h"
#include "policy/safetensors.h"
#include "train/run.h"

/* OUT.checkpoint is a safetensors file: three vectors of all parameters, and as metadata the
 * configuration, what the drops are, the numbers below, a line each, and a hash of vectors and
 * numbers. */
enum { PARTS = 3, MAX_NUMBERS = 24 };
static const char *const PART[PARTS] = {"parameters", "first_moment", "second_moment"};

typedef struct number {
    const char *key;
    double *real;
    int64_t *count;
} number;

static int32_t numbers(train_run *r, number *n)
{
    loss_weights *w = &r->lagrangian.w;
    const number all[] = {
        {"lambda_c", &w->lambda_c, NULL},
        {"mu_c", &w->mu_c, NULL},
        {"lambda_d", &w->lambda_d, NULL},
        {"mu_d", &w->mu_d, NULL},
        {"window_loss", &r->lagrangian.loss, NULL},
        {"window_shortage", &r->lagrangian.shortage, NULL},
        {"window_entropy", &r->lagrangian.entropy, NULL},
        {"log_loss", &r->log.loss, NULL},
        {"log_rate", &r->log.rate, NULL},
        {"log_shortage", &r->log.shortage, NULL},
        {"log_entropy", &r->log.entropy, NULL},
        {"best", &r->best, NULL},
        {"best_of_best", &r->best_of_best, NULL},
        {"seconds", &r->seconds_before, NULL},
        {"step", NULL, &r->step},
        {"window_count", NULL, &r->lagrangian.n},
        {"log_count", NULL, &r->log_n},
        {"halvings", NULL, &r->halvings},
        {"stale", NULL, &r->stale},
        {"adam_step", NULL, &r->adam.step},
        {"metrics_bytes", NULL, &r->metrics_bytes},
        {"events_bytes", NULL, &r->events_bytes},
    };
    memcpy(n, all, sizeof all);
    return sizeof all / sizeof *all;
}

/* Hash of a scenario, or of fixed drops: a line each. */
static void describe_drops(const train_run *r, text *t)
{
    for (int32_t i = 0; i < r->sources; i++) {
        const train_source *from = &r->source[i];
        const char *yaml = from->scenario ? cf_scenario_yaml(from->scenario) : "";
        const uint64_t is =
            from->fixed ? from->fixed->checksum : file_hash(FILE_HASH, yaml, strlen(yaml));
        text_add(t, "%s %016llx\n", from->name, (unsigned long long)is);
    }
}

static void describe_content(const train_run *r, const char *numbers, char hash[17])
{
    const uint64_t h = file_hash(FILE_HASH, r->state, (size_t)r->adam.n * PARTS * sizeof(real));
    snprintf(hash, 17, "%016llx", (unsigned long long)file_hash(h, numbers, strlen(numbers)));
}

cf_status train_checkpoint_save(train_run *r)
{
    number n[MAX_NUMBERS];
    nn_params table = {0};
    text state = {0}, drops = {0};
    char hash[17], value[NUMBER_SIZE];
    const double before = r->seconds_before;
    char *path = train_path(r, ".checkpoint");

    for (int i = 0; i < PARTS; i++) nn_params_add(&table, PART[i], 1, &r->adam.n);
    memcpy(r->state, r->policy->params, (size_t)r->adam.n * sizeof *r->state);
    r->seconds_before = train_seconds(r);
    const int32_t count = numbers(r, n);
    for (int32_t i = 0; i < count; i++)
        text_add(&state, "%s %s\n", n[i].key,
                 number_write(value, 17, n[i].real ? *n[i].real : (double)*n[i].count));
    r->seconds_before = before;
    describe_drops(r, &drops);

    cf_status s = CF_OK;
    if (!path || state.failed || drops.failed) {
        s = base_fail(CF_ENOMEM, "no memory for a checkpoint");
    } else {
        describe_content(r, state.s, hash);
        const policy_string meta[] = {{"format", "cellfree.checkpoint"},
                                      {"version", "1"},
                                      {"config", r->config->yaml},
                                      {"drops", drops.s},
                                      {"state", state.s},
                                      {"hash", hash}};
        s = policy_tensors_write(path, &table, r->state, meta, 6);
        if (s == CF_OK) r->kept = 1;
    }
    text_free(&state);
    text_free(&drops);
    free(path);
    return s;
}

static const char *meta_of(const policy_tensors *t, const char *key)
{
    for (int32_t i = 0; i < t->n_meta; i++)
        if (strcmp(t->meta[i].key, key) == 0) return t->meta[i].value;
    return "";
}

/* Lines "key value" in the order that numbers() has them. */
static int read_numbers(train_run *r, const char *state)
{
    number n[MAX_NUMBERS];
    const int32_t count = numbers(r, n);
    for (int32_t i = 0; i < count; i++) {
        const char *end;
        const size_t length = strlen(n[i].key);
        if (strncmp(state, n[i].key, length) != 0 || state[length] != ' ') return 0;
        const double v = number_read(state + length + 1, &end);
        if (end == state + length + 1 || *end != '\n' || isnan(v)) return 0;
        if (n[i].real)
            *n[i].real = v;
        else if (v >= 0 && v < 9e15)
            *n[i].count = (int64_t)v;
        else
            return 0;
        state = end + 1;
    }
    return 1;
}

static cf_status take_parts(train_run *r, const policy_tensors *t, const char *path)
{
    for (int i = 0; i < PARTS; i++) {
        const policy_tensor *part = policy_tensors_find(t, PART[i]);
        if (!part || part->rank != 1 || part->count != r->adam.n)
            return base_fail(CF_EFORMAT, "%s: no tensor %s of %d numbers", path, PART[i],
                             r->adam.n);
        for (int32_t j = 0; j < r->adam.n; j++)
            r->state[(int64_t)i * r->adam.n + j] = (real)part->value[j];
    }
    char hash[17];
    describe_content(r, meta_of(t, "state"), hash);
    if (strcmp(hash, meta_of(t, "hash")) != 0)
        return base_fail(CF_EFORMAT, "%s: damaged: its content has hash %s, not %.16s", path, hash,
                         meta_of(t, "hash"));
    memcpy(r->policy->params, r->state, (size_t)r->adam.n * sizeof *r->state);
    return CF_OK;
}

cf_status train_checkpoint_load(train_run *r)
{
    policy_tensors t = {0};
    text drops = {0};
    char *path = train_path(r, ".checkpoint");
    describe_drops(r, &drops);
    cf_status s = path && !drops.failed ? policy_tensors_read(&t, path)
                                        : base_fail(CF_ENOMEM, "no memory for a checkpoint");
    if (s == CF_OK && strcmp(meta_of(&t, "format"), "cellfree.checkpoint") != 0)
        s = base_fail(CF_EFORMAT, "%s: not a checkpoint of cellfree", path);
    else if (s == CF_OK && strcmp(meta_of(&t, "version"), "1") != 0)
        s = base_fail(CF_EFORMAT, "%s: version %s, this program reads 1", path,
                      meta_of(&t, "version"));
    else if (s == CF_OK && strcmp(meta_of(&t, "config"), r->config->yaml) != 0)
        s = base_fail(CF_EARG, "%s: made with another configuration; resume with the same options",
                      path);
    else if (s == CF_OK && strcmp(meta_of(&t, "drops"), drops.s) != 0)
        s = base_fail(CF_EARG, "%s: made with other drops; resume with the same scenario or data",
                      path);
    if (s == CF_OK) s = take_parts(r, &t, path);
    if (s == CF_OK && !read_numbers(r, meta_of(&t, "state")))
        s = base_fail(CF_EFORMAT, "%s: its state is damaged", path);
    policy_tensors_free(&t);
    text_free(&drops);
    free(path);
    return s;
}
