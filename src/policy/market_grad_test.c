/* Built with -DCF_REAL_DOUBLE: see base/real.h. What must hold of the whole network at any size. */
#include <stdlib.h>
#include <string.h>

#include "base/rng.h"
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

static cf_assignment problem(const drop *d)
{
    return (cf_assignment){
        .L = d->L, .K = d->K, .snr = d->snr, .max_users = d->max_users, .min_aps = d->min_aps};
}

/* The whole network, with weights that are not those of an auction. */
static cf_policy *network(uint64_t seed, double rounds)
{
    cf_policy *p;
    if (policy_make(&p, policy_class_named("market"), (const double[]){rounds, 8, 3}) != CF_OK)
        exit(2);
    p->class->init(&p->table, p->size, seed, p->params);
    rng r = rng_stream(seed, RNG_TEST, 9);
    for (int32_t i = 0; i < p->table.size; i++) p->params[i] += 0.3 * rng_normal(&r);
    return p;
}

typedef struct answer {
    double relaxed[MOST];
    uint8_t x[MOST];
} answer;

static cf_status decide(const cf_policy *p, const drop *d, answer *a)
{
    nn_plan plan;
    policy_io io;
    const cf_assignment one = problem(d);
    if (policy_plan(&plan, &io, p, (nn_dims){d->L, d->K, 1}, POLICY_DECIDE) != CF_OK) exit(2);
    policy_feed(&plan, &io, p, &one, d->snr, 0);
    nn_plan_forward(&plan, p->params);
    memcpy(a->relaxed, nn_value(&plan, io.relaxed[io.rounds - 1]),
           (size_t)(d->L * d->K) * sizeof(double));
    const cf_status s = policy_decode(&plan, io.score[io.rounds - 1], d->max_users, 0, a->x);
    nn_plan_free(&plan);
    return s;
}

static void shuffle(rng *r, int n, int *to)
{
    for (int i = 0; i < n; i++) to[i] = i;
    for (int i = n - 1; i > 0; i--) {
        const int j = (int)rng_below(r, (uint32_t)i + 1), keep = to[i];
        to[i] = to[j];
        to[j] = keep;
    }
}

static void check_moved(const cf_policy *p, const drop *d, uint64_t seed)
{
    static answer stay, move;
    int to_l[MOST], to_k[MOST];
    rng r = rng_stream(5, RNG_TEST, seed);
    shuffle(&r, d->L, to_l);
    shuffle(&r, d->K, to_k);
    drop moved = {.L = d->L, .K = d->K};
    for (int l = 0; l < d->L; l++) moved.max_users[to_l[l]] = d->max_users[l];
    for (int k = 0; k < d->K; k++) moved.min_aps[to_k[k]] = d->min_aps[k];
    for (int i = 0; i < d->L * d->K; i++)
        moved.snr[to_l[i / d->K] * d->K + to_k[i % d->K]] = d->snr[i];
    CHECK(decide(p, d, &stay) == CF_OK);
    CHECK(decide(p, &moved, &move) == CF_OK);
    for (int i = 0; i < d->L * d->K; i++) {
        const int j = to_l[i / d->K] * d->K + to_k[i % d->K];
        CHECK_NEAR(move.relaxed[j], stay.relaxed[i], 1e-10);
        CHECK(move.x[j] == stay.x[i]);
    }
}

static void answers_follow_aps_and_users_around(void)
{
    static const int SIZES[][2] = {{5, 4}, {20, 15}, {3, 40}, {60, 2}, {1, 5}, {5, 1}};
    cf_policy *p = network(1, 6);
    for (uint64_t n = 0; n < 30; n++) {
        drop d = draw(SIZES[n % 6][0], SIZES[n % 6][1], 500 + n);
        d.max_users[0] = n % 5 == 0 ? 0 : d.max_users[0];
        d.min_aps[d.K - 1] = n % 4 == 0 ? 0 : d.min_aps[d.K - 1];
        check_moved(p, &d, n);
    }
    cf_policy_free(p);
}

