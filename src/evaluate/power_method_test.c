#include <math.h>
#include <string.h>

#include <cellfree/method.h>

#include "t.h"

static cf_status make(const char *spec, int32_t L, int32_t K)
{
    cf_power_method *m = NULL;
    const cf_status s = cf_power_method_make(&m, spec, NULL, L, K);
    CHECK((m != NULL) == (s == CF_OK));
    cf_power_method_free(m);
    return s;
}

static void every_listed_method_has_a_name_and_a_line(void)
{
    CHECK(cf_power_method_count() >= 3);
    for (int32_t i = 0; i < cf_power_method_count(); i++) {
        CHECK(cf_power_method_name(i) && cf_power_method_name(i)[0]);
        CHECK(cf_power_method_about(i) && cf_power_method_about(i)[0]);
        CHECK(cf_power_method_parameters(i) != NULL);
        for (int32_t j = 0; j < i; j++)
            CHECK(strcmp(cf_power_method_name(i), cf_power_method_name(j)) != 0);
    }
    CHECK(!cf_power_method_name(-1) && !cf_power_method_name(cf_power_method_count()));
}

static int asks_a_policy(int32_t i)
{
    return strncmp(cf_power_method_name(i), "policy", 6) == 0;
}

static void every_method_is_made_by_its_name_and_documented_defaults(void)
{
    for (int32_t i = 0; i < cf_power_method_count(); i++) {
        char spec[256];
        if (asks_a_policy(i)) {
            CHECK(make(cf_power_method_name(i), 3, 2) == CF_EARG);
            CHECK(strstr(cf_last_error(), "needs a policy"));
            continue;
        }
        CHECK(make(cf_power_method_name(i), 3, 2) == CF_OK);
        snprintf(spec, sizeof spec, "%s:%s", cf_power_method_name(i),
                 cf_power_method_parameters(i));
        CHECK(make(spec, 3, 2) == CF_OK);
        snprintf(spec, sizeof spec, "%s:nonsense=1", cf_power_method_name(i));
        CHECK(make(spec, 3, 2) == CF_EARG);
    }
}

static void methods_of_the_other_task_are_named_as_such(void)
{
    CHECK(make("gsd", 3, 2) == CF_EARG);
    CHECK(strstr(cf_last_error(), "'gsd' is for the task assignment; for power there are"));
    CHECK(strstr(cf_last_error(), "strongest") && !strstr(cf_last_error(), "exhaustive"));
    cf_method *m = NULL;
    CHECK(cf_method_make(&m, "strongest:watts=1", NULL, 3, 2) == CF_EARG);
    CHECK(strstr(cf_last_error(), "'strongest' is for the task power; for assignment there are"));
    CHECK(strstr(cf_last_error(), "gsd") && !m);
}

static void unknown_names_list_the_known(void)
{
    CHECK(make("strong", 3, 2) == CF_EARG);
    CHECK(strstr(cf_last_error(), "unknown method 'strong'") && strstr(cf_last_error(), "equal"));
    CHECK(make("", 3, 2) == CF_EARG);
    CHECK(make("strongestt", 3, 2) == CF_EARG);
}

static void sizes_out_of_range_are_refused(void)
{
    CHECK(make("equal", 0, 2) == CF_ESHAPE);
    CHECK(make("equal", 2, -1) == CF_ESHAPE);
    CHECK(make("equal", 2048, 513) == CF_ESHAPE);
}

/* Two access points, two users, each user near one. */
static const float GAIN[8] = {100, 10, 5, 50, 20, 3, 8, 400};

static cf_power tiny(void)
{
    return (cf_power){
        .L = 2, .K = 2, .gain = GAIN, .noise_w = 1, .mu = 1, .static_w = 4, .bandwidth_hz = 1e6};
}

