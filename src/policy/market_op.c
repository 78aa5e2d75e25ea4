#include "policy/market_op.h"

#include <math.h>
#include <string.h>

/* One drop of the market, gathered out of its lane. Arrays by link are (L,K), by user (K), by AP
 * (L); counts are reals, exact up to 2^24. */
typedef struct market {
    int32_t L, K, round;
    real *s, *x, *value, *offer, *hold, *offer_rank, *hold_rank, *score;    /* (L,K) */
    real *rate, *servers, *price, *shorts, *spare, *last, *first, *advance; /* (K)   */
    real *low, *top, *least, *wins, *limit;                                 /* (L)   */
    real *need;                                                             /* (K)   */
    real *list;                                                             /* (max(L, K)) */
    real water;
} market;

enum { BY_LINK = 8, BY_USER = 9, BY_AP = 5 };

static const real FAR = 20;    /* the greatest offer, hold and price [bit/s/Hz]                */
static const real NOBODY = 80; /* a bid that nobody makes: above every value (40) and price    */

/* phi of n numbers, in place: logarithms one by one would cost a third of a round. */
static void phis(const nn_kernels *k, int64_t n, real *m)
{
    enum { SOME = 256 };
    const real scale = (real)(1 / (2.5 * log(10)));
    real a[SOME];
    for (; n > 0; n -= SOME, m += SOME) {
        const int64_t some = n < SOME ? n : SOME;
        for (int64_t i = 0; i < some; i++) a[i] = 1 + (m[i] < 0 ? -m[i] : m[i]) * (real)1e5;
        k->logs(some, a, a);
        for (int64_t i = 0; i < some; i++) m[i] = (m[i] < 0 ? -scale : scale) * a[i];
    }
}

/* log2(1 + z) of n numbers z >= 0, in place; of small ones too: what 1 + z = u loses of z, ln(u)
 * z/(u - 1) has again. */
static void log2_of_1_plus(const nn_kernels *k, int64_t n, real *z)
{
    enum { SOME = 256 };
    const real scale = (real)(1 / log(2));
    real u[SOME], a[SOME];
    for (; n > 0; n -= SOME, z += SOME) {
        const int64_t some = n < SOME ? n : SOME;
        for (int64_t i = 0; i < some; i++) u[i] = 1 + z[i];
        k->logs(some, u, a);
        for (int64_t i = 0; i < some; i++)
            z[i] = scale * (u[i] > 1 ? a[i] * (z[i] / (u[i] - 1)) : z[i]);
    }
}

static market lay_out(const nn_plan *p, const nn_op *op)
{
    const int32_t L = p->dims.L, K = p->dims.K;
    real *at = p->values + op->scratch;
    market m = {.L = L, .K = K, .round = op->kind};
    real **by_link[BY_LINK] = {&m.s,    &m.x,          &m.value,     &m.offer,
                               &m.hold, &m.offer_rank, &m.hold_rank, &m.score};
    real **by_user[BY_USER] = {&m.rate, &m.servers, &m.price,   &m.shorts, &m.spare,
                               &m.last, &m.first,   &m.advance, &m.need};
    real **by_ap[BY_AP] = {&m.low, &m.top, &m.least, &m.wins, &m.limit};
    for (int i = 0; i < BY_LINK; i++, at += (int64_t)L * K) *by_link[i] = at;
    for (int i = 0; i < BY_USER; i++, at += K) *by_user[i] = at;
    for (int i = 0; i < BY_AP; i++, at += L) *by_ap[i] = at;
    m.list = at;
    return m;
}

static int64_t scratch_reals(nn_dims d)
{
    return (int64_t)BY_LINK * d.L * d.K + (int64_t)BY_USER * d.K + (int64_t)BY_AP * d.L +
           (d.L > d.K ? d.L : d.K);
}

/* x: each AP's A_l largest scores; equal ones by index, as policy_decode has it. */
static void pick(market *m)
{
    const int32_t K = m->K;
    memset(m->x, 0, (size_t)m->L * (size_t)K * sizeof(real));
    for (int32_t l = 0; l < m->L; l++)
        for (int32_t a = 0; a < (int32_t)m->limit[l] && a < K; a++) {
            int32_t best = -1;
            for (int32_t k = 0; k < K; k++)
                if (m->x[l * K + k] == 0 &&
                    (best < 0 || m->score[l * K + k] > m->score[l * K + best]))
                    best = k;
            m->x[l * K + best] = 1;
        }
}

