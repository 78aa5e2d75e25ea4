#include "solver/match.h"

#include <stdlib.h>

#include "cases.h"
#include "t.h"

static test_case c;
static solver_match m;
static double w[CASE_USERS];
static void *block;

static void make(int32_t L, int32_t K)
{
    arena a = {0};
    solver_match_place(&m, &a, L, K);
    block = aligned_alloc(64, a.used);
    a = (arena){.base = block, .cap = a.used};
    solver_match_place(&m, &a, L, K);
}

static double answer(uint8_t *x)
{
    double sum = 0;
    for (int32_t i = 0; i < m.L * m.K; i++) x[i] = 0;
    for (int32_t l = 0; l < m.L; l++)
        for (int32_t i = 0; i < m.slots[l]; i++) {
            const int32_t k = m.user[l * m.K + i];
            x[l * m.K + k] = 1;
            sum += c.snr[l * m.K + k] * w[k];
        }
    return sum;
}

/* The best by trying all, with x fixed where fixed[i] >= 0; -1: there is none. */
static double brute_force(const int *fixed, int32_t l, int32_t k, int32_t left)
{
    if (k == c.p.K) {
        if (left > 0) return -1;
        l++;
        k = 0;
        if (l < c.p.L) left = c.max_users[l] < c.p.K ? c.max_users[l] : c.p.K;
    }
    if (l == c.p.L) {
        for (int32_t i = 0; i < c.p.K; i++)
            if (c.min_aps[i] > 0) return -1;
        return 0;
    }
    double best = -1;
    const int fix = fixed[l * c.p.K + k];
    if (fix != 1) best = brute_force(fixed, l, k + 1, left);
    if (fix != 0 && left > 0) {
        c.min_aps[k]--;
        const double rest = brute_force(fixed, l, k + 1, left - 1);
        c.min_aps[k]++;
        if (rest >= 0) best = fmax(best, rest + c.snr[l * c.p.K + k] * w[k]);
    }
    return best;
}

static double brute_force_all(const int *fixed)
{
    return brute_force(fixed, 0, 0, c.max_users[0] < c.p.K ? c.max_users[0] : c.p.K);
}

static void draw_case(rng *g, int32_t i)
{
    case_shape(&c, 1 + (int32_t)rng_below(g, 4), 1 + (int32_t)rng_below(g, 4), 0, 0);
    case_limits(&c, g, i % 3);
    case_gains(&c, g, 0, 8);
}

static void draw_weights(rng *g)
{
    for (int32_t k = 0; k < c.p.K; k++) w[k] = 0.1 + rng_uniform(g);
}

/* Prices stay from one solve to the next, whatever they were. */
static void answers_are_best_for_changing_weights(void)
{
    rng g = rng_stream(1, RNG_TEST, 20);
    int none[16];
    uint8_t x[16];
    for (int32_t i = 0; i < 16; i++) none[i] = -1;
    for (int32_t i = 0; i < 1000; i++) {
        draw_case(&g, i);
        make(c.p.L, c.p.K);
        solver_match_start(&m, &c.p);
        for (int32_t j = 0; j < 4; j++) {
            draw_weights(&g);
            CHECK(solver_match_solve(&m, w));
            CHECK_NEAR(answer(x), brute_force_all(none), 1e-12);
            CHECK(case_feasible(&c, x));
        }
        free(block);
    }
}

static void prices_prove_the_answer(void)
{
    rng g = rng_stream(1, RNG_TEST, 21);
    uint8_t x[300];
    make(20, 15);
    for (int32_t i = 0; i < 200; i++) {
        case_mmwave(&c, &g, 1);
        solver_match_start(&m, &c.p);
        draw_weights(&g);
        CHECK(solver_match_solve(&m, w));
        double dual = 0;
        for (int32_t k = 0; k < 15; k++) {
            CHECK(m.price[k] >= 0);
            dual -= 2 * m.price[k];
        }
        for (int32_t l = 0; l < 20; l++) {
            double first = -1, second = -1;
            for (int32_t k = 0; k < 15; k++) {
                const double v = c.snr[l * 15 + k] * w[k] + m.price[k];
                if (v > first) {
                    second = first;
                    first = v;
                } else if (v > second) {
                    second = v;
                }
            }
            dual += first + second;
        }
        CHECK_NEAR(answer(x), dual, 1e-12);
    }
    free(block);
}

