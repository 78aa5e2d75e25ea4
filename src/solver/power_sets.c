#include "solver/power_sets.h"

#include <math.h>
#include <string.h>

#include "base/cpu.h"
#include "base/status.h"

/* Floats have to hold I T: what is heard is cut here, at 120 dB above the noise per watt. */
static const double MOST_GAIN = 1e12, MOST_WATTS = 1e6;

static const solver_sets_kernels *best_kernels(void)
{
#if defined(__x86_64__)
    const int level = base_cpu_level();
    if (level >= 4) return &solver_sets_kernels_v4;
    if (level == 3) return &solver_sets_kernels_v3;
#endif
    return &solver_sets_kernels_portable;
}

cf_status solver_sets_check(const char *method, int32_t K)
{
    if (K <= SOLVER_SETS_MOST_USERS) return CF_OK;
    return base_fail(CF_ESHAPE, "%s: %d users, serves up to %d", method, K, SOLVER_SETS_MOST_USERS);
}

void solver_sets_place(solver_sets *s, arena *a, int32_t L, int32_t K, int32_t m)
{
    s->L = L;
    s->K = K;
    s->m = m < L ? m : L;
    s->lanes = (K + SOLVER_SETS_LANES - 1) / SOLVER_SETS_LANES * SOLVER_SETS_LANES;
    s->kernels = best_kernels();
    const size_t q = (size_t)K * (size_t)s->m, lanes = (size_t)s->lanes;
    s->column = ARENA_TAKE(a, float, q *lanes);
    s->own = ARENA_TAKE(a, float, q);
    s->ap = ARENA_TAKE(a, int32_t, q);
    s->unit = ARENA_TAKE(a, float, 2 * lanes);
    s->candidates = ARENA_TAKE(a, solver_move, q);
}

/* The m APs that user k hears best and that may serve it, best first. */
static void rank(solver_sets *s, const cf_power *p, int32_t k)
{
    const int32_t K = s->K;
    const double factor = 1 / p->noise_w;
    float *own = s->own + (int64_t)k * s->m;
    int32_t *ap = s->ap + (int64_t)k * s->m, count = 0;
    for (int32_t i = 0; i < s->m; i++) own[i] = 0;
    for (int32_t l = 0; l < s->L; l++) {
        if (p->serve && !p->serve[(int64_t)l * K + k]) continue;
        const float g =
            (float)fmin((double)p->gain[((int64_t)l * K + k) * K + k] * factor, MOST_GAIN);
        if (!(g > own[s->m - 1]) || !(g > 1e-30f)) continue;
        int32_t at = count < s->m ? count++ : s->m - 1;
        for (; at > 0 && own[at - 1] < g; at--) {
            own[at] = own[at - 1];
            ap[at] = ap[at - 1];
        }
        own[at] = g;
        ap[at] = l;
    }
}

void solver_sets_fill(solver_sets *s, const cf_power *p)
{
    const int32_t K = s->K;
    const double usual = p->mu > 0 ? p->static_w / p->mu : 1, factor = 1 / p->noise_w;
    s->mu = (float)p->mu;
    s->static_w = (float)p->static_w;
    s->least_w = (float)(2.5e-7 * usual);
    s->most_w = (float)fmin(1e6 * usual, MOST_WATTS);
    memset(s->unit, 0, sizeof(float) * 2 * (size_t)s->lanes);
    s->unit[s->lanes] = 1;
    for (int32_t k = 0; k < K; k++) {
        rank(s, p, k);
        for (int32_t q = k * s->m; q < (k + 1) * s->m; q++) {
            float *column = s->column + (int64_t)q * s->lanes;
            memset(column, 0, sizeof(float) * (size_t)s->lanes);
            if (!(s->own[q] > 0)) continue;
            const float *g = p->gain + (int64_t)s->ap[q] * K * K + k;
            for (int32_t r = 0; r < K; r++) {
                const double heard = (double)g[(int64_t)r * K] * factor;
                column[r] = (float)(heard < MOST_GAIN ? heard : MOST_GAIN);
            }
            column[k] = 0;
        }
    }
}