static void count(market *m)
{
    const int32_t L = m->L, K = m->K;
    for (int32_t k = 0; k < K; k++) m->rate[k] = m->servers[k] = 0;
    for (int32_t l = 0; l < L; l++)
        for (int32_t k = 0; k < K; k++) {
            m->rate[k] += m->x[l * K + k] * m->s[l * K + k];
            m->servers[k] += m->x[l * K + k];
        }
    for (int32_t k = 0; k < K; k++) {
        m->shorts[k] = m->need[k] > m->servers[k] ? m->need[k] - m->servers[k] : 0;
        m->spare[k] = m->need[k] < m->servers[k] ? m->servers[k] - m->need[k] : 0;
    }
}

/* SNR that user k receives without AP l. Added afresh: taking 1e12 off a sum would leave noise. */
static real others(const market *m, int32_t l, int32_t k)
{
    if (m->x[l * m->K + k] == 0) return m->rate[k];
    real sum = 0;
    for (int32_t j = 0; j < m->L; j++)
        if (j != l) sum += m->x[j * m->K + k] * m->s[j * m->K + k];
    return sum;
}

/* score = log2(1 + s/(1 + others)): what the link adds to its user's rate. */
static void add_rates(market *m, const nn_kernels *kernels)
{
    for (int32_t l = 0; l < m->L; l++)
        for (int32_t k = 0; k < m->K; k++)
            m->score[l * m->K + k] = m->s[l * m->K + k] / (1 + others(m, l, k));
    log2_of_1_plus(kernels, (int64_t)m->L * m->K, m->score);
}

/* value = score + price.
 * low, top: the least value of an AP's picks (NOBODY without any) and the greatest of the
 * others. */
static void appraise(market *m)
{
    const int32_t K = m->K;
    for (int32_t l = 0; l < m->L; l++) {
        real low = NOBODY, top = 0;
        int32_t least = -1; /* an AP without slots has no picks */
        for (int32_t k = 0; k < K; k++) {
            const int32_t i = l * K + k;
            m->value[i] = m->score[i] + m->price[k];
            if (m->x[i] > 0 && m->value[i] < low) {
                low = m->value[i];
                least = k;
            }
            if (m->x[i] == 0 && m->value[i] > top) top = m->value[i];
        }
        m->low[l] = low;
        m->top[l] = top;
        m->least[l] = (real)least;
    }
}

/* Kept as they are, negative ones too: cut to 0 .. FAR many would be equal, and the order of the
 * access points would decide between them. */
static void bid(market *m)
{
    const int32_t K = m->K;
    for (int32_t l = 0; l < m->L; l++)
        for (int32_t k = 0; k < K; k++) {
            const int32_t i = l * K + k;
            m->offer[i] = m->x[i] > 0 ? 0 : m->low[l] - m->value[i];
            m->hold[i] = m->x[i] > 0 ? m->value[i] - m->top[l] : 0;
        }
}

/* The `most` smallest bids of user k by APs with x = side, in rising order, into m->list; the rank
 * of each goes to `rank`, of the others `most`. Returns how many there are. */
static int32_t sort_bids(market *m, int32_t k, real side, const real *bids, real *rank,
                         int32_t most)
{
    int32_t n = 0;
    for (int32_t l = 0; l < m->L; l++) {
        const int32_t i = l * m->K + k;
        rank[i] = (real)most;
        if (m->x[i] != side) continue;
        int32_t at = n < most ? n++ : most;
        for (; at > 0 && bids[(int32_t)m->list[at - 1] * m->K + k] > bids[i]; at--)
            if (at < most) m->list[at] = m->list[at - 1];
        if (at < most) m->list[at] = (real)l;
    }
    for (int32_t j = 0; j < n; j++) rank[(int32_t)m->list[j] * m->K + k] = (real)j;
    return n;
}

static real listed(const market *m, const real *bids, int32_t k, int32_t n, int32_t at)
{
    return at < n ? bids[(int32_t)m->list[at] * m->K + k] : NOBODY;
}

/* last, first: the dearest offer that the user needs, the cheapest that it does not. */
static void rank_bids(market *m)
{
    for (int32_t k = 0; k < m->K; k++) {
        const int32_t d = (int32_t)m->shorts[k], most = d + 6 < m->L ? d + 6 : m->L;
        const int32_t n = sort_bids(m, k, 0, m->offer, m->offer_rank, most);
        m->last[k] = d > 0 ? listed(m, m->offer, k, n, d - 1) : 0;
        m->first[k] = listed(m, m->offer, k, n, d);
        sort_bids(m, k, 1, m->hold, m->hold_rank, 6 < m->L ? 6 : m->L);
    }
}