/* Links so strong that a value passes every bid. */
static void strong_links_follow_around_too(void)
{
    cf_policy *p = network(2, 6);
    for (uint64_t n = 0; n < 10; n++) {
        drop d = draw(6, 5, 700 + n);
        for (int i = 0; i < 30; i++) d.snr[i] = fmin(1e9 * d.snr[i], 9e11 + i);
        d.max_users[2] = 0;
        check_moved(p, &d, n);
    }
    cf_policy_free(p);
}

static void check_sane(const cf_policy *p, const drop *d)
{
    static answer a;
    CHECK(decide(p, d, &a) == CF_OK);
    for (int l = 0; l < d->L; l++) {
        int n = 0;
        for (int k = 0; k < d->K; k++) {
            const double x = a.relaxed[l * d->K + k];
            CHECK(x >= 0 && x <= 1);
            n += a.x[l * d->K + k];
        }
        CHECK(n == (d->max_users[l] < d->K ? d->max_users[l] : d->K));
    }
}

static void any_size_and_any_gain_gives_numbers(void)
{
    static const int SIZES[][2] = {{1, 1}, {1, 5}, {5, 1}, {3, 40}, {60, 2}, {5, 4}, {60, 60}};
    static const double SCALE[] = {1, 0, 1e-30, 1e-9, 1e6, 1e12, 1e30};
    static const int32_t SLOTS[] = {-1, 0, 1, 3, 1000, INT32_MAX};
    for (int rounds = 1; rounds <= 16; rounds += 5) {
        cf_policy *p = network((uint64_t)rounds, rounds);
        for (int n = 0; n < 7 * 7; n++) {
            if (n % 7 == 6 && n != 6) continue; /* once is enough for the largest */
            drop d = draw(SIZES[n % 7][0], SIZES[n % 7][1], 900 + (uint64_t)n);
            for (int i = 0; i < d.L * d.K; i++) d.snr[i] *= SCALE[n / 7];
            for (int k = 0; k < d.K; k++) d.snr[k] = n % 2 ? 0 : d.snr[k];
            for (int l = 0; l < d.L; l++)
                d.max_users[l] = SLOTS[(n + l) % 6] < 0 ? d.max_users[l] : SLOTS[(n + l) % 6];
            for (int k = 0; k < d.K; k += 2) d.min_aps[k] = n % 3 ? d.L : 0;
            check_sane(p, &d);
        }
        cf_policy_free(p);
    }
}

/* What an untrained network decides is an auction's answer: users come away with what they need
 * wherever there are slots enough and to spare. */
static void an_untrained_market_is_an_auction(void)
{
    cf_policy *p;
    static answer a;
    if (policy_make(&p, policy_class_named("market"), (const double[]){16, 4, 2}) != CF_OK) exit(2);
    p->class->init(&p->table, p->size, 1, p->params);
    int missing = 0, greedy = 0;
    for (uint64_t n = 0; n < 100; n++) {
        drop d = draw(8, 5, 2000 + n);
        for (int l = 0; l < 8; l++) d.max_users[l] = 2;
        for (int k = 0; k < 5; k++) d.min_aps[k] = 2;
        CHECK(decide(p, &d, &a) == CF_OK);
        for (int k = 0; k < 5; k++) {
            int got = 0, loud = 0;
            for (int l = 0; l < 8; l++) {
                got += a.x[l * 5 + k];
                int before = 0;
                for (int j = 0; j < 5; j++) before += d.snr[l * 5 + j] > d.snr[l * 5 + k];
                loud += before < 2;
            }
            missing += got < 2;
            greedy += loud < 2;
        }
    }
    fprintf(stderr, "    users short: %d by the loudest links, %d after 16 rounds\n", greedy,
            missing);
    CHECK(greedy > 20 && missing < greedy / 4);
    cf_policy_free(p);
}

int main(void)
{
    RUN(answers_follow_aps_and_users_around);
    RUN(strong_links_follow_around_too);
    RUN(any_size_and_any_gain_gives_numbers);
    RUN(an_untrained_market_is_an_auction);
    return DONE();
}
