#include <string.h>

#include <cellfree/method.h>

#include "t.h"

static cf_status make(const char *spec, int32_t L, int32_t K)
{
    cf_method *m = NULL;
    const cf_status s = cf_method_make(&m, spec, NULL, L, K);
    CHECK((m != NULL) == (s == CF_OK));
    cf_method_free(m);
    return s;
}

static void every_listed_method_has_a_name_and_a_line(void)
{
    CHECK(cf_method_count() >= 2);
    for (int32_t i = 0; i < cf_method_count(); i++) {
        CHECK(cf_method_name(i) && cf_method_name(i)[0]);
        CHECK(cf_method_about(i) && cf_method_about(i)[0]);
        CHECK(cf_method_parameters(i) != NULL);
        for (int32_t j = 0; j < i; j++) CHECK(strcmp(cf_method_name(i), cf_method_name(j)) != 0);
    }
    CHECK(!cf_method_name(-1) && !cf_method_name(cf_method_count()));
}

static void every_method_but_policy_is_made_by_its_name(void)
{
    for (int32_t i = 0; i < cf_method_count(); i++) {
        const int policy = strcmp(cf_method_name(i), "policy") == 0;
        CHECK(make(cf_method_name(i), 3, 2) == (policy ? CF_EARG : CF_OK));
    }
    CHECK(strstr(cf_last_error(), "policy"));
}

static void unknown_names_list_the_known(void)
{
    CHECK(make("gds", 3, 2) == CF_EARG);
    CHECK(strstr(cf_last_error(), "'gds'") && strstr(cf_last_error(), "gsd"));
    CHECK(make("", 3, 2) == CF_EARG);
    CHECK(make("gs", 3, 2) == CF_EARG);
    CHECK(make("gsdd", 3, 2) == CF_EARG);
}

static void unknown_parameters_are_refused(void)
{
    CHECK(make("gsd:speed=1", 3, 2) == CF_EARG);
    CHECK(make("exact:node-limit=ten", 3, 2) == CF_EARG);
}

static void sizes_out_of_range_are_refused(void)
{
    CHECK(make("gsd", 0, 2) == CF_ESHAPE);
    CHECK(make("gsd", 2, -1) == CF_ESHAPE);
    CHECK(make("gsd", CF_MAX_DIM + 1, 2) == CF_ESHAPE);
}

/* 3 APs, 2 users, one each; user 0 is best at AP 0, user 1 at AP 1. */
static const double snr[6] = {5, 1, 1, 4, 0.5, 0.25};
static const int32_t ones[3] = {1, 1, 1};
static const cf_assignment tiny = {.L = 3, .K = 2, .snr = snr, .max_users = ones, .min_aps = ones};

static void a_run_of_another_shape_is_refused(void)
{
    cf_method *m = NULL;
    uint8_t x[6] = {9};
    CHECK(cf_method_make(&m, "gsd", NULL, 2, 2) == CF_OK);
    CHECK(cf_method_run(m, &tiny, 0, 0, x, NULL, NULL) == CF_ESHAPE);
    CHECK(cf_method_run(NULL, &tiny, 0, 0, x, NULL, NULL) == CF_EARG);
    CHECK(cf_method_run(m, NULL, 0, 0, x, NULL, NULL) == CF_EARG);
    CHECK(x[0] == 9);
    cf_method_free(m);
}

static void many_runs_answer_as_single_runs_do(void)
{
    double two[12];
    memcpy(two, snr, sizeof snr);
    for (int i = 0; i < 6; i++) two[6 + i] = snr[5 - i];
    cf_assignment p = tiny;
    for (int32_t i = 0; i < cf_method_count(); i++) {
        cf_method *m = NULL;
        if (cf_method_make(&m, cf_method_name(i), NULL, 3, 2) != CF_OK) continue;
        uint8_t many[12], one[12];
        cf_report reports[2], report;
        p.snr = two;
        CHECK(cf_method_run_many(m, &p, 2, 7, 3, many, NULL, reports) == CF_OK);
        for (int d = 0; d < 2; d++) {
            p.snr = two + 6 * d;
            CHECK(cf_method_run(m, &p, 7, 3 + d, one + 6 * d, NULL, &report) == CF_OK);
            CHECK(report.proven == reports[d].proven);
        }
        CHECK(memcmp(many, one, sizeof one) == 0);
        cf_method_free(m);
    }
}

int main(void)
{
    RUN(every_listed_method_has_a_name_and_a_line);
    RUN(every_method_but_policy_is_made_by_its_name);
    RUN(unknown_names_list_the_known);
    RUN(unknown_parameters_are_refused);
    RUN(sizes_out_of_range_are_refused);
    RUN(a_run_of_another_shape_is_refused);
    RUN(many_runs_answer_as_single_runs_do);
    return DONE();
}
