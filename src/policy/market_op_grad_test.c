/* Built with -DCF_REAL_DOUBLE: see base/real.h. The market's operators against slow rewrites of
 * what their headers say. */
#include <stdlib.h>
#include <string.h>

#include "base/rng.h"
#include "policy/market_commit.h"
#include "policy/market_op.h"
#include "policy/policy.h"

#include "t.h"

enum { MOST = 3600 };

typedef struct drop {
    int L, K;
    double snr[MOST];
    int32_t max_users[MOST], min_aps[MOST];
} drop;

static drop draw(int L, int K, uint64_t number)
{
    drop d = {.L = L, .K = K};
    rng r = rng_stream(3, RNG_TEST, number);
    for (int i = 0; i < L * K; i++) d.snr[i] = pow(10, 0.8 * rng_normal(&r));
    for (int l = 0; l < L; l++) d.max_users[l] = 1 + (int32_t)rng_below(&r, 3);
    for (int k = 0; k < K; k++)
        d.min_aps[k] = (int32_t)rng_below(&r, (uint32_t)(L < 3 ? L : 3) + 1);
    return d;
}

/* The rewrite: sorts everything, asks every question anew. */
static const double FAR = 20, NOBODY = 80;

static double phi(double m)
{
    const double a = log10(1 + fabs(m) / 1e-5) / 2.5;
    return m < 0 ? -a : a;
}

