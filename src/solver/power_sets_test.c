#include "solver/power_sets.h"

#include "power_methods.h"

static power_case c;
static solver_sets s;
static solver_set x, y;
static float watts[POWER_CASE_LINKS];
static void *memory;

static void lay_out(arena *a, int32_t m)
{
    solver_sets_place(&s, a, c.p.L, c.p.K, m);
    solver_set_place(&s, a, &x);
    solver_set_place(&s, a, &y);
}

static void prepare(int32_t m)
{
    arena measured = {0}, a = {0};
    lay_out(&measured, m);
    free(memory);
    CHECK(solver_alloc(&a, "test", measured) == CF_OK);
    memory = a.base;
    lay_out(&a, m);
    solver_sets_fill(&s, &c.p);
}

/* nats of the objective at x, by the public function. */
static double nats(const solver_set *at)
{
    solver_set_store(&s, at, watts);
    return cf_power_value(&c.p, watts, NULL) * log(2);
}

static void every_kernel_agrees_with_the_objective(void)
{
    rng g = rng_stream(1, RNG_TEST, 50);
    const solver_sets_kernels *kernels[] = {&solver_sets_kernels_portable, NULL};
    for (int i = 0; i < 60; i++) {
        power_case_drop(&c, &g, 1 + i % 9, 1 + i % 20, 100);
        prepare(3);
        kernels[1] = s.kernels;
        s.kernels = kernels[i % 2];
        solver_set_strongest(&s, &x);
        CHECK_NEAR(x.value, nats(&x), 1e-5);
    }
}

static void refits_end_where_no_power_wants_to_move(void)
{
    rng g = rng_stream(1, RNG_TEST, 51);
    double scratch[SOLVER_NEWTON_SCRATCH(20)];
    for (int i = 0; i < 30; i++) {
        power_case_drop(&c, &g, 5, 4 + i % 17, 100);
        prepare(3);
        solver_set_strongest(&s, &x);
        solver_set_refit(&s, &x, 300);
        const double refitted = x.value;
        solver_set_polish(&s, &x, 20, scratch);
        CHECK_NEAR(x.value, refitted, 1e-4);
        const double value = nats(&x);
        for (int32_t a = 0; a < x.count; a++)
            for (int sign = -1; sign <= 1; sign += 2) {
                const float at = x.p[x.user[a]];
                x.p[x.user[a]] *= 1 + .01f * (float)sign;
                CHECK(nats(&x) <= value * (1 + 1e-9));
                x.p[x.user[a]] = at;
            }
    }
}

static void screened_moves_are_worth_what_they_say(void)
{
    rng g = rng_stream(1, RNG_TEST, 52);
    for (int i = 0; i < 60; i++) {
        solver_move moves[SOLVER_SETS_MOST_MOVES];
        power_case_drop(&c, &g, 2 + i % 7, 1 + i % 20, 100);
        prepare(1 + i % 4);
        solver_set_strongest(&s, &x);
        const int32_t count = s.kernels->screen(&s, &x, 0, SOLVER_SETS_MOST_MOVES, moves);
        CHECK(count > 0);
        for (int32_t j = 0; j < count; j++) {
            CHECK(j == 0 || moves[j].value <= moves[j - 1].value);
            solver_set_copy(&s, &y, &x);
            solver_set_move(&s, &y, &moves[j]);
            CHECK(y.hash == solver_set_hash(&s, &x, &moves[j]));
            CHECK_NEAR((double)moves[j].value, nats(&y), 2e-5);
        }
        const int32_t adds = s.kernels->screen(&s, &x, 1, SOLVER_SETS_MOST_MOVES, moves);
        for (int32_t j = 0; j < adds; j++) CHECK(moves[j].off == -1 && x.choice[moves[j].on] < 0);
    }
}

