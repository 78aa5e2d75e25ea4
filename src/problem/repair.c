#include <math.h>
#include <string.h>

#include <cellfree/assignment.h>

#include "base/arena.h"
#include "base/status.h"

enum { LOOKS = 3 }; /* at one user in one search */
static const double UNKNOWN = -1;
static const double MARGIN = 0.01; /* nats */

typedef struct repair {
    const cf_assignment *p;
    uint8_t *x;
    double *sum;     /* (K)   SNR that user k receives                                         */
    double *change;  /* (K,L) log rate that user k loses without AP l, or would win with it;   */
                     /*       UNKNOWN until it is asked for                                    */
    int32_t *served; /* (L,K) the users of AP l, the first load[l] entries                     */
    int32_t *load;   /* (L)                                                                    */
    int32_t *count;  /* (K)   servers of user k                                                */
    double *loss;    /* (K)   of the best path found to user k; (L) in fill: best rate to add  */
    int32_t *next;   /* (K)   the path: user k passes a slot of AP via[k] on to user next[k]   */
    int32_t *via;    /* (K)   */
    uint8_t *fresh;  /* (K)   loss[k] fell since user k was last looked at                     */
    uint8_t *looks;  /* (K)   how often it was                                                 */
} repair;

static void place(repair *f, arena *a, size_t L, size_t K)
{
    f->sum = ARENA_TAKE(a, double, K);
    f->change = ARENA_TAKE(a, double, K *L);
    f->served = ARENA_TAKE(a, int32_t, L * K);
    f->load = ARENA_TAKE(a, int32_t, L);
    f->count = ARENA_TAKE(a, int32_t, K);
    f->loss = ARENA_TAKE(a, double, K > L ? K : L);
    f->next = ARENA_TAKE(a, int32_t, K > L ? K : L);
    f->via = ARENA_TAKE(a, int32_t, K);
    f->fresh = ARENA_TAKE(a, uint8_t, K);
    f->looks = ARENA_TAKE(a, uint8_t, K);
}

size_t cf_assignment_repair_workspace(int32_t L, int32_t K)
{
    arena a = {0};
    repair f = {0};
    if (L < 1 || L > CF_MAX_DIM || K < 1 || K > CF_MAX_DIM || (int64_t)L * K > CF_MAX_LINKS)
        return 0;
    place(&f, &a, (size_t)L, (size_t)K);
    return a.used;
}

/* Sums are taken afresh after every change: taking 1e12 off again would leave noise. */
static void refresh(repair *f, int32_t k)
{
    const int32_t L = f->p->L, K = f->p->K;
    f->sum[k] = 0;
    for (int32_t l = 0; l < L; l++) {
        if (f->x[(int64_t)l * K + k]) f->sum[k] += f->p->snr[(int64_t)l * K + k];
        f->change[(int64_t)k * L + l] = UNKNOWN;
    }
}

static double change(repair *f, int32_t l, int32_t k)
{
    double *change = f->change + (int64_t)k * f->p->L + l;
    if (*change < 0) {
        const int64_t lk = (int64_t)l * f->p->K + k;
        const double s = f->p->snr[lk], others = f->x[lk] ? f->sum[k] - s : f->sum[k];
        *change = log1p(s / (1 + others));
    }
    return *change;
}

static void read_links(repair *f)
{
    const int32_t L = f->p->L, K = f->p->K;
    memset(f->load, 0, sizeof(int32_t) * (size_t)L);
    memset(f->count, 0, sizeof(int32_t) * (size_t)K);
    for (int32_t l = 0; l < L; l++)
        for (int32_t k = 0; k < K; k++) {
            uint8_t *x = f->x + (int64_t)l * K + k;
            if (!*x) continue;
            *x = 1;
            f->served[(int64_t)l * K + f->load[l]++] = k;
            f->count[k]++;
        }
    for (int32_t k = 0; k < K; k++) refresh(f, k);
}

static void unlink_at(repair *f, int32_t l, int32_t i)
{
    int32_t *served = f->served + (int64_t)l * f->p->K;
    const int32_t k = served[i];
    served[i] = served[--f->load[l]];
    f->x[(int64_t)l * f->p->K + k] = 0;
    f->count[k]--;
    refresh(f, k);
}

static void link_user(repair *f, int32_t l, int32_t k)
{
    f->served[(int64_t)l * f->p->K + f->load[l]++] = k;
    f->x[(int64_t)l * f->p->K + k] = 1;
    f->count[k]++;
    refresh(f, k);
}

/* B2c: while AP l serves too many, it leaves the user that loses least. */
static void drop_surplus(repair *f, int32_t l)
{
    const int32_t *served = f->served + (int64_t)l * f->p->K;
    while (f->load[l] > f->p->max_users[l]) {
        int32_t least = 0;
        for (int32_t i = 1; i < f->load[l]; i++)
            if (change(f, l, served[i]) < change(f, l, served[least])) least = i;
        unlink_at(f, l, least);
    }
}

static int passes_through(const repair *f, int32_t k, int32_t user)
{
    for (; k >= 0; k = f->next[k])
        if (k == user) return 1;
    return 0;
}

