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

/* The same answers as powers of 2 links a drop. */
typedef struct made_power {
    made m;
    float watts[2 * N];
    int32_t below_floor[N], users_on[N];
} made_power;

static cf_result *make_power(made_power *p, const char *name, double a, double b)
{
    cf_result *r = make(&p->m, name, a, b);
    for (int i = 0; i < 2 * N; i++) p->watts[i] = 0.25f * (float)(i + 1);
    p->below_floor[0] = 0, p->below_floor[1] = 1;
    p->users_on[0] = 2, p->users_on[1] = 1;
    r->task = CF_TASK_POWER;
    r->K = 2;
    r->broken = NULL;
    r->watts = p->watts;
    r->below_floor = p->below_floor;
    r->users_on = p->users_on;
    return r;
}

static void powers_have_their_own_figures(void)
{
    made_power a, b;
    cf_result *r[2] = {make_power(&a, "a", 1, 4), make_power(&b, "b", 2, 4)};
    a.m.r.rate_floor = 0.5;
    CHECK(eval_summarise(r, none_drawn, 2) == CF_OK);
    CHECK_NEAR(a.m.r.of_best, 0.75, 1e-15);
    CHECK_NEAR(a.m.r.of_best_p1, 0.505, 1e-15);
    CHECK_NEAR(b.m.r.of_best_p1, 1, 1e-15);
    CHECK_NEAR(a.m.r.users_on_mean, 1.5, 1e-15);
    CHECK_NEAR(a.m.r.watts_mean, 2.5 / 2, 1e-15);
    CHECK_NEAR(a.m.r.floor_share, 0.5, 1e-15);
    CHECK_NEAR(a.m.r.below_floor_share, 0.25, 1e-15);
    CHECK(isnan(b.m.r.floor_share) && isnan(b.m.r.below_floor_share) && isnan(b.m.r.broken_share));
    made plain;
    cf_result *alone[1] = {make(&plain, "plain", 1, 4)};
    CHECK(eval_summarise(alone, none_drawn, 1) == CF_OK);
    CHECK(isnan(plain.r.of_best_p1) && isnan(plain.r.users_on_mean) && isnan(plain.r.watts_mean));
}

static void sums_of_logarithms_are_compared_by_their_geometric_means(void)
{
    made_power a, b;
    cf_result *r[2] = {make_power(&a, "a", -1, 0), make_power(&b, "b", -3, 2 * log(2))};
    a.m.r.power_objective = b.m.r.power_objective = CF_POWER_PROPORTIONAL;
    CHECK(eval_summarise(r, none_drawn, 2) == CF_OK);
    CHECK_NEAR(a.m.r.of_best, (1 + 0.5) / 2, 1e-15);
    CHECK_NEAR(b.m.r.of_best, (exp(-1) + 1) / 2, 1e-15);
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
    RUN(powers_have_their_own_figures);
    RUN(sums_of_logarithms_are_compared_by_their_geometric_means);
    return DONE();
}