static void hash_does_not_depend_on_the_order(void)
{
    rng g = rng_stream(1, RNG_TEST, 53);
    power_case_drop(&c, &g, 4, 5, 100);
    prepare(4);
    const solver_move a = {.off = -1, .on = 1, .i = 2, .p = 1}, b = {.off = -1, .on = 3, .p = 1};
    const solver_move away = {.off = 1, .on = -1};
    solver_set_clear(&s, &x);
    solver_set_clear(&s, &y);
    solver_set_move(&s, &x, &a);
    CHECK(x.hash != y.hash);
    solver_set_move(&s, &x, &b);
    solver_set_move(&s, &y, &b);
    CHECK(x.hash != y.hash);
    solver_set_move(&s, &y, &a);
    CHECK(x.hash == y.hash && x.count == 2);
    solver_set_move(&s, &x, &away);
    CHECK(x.hash != y.hash && x.count == 1 && x.user[0] == 3 && x.choice[1] == -1 && x.p[1] == 0);
}

static void improvement_never_loses(void)
{
    rng g = rng_stream(1, RNG_TEST, 54);
    for (int i = 0; i < 30; i++) {
        int64_t moves = 0;
        power_case_drop(&c, &g, 5, 5 + i % 16, 100);
        prepare(3);
        solver_set_strongest(&s, &x);
        const double before = nats(&x);
        solver_set_improve(&s, &x, &y, 10, NULL, &moves);
        CHECK(nats(&x) >= before * (1 - 1e-6));
        CHECK(moves == 0 || nats(&x) > before);
    }
}

/* Alone a search is what it is without visits; the next one from the same start has nothing to do,
 * and one without room for what it visits still ends. */
static void a_search_ends_where_an_earlier_one_has_been(void)
{
    enum { ROOM = 64 };
    uint64_t hash[ROOM];
    rng g = rng_stream(1, RNG_TEST, 56);
    int64_t all = 0;
    for (int i = 0; i < 30; i++) {
        solver_visits visits = {hash, 0, i % 3 ? ROOM : 1};
        int64_t free_moves = 0, first = 0, second = 0;
        power_case_drop(&c, &g, 5, 5 + i % 16, 100);
        prepare(3);
        solver_set_strongest(&s, &x);
        solver_set_improve(&s, &x, &y, 10, NULL, &free_moves);
        const double value = x.value;
        solver_set_strongest(&s, &x);
        solver_set_improve(&s, &x, &y, 10, &visits, &first);
        CHECK(first == free_moves && x.value == value);
        CHECK(visits.count >= 1 && visits.count <= visits.most);
        solver_set_strongest(&s, &x);
        solver_set_improve(&s, &x, &y, 10, &visits, &second);
        CHECK(second == 0);
        all += first;
    }
    CHECK(all > 30);
}

static void loading_gives_back_what_was_stored(void)
{
    rng g = rng_stream(1, RNG_TEST, 55);
    for (int i = 0; i < 20; i++) {
        int64_t moves = 0;
        power_case_drop(&c, &g, 5, 4 + i % 17, 100);
        prepare(3);
        solver_set_grow(&s, &x, &y);
        solver_set_improve(&s, &x, &y, 10, NULL, &moves);
        solver_set_store(&s, &x, watts);
        solver_set_load(&s, &y, watts, 12);
        CHECK(y.hash == x.hash);
        CHECK_NEAR(y.value, x.value, 1e-3);
        memset(watts, 0, sizeof watts);
        solver_set_load(&s, &y, watts, 12);
        CHECK(y.count == 0 && y.value == 0);
    }
}

int main(void)
{
    RUN(loading_gives_back_what_was_stored);
    RUN(every_kernel_agrees_with_the_objective);
    RUN(refits_end_where_no_power_wants_to_move);
    RUN(screened_moves_are_worth_what_they_say);
    RUN(hash_does_not_depend_on_the_order);
    RUN(improvement_never_loses);
    RUN(a_search_ends_where_an_earlier_one_has_been);
    free(memory);
    return DONE();
}