static void a_run_of_another_shape_is_refused(void)
{
    cf_power_method *m = NULL;
    const cf_power p = tiny();
    float watts[6] = {9};
    CHECK(cf_power_method_make(&m, "equal", NULL, 3, 2) == CF_OK);
    CHECK(cf_power_method_run(m, &p, 0, 0, watts, NULL) == CF_ESHAPE);
    CHECK(cf_power_method_run(NULL, &p, 0, 0, watts, NULL) == CF_EARG);
    CHECK(cf_power_method_run(m, NULL, 0, 0, watts, NULL) == CF_EARG);
    CHECK(cf_power_method_serves(NULL, CF_POWER_EE, CF_LIMIT_NONE) == CF_EARG);
    CHECK((double)watts[0] == 9);
    cf_power_method_free(m);
}

/* Many are as many single runs; the first that cannot be is named, those before it are done. */
static void many_runs_are_single_ones(void)
{
    cf_power_method *m = NULL;
    cf_power p[3] = {tiny(), tiny(), tiny()};
    float single[12], many[12] = {0};
    cf_report report[3];
    p[1].noise_w = 2;
    p[2].static_w = 1;
    CHECK(cf_power_method_make(&m, "random", NULL, 2, 2) == CF_OK);
    for (int i = 0; i < 3; i++)
        CHECK(cf_power_method_run(m, &p[i], 7, 5 + i, single + 4 * i, NULL) == CF_OK);
    CHECK(cf_power_method_run_many(m, p, 3, 7, 5, many, report) == CF_OK);
    CHECK(memcmp(many, single, sizeof many) == 0);
    CHECK(cf_power_method_run_many(m, p, 0, 7, 5, many, NULL) == CF_OK);
    p[1].L = 1;
    memset(many, 0, sizeof many);
    CHECK(cf_power_method_run_many(m, p, 3, 7, 5, many, NULL) == CF_ESHAPE);
    CHECK(strstr(cf_last_error(), "drop 1: random: made for L=2 K=2"));
    CHECK(memcmp(many, single, 4 * sizeof *many) == 0 && many[4] == 0);
    CHECK(cf_power_method_run_many(NULL, p, 1, 7, 5, many, NULL) == CF_EARG);
    cf_power_method_free(m);
}

/* Whatever a method serves it answers within the limits; the rest it refuses and leaves alone. */
static void every_method_serves_or_refuses(void)
{
    for (int32_t i = 0; i < cf_power_method_count(); i++) {
        if (asks_a_policy(i)) continue;
        cf_power_method *m = NULL;
        CHECK(cf_power_method_make(&m, cf_power_method_name(i), NULL, 2, 2) == CF_OK);
        CHECK(cf_power_method_serves(m, CF_POWER_EE, CF_LIMIT_NONE) == CF_OK);
        for (int o = CF_POWER_EE; o <= CF_POWER_PROPORTIONAL; o++)
            for (int l = CF_LIMIT_NONE; l <= CF_LIMIT_LINK; l++) {
                float watts[4] = {-1, -1, -1, -1};
                cf_report report;
                cf_power p = tiny();
                p.objective = (cf_power_objective)o;
                p.limit = (cf_power_limit)l;
                p.limit_w = 0.05;
                const cf_status serves = cf_power_method_serves(m, p.objective, p.limit);
                const cf_status s = cf_power_method_run(m, &p, 1, 0, watts, &report);
                CHECK(s == serves);
                CHECK(s == CF_OK || (s == CF_EARG && (double)watts[0] == -1));
                if (s != CF_OK) continue;
                const cf_power_violations v = cf_power_check_watts(&p, watts);
                CHECK(!v.bad_entries && !v.aps_over && !v.links_over);
            }
        cf_power_method_free(m);
    }
}

int main(void)
{
    RUN(every_listed_method_has_a_name_and_a_line);
    RUN(every_method_is_made_by_its_name_and_documented_defaults);
    RUN(methods_of_the_other_task_are_named_as_such);
    RUN(unknown_names_list_the_known);
    RUN(sizes_out_of_range_are_refused);
    RUN(a_run_of_another_shape_is_refused);
    RUN(many_runs_are_single_ones);
    RUN(every_method_serves_or_refuses);
    return DONE();
}
