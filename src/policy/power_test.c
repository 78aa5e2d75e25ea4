/* A drop into a plan and the answer out of it, for every network of the task power. */
#include "policy/power.h"

#include <stdlib.h>
#include <string.h>

#include "base/rng.h"

#include "power_cases.h"
#include "t.h"

enum { MOST = 6 * 6 };

typedef struct net {
    cf_policy *policy;
    nn_plan plan;
    policy_io io;
} net;

/* Random weights, small in the heads, so that answers are no constants. */
static void make(net *n, const policy_class *class, int32_t L, int32_t K, int32_t B)
{
    n->policy = NULL;
    if (policy_make(&n->policy, class, NULL) != CF_OK) exit(2);
    rng r = rng_stream(4, RNG_TEST, 0);
    class->init(&n->policy->table, n->policy->size, 3, n->policy->params);
    for (int32_t i = 0; i < n->policy->table.size; i++)
        n->policy->params[i] += (real)(0.2 * (2 * rng_uniform(&r) - 1));
    CHECK(policy_plan(&n->plan, &n->io, n->policy, (nn_dims){L, K, B}, POLICY_DECIDE) == CF_OK);
}

static void drop(net *n)
{
    nn_plan_free(&n->plan);
    cf_policy_free(n->policy);
}

static cf_status answer(net *n, const cf_power *p, float *watts, float *pi, float *off)
{
    for (int32_t b = 0; b < n->plan.dims.B; b++)
        policy_power_feed(&n->plan, &n->io, n->policy, p, b);
    nn_plan_forward(&n->plan, n->policy->params);
    return policy_power_read(&n->plan, &n->io, n->policy, p, n->plan.dims.B - 1, watts, pi, off);
}

static void draw(power_case *c, uint64_t index, int32_t L, int32_t K)
{
    rng g = rng_stream(5, RNG_TEST, index);
    power_case_drop(c, &g, L, K, 100);
}

