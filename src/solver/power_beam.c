#include "solver/power_beam.h"

#include <stdlib.h>

void solver_beam_place(solver_beam *b, const solver_sets *s, arena *a, int32_t width,
                       int32_t children)
{
    const int32_t links = s->K * s->m;
    b->width = width;
    b->children = children;
    b->offers = children + 4 < links ? children + 4 : links;
    const size_t w = (size_t)width, first = (size_t)(b->offers > links ? b->offers : links);
    solver_set unused;
    b->now = ARENA_TAKE(a, solver_set, w);
    b->next = ARENA_TAKE(a, solver_set, w);
    for (size_t i = 0; i < w; i++) {
        solver_set_place(s, a, b->now ? &b->now[i] : &unused);
        solver_set_place(s, a, b->next ? &b->next[i] : &unused);
    }
    for (int32_t i = 0; i <= SOLVER_BEAM_FINALISTS; i++) solver_set_place(s, a, &b->best[i]);
    b->pool = ARENA_TAKE(a, solver_child, w * (size_t)b->offers + first);
    b->taken = ARENA_TAKE(a, int32_t, w + (size_t)s->K);
    b->moves = ARENA_TAKE(a, solver_move, first);
}

static void sift(solver_child *heap, int32_t count, int32_t at)
{
    const solver_child moved = heap[at];
    for (int32_t child = 2 * at + 1; child < count; child = 2 * at + 1) {
        if (child + 1 < count && heap[child + 1].move.value > heap[child].move.value) child++;
        if (!(heap[child].move.value > moved.move.value)) break;
        heap[at] = heap[child];
        at = child;
    }
    heap[at] = moved;
}

static int known(const solver_set *sets, int32_t count, uint64_t hash)
{
    for (int32_t i = 0; i < count; i++)
        if (sets[i].hash == hash) return 1;
    return 0;
}

static void adopt(solver_beam *b, const solver_sets *s, const solver_child *c, int32_t *chosen)
{
    if (known(b->next, *chosen, c->hash)) return;
    solver_set_copy(s, &b->next[*chosen], &b->now[c->parent]);
    solver_set_move(s, &b->next[(*chosen)++], &c->move);
}

/* The pool's best into next, those past a parent's share only where places are left. On the first
 * level the users are the parents that share. Popped children that have to wait go to the pool's
 * end, where the heap has made room. Returns how many were chosen. */
static int32_t select_children(solver_beam *b, const solver_sets *s, int32_t count, int32_t first)
{
    const int32_t total = count;
    int32_t chosen = 0, waiting = total;
    for (int32_t i = 0; i < b->width + s->K; i++) b->taken[i] = 0;
    for (int32_t at = count / 2 - 1; at >= 0; at--) sift(b->pool, count, at);
    while (count > 0 && chosen < b->width) {
        const solver_child c = b->pool[0];
        b->pool[0] = b->pool[--count];
        sift(b->pool, count, 0);
        int32_t *taken = &b->taken[first ? c.move.on : c.parent];
        if (*taken < b->children) {
            const int32_t before = chosen;
            adopt(b, s, &c, &chosen);
            *taken += chosen - before;
        } else {
            b->pool[--waiting] = c;
        }
    }
    for (int32_t i = total - 1; i >= waiting && chosen < b->width; i--)
        adopt(b, s, &b->pool[i], &chosen);
    return chosen;
}

static int32_t offer(solver_beam *b, const solver_sets *s, int32_t parents, int32_t most)
{
    int32_t count = 0;
    for (int32_t i = 0; i < parents; i++) {
        const int32_t moves = s->kernels->screen(s, &b->now[i], 1, most, b->moves);
        for (int32_t j = 0; j < moves; j++)
            b->pool[count++] =
                (solver_child){b->moves[j], i, solver_set_hash(s, &b->now[i], &b->moves[j])};
    }
    return count;
}

/* x among the finalists, if it is good enough: sorted by value. 1 if it leads. */
static int enter(solver_beam *b, const solver_sets *s, const solver_set *x)
{
    int32_t at = b->finalists;
    if (at == SOLVER_BEAM_FINALISTS && !(x->value > b->best[at - 1].value)) return 0;
    const solver_set place = b->best[at];
    for (; at > 0 && x->value > b->best[at - 1].value; at--) b->best[at] = b->best[at - 1];
    b->best[at] = place;
    solver_set_copy(s, &b->best[at], x);
    if (b->finalists < SOLVER_BEAM_FINALISTS) b->finalists++;
    return at == 0;
}

