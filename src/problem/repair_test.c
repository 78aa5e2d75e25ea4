#include <stdlib.h>
#include <string.h>

#include "cases.h"
#include "t.h"

static test_case c;
static uint8_t x[CASE_APS * CASE_USERS], before[CASE_APS * CASE_USERS];

static cf_status repair(void)
{
    void *ws = aligned_alloc(64, cf_assignment_repair_workspace(c.p.L, c.p.K));
    const cf_status s = cf_assignment_repair(&c.p, x, ws);
    free(ws);
    return s;
}

static void start_from(rng *g, int32_t kind)
{
    for (int32_t i = 0; i < c.p.L * c.p.K; i++)
        x[i] = (uint8_t)(kind == 0 ? 0 : kind == 1 ? 1 : rng_below(g, 2));
}

/* What cannot be better: every slot that could hold a link holds one. */
static int slots_are_full(void)
{
    for (int32_t l = 0; l < c.p.L; l++) {
        int32_t load = 0;
        for (int32_t k = 0; k < c.p.K; k++) load += x[l * c.p.K + k];
        if (load < c.max_users[l] && load < c.p.K) return 0;
    }
    return 1;
}

static void any_start_becomes_feasible(void)
{
    rng g = rng_stream(1, RNG_TEST, 1);
    for (int32_t i = 0; i < 6000; i++) {
        const int32_t L = 1 + (int32_t)rng_below(&g, 12), K = 1 + (int32_t)rng_below(&g, 12);
        case_shape(&c, L, K, 0, 0);
        case_limits(&c, &g, i % 3); /* 0: sum A == sum U */
        case_gains(&c, &g, 10 * rng_normal(&g), 10);
        if (i % 7 == 0) memset(c.snr, 0, sizeof c.snr);
        CHECK(cf_assignment_check(&c.p) == CF_OK);
        start_from(&g, i % 4);
        CHECK(repair() == CF_OK);
        CHECK(case_feasible(&c, x));
        CHECK(slots_are_full());
    }
}

static void large_and_tight_becomes_feasible(void)
{
    rng g = rng_stream(1, RNG_TEST, 2);
    for (int32_t i = 0; i < 6; i++) {
        case_shape(&c, 60, 60, 2, 2);
        case_gains(&c, &g, 0, 12);
        start_from(&g, i % 3);
        CHECK(repair() == CF_OK);
        CHECK(case_feasible(&c, x));
    }
}

static void a_feasible_matrix_keeps_its_links(void)
{
    rng g = rng_stream(1, RNG_TEST, 3);
    for (int32_t i = 0; i < 500; i++) {
        case_shape(&c, 1 + (int32_t)rng_below(&g, 9), 1 + (int32_t)rng_below(&g, 9), 0, 0);
        case_limits(&c, &g, 2);
        case_gains(&c, &g, 0, 10);
        start_from(&g, 2);
        CHECK(repair() == CF_OK);
        memcpy(before, x, sizeof x);
        for (int32_t k = 0; k < c.p.K; k++)
            if (c.min_aps[k] > 0) c.min_aps[k]--; /* now there is room to spare */
        CHECK(repair() == CF_OK);
        CHECK(memcmp(before, x, (size_t)(c.p.L * c.p.K)) == 0);
    }
}

static void nothing_changes_when_nothing_exists(void)
{
    case_shape(&c, 3, 3, 1, 1);
    c.min_aps[0] = 2;
    memset(x, 5, sizeof x);
    CHECK(repair() == CF_ESHAPE);
    for (int32_t i = 0; i < 9; i++) CHECK(x[i] == 5);
}

/* Two APs, one slot each. User 1 lacks a server; AP 0 would lose ln(10/2), AP 1 only ln(10/9). */
static void the_cheapest_path_is_taken(void)
{
    case_shape(&c, 2, 2, 1, 1);
    memcpy(c.snr, (double[]){8, .1, 1, .1}, 4 * sizeof(double));
    memcpy(x, (uint8_t[]){1, 0, 1, 0}, 4);
    CHECK(repair() == CF_OK);
    CHECK(memcmp(x, (uint8_t[]){1, 0, 0, 1}, 4) == 0);
}

/* User 2 is heard by AP 1 alone, user 1 sits there and has to move to AP 0, whose user 0 has one
 * server to spare: a chain of two. */
static void a_chain_is_found(void)
{
    case_shape(&c, 3, 3, 1, 1);
    c.max_users[2] = 1;
    memcpy(c.snr, (double[]){5, 4, 0, 1, 4, 3, 5, 0, 0}, 9 * sizeof(double));
    memcpy(x, (uint8_t[]){1, 0, 0, 0, 1, 0, 1, 0, 0}, 9);
    CHECK(repair() == CF_OK);
    CHECK(memcmp(x, (uint8_t[]){0, 1, 0, 0, 0, 1, 1, 0, 0}, 9) == 0);
}

static void free_slots_go_to_the_best_marginal_rate(void)
{
    case_shape(&c, 2, 3, 1, 0);
    c.max_users[0] = 2;
    memcpy(c.snr, (double[]){6, 5, 1, 6, 2, .5}, 6 * sizeof(double));
    memset(x, 0, sizeof x);
    CHECK(repair() == CF_OK); /* 6; then 5, for 6/(1+6) < 2; then 6/7 > 1/2 > 2/6 */
    CHECK(memcmp(x, (uint8_t[]){1, 1, 0, 1, 0, 0}, 6) == 0);
}

static void mended_top_is_close_to_what_it_was(void)
{
    rng g = rng_stream(1, RNG_TEST, 4);
    double kept = 0, top = 0;
    for (int32_t i = 0; i < 300; i++) {
        case_mmwave(&c, &g, 1);
        memset(x, 0, sizeof x);
        for (int32_t l = 0; l < 20; l++)
            for (int32_t a = 0; a < 2; a++) {
                int32_t best = -1;
                for (int32_t k = 0; k < 15; k++)
                    if (!x[l * 15 + k] && (best < 0 || c.snr[l * 15 + k] > c.snr[l * 15 + best]))
                        best = k;
                x[l * 15 + best] = 1;
            }
        top += cf_assignment_rate(&c.p, x);
        CHECK(repair() == CF_OK);
        CHECK(case_feasible(&c, x));
        kept += cf_assignment_rate(&c.p, x);
    }
    CHECK(kept > 0.9995 * top);
}

int main(void)
{
    RUN(any_start_becomes_feasible);
    RUN(large_and_tight_becomes_feasible);
    RUN(a_feasible_matrix_keeps_its_links);
    RUN(nothing_changes_when_nothing_exists);
    RUN(the_cheapest_path_is_taken);
    RUN(a_chain_is_found);
    RUN(free_slots_go_to_the_best_marginal_rate);
    RUN(mended_top_is_close_to_what_it_was);
    return DONE();
}
