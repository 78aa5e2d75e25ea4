#include "solver/match.h"

#include <float.h>
#include <math.h>
#include <string.h>

static const double NOISY = 1e-12; /* nats */

void solver_match_place(solver_match *m, arena *a, int32_t L, int32_t K)
{
    const size_t nl = (size_t)L, nk = (size_t)K;
    m->L = L;
    m->K = K;
    m->slots = ARENA_TAKE(a, int32_t, nl);
    m->one = ARENA_TAKE(a, int32_t, nl);
    m->len = ARENA_TAKE(a, int32_t, nl);
    m->user = ARENA_TAKE(a, uint16_t, nl * nk);
    m->state = ARENA_TAKE(a, uint8_t, nl * nk);
    m->price = ARENA_TAKE(a, double, nk);
    m->count = ARENA_TAKE(a, int32_t, nk);
    m->trail = ARENA_TAKE(a, solver_fixing, nl * nk);
    m->dist = ARENA_TAKE(a, double, nk);
    m->next = ARENA_TAKE(a, int32_t, nk);
    m->via = ARENA_TAKE(a, int32_t, nk);
    m->settled = ARENA_TAKE(a, uint8_t, nk);
}

void solver_match_start(solver_match *m, const cf_assignment *p)
{
    const int32_t L = m->L, K = m->K;
    m->snr = p->snr;
    m->need = p->min_aps;
    m->trail_len = 0;
    m->noise = 0;
    memset(m->state, LINK_FREE, (size_t)L * (size_t)K);
    memset(m->price, 0, sizeof(double) * (size_t)K);
    for (int32_t l = 0; l < L; l++) {
        m->slots[l] = p->max_users[l] < K ? p->max_users[l] : K;
        m->one[l] = 0;
        m->len[l] = K;
        for (int32_t k = 0; k < K; k++) m->user[(int64_t)l * K + k] = (uint16_t)k;
        for (int32_t k = 0; k < m->slots[l]; k++) m->state[(int64_t)k * L + l] = LINK_PICKED;
    }
}

static double larger(double a, double b)
{
    return a > b ? a : b;
}

static uint8_t *state(const solver_match *m, int32_t l, int32_t k)
{
    return m->state + (int64_t)k * m->L + l;
}

static void swap(uint16_t *user, int32_t i, int32_t j)
{
    const uint16_t t = user[i];
    user[i] = user[j];
    user[j] = t;
}

/* What AP l gets for serving user k. */
static double worth(const solver_match *m, int32_t l, int32_t k)
{
    return m->snr[(int64_t)l * m->K + k] * m->w[k] + m->price[k];
}

/* AP l leaves its picked user at i and takes the free one at j. */
static void exchange(solver_match *m, int32_t l, int32_t i, int32_t j)
{
    uint16_t *user = m->user + (int64_t)l * m->K;
    *state(m, l, user[i]) = LINK_FREE;
    *state(m, l, user[j]) = LINK_PICKED;
    swap(user, i, j);
}

/* The worst of AP l's picked users; its position goes to *at. */
static double worst_pick(const solver_match *m, int32_t l, int32_t *at)
{
    const uint16_t *user = m->user + (int64_t)l * m->K;
    double least = INFINITY;
    for (int32_t i = m->one[l]; i < m->slots[l]; i++) {
        const double v = worth(m, l, user[i]);
        if (v < least) {
            least = v;
            *at = i;
        }
    }
    return least;
}

/* What AP l served last is the start, so that mostly nothing beats the worst of it and the loop
 * runs straight through. */
void solver_match_pick(solver_match *m, int32_t l)
{
    const uint16_t *user = m->user + (int64_t)l * m->K;
    const double *snr = m->snr + (int64_t)l * m->K;
    if (m->one[l] == m->slots[l]) return;
    int32_t at = 0;
    double least = worst_pick(m, l, &at);
    for (int32_t j = m->slots[l]; j < m->len[l]; j++) {
        const int32_t k = user[j];
        if (!(snr[k] * m->w[k] + m->price[k] > least)) continue;
        exchange(m, l, at, j);
        least = worst_pick(m, l, &at);
    }
}

static int pick_best(solver_match *m)
{
    memset(m->count, 0, sizeof(int32_t) * (size_t)m->K);
    for (int32_t l = 0; l < m->L; l++) {
        if (m->len[l] < m->slots[l]) return 0;
        solver_match_pick(m, l);
        const uint16_t *user = m->user + (int64_t)l * m->K;
        for (int32_t i = 0; i < m->slots[l]; i++) m->count[user[i]]++;
    }
    return 1;
}

static void start_search(solver_match *m, int32_t k)
{
    for (int32_t i = 0; i < m->K; i++) {
        m->dist[i] = INFINITY;
        m->settled[i] = 0;
    }
    m->dist[k] = 0;
    m->next[k] = -1;
}

/* The nearest user not yet settled, or -1. */
static int32_t nearest(const solver_match *m)
{
    int32_t best = -1;
    double least = INFINITY;
    for (int32_t k = 0; k < m->K; k++)
        if (!m->settled[k] && m->dist[k] < least) {
            least = m->dist[k];
            best = k;
        }
    return best;
}

static void reach(solver_match *m, int32_t k, double dist, int32_t next, int32_t l)
{
    if (!(dist < m->dist[k])) return;
    m->dist[k] = dist;
    m->next[k] = next;
    m->via[k] = l;
}

static int32_t position(const solver_match *m, int32_t l, int32_t k)
{
    const uint16_t *user = m->user + (int64_t)l * m->K;
    int32_t i = 0;
    while (user[i] != k) i++;
    return i;
}

/* User k is short. Search backwards for the cheapest chain of exchanges that starts at a user with
 * more servers than it needs. Prices of all users nearer than that one rise by the difference. */