static void finish(solver_beam *b, const solver_sets *s)
{
    int32_t winner = 0;
    for (int32_t i = 0; i < b->finalists; i++) {
        solver_set_refit(s, &b->best[i], 12);
        if (b->best[i].value > b->best[winner].value) winner = i;
    }
    const solver_set swap = b->best[0];
    b->best[0] = b->best[winner];
    b->best[winner] = swap;
}

void solver_beam_run(solver_beam *b, const solver_sets *s, int64_t *sets)
{
    solver_set_clear(s, &b->now[0]);
    solver_set_clear(s, &b->best[0]);
    b->finalists = 0;
    for (int32_t level = 0, count = 1, idle = 0; count > 0 && idle < 2; level++) {
        const int32_t pool = offer(b, s, count, level == 0 ? s->K * s->m : b->offers);
        int better = 0;
        count = select_children(b, s, pool, level == 0);
        for (int32_t i = 0; i < count; i++) {
            s->kernels->refit(s, &b->next[i], 3);
            better |= enter(b, s, &b->next[i]);
        }
        *sets += count;
        idle = better ? 0 : idle + 1;
        solver_set *const swap = b->now;
        b->now = b->next;
        b->next = swap;
    }
    finish(b, s);
}

typedef struct beam {
    solver_sets sets;
    solver_beam beam;
    solver_set trial;
    int32_t tries;
    double *scratch;
} beam;

static beam *lay_out(arena *a, int32_t L, int32_t K, int32_t aps, int32_t width, int32_t children)
{
    beam unused, *b = ARENA_TAKE(a, beam, 1), *m = b ? b : &unused;
    solver_sets_place(&m->sets, a, L, K, aps);
    solver_beam_place(&m->beam, &m->sets, a, width, children);
    solver_set_place(&m->sets, a, &m->trial);
    m->scratch = ARENA_TAKE(a, double, SOLVER_NEWTON_SCRATCH(K));
    return b;
}

static cf_status make(void **self, const char *parameters, const cf_policy *policy, int32_t L,
                      int32_t K)
{
    (void)policy;
    double width = 32, children = 2, aps = 5, tries = 10;
    const prob_method_option options[] = {{"width", &width, 1, 1e5, 1},
                                          {"children", &children, 1, 1e5, 1},
                                          {"aps", &aps, 1, 1e6, 1},
                                          {"tries", &tries, 1, SOLVER_SETS_MOST_MOVES, 1}};
    cf_status status = prob_method_options("beam", parameters, options, 4);
    if (status == CF_OK) status = solver_sets_check("beam", K);
    const int32_t w = (int32_t)width, c = (int32_t)children;
    arena measured = {0}, a = {0};
    lay_out(&measured, L, K, (int32_t)aps, w, c);
    if (status == CF_OK) status = solver_alloc(&a, "beam", measured);
    if (status != CF_OK) return status;
    beam *b = lay_out(&a, L, K, (int32_t)aps, w, c);
    b->tries = (int32_t)tries;
    *self = b;
    return CF_OK;
}

static cf_status run(void *self, const cf_power *p, uint64_t seed, int64_t index, float *watts,
                     cf_report *report)
{
    (void)seed, (void)index;
    beam *b = self;
    *report = PROB_REPORT_NONE;
    solver_sets_fill(&b->sets, p);
    solver_beam_run(&b->beam, &b->sets, &report->nodes);
    solver_set *const best = &b->beam.best[0];
    solver_set_improve(&b->sets, best, &b->trial, b->tries, NULL, &report->nodes);
    solver_set_polish(&b->sets, best, 5, b->scratch);
    solver_set_store(&b->sets, best, watts);
    return CF_OK;
}

static cf_status serves(cf_power_objective objective, cf_power_limit limit)
{
    return solver_power_serves_ee("beam", objective, limit);
}

const prob_power_class solver_power_beam = {
    .name = "beam",
    .about = "beam search over who is served by which access point, then local search",
    .parameters = "width=32,children=2,aps=5,tries=10",
    .serves = serves,
    .make = make,
    .run = run,
    .free = free,
};
