/* Misuse of the public functions: what is NULL, out of range or of another size is refused with a
 * message, outputs stay as they were, and objects stay usable. Public headers only. */
#include <float.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cellfree/cellfree.h>

#include "t.h"

/* Refused with `status`, and cf_last_error says so afresh. */
#define REFUSED(status, call)                                                          \
    do {                                                                               \
        CHECK(cf_scenario_load(&scratch, "nothing/of/this/name") == CF_EIO);           \
        CHECK((call) == (status));                                                     \
        CHECK(cf_last_error()[0] && !strstr(cf_last_error(), "nothing/of/this/name")); \
    } while (0)

static cf_scenario *scratch;
static cf_scenario *scenario;
static cf_drops *drops;
static cf_policy *policy;
static char folder[] = "/tmp/cellfree-api-XXXXXX";

static void calls_without_objects_are_refused(void)
{
    cf_scenario *s = NULL;
    cf_drops *d = NULL;
    cf_train_config *c = NULL;
    const cf_import import = {0};
    REFUSED(CF_EARG, cf_scenario_load(&s, NULL));
    REFUSED(CF_EARG, cf_scenario_load(NULL, "mmwave-small"));
    REFUSED(CF_EARG, cf_scenario_parse(&s, NULL, "x"));
    REFUSED(CF_EARG, cf_scenario_parse(&s, "name: x", NULL));
    REFUSED(CF_EARG, cf_drops_generate(&d, NULL, 1, 0, 1, 1));
    REFUSED(CF_EARG, cf_drops_generate(NULL, scenario, 1, 0, 1, 1));
    REFUSED(CF_EARG, cf_drops_save(NULL, "x.h5"));
    REFUSED(CF_EARG, cf_drops_save(drops, NULL));
    REFUSED(CF_EARG, cf_drops_load(&d, NULL));
    REFUSED(CF_EARG, cf_drops_load(NULL, "x.h5"));
    REFUSED(CF_EARG, cf_drops_import(&d, "x.npz", NULL, NULL, 0));
    REFUSED(CF_EARG, cf_drops_import(&d, NULL, &import, NULL, 0));
    REFUSED(CF_EARG, cf_drops_import(&d, "x.npz", &import, NULL, 0));
    REFUSED(CF_EARG, cf_train_config_parse(NULL, "steps: 1", "x"));
    REFUSED(CF_EARG, cf_train_config_parse(&c, "steps: 1", NULL));
    REFUSED(CF_EARG, cf_train_config_load(NULL, NULL));
    REFUSED(CF_EARG, cf_train_config_set(NULL, "steps", "1"));
    CHECK(!s && !d && !c);
}

static void policies_without_objects_are_refused(void)
{
    cf_policy *p = NULL;
    cf_runner *r = NULL;
    const cf_convert convert = {0};
    REFUSED(CF_EARG, cf_policy_load(&p, NULL));
    REFUSED(CF_EARG, cf_policy_load(NULL, "x.safetensors"));
    REFUSED(CF_EARG, cf_policy_save(NULL, "x.safetensors"));
    REFUSED(CF_EARG, cf_policy_save(policy, NULL));
    REFUSED(CF_EARG, cf_policy_convert(&p, NULL, &convert));
    REFUSED(CF_EARG, cf_policy_convert(&p, "x.npz", NULL));
    REFUSED(CF_EARG, cf_policy_convert(&p, "x.npz", &convert));
    REFUSED(CF_EARG, cf_runner_make(&r, NULL, 5, 4, 1));
    REFUSED(CF_EARG, cf_runner_make(NULL, policy, 5, 4, 1));
    CHECK(!p && !r);
    CHECK(!cf_policy_meta(policy, "no such key") && !cf_policy_meta_key(policy, -1));
    CHECK(!cf_policy_meta_key(policy, INT32_MAX));
}

static void freeing_nothing_is_fine(void)
{
    cf_scenario_free(NULL);
    cf_drops_free(NULL);
    cf_policy_free(NULL);
    cf_runner_free(NULL);
    cf_method_free(NULL);
    cf_result_free(NULL);
    cf_results_free(NULL, 0);
    cf_train_config_free(NULL);
    CHECK(1);
}