static void fix_link(int32_t l, int32_t k, int value)
{
    int32_t i = m.one[l];
    while (i < m.len[l] && m.user[l * m.K + i] != k) i++;
    CHECK(i < m.len[l]);
    if (i < m.len[l]) solver_match_fix(&m, l, i, value);
}

static void fixings_hold_and_are_taken_back(void)
{
    rng g = rng_stream(1, RNG_TEST, 22);
    int32_t feasible = 0, infeasible = 0;
    for (int32_t i = 0; i < 1500; i++) {
        int fixed[16];
        uint8_t x[16];
        for (int32_t j = 0; j < 16; j++) fixed[j] = -1;
        draw_case(&g, i);
        draw_weights(&g);
        make(c.p.L, c.p.K);
        solver_match_start(&m, &c.p);
        CHECK(solver_match_solve(&m, w));
        const double free_value = answer(x);
        for (int32_t j = 0; j < 3; j++) {
            const int32_t l = (int32_t)rng_below(&g, (uint32_t)c.p.L);
            const int32_t k = (int32_t)rng_below(&g, (uint32_t)c.p.K);
            if (fixed[l * c.p.K + k] >= 0 || m.one[l] >= m.slots[l]) continue;
            fixed[l * c.p.K + k] = (int)rng_below(&g, 2);
            fix_link(l, k, fixed[l * c.p.K + k]);
            const double want = brute_force_all(fixed);
            const int found = solver_match_solve(&m, w);
            CHECK(found == (want >= 0));
            found ? feasible++ : infeasible++;
            if (!found) break;
            CHECK_NEAR(answer(x), want, 1e-12);
            for (int32_t n = 0; n < c.p.L * c.p.K; n++) CHECK(fixed[n] < 0 || x[n] == fixed[n]);
        }
        solver_match_undo(&m, 0);
        CHECK(m.trail_len == 0);
        CHECK(solver_match_solve(&m, w));
        CHECK_NEAR(answer(x), free_value, 1e-12);
        free(block);
    }
    CHECK(feasible > 500 && infeasible > 100);
}

/* Deciding a reduced link the other way loses the slack or more. */
static void reduced_links_cannot_be_otherwise(void)
{
    rng g = rng_stream(1, RNG_TEST, 23);
    int32_t reduced = 0, kept = 0;
    for (int32_t i = 0; i < 500; i++) {
        draw_case(&g, i);
        draw_weights(&g);
        make(c.p.L, c.p.K);
        solver_match_start(&m, &c.p);
        CHECK(solver_match_solve(&m, w));
        uint8_t x[16];
        const double best = answer(x), slack = rng_uniform(&g);
        solver_match_reduce(&m, slack);
        for (int32_t t = 0; t < m.trail_len; t++) {
            int fixed[16];
            for (int32_t j = 0; j < 16; j++) fixed[j] = -1;
            const int32_t at = m.trail[t].l * c.p.K + m.trail[t].k;
            CHECK(x[at] == m.trail[t].value);
            fixed[at] = !m.trail[t].value;
            CHECK(brute_force_all(fixed) <= best - slack + 1e-12);
        }
        reduced += m.trail_len;
        kept += c.p.L * c.p.K - m.trail_len;
        free(block);
    }
    CHECK(reduced > 500 && kept > 500);
}

int main(void)
{
    RUN(answers_are_best_for_changing_weights);
    RUN(prices_prove_the_answer);
    RUN(fixings_hold_and_are_taken_back);
    RUN(reduced_links_cannot_be_otherwise);
    return DONE();
}