static int raise_price(solver_match *m, int32_t k)
{
    const int32_t L = m->L;
    start_search(m, k);
    int32_t v;
    for (;;) {
        v = nearest(m);
        if (v < 0) return 0;
        if (m->count[v] > m->need[v]) break;
        m->settled[v] = 1;
        for (int32_t l = 0; l < L; l++) {
            if (*state(m, l, v) != LINK_FREE) continue;
            const uint16_t *user = m->user + (int64_t)l * m->K;
            const double here = worth(m, l, v);
            for (int32_t i = m->one[l]; i < m->slots[l]; i++)
                reach(m, user[i], m->dist[v] + larger(0, worth(m, l, user[i]) - here), v, l);
        }
    }
    for (int32_t i = 0; i < m->K; i++)
        if (m->settled[i]) m->price[i] += m->dist[v] - m->dist[i];
    m->count[v]--;
    m->count[k]++;
    for (; m->next[v] >= 0; v = m->next[v])
        exchange(m, m->via[v], position(m, m->via[v], v), position(m, m->via[v], m->next[v]));
    return 1;
}

/* User k has a price and servers to spare. Search forwards for the user that is cheapest to give
 * one to; it costs that user its price, since it will have more than it needs. The end may be k. */
static void lower_price(solver_match *m, int32_t k)
{
    const int32_t L = m->L;
    start_search(m, k);
    int32_t end = k;
    double cost = m->price[k];
    for (;;) {
        const int32_t v = nearest(m);
        if (v < 0 || m->dist[v] >= cost) break;
        if (m->dist[v] + m->price[v] < cost) {
            cost = m->dist[v] + m->price[v];
            end = v;
        }
        m->settled[v] = 1;
        for (int32_t l = 0; l < L; l++) {
            if (*state(m, l, v) != LINK_PICKED) continue;
            const uint16_t *user = m->user + (int64_t)l * m->K;
            const double here = worth(m, l, v);
            for (int32_t i = m->slots[l]; i < m->len[l]; i++)
                reach(m, user[i], m->dist[v] + larger(0, here - worth(m, l, user[i])), v, l);
        }
    }
    for (int32_t i = 0; i < m->K; i++)
        if (m->settled[i]) m->price[i] = larger(0, m->price[i] - larger(0, cost - m->dist[i]));
    m->price[end] = 0;
    m->count[k]--;
    m->count[end]++;
    for (int32_t v = end; m->next[v] >= 0; v = m->next[v])
        exchange(m, m->via[v], position(m, m->via[v], m->next[v]), position(m, m->via[v], v));
}

static int balance(solver_match *m)
{
    if (!pick_best(m)) return 0;
    for (int32_t k = 0; k < m->K; k++)
        while (m->count[k] < m->need[k])
            if (!raise_price(m, k)) return 0;
    for (int32_t k = 0; k < m->K; k++)
        while (m->count[k] > m->need[k] && m->price[k] > 0) lower_price(m, k);
    return 1;
}

/* Where every user has a price, none has a server to spare, and only differences matter. */
static void lower_all(solver_match *m)
{
    double least = INFINITY, most = 0;
    for (int32_t k = 0; k < m->K; k++) {
        least = m->price[k] < least ? m->price[k] : least;
        most = larger(most, m->price[k]);
    }
    for (int32_t k = 0; k < m->K && least > 0; k++) m->price[k] -= least;
    m->noise = most * DBL_EPSILON * (m->L + m->K);
}

/* A price far above what a link can be worth near the optimum, a few nats, is left from other
 * weights, and what was added to it is rounded off: better begin anew. */
int solver_match_solve(solver_match *m, const double *w)
{
    m->w = w;
    if (m->noise > NOISY) memset(m->price, 0, sizeof(double) * (size_t)m->K);
    const int feasible = balance(m);
    lower_all(m);
    return feasible;
}

void solver_match_fix(solver_match *m, int32_t l, int32_t i, int value)
{
    uint16_t *user = m->user + (int64_t)l * m->K;
    const int32_t end = value ? m->one[l]++ : --m->len[l];
    *state(m, l, user[end]) = i < m->slots[l] ? LINK_PICKED : LINK_FREE;
    *state(m, l, user[i]) = value ? LINK_ONE : LINK_ZERO;
    swap(user, i, end);
    m->trail[m->trail_len++] = (solver_fixing){(uint16_t)l, user[end], value};
}

void solver_match_undo(solver_match *m, int32_t mark)
{
    while (m->trail_len > mark) {
        const solver_fixing e = m->trail[--m->trail_len];
        const int32_t l = e.l, i = e.value ? --m->one[l] : m->len[l]++;
        *state(m, l, e.k) = i < m->slots[l] ? LINK_PICKED : LINK_FREE;
    }
}

/* With these prices AP l loses worst pick - worth by taking a user it leaves now, and worth - best
 * free by leaving a user it takes now; the dual is then still a bound. */
void solver_match_reduce(solver_match *m, double slack)
{
    for (int32_t l = 0; l < m->L; l++) {
        const uint16_t *user = m->user + (int64_t)l * m->K;
        int32_t at;
        const double worst = worst_pick(m, l, &at);
        double best = -INFINITY;
        for (int32_t i = m->slots[l]; i < m->len[l]; i++) best = larger(best, worth(m, l, user[i]));
        for (int32_t i = m->len[l] - 1; i >= m->slots[l]; i--)
            if (worst - worth(m, l, user[i]) >= slack) solver_match_fix(m, l, i, 0);
        for (int32_t i = m->one[l]; i < m->slots[l]; i++)
            if (worth(m, l, user[i]) - best >= slack) solver_match_fix(m, l, i, 1);
    }
}
