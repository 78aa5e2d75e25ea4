/* cf_train on the task power: what train_test.c asks of assignment. */
#include "train_bench.h"

/* Short: a line of metrics every 3 batches and a validation every 5. */
#define SHORT                                                                                   \
    "steps: 13\nbatch: 10\nlog_every: 3\nvalid_every: 5\nvalid_count: 9\nwarmup: 4\nscenario: " \
    "power-5x10\n"
#define SINRNET  SHORT "architecture: sinrnet\nfeatures: 2\nmessages: 1\n"
#define UNROLLED SHORT "architecture: unrolled\nrounds: 2\nchannels: 3\n"
#define SETNET   SHORT "architecture: setnet\nrounds: 2\nchannels: 3\nlabel_width: 2\n"

/* The support is compared with a window that is still filling, full, and goes round. */
static void a_resumed_run_ends_bit_for_bit_as_one_that_never_stopped(void)
{
    check_resume(SINRNET "window: 4\nkappa_step: 0.5\n");
    check_resume(SINRNET "scheme: objective\nnetworks: 1\nschedule: plateau\npatience: 1\n");
    check_resume(UNROLLED "pool: 23\nchunk: 8\n");
    check_resume(SETNET "pool: 40\n");
    check_resume(SETNET "pool: 0\nscheme: objective\n");
}

static void threads_do_not_change_a_bit(void)
{
    static const char *const CONFIGS[] = {
        SINRNET "window: 3\nkappa_step: 0.1\n", UNROLLED "early_weight: 0.5\n",
        SHORT "architecture: setnet\nrounds: 2\nchannels: 3\nlabel_width: 2\npool: 30\n"};
    for (int i = 0; i < 3; i++) {
        cf_train_config *c = configure(CONFIGS[i]);
        if (i > 0) CHECK(cf_train_config_set(c, "scenario", "power-5x10,power-10x10") == CF_OK);
        const bench b = open_bench();
        watcher w = {0};
        CHECK(train(c, b.out, 0, 1, &w) == CF_OK);
        CHECK(train(c, b.other, 0, 2, &w) == CF_OK);
        CHECK(same(b.out, b.other, ""));
        CHECK(same_tensors(b.out, b.other));
        CHECK(same_metrics(b.out, b.other) == 7);
        cf_train_config_free(c);
        close_bench(&b);
    }
}

static int metrics_have(const char *out, const char *key)
{
    size_t size;
    char *text = slurp(out, ".metrics.jsonl", &size);
    const int found = strstr(text, key) != NULL;
    free(text);
    return found;
}

static void metrics_and_policy_say_what_the_task_knows(void)
{
    const bench b = open_bench();
    cf_train_config *c = configure(SINRNET), *d = configure(SETNET "pool: 20\n");
    watcher w = {0};
    CHECK(train(c, b.out, 0, 1, &w) == CF_OK && train(d, b.other, 0, 1, &w) == CF_OK);
    static const char *const BOTH[] = {
        "\"loss\":", "\"objective\":", "\"valid_objective\":", "\"valid_of_best\":"};
    for (int i = 0; i < 4; i++)
        CHECK(metrics_have(b.out, BOTH[i]) && metrics_have(b.other, BOTH[i]));
    CHECK(metrics_have(b.out, "\"kappa\":") && metrics_have(b.out, "\"support\":"));
    CHECK(!metrics_have(b.other, "\"kappa\":") && !metrics_have(b.out, "\"mu_c\":"));
    cf_policy *p = NULL;
    if (cf_policy_load(&p, b.other) != CF_OK) exit(2);
    CHECK(cf_policy_task(p) == CF_TASK_POWER && strcmp(cf_policy_architecture(p), "setnet") == 0);
    CHECK_NEAR(strtod(cf_policy_meta(p, "valid_of_best"), NULL), w.best, 1e-8);
    CHECK(strcmp(cf_policy_meta(p, "training"), cf_train_config_yaml(d)) == 0);
    CHECK(strcmp(cf_policy_meta(p, "scenario"), "power-5x10") == 0);
    CHECK(!cf_policy_meta(p, "valid_broken"));
    cf_policy_free(p);
    cf_train_config_free(c);
    cf_train_config_free(d);
    close_bench(&b);
}

/* What validation finds after steps batches. */
static double taught(const char *yaml, const char *steps)
{
    cf_train_config *c = configure(yaml);
    const bench b = open_bench();
    watcher w = {0};
    CHECK(cf_train_config_set(c, "steps", steps) == CF_OK);
    CHECK(cf_train_config_set(c, "valid_every", steps) == CF_OK);
    CHECK(train(c, b.out, 0, 2, &w) == CF_OK);
    cf_train_config_free(c);
    close_bench(&b);
    return w.last_valid;
}

/* At this size all three begin with something better than equal powers; none may leave it as it
 * is. */
static void every_scheme_teaches_its_network(void)
{
    static const char *const CONFIGS[] = {
        "architecture: sinrnet\nwarmup: 5\nbatch: 16\nvalid_count: 40\nrate: 0.01\nfeatures: 4\n",
        ("architecture: sinrnet\nscheme: objective\nnetworks: 1\nwarmup: 5\nbatch: 16\n"
         "valid_count: 40\nrate: 0.01\nfeatures: 4\n"),
        "architecture: unrolled\nwarmup: 5\nrounds: 3\nbatch: 16\nvalid_count: 40\n",
        "architecture: setnet\nwarmup: 5\nbatch: 32\nvalid_count: 40\npool: 400\nlabel_width: 8\n"};
    for (int i = 0; i < 4; i++) {
        const double before = taught(CONFIGS[i], "1"), after = taught(CONFIGS[i], "60");
        fprintf(stderr, "    %.4f of the best known, after one batch %.4f\n", after, before);
        CHECK(1 - after < 0.9 * (1 - before));
    }
}

