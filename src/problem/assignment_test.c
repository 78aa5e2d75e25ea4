#include <string.h>

#include "cases.h"
#include "t.h"

static test_case c;

static void rate_is_the_sum_of_logs(void)
{
    case_golden(&c);
    CHECK_NEAR(cf_assignment_rate(&c.p, CASE_GOLDEN_X), 11.285922328, 1e-10);
    const double by_hand = log2(1 + 27) + log2(1 + 14) + log2(1 + 1.9) + log2(1 + 1.05);
    CHECK_NEAR(cf_assignment_rate(&c.p, CASE_GOLDEN_X), by_hand, 1e-14);
}

static void tiny_rates_do_not_vanish(void)
{
    case_shape(&c, 1, 1, 1, 0);
    c.snr[0] = 1e-30;
    CHECK_NEAR(1e30 * cf_assignment_rate(&c.p, (uint8_t[]){1}), 1 / log(2.0), 1e-12);
}

static void violations_are_counted_each(void)
{
    case_golden(&c);
    uint8_t x[20];
    memcpy(x, CASE_GOLDEN_X, sizeof x);
    CHECK(case_feasible(&c, x));
    x[1] = 1; /* AP 0 has three users */
    CHECK(cf_assignment_violations(&c.p, x).aps_over == 1);
    CHECK(cf_assignment_violations(&c.p, x).users_short == 0);
    x[1] = 0;
    x[2] = 0; /* user 2 has one server */
    CHECK(cf_assignment_violations(&c.p, x).users_short == 1);
    x[2] = 7;
    CHECK(cf_assignment_violations(&c.p, x).not_binary == 1);
}

/* Is there an assignment? By trying all rows of all APs. */
static int brute_force(int32_t l)
{
    const int32_t L = c.p.L, K = c.p.K;
    if (l == L) {
        for (int32_t k = 0; k < K; k++)
            if (c.min_aps[k] > 0) return 0;
        return 1;
    }
    for (int32_t row = 0; row < 1 << K; row++) {
        if (__builtin_popcount((unsigned)row) > c.max_users[l]) continue;
        for (int32_t k = 0; k < K; k++) c.min_aps[k] -= row >> k & 1;
        const int found = brute_force(l + 1);
        for (int32_t k = 0; k < K; k++) c.min_aps[k] += row >> k & 1;
        if (found) return 1;
    }
    return 0;
}

static void limits_are_good_exactly_when_an_assignment_exists(void)
{
    rng g = rng_stream(1, RNG_TEST, 0);
    int32_t good = 0, bad = 0;
    for (int32_t i = 0; i < 3000; i++) {
        const int32_t L = 1 + (int32_t)rng_below(&g, 4), K = 1 + (int32_t)rng_below(&g, 4);
        case_shape(&c, L, K, 0, 0);
        for (int32_t l = 0; l < L; l++) c.max_users[l] = (int32_t)rng_below(&g, 6);
        for (int32_t k = 0; k < K; k++) c.min_aps[k] = (int32_t)rng_below(&g, (uint32_t)L + 1);
        const int want = brute_force(0);
        const cf_status s = cf_assignment_check_limits(L, K, c.max_users, c.min_aps);
        CHECK(s == (want ? CF_OK : CF_ESHAPE));
        want ? good++ : bad++;
    }
    CHECK(good > 300);
    CHECK(bad > 300);
}

static void refusals_say_the_numbers(void)
{
    case_shape(&c, 5, 4, 2, 3);
    memset(c.snr, 0, sizeof c.snr);
    CHECK(cf_assignment_check(&c.p) == CF_ESHAPE);
    CHECK(strstr(cf_last_error(), "12 links") != NULL);
    CHECK(strstr(cf_last_error(), "give them 10") != NULL);
    c.min_aps[2] = 6;
    CHECK(cf_assignment_check(&c.p) == CF_ESHAPE);
    CHECK(strstr(cf_last_error(), "U of user 2 is 6") != NULL);
    c.min_aps[2] = -1;
    CHECK(cf_assignment_check(&c.p) == CF_ESHAPE);
    case_shape(&c, 5, 4, 2, 2);
    CHECK(cf_assignment_check(&c.p) == CF_OK);
    c.max_users[4] = -3;
    CHECK(cf_assignment_check(&c.p) == CF_EARG);
    CHECK(strstr(cf_last_error(), "A of access point 4 is -3") != NULL);
}

static void gains_have_to_be_numbers_in_range(void)
{
    const double bad[] = {NAN, INFINITY, -INFINITY, -1e-300, 1e101};
    case_golden(&c);
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        c.snr[7] = bad[i];
        CHECK(cf_assignment_check(&c.p) == CF_ENUM);
        CHECK(strstr(cf_last_error(), "access point 1 at user 3") != NULL);
    }
    c.snr[7] = 0;
    CHECK(cf_assignment_check(&c.p) == CF_OK);
    c.snr[7] = CF_MAX_SNR;
    CHECK(cf_assignment_check(&c.p) == CF_OK);
}

static void sizes_and_pointers_are_checked(void)
{
    const int32_t one[] = {1};
    const double snr[] = {1};
    CHECK(cf_assignment_check_limits(0, 1, one, one) == CF_EARG);
    CHECK(cf_assignment_check_limits(1, 0, one, one) == CF_EARG);
    CHECK(cf_assignment_check_limits(CF_MAX_DIM + 1, 1, one, one) == CF_EARG);
    CHECK(cf_assignment_check_limits(-5, 1, one, one) == CF_EARG);
    CHECK(cf_assignment_check_limits(CF_MAX_DIM, CF_MAX_DIM, one, one) == CF_EARG);
    CHECK(strstr(cf_last_error(), "4294836225 links"));
    CHECK(cf_assignment_repair_workspace(CF_MAX_DIM, CF_MAX_DIM) == 0);
    CHECK(cf_assignment_check_limits(1, 1, NULL, one) == CF_EARG);
    CHECK(cf_assignment_check_limits(1, 1, one, NULL) == CF_EARG);
    CHECK(cf_assignment_check_limits(1, 1, one, one) == CF_OK);
    CHECK(cf_assignment_check(NULL) == CF_EARG);
    CHECK(cf_assignment_check(&(cf_assignment){1, 1, NULL, one, one}) == CF_EARG);
    CHECK(cf_assignment_check(&(cf_assignment){1, 1, snr, one, one}) == CF_OK);
}

int main(void)
{
    RUN(rate_is_the_sum_of_logs);
    RUN(tiny_rates_do_not_vanish);
    RUN(violations_are_counted_each);
    RUN(limits_are_good_exactly_when_an_assignment_exists);
    RUN(refusals_say_the_numbers);
    RUN(gains_have_to_be_numbers_in_range);
    RUN(sizes_and_pointers_are_checked);
    return DONE();
}