static void sizes_out_of_range_are_refused(void)
{
    static const int32_t BAD[] = {0, -1, INT32_MIN, CF_MAX_DIM + 1, INT32_MAX};
    for (size_t i = 0; i < sizeof BAD / sizeof *BAD; i++) {
        cf_runner *r = NULL;
        cf_method *m = NULL;
        const int32_t one = 1;
        REFUSED(CF_EARG, cf_runner_make(&r, policy, BAD[i], 4, 1));
        REFUSED(CF_EARG, cf_runner_make(&r, policy, 5, BAD[i], 1));
        REFUSED(CF_EARG, cf_runner_make(&r, policy, 5, 4, BAD[i]));
        REFUSED(CF_ESHAPE, cf_method_make(&m, "gsd", NULL, BAD[i], 4));
        REFUSED(CF_ESHAPE, cf_method_make(&m, "policy", policy, 5, BAD[i]));
        REFUSED(CF_EARG, cf_assignment_check_limits(BAD[i], 1, &one, &one));
        REFUSED(CF_EARG, cf_assignment_check_limits(1, BAD[i], &one, &one));
        CHECK(cf_assignment_repair_workspace(BAD[i], 4) == 0);
        CHECK(cf_assignment_repair_workspace(5, BAD[i]) == 0);
        CHECK(!r && !m);
        CHECK(!cf_method_name(BAD[i]) || BAD[i] == 0);
        CHECK(!cf_scenario_builtin_name(BAD[i]) || BAD[i] == 0);
    }
    CHECK(strcmp(cf_status_str((cf_status)77), "") != 0);
}

static void requests_for_impossible_drops_are_refused(void)
{
    cf_drops *d = NULL;
    REFUSED(CF_EARG, cf_drops_generate(&d, scenario, 1, 0, 0, 1));
    REFUSED(CF_EARG, cf_drops_generate(&d, scenario, 1, 0, -5, 1));
    REFUSED(CF_EARG, cf_drops_generate(&d, scenario, 1, -1, 5, 1));
    REFUSED(CF_EARG, cf_drops_generate(&d, scenario, 1, INT64_MAX, 5, 1));
    REFUSED(CF_EARG, cf_drops_generate(&d, scenario, 1, 0, 5, -1));
    REFUSED(CF_EARG, cf_drops_generate(&d, scenario, 1, 0, 5, INT32_MAX));
    CHECK(!d);
    CHECK(cf_drops_generate(&d, scenario, UINT64_MAX, INT64_MAX - 5, 5, 2) == CF_OK);
    cf_drops_free(d);
}

/* One drop of the data set with `gain` in place of its first entry. */
static cf_status check_with(double gain)
{
    double snr[20];
    cf_drops_snr(drops, 0, snr);
    snr[7] = gain;
    const cf_assignment p = {5, 4, snr, drops->max_users, drops->min_aps};
    return cf_assignment_check(&p);
}

static void gains_that_are_no_gains_are_refused(void)
{
    static const double BAD[] = {(double)NAN, (double)INFINITY, -(double)INFINITY, -1e-300, 1e101};
    for (size_t i = 0; i < sizeof BAD / sizeof *BAD; i++) REFUSED(CF_ENUM, check_with(BAD[i]));
    CHECK(check_with(0) == CF_OK && check_with(DBL_TRUE_MIN) == CF_OK);
    CHECK(check_with(CF_MAX_SNR) == CF_OK);
    REFUSED(CF_EARG, cf_assignment_check(NULL));
    const cf_assignment none = {.L = 5, .K = 4};
    REFUSED(CF_EARG, cf_assignment_check(&none));
}

/* Every pointer of a call, missing in turn; then the same call complete. */
static void repair_and_runners_ask_for_their_arrays(void)
{
    double snr[20];
    uint8_t x[20] = {0};
    cf_drops_snr(drops, 0, snr);
    const cf_assignment p = {5, 4, snr, drops->max_users, drops->min_aps};
    const cf_assignment no_gain = {5, 4, NULL, p.max_users, p.min_aps};
    const cf_assignment no_limit = {5, 4, snr, NULL, p.min_aps};
    const cf_assignment smaller = {4, 4, snr, p.max_users, p.min_aps};
    void *ws = aligned_alloc(64, (cf_assignment_repair_workspace(5, 4) + 63) / 64 * 64);
    cf_runner *r = NULL;
    CHECK(ws && cf_runner_make(&r, policy, 5, 4, 2) == CF_OK);
    REFUSED(CF_EARG, cf_assignment_repair(NULL, x, ws));
    REFUSED(CF_EARG, cf_assignment_repair(&no_gain, x, ws));
    REFUSED(CF_EARG, cf_assignment_repair(&no_limit, x, ws));
    REFUSED(CF_EARG, cf_assignment_repair(&p, NULL, ws));
    REFUSED(CF_EARG, cf_assignment_repair(&p, x, NULL));
    REFUSED(CF_EARG, cf_runner_decide(NULL, &p, 1, x, NULL));
    REFUSED(CF_EARG, cf_runner_decide(r, NULL, 1, x, NULL));
    REFUSED(CF_EARG, cf_runner_decide(r, &no_gain, 1, x, NULL));
    REFUSED(CF_EARG, cf_runner_decide(r, &no_limit, 1, x, NULL));
    REFUSED(CF_EARG, cf_runner_decide(r, &p, 1, NULL, NULL));
    REFUSED(CF_ESHAPE, cf_runner_decide(r, &smaller, 1, x, NULL));
    REFUSED(CF_ESHAPE, cf_runner_decide(r, &p, 3, x, NULL));
    REFUSED(CF_ESHAPE, cf_runner_decide(r, &p, 0, x, NULL));
    for (int i = 0; i < 20; i++) CHECK(x[i] == 0);
    CHECK(cf_runner_decide(r, &p, 1, x, NULL) == CF_OK && cf_assignment_repair(&p, x, ws) == CF_OK);
    CHECK(cf_assignment_violations(&p, x).users_short == 0);
    cf_runner_free(r);
    free(ws);
}