void solver_set_place(const solver_sets *s, arena *a, solver_set *x)
{
    const size_t lanes = (size_t)s->lanes;
    x->choice = ARENA_TAKE(a, int32_t, lanes);
    x->user = ARENA_TAKE(a, int32_t, lanes);
    x->p = ARENA_TAKE(a, float, lanes);
    x->own = ARENA_TAKE(a, float, lanes);
    x->inverse = ARENA_TAKE(a, float, lanes);
}

void solver_set_copy(const solver_sets *s, solver_set *to, const solver_set *from)
{
    const size_t lanes = (size_t)s->lanes;
    to->value = from->value;
    to->hash = from->hash;
    to->count = from->count;
    memcpy(to->choice, from->choice, sizeof(int32_t) * lanes);
    memcpy(to->user, from->user, sizeof(int32_t) * lanes);
    memcpy(to->p, from->p, sizeof(float) * lanes);
    memcpy(to->own, from->own, sizeof(float) * lanes);
    memcpy(to->inverse, from->inverse, sizeof(float) * lanes);
}

void solver_set_clear(const solver_sets *s, solver_set *x)
{
    const size_t lanes = (size_t)s->lanes;
    x->value = 0;
    x->hash = 0;
    x->count = 0;
    for (size_t k = 0; k < lanes; k++) x->choice[k] = -1;
    memset(x->p, 0, sizeof(float) * lanes);
    memset(x->own, 0, sizeof(float) * lanes);
    memset(x->inverse, 0, sizeof(float) * lanes);
}

/* One number per candidate; a set's hash is the exclusive or of its links' (splitmix64's
 * mixing). */