#define EACH_POWER_CLASS(c)                                                         \
    for (const policy_class *const *c##_ = policy_classes, *c; (c = *c##_); c##_++) \
        if (c->task == CF_TASK_POWER)

static void answers_are_allowed_ones_at_every_size(void)
{
    static const int32_t SIZE[][2] = {{1, 1}, {1, 5}, {5, 1}, {2, 2}, {6, 6}, {3, 5}};
    static power_case c;
    EACH_POWER_CLASS(class)
    {
        for (int i = 0; i < 6; i++) {
            const int32_t L = SIZE[i][0], K = SIZE[i][1];
            net n;
            float watts[MOST], limited[MOST];
            make(&n, class, L, K, 1);
            draw(&c, (uint64_t)i, L, K);
            c.p.serve = c.serve;
            for (int32_t j = 0; j < L * K; j++) c.serve[j] = j % 3 != 1;
            CHECK(answer(&n, &c.p, watts, NULL, NULL) == CF_OK);
            CHECK(cf_power_check_watts(&c.p, watts).bad_entries == 0);
            CHECK(isfinite(cf_power_value(&c.p, watts, NULL)));
            c.p.limit = CF_LIMIT_AP;
            c.p.limit_w = 1e-3;
            CHECK(answer(&n, &c.p, limited, NULL, NULL) == CF_OK);
            CHECK(cf_power_check_watts(&c.p, limited).aps_over == 0);
            drop(&n);
        }
    }
}

/* Only ratios matter to unrolled and setnet: with noise, P_c and mu changed so that the problem is
 * the same one in another unit, so is the answer. */
static void units_do_not_matter(void)
{
    enum { L = 3, K = 5 };
    static power_case c;
    static const char *const NAMES[] = {"unrolled", "setnet"};
    for (int i = 0; i < 2; i++) {
        net n;
        float watts[L * K], scaled[L * K];
        make(&n, policy_class_named(NAMES[i]), L, K, 1);
        draw(&c, 7, L, K);
        CHECK(answer(&n, &c.p, watts, NULL, NULL) == CF_OK);
        CHECK_NEAR(policy_power_unit(n.policy, &c.p), 4, 0);
        c.p.noise_w *= 100; /* powers 100 times as large mean the same */
        c.p.static_w *= 50;
        c.p.mu /= 2;
        CHECK(answer(&n, &c.p, scaled, NULL, NULL) == CF_OK);
        double sum = 0;
        for (int j = 0; j < L * K; j++) {
            CHECK_NEAR((double)scaled[j], 100 * (double)watts[j], 1e-4 * (double)scaled[j] + 1e-9);
            sum += (double)watts[j];
        }
        CHECK(sum > 0);
        drop(&n);
    }
}

/* Every set of kernels, one lane and several, say the same. */
static void kernels_and_lanes_agree(void)
{
    enum { L = 4, K = 6 };
    static const char *const SETS[] = {"plain", "portable", "v2", "v3", "v4"};
    static power_case c;
    draw(&c, 8, L, K);
    EACH_POWER_CLASS(class)
    {
        net n;
        float want[L * K], got[L * K];
        make(&n, class, L, K, 1);
        n.plan.kernels = nn_kernels_named("plain");
        CHECK(answer(&n, &c.p, want, NULL, NULL) == CF_OK);
        for (int s = 0; s < 5; s++)
            for (int32_t B = 1; B <= 8; B += 7) {
                net m;
                if (!nn_kernels_named(SETS[s])) continue;
                make(&m, class, L, K, B);
                m.plan.kernels = nn_kernels_named(SETS[s]);
                CHECK(answer(&m, &c.p, got, NULL, NULL) == CF_OK);
                for (int i = 0; i < L * K; i++)
                    CHECK_NEAR((double)got[i], (double)want[i], 2e-3 * (double)want[i] + 1e-7);
                drop(&m);
            }
        drop(&n);
    }
}

static void a_user_is_served_by_its_likeliest_access_point_or_by_nobody(void)
{
    enum { L = 4, K = 6 };
    static power_case c;
    net n;
    float watts[L * K], pi[L * K], off[K];
    make(&n, policy_class_named("setnet"), L, K, 1);
    int served = 0;
    const nn_tensor *bias = nn_params_find(&n.policy->table, "round3.head.bias");
    for (uint64_t i = 0; i < 20; i++) {
        n.policy->params[bias->at + 1] = (real)i - 10; /* from nobody unlikely to nobody likely */
        draw(&c, 20 + i, L, K);
        CHECK(answer(&n, &c.p, watts, pi, off) == CF_OK);
        for (int k = 0; k < K; k++) {
            double sum = (double)off[k], most = (double)off[k];
            int best = -1, on = 0;
            for (int l = 0; l < L; l++) {
                sum += (double)pi[l * K + k];
                if ((double)pi[l * K + k] > most) most = (double)pi[l * K + k], best = l;
            }
            for (int l = 0; l < L; l++) on += watts[l * K + k] > 0;
            CHECK_NEAR(sum, 1, 1e-5);
            CHECK(on == (best >= 0) && (best < 0 || watts[best * K + k] > 0));
            served += on;
        }
    }
    CHECK(served > 0 && served < 20 * K);
    drop(&n);
}

static void what_is_not_a_number_is_refused(void)
{
    enum { L = 2, K = 3 };
    static power_case c;
    draw(&c, 9, L, K);
    EACH_POWER_CLASS(class)
    {
        net n;
        float watts[L * K];
        make(&n, class, L, K, 1);
        for (int i = 0; i < L * K; i++) watts[i] = 7;
        for (int32_t i = 0; i < n.policy->table.size; i++) n.policy->params[i] = (real)NAN;
        nn_plan_prepare(&n.plan, n.policy->params);
        CHECK(answer(&n, &c.p, watts, NULL, NULL) == CF_ENUM);
        CHECK(strstr(cf_last_error(), "is not a number") != NULL);
        for (int i = 0; i < L * K; i++) CHECK(watts[i] == 7);
        drop(&n);
    }
}

static void policies_serve_the_energy_efficiency(void)
{
    CHECK(policy_power_serves(CF_POWER_EE, CF_LIMIT_NONE) == CF_OK);
    CHECK(policy_power_serves(CF_POWER_EE, CF_LIMIT_AP) == CF_OK);
    CHECK(policy_power_serves(CF_POWER_SUM_RATE, CF_LIMIT_AP) == CF_EARG);
    CHECK(strstr(cf_last_error(), "energy efficiency") && strstr(cf_last_error(), "sum rate"));
}

int main(void)
{
    RUN(answers_are_allowed_ones_at_every_size);
    RUN(units_do_not_matter);
    RUN(kernels_and_lanes_agree);
    RUN(a_user_is_served_by_its_likeliest_access_point_or_by_nobody);
    RUN(what_is_not_a_number_is_refused);
    RUN(policies_serve_the_energy_efficiency);
    return DONE();
}
