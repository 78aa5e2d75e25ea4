#include <stdlib.h>
#include <string.h>

#include "power_policies.h"

enum { N = 5, L = 4, K = 6, LINKS = L * K };

static power_case drops[N];
static cf_power p[N];
static float one[N * LINKS], many[N * LINKS];

static void make_drops(void)
{
    rng g = rng_stream(1, RNG_TEST, 80);
    for (int i = 0; i < N; i++) {
        power_case_drop(&drops[i], &g, L, K, 100);
        for (int j = 0; j < LINKS; j++) drops[i].serve[j] = rng_below(&g, 5) > 0;
        if (i % 2) drops[i].p.serve = drops[i].serve;
        p[i] = drops[i].p;
        if (i == 3) {
            p[i].limit = CF_LIMIT_AP;
            p[i].limit_w = 0.01;
        }
    }
}

static void lanes_do_not_change_an_answer(void)
{
    static const int32_t LANES[] = {1, 2, 5, 16};
    for (int32_t c = 0; policy_classes[c]; c++) {
        if (policy_classes[c]->task != CF_TASK_POWER) continue;
        cf_policy *policy = power_random_policy(policy_classes[c], 3);
        for (int w = 0; w < 4; w++) {
            float *watts = w ? many : one;
            cf_runner *r = NULL;
            CHECK(cf_runner_make(&r, policy, L, K, LANES[w]) == CF_OK);
            for (int32_t i = 0; i < N; i += LANES[w]) {
                const int32_t n = N - i < LANES[w] ? N - i : LANES[w];
                CHECK(cf_runner_power(r, p + i, n, watts + (ptrdiff_t)i * LINKS) == CF_OK);
            }
            for (int i = 0; i < N * LINKS; i++)
                CHECK_NEAR((double)watts[i], (double)one[i], 1e-4 * (double)one[i] + 1e-9);
            for (int i = 0; i < N; i++) {
                const cf_power_violations v = cf_power_check_watts(&p[i], watts + i * LINKS);
                CHECK(!v.bad_entries && !v.aps_over && !v.links_over);
            }
            cf_runner_free(r);
        }
        cf_policy_free(policy);
    }
}

/* User by user: its likeliest AP, with the power the network has for that link; nobody where that
 * is as likely. Starts are the powers of all links. */
static void chances_choose_the_likeliest(void)
{
    cf_policy *policy = power_said_policy(1);
    cf_runner *r = NULL;
    cf_power free = drops[0].p;
    for (int k = 0; k < K; k++)
        for (int l = 0; l < L; l++) {
            power_said_p[l * K + k] = log(0.001 * (1 + l * K + k));
            power_said_pi[l * K + k] = log(l == k ? 0.4 : 0.1);
            power_said_off[l * K + k] = log(k == 1 ? 0.4 : 0.3);
        }
    CHECK(cf_runner_make(&r, policy, L, K, 1) == CF_OK);
    CHECK(cf_runner_power(r, &free, 1, one) == CF_OK);
    for (int l = 0; l < L; l++)
        for (int k = 0; k < K; k++) {
            const int on = l == k && k != 1;
            CHECK_NEAR((double)one[l * K + k], on ? 0.004 * (1 + l * K + k) : 0, 1e-6);
        }
    cf_runner_free(r);
    cf_policy_free(policy);
}

static void what_does_not_fit_is_refused_and_nothing_written(void)
{
    cf_policy *policy = power_said_policy(0), *assignment = NULL;
    cf_runner *r = NULL, *other = NULL;
    cf_power rate = p[0], smaller = p[0], empty = p[0], free_of_charge = p[0];
    rate.objective = CF_POWER_SUM_RATE;
    free_of_charge.mu = 0;
    smaller.K = K - 1;
    empty.gain = NULL;
    const cf_power second[] = {p[0], smaller};
    CHECK(policy_make(&assignment, policy_class_named("hpe"), NULL) == CF_OK);
    CHECK(cf_runner_make(&r, policy, L, K, 2) == CF_OK);
    CHECK(cf_runner_make(&other, assignment, L, K, 2) == CF_OK);
    many[0] = -1;
    CHECK(cf_runner_power(NULL, p, 1, many) == CF_EARG);
    CHECK(cf_runner_power(r, NULL, 1, many) == CF_EARG);
    CHECK(cf_runner_power(r, p, 1, NULL) == CF_EARG);
    CHECK(cf_runner_power(r, &empty, 1, many) == CF_EARG);
    CHECK(cf_runner_power(r, p, 0, many) == CF_ESHAPE);
    CHECK(cf_runner_power(r, p, 3, many) == CF_ESHAPE);
    CHECK(cf_runner_power(r, second, 2, many) == CF_ESHAPE);
    CHECK(cf_runner_power(r, &rate, 1, many) == CF_EARG);
    CHECK(cf_runner_power(r, &free_of_charge, 1, many) == CF_EARG);
    CHECK(strstr(cf_last_error(), "mu is 0"));
    CHECK(cf_runner_power(other, p, 1, many) == CF_EARG);
    CHECK(strstr(cf_last_error(), "the policy is for the task assignment"));
    for (int i = 0; i < LINKS; i++) power_said_p[i] = i == LINKS - 1 ? (double)NAN : -4;
    CHECK(cf_runner_power(r, p, 1, many) == CF_ENUM);
    CHECK((double)many[0] == -1);
    power_said_p[LINKS - 1] = -4;
    CHECK(cf_runner_power(r, p, 1, many) == CF_OK && many[0] > 0);
    cf_runner_free(r);
    cf_runner_free(other);
    cf_policy_free(policy);
    cf_policy_free(assignment);
}

static void a_power_policy_assigns_nobody(void)
{
    static const double snr[LINKS] = {1};
    static const int32_t two[K] = {2, 2, 2, 2, 2, 2};
    const cf_assignment drop = {L, K, snr, two, two};
    cf_policy *policy = power_said_policy(0);
    cf_runner *r = NULL;
    uint8_t x[LINKS] = {7};
    CHECK(cf_runner_make(&r, policy, L, K, 1) == CF_OK);
    CHECK(cf_runner_decide(r, &drop, 1, x, NULL) == CF_EARG && x[0] == 7);
    CHECK(strstr(cf_last_error(), "the policy is for the task power"));
    cf_runner_free(r);
    cf_policy_free(policy);
}

static void more_pairs_of_users_than_can_be_counted_are_refused(void)
{
    cf_policy *policy = power_random_policy(policy_class_named("sinrnet"), 1);
    cf_runner *r = NULL;
    CHECK(cf_runner_make(&r, policy, 1, 46341, 1) == CF_EARG);
    CHECK(cf_runner_make(&r, policy, 3, 30000, 1) == CF_EARG);
    CHECK(cf_runner_make(&r, policy, 10, 1000, 300) == CF_EARG);
    CHECK(strstr(cf_last_error(), "pair of users") && !r);
    cf_policy_free(policy);
}

int main(void)
{
    make_drops();
    RUN(lanes_do_not_change_an_answer);
    RUN(chances_choose_the_likeliest);
    RUN(what_does_not_fit_is_refused_and_nothing_written);
    RUN(a_power_policy_assigns_nobody);
    RUN(more_pairs_of_users_than_can_be_counted_are_refused);
    return DONE();
}