static uint64_t hash_of(uint64_t q)
{
    q = (q + 1) * UINT64_C(0x9e3779b97f4a7c15);
    q = (q ^ (q >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    q = (q ^ (q >> 27)) * UINT64_C(0x94d049bb133111eb);
    return q ^ (q >> 31);
}

static uint64_t link_hash(const solver_sets *s, int32_t k, int32_t i)
{
    return hash_of((uint64_t)k * (uint64_t)s->m + (uint64_t)i);
}

static void switch_off(const solver_sets *s, solver_set *x, int32_t k)
{
    x->hash ^= link_hash(s, k, x->choice[k]);
    x->choice[k] = -1;
    x->p[k] = x->own[k] = x->inverse[k] = 0;
    int32_t at = 0;
    while (x->user[at] != k) at++;
    x->user[at] = x->user[--x->count];
}

static void switch_on(const solver_sets *s, solver_set *x, int32_t k, int32_t i, float p)
{
    const float own = s->own[(int64_t)k * s->m + i];
    x->hash ^= link_hash(s, k, i);
    x->choice[k] = i;
    x->p[k] = p;
    x->own[k] = own;
    x->inverse[k] = 1 / own;
    x->user[x->count++] = k;
}

void solver_set_move(const solver_sets *s, solver_set *x, const solver_move *move)
{
    if (move->off >= 0) switch_off(s, x, move->off);
    if (move->on >= 0) switch_on(s, x, move->on, move->i, move->p);
}

uint64_t solver_set_hash(const solver_sets *s, const solver_set *x, const solver_move *move)
{
    uint64_t hash = x->hash;
    if (move->off >= 0) hash ^= link_hash(s, move->off, x->choice[move->off]);
    if (move->on >= 0) hash ^= link_hash(s, move->on, move->i);
    return hash;
}

double solver_set_refit(const solver_sets *s, solver_set *x, int32_t steps)
{
    const int32_t before = x->count;
    s->kernels->refit(s, x, steps);
    for (int32_t a = x->count - 1; a >= 0; a--)
        if (x->p[x->user[a]] < s->least_w) switch_off(s, x, x->user[a]);
    return x->count == before ? x->value : s->kernels->refit(s, x, 0);
}

void solver_set_strongest(const solver_sets *s, solver_set *x)
{
    solver_set_clear(s, x);
    for (int32_t k = 0; k < s->K; k++)
        if (s->own[(int64_t)k * s->m] > 0) switch_on(s, x, k, 0, 1e-3f * SOLVER_POWER_START_MW);
    solver_set_refit(s, x, 12);
}

void solver_set_load(const solver_sets *s, solver_set *x, const float *watts, int32_t steps)
{
    solver_set_clear(s, x);
    for (int32_t k = 0; k < s->K; k++) {
        int32_t best = -1;
        float most = s->least_w;
        for (int32_t i = 0; i < s->m && s->own[(int64_t)k * s->m + i] > 0; i++) {
            const float w = watts[(int64_t)s->ap[(int64_t)k * s->m + i] * s->K + k];
            if (!(w > most)) continue;
            most = w;
            best = i;
        }
        if (best >= 0) switch_on(s, x, k, best, fminf(most, s->most_w));
    }
    solver_set_refit(s, x, steps);
}

void solver_set_grow(const solver_sets *s, solver_set *x, solver_set *trial)
{
    solver_move move;
    solver_set_clear(s, x);
    while (s->kernels->screen(s, x, 1, 1, &move) > 0) {
        solver_set_copy(s, trial, x);
        solver_set_move(s, trial, &move);
        if (!(s->kernels->refit(s, trial, 3) > x->value)) break;
        solver_set_copy(s, x, trial);
    }
    solver_set_refit(s, x, 12);
}

/* 1: this set is among the first `earlier`; else it is added, if there is room. */
static int visited(solver_visits *v, int32_t earlier, uint64_t hash)
{
    for (int32_t i = 0; i < earlier; i++)
        if (v->hash[i] == hash) return 1;
    if (v->count < v->most) v->hash[v->count++] = hash;
    return 0;
}

void solver_set_improve(const solver_sets *s, solver_set *x, solver_set *trial, int32_t tries,
                        solver_visits *visits, int64_t *moves_made)
{
    solver_move moves[SOLVER_SETS_MOST_MOVES];
    const int32_t earlier = visits ? visits->count : 0;
    for (int32_t i = 0, count = 1; i < count;) {
        if (i == 0 && visits && visited(visits, earlier, x->hash)) return;
        if (i == 0) count = s->kernels->screen(s, x, 0, tries, moves);
        if (count == 0) return;
        solver_set_copy(s, trial, x);
        solver_set_move(s, trial, &moves[i]);
        const double least =
            x->value * (1 + 1e-5); /* after either refit, or it may go in circles */
        if (s->kernels->refit(s, trial, 6) > least && solver_set_refit(s, trial, 12) > least) {
            solver_set_copy(s, x, trial);
            ++*moves_made;
            i = 0;
        } else {
            i++;
        }
    }
}

void solver_set_search(const solver_sets *s, solver_set *x, solver_set *other, solver_set *trial,
                       int32_t starts, int32_t tries, solver_visits *visits, int64_t *moves_made)
{
    solver_set_strongest(s, x);
    solver_set_improve(s, x, trial, tries, visits, moves_made);
    if (starts < 2) return;
    solver_set_grow(s, other, trial);
    solver_set_improve(s, other, trial, tries, visits, moves_made);
    if (other->value > x->value) solver_set_copy(s, x, other);
}

void solver_set_store(const solver_sets *s, const solver_set *x, float *watts)
{
    memset(watts, 0, sizeof(float) * (size_t)s->L * (size_t)s->K);
    for (int32_t a = 0; a < x->count; a++) {
        const int32_t k = x->user[a], l = s->ap[(int64_t)k * s->m + x->choice[k]];
        watts[(int64_t)l * s->K + k] = x->p[k];
    }
}
