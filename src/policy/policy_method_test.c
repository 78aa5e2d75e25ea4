#include "policy/policy_method.h"

#include <stdlib.h>
#include <string.h>

#include "base/rng.h"
#include "policy/policy.h"

#include "cases.h"
#include "t.h"

static test_case drop;

static cf_policy *random_policy(const policy_class *class, uint64_t seed)
{
    cf_policy *p = NULL;
    CHECK(policy_make(&p, class, NULL) == CF_OK);
    class->init(&p->table, p->size, seed, p->params);
    rng g = rng_stream(seed, RNG_TEST, 1);
    for (int32_t i = 0; i < p->table.size; i++)
        p->params[i] = (real)(1.5 * (double)p->params[i] + 0.02 * rng_normal(&g));
    return p;
}

static void *make(const char *parameters, const cf_policy *p)
{
    void *self = NULL;
    CHECK(policy_method.make(&self, parameters, p, drop.p.L, drop.p.K) == CF_OK);
    return self;
}

/* With repair: feasible, and the network's own answer where that is feasible already; without: the
 * network's own answer. The report is the same in both. */
static int32_t check_one(const cf_policy *p, const test_case *c)
{
    uint8_t raw[20], kept[20], repaired[20];
    float relaxed[20], wanted[20];
    cf_report a, b;
    cf_runner *r;
    void *plain = make("repair=0", p), *full = make("", p);
    CHECK(cf_runner_make(&r, p, 5, 4, 1) == CF_OK);
    CHECK(cf_runner_decide(r, &c->p, 1, raw, wanted) == CF_OK);
    CHECK(policy_method.run(plain, &c->p, 0, 0, kept, relaxed, &a) == CF_OK);
    CHECK(policy_method.run(full, &c->p, 0, 0, repaired, NULL, &b) == CF_OK);
    CHECK(memcmp(raw, kept, sizeof raw) == 0 && memcmp(relaxed, wanted, sizeof wanted) == 0);
    CHECK(case_feasible(c, repaired));
    CHECK(a.broken == !case_feasible(c, raw) && b.broken == a.broken);
    CHECK(a.broken || memcmp(raw, repaired, sizeof raw) == 0);
    CHECK(isnan(a.bound) && isnan(a.objective_mean) && a.proven == 0);
    cf_runner_free(r);
    policy_method.free(plain);
    policy_method.free(full);
    return a.broken;
}

static void answers_are_repaired_unless_told_otherwise(void)
{
    rng g = rng_stream(1, RNG_TEST, 0);
    int32_t broken = 0, drops = 0;
    for (int32_t i = 0; policy_classes[i]; i++) {
        if (policy_classes[i]->task != CF_TASK_ASSIGNMENT) continue;
        cf_policy *p = random_policy(policy_classes[i], 4);
        for (int32_t j = 0; j < 40; j++) {
            case_mmwave(&drop, &g, 0);
            if (j % 4 == 0) drop.min_aps[0] = drop.min_aps[1] = 0;
            broken += check_one(p, &drop);
            drops++;
        }
        cf_policy_free(p);
    }
    CHECK(broken > 0 && broken < drops);
}

static void many_drops_are_decided_like_one(void)
{
    enum { N = 23, L = 5, K = 4, LINKS = L * K };
    static double snr[N * LINKS];
    uint8_t one[LINKS], many[N * LINKS];
    float r1[LINKS], rm[N * LINKS];
    cf_report a, b[N];
    rng g = rng_stream(2, RNG_TEST, 0);
    for (int32_t i = 0; i < N; i++) {
        case_mmwave(&drop, &g, 0);
        memcpy(snr + i * LINKS, drop.snr, sizeof one * sizeof *snr);
    }
    static const char *const PARAMETERS[] = {NULL, "lanes=1", "lanes=7", "lanes=64", "repair=0"};
    cf_policy *p = random_policy(policy_class_named("hpe"), 5);
    for (size_t j = 0; j < sizeof PARAMETERS / sizeof *PARAMETERS; j++) {
        void *m = make(PARAMETERS[j], p);
        drop.p.snr = snr;
        CHECK(policy_method.run_many(m, &drop.p, N, 0, 0, many, rm, b) == CF_OK);
        CHECK(policy_method.run_many(m, &drop.p, N, 0, 0, many, NULL, b) == CF_OK);
        for (int32_t i = 0; i < N; i++) {
            drop.p.snr = snr + i * LINKS;
            CHECK(policy_method.run(m, &drop.p, 0, i, one, r1, &a) == CF_OK);
            CHECK(memcmp(one, many + i * LINKS, sizeof one) == 0);
            CHECK(memcmp(r1, rm + i * LINKS, sizeof r1) == 0);
            CHECK(a.broken == b[i].broken && isnan(b[i].bound));
        }
        policy_method.free(m);
    }
    cf_policy_free(p);
}

static void parameters_out_of_range_are_refused(void)
{
    static const char *const BAD[] = {"repair=2",  "repair=-1",  "repair=yes", "lanes=0",
                                      "lanes=1.5", "lanes=5000", "lane=1",     "repair"};
    cf_policy *p = random_policy(policy_class_named("hpe"), 5);
    void *self = NULL;
    for (size_t i = 0; i < sizeof BAD / sizeof *BAD; i++)
        CHECK(policy_method.make(&self, BAD[i], p, 5, 4) == CF_EARG && self == NULL);
    CHECK(policy_method.make(&self, NULL, NULL, 5, 4) == CF_EARG && self == NULL);
    CHECK(policy_method.make(&self, NULL, p, 0, 4) == CF_EARG && self == NULL);
    policy_method.free(NULL);
    cf_policy_free(p);
}

static void a_network_that_gives_nan_is_an_error(void)
{
    cf_policy *p = random_policy(policy_class_named("hpe"), 5);
    uint8_t x[20];
    cf_report report;
    case_golden(&drop);
    p->params[0] = (real)NAN;
    void *m = make(NULL, p);
    CHECK(policy_method.run(m, &drop.p, 0, 0, x, NULL, &report) == CF_ENUM);
    CHECK(policy_method.run_many(m, &drop.p, 1, 0, 0, x, NULL, &report) == CF_ENUM);
    policy_method.free(m);
    cf_policy_free(p);
}

int main(void)
{
    case_golden(&drop);
    RUN(answers_are_repaired_unless_told_otherwise);
    RUN(many_drops_are_decided_like_one);
    RUN(parameters_out_of_range_are_refused);
    RUN(a_network_that_gives_nan_is_an_error);
    return DONE();
}