/* The price that would clear the market if all shortages were one user's: the ND-th smallest of the
 * APs' lowest picks, ND the sum of shortages. */
static void find_water(market *m)
{
    real missing = 0;
    for (int32_t k = 0; k < m->K; k++) missing += m->shorts[k];
    const int32_t most = missing < (real)m->L ? (int32_t)missing : m->L;
    int32_t n = 0;
    for (int32_t l = 0; l < m->L && most > 0; l++) {
        int32_t at = n < most ? n++ : most;
        for (; at > 0 && m->list[at - 1] > m->low[l]; at--)
            if (at < most) m->list[at] = m->list[at - 1];
        if (at < most) m->list[at] = m->low[l];
    }
    m->water = most > 0 ? m->list[most - 1] : 0;
}

static real cut(real bid)
{
    return bid <= 0 ? 0 : bid < FAR ? bid : FAR;
}

static void move_prices(market *m)
{
    const real tick = (real)(1e-4 * (double)(1 << m->round));
    for (int32_t k = 0; k < m->K; k++) {
        if (m->shorts[k] > 0) {
            const real last = m->last[k] < FAR ? cut(m->last[k]) : 0;
            const real first = m->first[k] < FAR ? cut(m->first[k]) : last + (real)0.02;
            m->price[k] += (last + first) / 2 + tick;
        } else if (m->spare[k] > 0) {
            m->price[k] *= (real)0.95;
        }
        if (m->price[k] > FAR) m->price[k] = FAR;
    }
}

/* margin: by how much a link's value is above what it must beat at its AP: the (A+1)-th largest for
 * the A best, the A-th for the others. Into m->score, which the values have served. */
static void margins(market *m)
{
    const int32_t K = m->K;
    for (int32_t l = 0; l < m->L; l++) {
        const real *v = m->value + l * K;
        const int32_t A = (int32_t)m->limit[l], most = A + 1 < K ? A + 1 : K;
        int32_t n = 0;
        for (int32_t k = 0; k < K; k++) {
            int32_t at = n < most ? n++ : most;
            for (; at > 0 && m->list[at - 1] < v[k]; at--)
                if (at < most) m->list[at] = m->list[at - 1];
            if (at < most) m->list[at] = v[k];
        }
        const real in = A > 0 ? m->list[A < n ? A - 1 : n - 1] : FAR, out = A < n ? m->list[A] : 0;
        for (int32_t k = 0; k < K; k++) m->score[l * K + k] = v[k] - (v[k] >= in ? out : in);
    }
}

static real at_most(real a, real most)
{
    return a < most ? a : most;
}

/* By how much a winning offer is cheaper than the first that loses; -1 for the others. */
static real advantage(const market *m, int32_t i, int32_t k)
{
    const int win = m->x[i] == 0 && m->offer_rank[i] < m->shorts[k];
    return win ? m->first[k] - m->offer[i] : -1;
}

/* Features of AP l's links into column b; of those that phi is taken of, phi's argument. */
static void write_links(const market *m, const nn_plan *p, const nn_op *op, int32_t l, int32_t b)
{
    const int32_t K = m->K, least = (int32_t)m->least[l];
    const real spare = least < 0 ? 0 : m->spare[least];
    const real leave = least < 0 ? 0 : spare - m->hold_rank[l * K + least];
    real *const out = nn_value(p, op->out) + b;
    for (int32_t k = 0; k < K; k++) {
        const int32_t i = l * K + k;
        const real gain = m->advance[k], x = m->x[i];
        real rank = 0;
        for (int32_t j = 0; j < K && gain >= 0; j++)
            rank += m->advance[j] > gain || (m->advance[j] == gain && j < k);
        const real f[MARKET_FEATURES] = {
            [MARKET_PICKED] = x,
            [MARKET_MARGIN] = m->score[i],
            [MARKET_HOLD] = cut(m->hold[i]),
            [MARKET_OFFER] = cut(m->offer[i]),
            [MARKET_WIN] = gain >= 0,
            [MARKET_ADVANTAGE] = gain > 0 ? cut(m->first[k]) - cut(m->offer[i]) : 0,
            [MARKET_AP_RANK] = gain >= 0 ? at_most(rank, 3) / 2 : 0,
            [MARKET_OFFER_RANK] = (1 - x) * at_most(m->offer_rank[i], 5) / 3,
            [MARKET_HOLD_RANK] = x * at_most(m->hold_rank[i], 4) / 2,
            [MARKET_SHORT] = m->shorts[k],
            [MARKET_SURPLUS] = at_most(m->spare[k], 3) / 2,
            [MARKET_LEAVE] = leave > 2    ? 2
                             : leave < -2 ? -2
                                          : leave,
            [MARKET_PICK_SPARE] = at_most(spare, 2),
            [MARKET_WINS] = at_most(m->wins[l], 3),
            [MARKET_PRICE] = m->price[k],
            [MARKET_ROUND] = (real)m->round / 6,
            [MARKET_WATER] = m->water - m->low[l],
        };
        for (int32_t c = 0; c < MARKET_FEATURES; c++)
            out[c * p->stride + (int64_t)i * p->dims.B] = f[c];
    }
}