typedef struct path_end { /* the best way found to give the short user one more server */
    double loss;
    int32_t user,
        ap; /* starts at user's surplus (ap -1), or at a free slot of ap that goes to user */
} path_end;

/* Which AP could serve user k by leaving another user, or from a free slot? A path never meets
 * itself, so that a cycle which would win by itself cannot trap the search. */
static void look_from(repair *f, int32_t k, path_end *best)
{
    const int32_t L = f->p->L, K = f->p->K;
    for (int32_t l = 0; l < L; l++) {
        if (f->x[(int64_t)l * K + k]) continue;
        const double loss = f->loss[k] - change(f, l, k);
        if (f->load[l] < f->p->max_users[l]) {
            if (loss < best->loss) *best = (path_end){loss, k, l};
            continue;
        }
        for (int32_t i = 0; i < f->load[l]; i++) {
            const int32_t a = f->served[(int64_t)l * K + i];
            const double through = loss + change(f, l, a);
            if (!(through < f->loss[a]) || passes_through(f, k, a)) continue;
            f->loss[a] = through;
            f->next[a] = k;
            f->via[a] = l;
            f->fresh[a] = 1;
            if (f->count[a] > f->p->min_aps[a] && through < best->loss)
                *best = (path_end){through, a, -1};
        }
    }
}

/* The user with the least loss among those not yet looked at since it fell, or -1. */
static int32_t next_user(const repair *f)
{
    int32_t best = -1;
    for (int32_t k = 0; k < f->p->K; k++)
        if (f->fresh[k] && f->looks[k] < LOOKS && (best < 0 || f->loss[k] < f->loss[best]))
            best = k;
    return best;
}

/* Bellman and Ford's search, cheapest user first, until the rest cost more than the best end by
 * what the steps to come, of which few win anything, could still win back. Everybody who can be
 * reached is, before it gives up; a path exists whenever an assignment does. */
static path_end find_path(repair *f, int32_t user)
{
    path_end best = {INFINITY, -1, -1};
    for (int32_t k = 0; k < f->p->K; k++) {
        f->loss[k] = INFINITY;
        f->next[k] = -1;
        f->fresh[k] = f->looks[k] = 0;
    }
    f->loss[user] = 0;
    f->fresh[user] = 1;
    for (int32_t k; (k = next_user(f)) >= 0 && f->loss[k] < best.loss + MARGIN;) {
        f->fresh[k] = 0;
        f->looks[k]++;
        look_from(f, k, &best);
    }
    return best;
}

static void follow_path(repair *f, path_end end)
{
    if (end.ap >= 0) link_user(f, end.ap, end.user);
    for (int32_t k = end.user; f->next[k] >= 0; k = f->next[k]) {
        const int32_t l = f->via[k];
        int32_t i = 0;
        while (f->served[(int64_t)l * f->p->K + i] != k) i++;
        unlink_at(f, l, i);
        link_user(f, l, f->next[k]);
    }
}

/* The user that AP l would add, and what it would win: ordered by s/(1 + r), as the rate is. */
static double best_to_add(const repair *f, int32_t l, int32_t *user)
{
    const int32_t K = f->p->K;
    double best = -1;
    for (int32_t k = 0; k < K && f->load[l] < f->p->max_users[l]; k++) {
        const double win = f->p->snr[(int64_t)l * K + k] / (1 + f->sum[k]);
        if (!f->x[(int64_t)l * K + k] && win > best) {
            best = win;
            *user = k;
        }
    }
    return best;
}

/* Best marginal rate first. What a link would win only falls while links are added, so a value
 * found earlier is an upper bound, and one AP is looked at again instead of all. */
static void fill(repair *f)
{
    const int32_t L = f->p->L;
    for (int32_t l = 0; l < L; l++) f->loss[l] = best_to_add(f, l, &f->next[l]);
    for (;;) {
        int32_t l = 0;
        for (int32_t m = 1; m < L; m++)
            if (f->loss[m] > f->loss[l]) l = m;
        if (f->loss[l] < 0) return;
        const double before = f->loss[l];
        f->loss[l] = best_to_add(f, l, &f->next[l]);
        if (f->loss[l] < before) continue;
        link_user(f, l, f->next[l]);
        f->loss[l] = best_to_add(f, l, &f->next[l]);
    }
}

cf_status cf_assignment_repair(const cf_assignment *p, uint8_t *x, void *ws)
{
    if (!p || !p->snr || !x || !ws) return base_fail(CF_EARG, "repair: a pointer is NULL");
    const cf_status s = cf_assignment_check_limits(p->L, p->K, p->max_users, p->min_aps);
    if (s != CF_OK) return s;
    arena a = {.base = ws, .cap = SIZE_MAX};
    repair f = {.p = p, .x = x};
    place(&f, &a, (size_t)p->L, (size_t)p->K);
    read_links(&f);
    for (int32_t l = 0; l < p->L; l++) drop_surplus(&f, l);
    for (int32_t k = 0; k < p->K; k++)
        while (f.count[k] < p->min_aps[k]) follow_path(&f, find_path(&f, k));
    fill(&f);
    return CF_OK;
}
