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
enum { PARTS = 3 };
static const char *const PART[PARTS] = {"parameters", "first_moment", "second_moment"};

static int32_t numbers(train_run *r, train_number *n)
{
    const train_number all[] = {
        {"best", &r->best, NULL, 0},
        {"best_of_best", &r->best_of_best, NULL, 0},
        {"seconds", &r->seconds_before, NULL, 0},
        {"step", NULL, &r->step, 0},
        {"halvings", NULL, &r->halvings, 0},
        {"stale", NULL, &r->stale, 0},
        {"adam_step", NULL, &r->adam.step, 0},
        {"metrics_bytes", NULL, &r->metrics_bytes, 0},
        {"events_bytes", NULL, &r->events_bytes, 0},
    };
    memcpy(n, all, sizeof all);
    const int32_t count = sizeof all / sizeof *all;
    return count + r->task->numbers(r->self, n + count);
}

/* "key value value ...", a line each. */
static void describe_numbers(train_run *r, text *t)
{
    train_number n[TRAIN_MAX_NUMBERS];
    char value[NUMBER_SIZE];
    const int32_t count = numbers(r, n);
    for (int32_t i = 0; i < count; i++) {
        text_add(t, "%s", n[i].key);
        for (int64_t j = 0; j < (n[i].n > 0 ? n[i].n : 1); j++)
            text_add(t, " %s",
                     number_write(value, 17, n[i].real ? n[i].real[j] : (double)*n[i].count));
        text_add(t, "\n");
    }
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
    nn_params table = {0};
    text state = {0}, drops = {0};
    char hash[17];
    const double before = r->seconds_before;
    char *path = train_path(r, ".checkpoint");

    for (int i = 0; i < PARTS; i++) nn_params_add(&table, PART[i], 1, &r->adam.n);
    memcpy(r->state, r->policy->params, (size_t)r->adam.n * sizeof *r->state);
    r->seconds_before = train_seconds(r);
    describe_numbers(r, &state);
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

/* The values of `key` in the lines "key value ...", or NULL. */
static const char *values_of(const char *state, const char *key)
{
    const size_t length = strlen(key);
    while (strncmp(state, key, length) != 0 || state[length] != ' ') {
        state = strchr(state, '\n');
        if (!state) return NULL;
        state++;
    }
    return state + length;
}

static int read_number(const train_number *n, const char *state)
{
    const char *at = values_of(state, n->key);
    for (int64_t j = 0; at && j < (n->n > 0 ? n->n : 1); j++) {
        const char *end;
        const double v = *at == ' ' ? number_read(at + 1, &end) : (double)NAN;
        if (isnan(v) || end == at + 1) return 0;
        if (n->real)
            n->real[j] = v;
        else if (v >= 0 && v < 9e15)
            *n->count = (int64_t)v;
        else
            return 0;
        at = end;
    }
    return at && *at == '\n';
}

static int read_numbers(train_run *r, const char *state)
{
    train_number n[TRAIN_MAX_NUMBERS];
    const int32_t count = numbers(r, n);
    for (int32_t i = 0; i < count; i++)
        if (!read_number(&n[i], state)) return 0;
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