static void write(market *m, const nn_plan *p, const nn_op *op, int32_t b)
{
    for (int32_t l = 0; l < m->L; l++) {
        m->wins[l] = 0;
        for (int32_t k = 0; k < m->K; k++) {
            m->advance[k] = advantage(m, l * m->K + k, k);
            m->wins[l] += m->advance[k] >= 0;
        }
        write_links(m, p, op, l, b);
    }
    real *price = nn_value(p, op->out) + MARKET_FEATURES * p->stride + b;
    for (int32_t k = 0; k < m->K; k++) price[(int64_t)k * p->dims.B] = m->price[k];
}

/* Inputs: snr, limit, need, and after round 0 the scores and the slice of the round before. */
static void read(market *m, const nn_plan *p, const nn_op *op, int32_t b)
{
    const int64_t B = p->dims.B;
    const real *snr = nn_value(p, op->in[0]) + b, *limit = nn_value(p, op->in[1]) + b;
    const real *need = nn_value(p, op->in[2]) + b;
    const real *score = op->n_in > 3 ? nn_value(p, op->in[3]) + b : snr;
    for (int64_t i = 0; i < (int64_t)m->L * m->K; i++) {
        m->s[i] = snr[i * B];
        m->score[i] = score[i * B];
    }
    for (int64_t l = 0; l < m->L; l++) { /* more slots than users are no more use */
        const real A = limit[l * m->K * B];
        m->limit[l] = A < (real)m->K ? A : (real)m->K;
    }
    for (int64_t k = 0; k < m->K; k++) {
        m->need[k] = need[k * B];
        m->price[k] =
            op->n_in > 3 ? (nn_value(p, op->in[4]) + MARKET_FEATURES * p->stride + b)[k * B] : 0;
    }
}

static void market_forward(const nn_plan *p, const nn_op *op, const real *params)
{
    (void)params;
    market m = lay_out(p, op);
    for (int32_t b = 0; b < p->dims.B; b++) {
        read(&m, p, op, b);
        pick(&m);
        count(&m);
        add_rates(&m, p->kernels);
        appraise(&m);
        bid(&m);
        rank_bids(&m);
        move_prices(&m);
        appraise(&m);
        find_water(&m);
        margins(&m);
        write(&m, p, op, b);
    }
    static const int PHI[] = {MARKET_MARGIN,    MARKET_HOLD,  MARKET_OFFER,
                              MARKET_ADVANTAGE, MARKET_PRICE, MARKET_WATER};
    for (size_t i = 0; i < sizeof PHI / sizeof *PHI; i++)
        phis(p->kernels, p->stride, nn_value(p, op->out) + PHI[i] * p->stride);
}

/* An AP tells its offer or its hold of each user, and its lowest value. */
static int64_t market_sends(const nn_plan *p, const nn_op *op)
{
    (void)op;
    return p->dims.K + 1;
}

static const nn_op_class MARKET = {"market", market_forward, NULL, NULL, market_sends};

nn_slice market_round(nn_plan *p, nn_slice snr, nn_slice limit, nn_slice need,
                      const nn_slice *score, const nn_slice *before, int32_t round)
{
    nn_op *op = nn_plan_add(p, &MARKET, MARKET_FEATURES + 1);
    op->out.constant = 1;
    op->in[0] = snr;
    op->in[1] = limit;
    op->in[2] = need;
    op->n_in = 3;
    if (score) {
        op->in[3] = *score;
        op->in[4] = *before;
        op->n_in = 5;
    }
    op->kind = round;
    op->scratch = nn_plan_scratch(p, scratch_reals(p->dims));
    return op->out;
}