static int rising(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

typedef struct sorted {
    int n;
    double v[MOST];
} sorted;

static void sort(sorted *s)
{
    qsort(s->v, (size_t)s->n, sizeof *s->v, rising);
}

typedef struct view {
    int L, K;
    double f[MARKET_FEATURES][MOST], price[MOST];
} view;

typedef struct state {
    const drop *d;
    int x[MOST], slots[MOST], servers[MOST], least[MOST];
    double value[MOST], price[MOST], low[MOST];
} state;

static int lacks(const state *s, int k)
{
    return s->d->min_aps[k] > s->servers[k] ? s->d->min_aps[k] - s->servers[k] : 0;
}

static int spare(const state *s, int k)
{
    return s->servers[k] > s->d->min_aps[k] ? s->servers[k] - s->d->min_aps[k] : 0;
}

static void pick(state *s, const double *score)
{
    const int K = s->d->K;
    memset(s->x, 0, sizeof s->x);
    memset(s->servers, 0, sizeof s->servers);
    for (int l = 0; l < s->d->L; l++) {
        s->slots[l] = s->d->max_users[l] < K ? s->d->max_users[l] : K;
        for (int k = 0; k < K; k++) {
            int before = 0;
            for (int j = 0; j < K; j++)
                before += score[l * K + j] > score[l * K + k] ||
                          (score[l * K + j] == score[l * K + k] && j < k);
            s->x[l * K + k] = before < s->slots[l];
            s->servers[k] += s->x[l * K + k];
        }
    }
}

/* What a link adds to its user's rate, and the price; an AP's cheapest pick. */
static void appraise(state *s)
{
    const int L = s->d->L, K = s->d->K;
    for (int l = 0; l < L; l++) {
        s->low[l] = NOBODY;
        s->least[l] = -1;
        for (int k = 0; k < K; k++) {
            double others = 0;
            for (int j = 0; j < L; j++)
                if (j != l) others += s->x[j * K + k] * s->d->snr[j * K + k];
            const double with = log2(1 + others + s->d->snr[l * K + k]);
            const double v = with - log2(1 + others) + s->price[k];
            s->value[l * K + k] = v;
            if (!s->x[l * K + k] || v >= s->low[l]) continue;
            s->low[l] = v;
            s->least[l] = k;
        }
    }
}

static double cut(double bid)
{
    return fmax(0, fmin(bid, FAR));
}

static double offer(const state *s, int l, int k)
{
    return s->x[l * s->d->K + k] ? 0 : s->low[l] - s->value[l * s->d->K + k];
}

static double hold(const state *s, int l, int k)
{
    const int K = s->d->K;
    double rival = 0;
    for (int j = 0; j < K; j++)
        if (!s->x[l * K + j]) rival = fmax(rival, s->value[l * K + j]);
    return s->x[l * K + k] ? s->value[l * K + k] - rival : 0;
}

/* Rank of AP l's bid among those of its side for user k, cheapest 0, equal ones by index. */
static int rank(const state *s, int l, int k, double (*bid)(const state *, int, int))
{
    int n = 0;
    for (int j = 0; j < s->d->L; j++)
        n += s->x[j * s->d->K + k] == s->x[l * s->d->K + k] &&
             (bid(s, j, k) < bid(s, l, k) || (bid(s, j, k) == bid(s, l, k) && j < l));
    return n;
}

/* The m-th smallest offer to user k, m from 0; NOBODY if there are fewer. */
static double nth_offer(const state *s, int k, int m)
{
    sorted o = {0};
    for (int l = 0; l < s->d->L; l++)
        if (!s->x[l * s->d->K + k]) o.v[o.n++] = offer(s, l, k);
    sort(&o);
    return m < o.n ? o.v[m] : NOBODY;
}

static double advantage(const state *s, int l, int k)
{
    const int win = !s->x[l * s->d->K + k] && rank(s, l, k, offer) < lacks(s, k);
    return win ? nth_offer(s, k, lacks(s, k)) - offer(s, l, k) : -1;
}

static double new_price(const state *s, int k, int round)
{
    double p = s->price[k];
    const int need = lacks(s, k);
    if (need > 0) {
        double last = nth_offer(s, k, need - 1), first = nth_offer(s, k, need);
        last = last < FAR ? cut(last) : 0;
        if (first >= FAR) first = last + 0.02;
        p += (cut(last) + cut(first)) / 2 + 1e-4 * pow(2, round);
    } else if (spare(s, k) > 0) {
        p *= 0.95;
    }
    return fmin(p, FAR);
}

static double water(const state *s)
{
    int missing = 0;
    for (int k = 0; k < s->d->K; k++) missing += lacks(s, k);
    if (missing == 0) return 0;
    sorted low = {.n = s->d->L};
    memcpy(low.v, s->low, (size_t)low.n * sizeof *low.v);
    sort(&low);
    return low.v[(missing < low.n ? missing : low.n) - 1];
}

static double margin(const state *s, int l, int k)
{
    const int K = s->d->K, A = s->slots[l];
    sorted v = {.n = K};
    memcpy(v.v, s->value + l * K, (size_t)K * sizeof *v.v);
    sort(&v);
    const double mine = s->value[l * K + k];
    const double loser = A < K ? v.v[K - 1 - A] : 0, last = A > 0 ? v.v[K - A] : FAR;
    return mine - (mine >= last ? loser : last);
}

static double at_most(double x, double most)
{
    return fmin(x, most);
}

/* Bids by old prices, margins and water by new ones. */
static void expect(const drop *d, const double *score, const double *price, int round, view *out)
{
    static state s, after;
    const int L = d->L, K = d->K;
    s.d = d;
    memcpy(s.price, price, (size_t)K * sizeof *price);
    pick(&s, score);
    appraise(&s);
    after = s;
    for (int k = 0; k < K; k++) out->price[k] = after.price[k] = new_price(&s, k, round);
    appraise(&after);
    for (int l = 0; l < L; l++)
        for (int k = 0; k < K; k++) {
            const int i = l * K + k, x = s.x[i], least = after.least[l];
            double(*f)[MOST] = out->f;
            const double mine = advantage(&s, l, k);
            int better = 0, wins = 0;
            for (int j = 0; j < K; j++) {
                const double other = advantage(&s, l, j);
                wins += other >= 0;
                better += other > mine || (other == mine && j < k);
            }
            f[MARKET_PICKED][i] = x;
            f[MARKET_MARGIN][i] = phi(margin(&after, l, k));
            f[MARKET_HOLD][i] = phi(cut(hold(&s, l, k)));
            f[MARKET_OFFER][i] = phi(cut(offer(&s, l, k)));
            f[MARKET_WIN][i] = mine >= 0;
            f[MARKET_ADVANTAGE][i] =
                mine >= 0 ? phi(cut(nth_offer(&s, k, lacks(&s, k))) - cut(offer(&s, l, k))) : 0;
            f[MARKET_AP_RANK][i] = mine >= 0 ? at_most(better, 3) / 2 : 0;
            f[MARKET_OFFER_RANK][i] = x ? 0 : at_most(rank(&s, l, k, offer), 5) / 3;
            f[MARKET_HOLD_RANK][i] = x ? at_most(rank(&s, l, k, hold), 4) / 2 : 0;
            f[MARKET_SHORT][i] = lacks(&s, k);
            f[MARKET_SURPLUS][i] = at_most(spare(&s, k), 3) / 2;
            f[MARKET_LEAVE][i] =
                least < 0
                    ? 0
                    : fmax(-2, at_most(spare(&s, least) - at_most(rank(&s, l, least, hold), 6), 2));
            f[MARKET_PICK_SPARE][i] = least < 0 ? 0 : at_most(spare(&s, least), 2);
            f[MARKET_WINS][i] = at_most(wins, 3);
            f[MARKET_PRICE][i] = phi(after.price[k]);
            f[MARKET_ROUND][i] = round / 6.0;
            f[MARKET_WATER][i] = phi(water(&after) - after.low[l]);
        }
}

/* One round by the operator itself, from scores and prices given. */
static void run(const drop *d, const double *score, const double *price, int round, view *out)
{
    nn_plan p;
    const int L = d->L, K = d->K;
    nn_plan_begin(&p, (nn_dims){L, K, 1}, 0);
    const nn_slice snr = nn_plan_take(&p, 1), limit = nn_plan_take(&p, 1),
                   need = nn_plan_take(&p, 1);
    const nn_slice z = nn_plan_take(&p, 1), before = nn_plan_take(&p, MARKET_FEATURES + 1);
    const nn_slice y = market_round(&p, snr, limit, need, &z, &before, round);
    if (nn_plan_finish(&p) != CF_OK) exit(2);
    for (int i = 0; i < L * K; i++) {
        nn_value(&p, snr)[i] = d->snr[i];
        nn_value(&p, z)[i] = score[i];
        nn_value(&p, limit)[i] = d->max_users[i / K];
        nn_value(&p, need)[i] = d->min_aps[i % K];
    }
    memcpy(nn_value(&p, nn_channels(&p, before, MARKET_FEATURES, 1)), price,
           (size_t)K * sizeof *price);
    nn_plan_forward(&p, NULL);
    for (int c = 0; c < MARKET_FEATURES; c++)
        memcpy(out->f[c], nn_value(&p, nn_channels(&p, y, c, 1)),
               (size_t)(L * K) * sizeof *out->f[c]);
    memcpy(out->price, nn_value(&p, nn_channels(&p, y, MARKET_FEATURES, 1)),
           (size_t)K * sizeof *out->price);
    nn_plan_free(&p);
}

static void the_market_is_as_its_header_says(void)
{
    static const int SIZES[][2] = {{1, 1}, {1, 4},  {4, 1},  {5, 4},
                                   {8, 8}, {12, 9}, {3, 11}, {10, 3}};
    static view got, want;
    int wins = 0, priced = 0;
    for (uint64_t n = 0; n < 160; n++) {
        const int *size = SIZES[n % 8];
        drop d = draw(size[0], size[1], n);
        double score[MOST], price[MOST];
        rng r = rng_stream(4, RNG_TEST, n);
        for (int i = 0; i < d.L * d.K; i++) score[i] = rng_normal(&r);
        for (int k = 0; k < d.K; k++) price[k] = rng_below(&r, 2) ? rng_uniform(&r) : 0;
        for (int l = 0; l < d.L; l++) /* none to more slots than users */
            d.max_users[l] = (int32_t)rng_below(&r, 3 + 2 * (uint32_t)(n % 3));
        const int round = (int)(n % 7);
        run(&d, score, price, round, &got);
        expect(&d, score, price, round, &want);
        for (int k = 0; k < d.K; k++) {
            CHECK_NEAR(got.price[k], want.price[k], 1e-12);
            priced += want.price[k] > 0;
        }
        for (int c = 0; c < MARKET_FEATURES; c++)
            for (int i = 0; i < d.L * d.K; i++) {
                if (fabs(got.f[c][i] - want.f[c][i]) > 1e-9)
                    fprintf(stderr, "    drop %d (%d x %d), feature %d, link %d\n", (int)n, d.L,
                            d.K, c, i);
                CHECK_NEAR(got.f[c][i], want.f[c][i], 1e-9);
                wins += c == MARKET_WIN && want.f[c][i] > 0;
            }
    }
    CHECK(wins > 200 && priced > 200);
}

/* Swaps by agreement, after market_commit.h: proposals in a list, each user sorts its own. */
typedef struct proposal {
    int l, from, to;
    double gain;
} proposal;

static int best_first(const void *a, const void *b)
{
    const proposal *p = a, *q = b;
    return p->gain != q->gain ? (p->gain < q->gain) - (p->gain > q->gain) : p->l - q->l;
}

static void agree(const drop *d, const double *z, int *x)
{
    proposal all[MOST];
    int n = 0, count[MOST] = {0}, taken[MOST] = {0}, let[MOST] = {0};
    for (int i = 0; i < d->L * d->K; i++) count[i % d->K] += x[i];
    for (int l = 0; l < d->L; l++) {
        proposal p = {.l = l, .from = -1, .to = -1};
        for (int k = 0; k < d->K; k++) {
            const double *row = z + l * d->K;
            if (x[l * d->K + k] && (p.from < 0 || row[k] < row[p.from])) p.from = k;
            if (!x[l * d->K + k] && (p.to < 0 || row[k] > row[p.to])) p.to = k;
        }
        if (p.from < 0 || p.to < 0) continue;
        p.gain = z[l * d->K + p.to] - z[l * d->K + p.from];
        if (p.gain > 0) all[n++] = p;
    }
    qsort(all, (size_t)n, sizeof *all, best_first);
    for (int i = 0; i < n; i++) {
        const proposal *p = &all[i];
        const int lack = d->min_aps[p->to] - count[p->to],
                  spare = count[p->from] - d->min_aps[p->from];
        const int taker = taken[p->to]++ < (lack > 1 ? lack : 1);
        int leaver = 0;
        if (spare > 0) leaver = let[p->from]++ < spare;
        if (spare == 0 && lack > 0) leaver = let[p->from]++ < 1;
        if (taker && leaver) {
            x[p->l * d->K + p->from] = 0;
            x[p->l * d->K + p->to] = 1;
        }
    }
}

static void swaps_are_made_by_agreement(void)
{
    static const int SIZES[][2] = {{5, 4}, {12, 6}, {20, 15}, {1, 5}, {7, 1}, {9, 3}};
    int changed = 0;
    for (uint64_t n = 0; n < 200; n++) {
        const drop d = draw(SIZES[n % 6][0], SIZES[n % 6][1], 3000 + n);
        const int links = d.L * d.K;
        rng r = rng_stream(6, RNG_TEST, n);
        int x[MOST], was[MOST];
        nn_plan p;
        nn_plan_begin(&p, (nn_dims){d.L, d.K, 1}, 0);
        const nn_slice picks = nn_plan_take(&p, 1), need = nn_plan_take(&p, 1);
        const nn_slice z = nn_plan_take(&p, 1), y = market_commit(&p, picks, need, z);
        if (nn_plan_finish(&p) != CF_OK) exit(2);
        for (int i = 0; i < links; i++) {
            was[i] = x[i] = rng_below(&r, 3) == 0;
            nn_value(&p, picks)[i] = x[i];
            nn_value(&p, need)[i] = d.min_aps[i % d.K];
            nn_value(&p, z)[i] = rng_normal(&r);
        }
        nn_plan_forward(&p, NULL);
        agree(&d, nn_value(&p, z), x);
        agree(&d, nn_value(&p, z), x);
        for (int i = 0; i < links; i++) {
            CHECK(nn_value(&p, y)[i] == x[i]);
            changed += x[i] != was[i];
        }
        nn_value(&p, z)[links - 1] = NAN; /* must not become a decision */
        nn_plan_forward(&p, NULL);
        CHECK(isnan(nn_value(&p, y)[links - 1]));
        nn_plan_free(&p);
    }
    CHECK(changed > 300);
}

int main(void)
{
    RUN(the_market_is_as_its_header_says);
    RUN(swaps_are_made_by_agreement);
    return DONE();
}