static void check_refused(const char *yaml, const char *why)
{
    cf_train_config *c = configure(yaml);
    const bench b = open_bench();
    watcher none = {0};
    CHECK(train(c, b.out, 0, 1, &none) == CF_EARG && none.calls == 0);
    if (!strstr(cf_last_error(), why)) fprintf(stderr, "%s\n", cf_last_error());
    CHECK(strstr(cf_last_error(), why) != NULL);
    for (int i = 0; i < 4; i++) CHECK(!exists(b.out, SUFFIXES[i]));
    cf_train_config_free(c);
    close_bench(&b);
}

static void what_does_not_fit_is_refused(void)
{
    check_refused(SINRNET "networks: 1\n", "networks is 1: the scheme support");
    check_refused(SINRNET "scheme: labels\n", "sinrnet is not trained by the scheme labels");
    check_refused(SINRNET "scheme: lagrangian\n", "by the scheme lagrangian, only by objective");
    check_refused(UNROLLED "scheme: labels\n", "unrolled is not trained by the scheme labels");
    check_refused(UNROLLED "scheme: support\n", "unrolled is not trained by the scheme support");
    check_refused(SETNET "scheme: support\n", "setnet is not trained by the scheme support");
    check_refused("scheme: support\n", "assignment are not trained by the scheme support");
    check_refused("scheme: objective\n", "assignment are not trained by the scheme objective");
    check_refused("scenario: power-5x10\n", "power-5x10: the task is power, wanted assignment");
    check_refused("architecture: setnet\nscenario: mmwave-small\n",
                  "mmwave-small: the task is assignment, wanted power");
    check_refused("architecture: sinrnet\nscenario: power-5x10,power-10x10\n",
                  "2 scenarios: kappa compares");
}

/* A short training on these drops. */
static cf_status train_on(const char *yaml, const cf_drops *d, const char *out)
{
    cf_train_config *c = configure(yaml);
    const cf_drops *data[] = {d};
    const cf_status s =
        cf_train(c, &(cf_train_run){.data = data, .data_count = 1, .out = out, .threads = 2});
    cf_train_config_free(c);
    return s;
}

static void drops_that_the_networks_do_not_serve_are_refused(void)
{
    const bench b = open_bench();
    cf_drops *d = drops("power-5x10", 3, 20), *other = drops("mmwave-small", 3, 20);
    CHECK(train_on(SETNET, other, b.out) == CF_EARG);
    CHECK(strstr(cf_last_error(), "the task is assignment") != NULL);
    CHECK(train_on("steps: 2\nvalid_count: 2\n", d, b.out) == CF_EARG);
    cf_drops bad = *d;
    bad.objective = CF_POWER_SUM_RATE;
    CHECK(train_on(UNROLLED, &bad, b.out) == CF_EARG);
    CHECK(strstr(cf_last_error(), "energy efficiency only") != NULL);
    bad = *d;
    bad.mu = 0;
    CHECK(train_on(UNROLLED, &bad, b.out) == CF_EARG);
    CHECK(strstr(cf_last_error(), "mu is 0") != NULL);
    bad = *d;
    bad.limit = CF_LIMIT_AP;
    bad.limit_w = 0.01;
    CHECK(train_on(SETNET, &bad, b.out) == CF_EARG); /* the beam knows no limit */
    CHECK(strstr(cf_last_error(), "beam") != NULL);
    for (int i = 0; i < 4; i++) CHECK(!exists(b.out, SUFFIXES[i]));
    cf_drops_free(d);
    cf_drops_free(other);
    close_bench(&b);
}

/* With a limit answers are projected, and held against multistart. */
static void fixed_drops_train_with_and_without_a_limit(void)
{
    const bench b = open_bench();
    cf_drops *d = drops("power-5x10", 3, 40);
    CHECK(train_on(SETNET, d, b.out) == CF_OK);
    cf_drops limited = *d;
    limited.limit = CF_LIMIT_AP;
    limited.limit_w = 0.01;
    CHECK(train_on(UNROLLED, &limited, b.other) == CF_OK);
    cf_policy *p = NULL;
    if (cf_policy_load(&p, b.other) != CF_OK) exit(2);
    const double of_best = strtod(cf_policy_meta(p, "valid_of_best"), NULL);
    CHECK(of_best > 0.3 && of_best < 1 + 1e-3);
    cf_policy_free(p);
    cf_drops_free(d);
    close_bench(&b);
}

int main(void)
{
    RUN(a_resumed_run_ends_bit_for_bit_as_one_that_never_stopped);
    RUN(threads_do_not_change_a_bit);
    RUN(metrics_and_policy_say_what_the_task_knows);
    RUN(every_scheme_teaches_its_network);
    RUN(what_does_not_fit_is_refused);
    RUN(drops_that_the_networks_do_not_serve_are_refused);
    RUN(fixed_drops_train_with_and_without_a_limit);
    return DONE();
}