static void methods_ask_for_their_arrays_and_their_size(void)
{
    double snr[20];
    uint8_t x[20];
    cf_report report;
    cf_drops_snr(drops, 0, snr);
    const cf_assignment p = {5, 4, snr, drops->max_users, drops->min_aps};
    const cf_assignment other = {5, 3, snr, drops->max_users, drops->min_aps};
    cf_method *m = NULL;
    REFUSED(CF_EARG, cf_method_make(&m, NULL, NULL, 5, 4));
    REFUSED(CF_EARG, cf_method_make(NULL, "gsd", NULL, 5, 4));
    REFUSED(CF_EARG, cf_method_make(&m, "gsd", policy, 5, 4));
    REFUSED(CF_EARG, cf_method_make(&m, "exact:gap=", NULL, 5, 4));
    CHECK(!m);
    CHECK(cf_method_make(&m, "exact", NULL, 5, 4) == CF_OK);
    REFUSED(CF_EARG, cf_method_run(NULL, &p, 1, 0, x, NULL, NULL));
    REFUSED(CF_EARG, cf_method_run(m, NULL, 1, 0, x, NULL, NULL));
    REFUSED(CF_EARG, cf_method_run(m, &p, 1, 0, NULL, NULL, NULL));
    REFUSED(CF_ESHAPE, cf_method_run(m, &other, 1, 0, x, NULL, NULL));
    REFUSED(CF_EARG, cf_method_run_many(m, &p, 0, 1, 0, x, NULL, &report));
    REFUSED(CF_EARG, cf_method_run_many(m, &p, 1, 1, 0, x, NULL, NULL));
    CHECK(cf_method_run(m, &p, 1, 0, x, NULL, &report) == CF_OK && report.proven == 1);
    cf_method_free(m);
}

static void evaluation_asks_for_drops_methods_and_options(void)
{
    const cf_evaluate_item item = {.spec = "gsd"}, nameless = {0}, twice[] = {item, item};
    const cf_evaluate_options good = {.threads = 1}, many = {.threads = INT32_MAX};
    const cf_evaluate_options negative = {.threads = -1};
    const cf_drops empty = {.L = 5, .K = 4};
    cf_result *r = NULL;
    REFUSED(CF_EARG, cf_evaluate(NULL, &item, 1, &good, &r));
    REFUSED(CF_EARG, cf_evaluate(&empty, &item, 1, &good, &r));
    REFUSED(CF_EARG, cf_evaluate(drops, NULL, 1, &good, &r));
    REFUSED(CF_EARG, cf_evaluate(drops, &nameless, 1, &good, &r));
    REFUSED(CF_EARG, cf_evaluate(drops, &item, 0, &good, &r));
    REFUSED(CF_EARG, cf_evaluate(drops, &item, 1, NULL, &r));
    REFUSED(CF_EARG, cf_evaluate(drops, &item, 1, &good, NULL));
    REFUSED(CF_EARG, cf_evaluate(drops, &item, 1, &many, &r));
    REFUSED(CF_EARG, cf_evaluate(drops, &item, 1, &negative, &r));
    REFUSED(CF_EARG, cf_evaluate(drops, twice, 2, &good, &r));
    CHECK(!r);
}

static void results_ask_for_methods_and_a_path(void)
{
    const cf_evaluate_item item = {.spec = "gsd"};
    const cf_evaluate_options options = {.threads = 1};
    cf_result *r = NULL, *none = NULL, **loaded = NULL;
    int32_t count = 0;
    CHECK(cf_evaluate(drops, &item, 1, &options, &r) == CF_OK);
    REFUSED(CF_EARG, cf_results_save(NULL, 1, drops, "", "r.h5"));
    REFUSED(CF_EARG, cf_results_save(&none, 1, drops, "", "r.h5"));
    REFUSED(CF_EARG, cf_results_save(&r, 0, drops, "", "r.h5"));
    REFUSED(CF_EARG, cf_results_save(&r, 1, NULL, "", "r.h5"));
    REFUSED(CF_EARG, cf_results_save(&r, 1, drops, "", NULL));
    REFUSED(CF_EIO, cf_results_save(&r, 1, drops, "", "no/such/folder"));
    REFUSED(CF_EARG, cf_results_load(NULL, &count, "r.h5"));
    REFUSED(CF_EARG, cf_results_load(&loaded, NULL, "r.h5"));
    REFUSED(CF_EARG, cf_results_load(&loaded, &count, NULL));
    REFUSED(CF_EIO, cf_results_load(&loaded, &count, "r.h5"));
    CHECK(!loaded && count == 0);
    CHECK(cf_results_save(&r, 1, drops, NULL, "r.h5") == CF_OK);
    CHECK(cf_results_load(&loaded, &count, "r.h5") == CF_OK && count == 1);
    cf_results_free(loaded, count);
    cf_result_free(r);
    unlink("r.h5");
}

