#include "evaluate/summary.h"

#include <string.h>

#include "t.h"

enum { N = 2 };

/* A result on two drops over arrays of its own. */
typedef struct made {
    cf_result r;
    char name[8];
    double objective[N], bound[N], seconds[N];
    uint8_t feasible[N], broken[N], proven[N];
} made;

static cf_result *make(made *m, const char *name, double a, double b)
{
    *m = (made){
        .objective = {a, b}, .bound = {NAN, NAN}, .seconds = {1e-6, 3e-6}, .feasible = {1, 1}};
    snprintf(m->name, sizeof m->name, "%s", name);
    m->r = (cf_result){.method = m->name,
                       .n = N,
                       .L = 1,
                       .K = 1,
                       .objective = m->objective,
                       .bound = m->bound,
                       .seconds = m->seconds,
                       .feasible = m->feasible,
                       .broken = m->broken,
                       .proven = m->proven};
    return &m->r;
}

static const int32_t none_drawn[3] = {0};

static void without_proof_the_best_feasible_answer_is_the_measure(void)
{
    made a, b;
    cf_result *r[2] = {make(&a, "a", 1, 4), make(&b, "b", 2, 2)};
    CHECK(eval_summarise(r, none_drawn, 2) == CF_OK);
    CHECK_NEAR(a.r.of_best, (0.5 + 1) / 2, 1e-15);
    CHECK_NEAR(b.r.of_best, (1 + 0.5) / 2, 1e-15);
    CHECK_NEAR(a.r.of_best_ci95, 1.96 * 0.25, 1e-12);
    CHECK(!a.r.certified && !b.r.certified);
    CHECK_NEAR(a.r.us_per_drop, 2, 1e-12);
    CHECK_NEAR(a.r.p50_us, 2, 1e-12);
}

static void an_infeasible_answer_is_no_measure(void)
{
    made a, b;
    cf_result *r[2] = {make(&a, "a", 1, 1), make(&b, "b", 2, 1)};
    b.feasible[0] = 0;
    CHECK(eval_summarise(r, none_drawn, 2) == CF_OK);
    CHECK_NEAR(a.r.of_best, 1, 1e-15);
    CHECK_NEAR(b.r.of_best, 1.5, 1e-15);
    CHECK_NEAR(b.r.feasible_share, 0.5, 1e-15);
}

static void a_mean_over_draws_is_no_measure(void)
{
    made a, b;
    cf_result *r[2] = {make(&a, "a", 1, 1), make(&b, "drawn", 2, 1)};
    const int32_t drawn[2] = {0, 1};
    CHECK(eval_summarise(r, drawn, 2) == CF_OK);
    CHECK_NEAR(a.r.of_best, 1, 1e-15);
    cf_result *alone[1] = {&b.r};
    CHECK(eval_summarise(alone, drawn + 1, 1) == CF_OK);
    CHECK(isnan(b.r.of_best));
}

static void proven_on_every_drop_is_certified(void)
{
    made a, b;
    cf_result *r[2] = {make(&a, "a", 1, 4), make(&b, "b", 2, 4)};
    b.proven[0] = b.proven[1] = 1;
    CHECK(eval_summarise(r, none_drawn, 2) == CF_OK);
    CHECK(a.r.certified && b.r.certified);
    CHECK_NEAR(a.r.of_best, 0.75, 1e-15);
    b.proven[1] = 0;
    CHECK(eval_summarise(r, none_drawn, 2) == CF_OK);
    CHECK(!a.r.certified);
}

static void a_bound_certifies_a_lower_limit_of_the_ratio(void)
{
    made a, b;
    cf_result *r[2] = {make(&a, "a", 1, 4), make(&b, "b", 1, 1)};
    b.bound[0] = 2, b.bound[1] = 5;
    CHECK(eval_summarise(r, none_drawn, 2) == CF_OK);
    CHECK(a.r.certified);
    CHECK_NEAR(a.r.of_best, (0.5 + 0.8) / 2, 1e-15);
}

static void an_answer_above_a_bound_or_a_proof_is_refused(void)
{
    made a, b;
    cf_result *r[2] = {make(&a, "a", 1, 4), make(&b, "b", 1, 3)};
    b.bound[1] = 3.5;
    CHECK(eval_summarise(r, none_drawn, 2) == CF_ENUM);
    CHECK(strstr(cf_last_error(), "drop 1: a reaches 4"));
    b.bound[1] = NAN;
    b.proven[1] = 1;
    CHECK(eval_summarise(r, none_drawn, 2) == CF_ENUM);
}

static void nothing_to_gain_counts_as_all_of_it(void)
{
    made a;
    cf_result *r[1] = {make(&a, "a", 0, 2)};
    CHECK(eval_summarise(r, none_drawn, 1) == CF_OK);
    CHECK_NEAR(a.r.of_best, 1, 1e-15);
}

int main(void)
{
    RUN(without_proof_the_best_feasible_answer_is_the_measure);
    RUN(an_infeasible_answer_is_no_measure);
    RUN(a_mean_over_draws_is_no_measure);
    RUN(proven_on_every_drop_is_certified);
    RUN(a_bound_certifies_a_lower_limit_of_the_ratio);
    RUN(an_answer_above_a_bound_or_a_proof_is_refused);
    RUN(nothing_to_gain_counts_as_all_of_it);
    return DONE();
}