static void training_asks_for_what_it_needs(void)
{
    cf_train_config *c = NULL;
    const cf_drops *none[] = {NULL}, *some[] = {drops};
    CHECK(cf_train_config_load(&c, NULL) == CF_OK);
    const cf_train_run good = {.out = "p.safetensors", .threads = 1};
    cf_train_run run = good;
    REFUSED(CF_EARG, cf_train(NULL, &run));
    REFUSED(CF_EARG, cf_train(c, NULL));
    run.out = NULL;
    REFUSED(CF_EARG, cf_train(c, &run));
    run.out = "";
    REFUSED(CF_EARG, cf_train(c, &run));
    run = good;
    run.threads = INT32_MAX;
    REFUSED(CF_EARG, cf_train(c, &run));
    run = good;
    run.minutes = (double)NAN;
    REFUSED(CF_EARG, cf_train(c, &run));
    run = good;
    run.data = none;
    run.data_count = 1;
    REFUSED(CF_EARG, cf_train(c, &run));
    run.data = some;
    run.data_count = 0;
    REFUSED(CF_EARG, cf_train(c, &run));
    run.data_count = INT32_MAX;
    REFUSED(CF_EARG, cf_train(c, &run));
    REFUSED(CF_EARG, cf_train_config_set(c, NULL, "1"));
    REFUSED(CF_EARG, cf_train_config_set(c, "steps", NULL));
    REFUSED(CF_EARG, cf_train_config_set(c, "", ""));
    REFUSED(CF_EARG, cf_train_config_set(c, "steps", "1e300"));
    CHECK(strstr(cf_train_config_yaml(c), "steps: 4000"));
    CHECK(access("p.safetensors", F_OK) != 0 && access("p.safetensors.metrics.jsonl", F_OK) != 0);
    cf_train_config_free(c);
}

static int at_once(void *user, const cf_train_state *s)
{
    (void)user;
    (void)s;
    return 1;
}

static void a_run_stopped_at_its_first_step_leaves_a_policy(void)
{
    cf_train_config *c = NULL;
    CHECK(cf_train_config_parse(&c, "batch: 4\nvalid_count: 4\n", "test") == CF_OK);
    const cf_train_run run = {.out = "p.safetensors", .threads = 1, .progress = at_once};
    REFUSED(CF_ESTOP, cf_train(c, &run));
    CHECK(cf_policy_load(&policy, "p.safetensors") == CF_OK);
    static const char *const LEFT[] = {"p.safetensors", "p.safetensors.checkpoint",
                                       "p.safetensors.metrics.jsonl", "p.safetensors.tfevents"};
    for (int i = 0; i < 4; i++) CHECK(unlink(LEFT[i]) == 0);
    cf_train_config_free(c);
}

int main(void)
{
    if (!mkdtemp(folder) || chdir(folder) != 0) return 2;
    if (cf_scenario_load(&scenario, "mmwave-small") != CF_OK) return 2;
    if (cf_drops_generate(&drops, scenario, 1, 0, 3, 1) != CF_OK) return 2;
    RUN(a_run_stopped_at_its_first_step_leaves_a_policy);
    if (!policy) return DONE();
    RUN(calls_without_objects_are_refused);
    RUN(policies_without_objects_are_refused);
    RUN(freeing_nothing_is_fine);
    RUN(sizes_out_of_range_are_refused);
    RUN(requests_for_impossible_drops_are_refused);
    RUN(gains_that_are_no_gains_are_refused);
    RUN(repair_and_runners_ask_for_their_arrays);
    RUN(methods_ask_for_their_arrays_and_their_size);
    RUN(evaluation_asks_for_drops_methods_and_options);
    RUN(results_ask_for_methods_and_a_path);
    RUN(training_asks_for_what_it_needs);
    cf_policy_free(policy);
    cf_drops_free(drops);
    cf_scenario_free(scenario);
    if (chdir("/") != 0 || rmdir(folder) != 0) return 2;
    return DONE();
}
