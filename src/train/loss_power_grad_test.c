/* Built with -DCF_REAL_DOUBLE: see base/real.h. The losses by hand, and the gradient of the
 * whole. */
#include <stdlib.h>
#include <string.h>

#include "policy/power.h"
#include "train/loss.h"
#include "train/loss_power.h"

#include "power_cases.h"
#include "t.h"

static const double LN2 = 0.69314718055994530942;

/* Outputs of a lane, each number in every third place, a row of users after the other. */
enum { L = 3, K = 4, LINKS = L * K, STEP = 3, ROOM = LINKS * STEP };
enum { LOG_P, LOG_PI, LOG_OFF, LOG_SUPPORT, OUTPUTS };

typedef struct probe {
    power_case c;
    loss_drop drop;
    void *memory;
    real x[OUTPUTS][ROOM], dx[OUTPUTS][ROOM];
    int32_t ap[K];
    float watts[K];
    loss_round round;
} probe;

static loss_drop place(int32_t aps, int32_t users, void **memory)
{
    loss_drop d;
    arena measured = {0};
    loss_drop_place(&d, &measured, aps, users);
    *memory = aligned_alloc(64, measured.used);
    if (!*memory) exit(2);
    arena a = {.base = *memory, .cap = measured.used};
    loss_drop_place(&d, &a, aps, users);
    return d;
}

/* Fresh gradients; outputs that the loss is to see. */
static void outputs(probe *a, int with_chances)
{
    for (int o = 0; o < OUTPUTS; o++)
        for (int i = 0; i < ROOM; i++) a->dx[o][i] = 5;
    a->round = (loss_round){.by_ap = K * STEP,
                            .by_user = STEP,
                            .log_p = {a->x[LOG_P], a->dx[LOG_P]},
                            .log_support = {a->x[LOG_SUPPORT], a->dx[LOG_SUPPORT]}};
    if (!with_chances) return;
    a->round.log_pi = (loss_output){a->x[LOG_PI], a->dx[LOG_PI]};
    a->round.log_off = (loss_output){a->x[LOG_OFF], a->dx[LOG_OFF]};
}

static probe *draw(uint64_t number, int with_chances)
{
    probe *a = calloc(1, sizeof *a);
    if (!a) exit(2);
    rng r = rng_stream(7, RNG_TEST, number);
    power_case_drop(&a->c, &r, L, K, 100);
    for (int i = 0; i < LINKS; i++) a->c.serve[i] = i != 4; /* AP 1 does not serve user 0 */
    a->c.p.serve = a->c.serve;
    for (int i = 0; i < ROOM; i++) {
        a->x[LOG_P][i] = -4 + 2 * rng_normal(&r);
        a->x[LOG_PI][i] = -2 * rng_uniform(&r);
        a->x[LOG_OFF][i] = -2 * rng_uniform(&r);
        a->x[LOG_SUPPORT][i] = -4 + 2 * rng_normal(&r);
    }
    for (int k = 0; k < K; k++) {
        a->ap[k] = k == 2 ? -1 : (int32_t)rng_below(&r, L);
        a->watts[k] = (float)(0.01 + rng_uniform(&r));
    }
    a->drop = place(L, K, &a->memory);
    outputs(a, with_chances);
    return a;
}

static void drop_probe(probe *a)
{
    free(a->memory);
    free(a);
}

/* J of p (L,K) once more, from its definition. */
static double energy_efficiency(const cf_power *c, const double *p)
{
    double sum = 0;
    for (int32_t k = 0; k < c->K; k++) {
        double S = 0, I = c->noise_w, D = c->static_w;
        for (int32_t l = 0; l < c->L; l++) {
            const float *g = c->gain + (l * c->K + k) * c->K;
            for (int32_t j = 0; j < c->K; j++)
                *(j == k ? &S : &I) += (double)g[j] * p[l * c->K + j];
            D += c->mu * p[l * c->K + k];
        }
        sum += log2(1 + S / I) / D;
    }
    return sum * c->bandwidth_hz / 1e6;
}

/* Which loss, and its numbers. */
typedef struct kind {
    loss_scheme scheme;
    double unit, best, kappa;
    loss_label_weights weights;
} kind;

static const kind OBJECTIVE = {.scheme = LOSS_OBJECTIVE, .unit = 0.5};
static const kind OF_BEST = {.scheme = LOSS_OBJECTIVE, .unit = 4, .best = 3.7};
static const kind SUPPORT = {.scheme = LOSS_SUPPORT, .unit = 0.7, .kappa = 1.9};
static const kind LABELS = {.scheme = LOSS_LABELS, .unit = 4, .best = 5, .weights = {1.3, 0.6}};

static loss_power_terms loss(const kind *w, loss_drop *d, const loss_round *o,
                             const loss_label *label, double scale)
{
    rng stream = rng_stream(3, RNG_SUPPORT, 8);
    if (w->scheme == LOSS_SUPPORT) return train_loss_support(d, o, &stream, w->kappa, scale);
    if (w->scheme == LOSS_LABELS) return train_loss_labels(d, o, label, &w->weights, scale);
    return train_loss_objective(d, o, scale);
}

/* The losses from their definitions. */
static double reference(const kind *w, const probe *a)
{
    double p[LINKS], psi = 0, chances = 0, powers = 0;
    int served = 0;
    rng stream = rng_stream(3, RNG_SUPPORT, 8);
    for (int k = 0; k < K; k++)
        for (int l = 0; l < L; l++) {
            const int i = (l * K + k) * STEP;
            const double width = w->unit * exp(a->x[LOG_SUPPORT][i]);
            double *q = &p[l * K + k];
            *q = w->unit * exp(a->x[LOG_P][i] + (a->round.log_pi.value ? a->x[LOG_PI][i] : 0));
            if (w->scheme == LOSS_SUPPORT) *q += width * rng_uniform(&stream);
            if (!a->c.serve[l * K + k]) *q = 0;
            psi += width;
        }
    const double J = energy_efficiency(&a->c.p, p);
    const double v = w->best > 0 ? J / w->best : J * a->c.p.static_w * LN2 / K;
    for (int k = 0; k < K; k++) {
        const int l = a->ap[k], i = (l * K + k) * STEP;
        chances -= (l < 0 ? a->x[LOG_OFF][k * STEP] : a->x[LOG_PI][i]) / K;
        if (l < 0) continue;
        served++;
        powers += pow(a->x[LOG_P][i] - log((double)a->watts[k] / w->unit), 2);
    }
    if (w->scheme == LOSS_SUPPORT) return -v + w->kappa * psi;
    if (w->scheme == LOSS_OBJECTIVE) return -v;
    return chances + w->weights.power * powers / served + w->weights.value * (1 - v);
}

static double slope(const kind *w, probe *a, real *x)
{
    static const double AT[] = {-2, -1, 1, 2};
    const double h = 1e-4, keep = *x;
    double f[4];
    for (int j = 0; j < 4; j++) {
        *x = keep + h * AT[j];
        f[j] = reference(w, a);
    }
    *x = keep;
    return (f[0] - 8 * f[1] + 8 * f[2] - f[3]) / (12 * h);
}

static void check_kind(kind w, int with_chances)
{
    const double scale = 0.7;
    for (uint64_t n = 0; n < 20; n++) {
        probe *a = draw(n, with_chances);
        const loss_label label = {a->ap, a->watts};
        loss_drop_fill(&a->drop, &a->c.p, w.unit, w.best);
        const loss_power_terms t = loss(&w, &a->drop, &a->round, &label, scale);
        CHECK_NEAR(t.loss, reference(&w, a), 1e-12);
        for (int o = 0; o < OUTPUTS; o++)
            for (int i = 0; i < ROOM; i++) {
                const double want =
                    i % STEP || (o == LOG_OFF && i >= K * STEP) ? 0 : slope(&w, a, &a->x[o][i]);
                CHECK_NEAR(a->dx[o][i], 5 + scale * want, 1e-8);
            }
        drop_probe(a);
    }
}

static void slopes_match_central_differences(void)
{
    check_kind(OBJECTIVE, 0);
    check_kind(OBJECTIVE, 1);
    check_kind(OF_BEST, 0);
    check_kind(SUPPORT, 0);
    check_kind(LABELS, 1);
}

/* The golden case: at these powers J = 2.0387..., and its slopes are known to 16 digits. */
static const double GOLDEN[2][2] = {{0.2, 0.1}, {0.05, 0.3}};
static const double GOLDEN_J = 2.0387344764767623;
static const double GOLDEN_SLOPES[2][2] = {{0.6150874790133535, -0.8323498309076992},
                                           {-1.417916008862196, 0.3908111154786555}};

static void the_objective_is_as_by_hand(void)
{
    power_case c;
    power_case_golden(&c);
    void *memory;
    loss_drop d = place(2, 2, &memory);
    real x[4], dx[4] = {0};
    for (int k = 0; k < 2; k++)
        for (int l = 0; l < 2; l++) x[l * 2 + k] = log(GOLDEN[k][l] / 4);
    const loss_round o = {.by_ap = 2, .by_user = 1, .log_p = {x, dx}};
    loss_drop_fill(&d, &c.p, 4, 0);
    const loss_power_terms t = train_loss_objective(&d, &o, 3);
    CHECK_NEAR(t.value, GOLDEN_J, 1e-14);
    CHECK_NEAR(t.loss, -GOLDEN_J * LN2 * 4 / 2, 1e-14);
    for (int k = 0; k < 2; k++)
        for (int l = 0; l < 2; l++)
            CHECK_NEAR(dx[l * 2 + k], -3 * GOLDEN_SLOPES[k][l] * GOLDEN[k][l] * LN2 * 4 / 2, 1e-13);
    free(memory);
}

/* a = 0 but for rounding, l = p / w: the draw lands on the golden powers. psi is their sum in W,
 * and dloss/d ln l = -dv/dp l w + kappa l. */
static void the_support_is_as_by_hand(void)
{
    power_case c;
    power_case_golden(&c);
    void *memory;
    loss_drop d = place(2, 2, &memory);
    rng first = rng_stream(1, RNG_SUPPORT, 2), r = first;
    real a[4], da[4] = {0}, width[4], dwidth[4] = {0};
    double psi = 0;
    for (int k = 0; k < 2; k++)
        for (int l = 0; l < 2; l++) {
            const double w = GOLDEN[k][l] / rng_uniform(&first);
            a[l * 2 + k] = -100;
            width[l * 2 + k] = log(w);
            psi += w;
        }
    const loss_round o = {
        .by_ap = 2, .by_user = 1, .log_p = {a, da}, .log_support = {width, dwidth}};
    loss_drop_fill(&d, &c.p, 1, 0);
    const loss_power_terms t = train_loss_support(&d, &o, &r, 0.25, 1);
    CHECK_NEAR(t.value, GOLDEN_J, 1e-13);
    CHECK_NEAR(t.support, psi, 1e-13);
    CHECK_NEAR(t.loss, -GOLDEN_J * LN2 * 4 / 2 + 0.25 * psi, 1e-13);
    CHECK(r.left == first.left && memcmp(r.counter, first.counter, sizeof r.counter) == 0);
    for (int k = 0; k < 2; k++)
        for (int l = 0; l < 2; l++) {
            const double by_value = -GOLDEN_SLOPES[k][l] * GOLDEN[k][l] * LN2 * 4 / 2;
            CHECK_NEAR(dwidth[l * 2 + k], by_value + 0.25 * exp(width[l * 2 + k]), 1e-12);
            CHECK(fabs(da[l * 2 + k]) < 1e-40);
        }
    free(memory);
}

/* User 0 is to be served by AP 1 with 0.08 W, user 1 by nobody. */
static void labels_are_as_by_hand(void)
{
    power_case c;
    power_case_golden(&c);
    void *memory;
    loss_drop d = place(2, 2, &memory);
    const int32_t ap[] = {1, -1};
    const float watts[] = {0.08f, 0};
    real p[] = {-1, -2, -3, -4}, pi[] = {-0.5, -1, -1.5, -2}, off[] = {-0.75, -0.25, 9, 9};
    real dp[4] = {0}, dpi[4] = {0}, doff[4] = {0};
    const loss_round o = {
        .by_ap = 2, .by_user = 1, .log_p = {p, dp}, .log_pi = {pi, dpi}, .log_off = {off, doff}};
    loss_drop_fill(&d, &c.p, 4, 2);
    const loss_power_terms t =
        train_loss_labels(&d, &o, &(loss_label){ap, watts}, &(loss_label_weights){.power = 0.5}, 1);
    const double miss = -3 - log((double)watts[0] / 4);
    CHECK_NEAR(t.loss, (1.5 + 0.25) / 2 + 0.5 * miss * miss, 1e-14);
    for (int i = 0; i < 4; i++) {
        CHECK_NEAR(dp[i], i == 2 ? miss : 0, 1e-14);
        CHECK_NEAR(dpi[i], i == 2 ? -0.5 : 0, 1e-14);
        CHECK_NEAR(doff[i], i == 1 ? -0.5 : 0, 1e-14);
    }
    free(memory);
}

/* Nobody is to be served: the powers have no label. */
static void labels_without_a_served_user_are_finite(void)
{
    probe *a = draw(1, 1);
    for (int k = 0; k < K; k++) a->ap[k] = -1;
    loss_drop_fill(&a->drop, &a->c.p, 4, 0);
    const loss_power_terms t =
        train_loss_labels(&a->drop, &a->round, &(loss_label){a->ap, a->watts}, &LABELS.weights, 1);
    CHECK(isfinite(t.loss));
    for (int i = 0; i < ROOM; i++) CHECK(isfinite(a->dx[LOG_P][i]));
    drop_probe(a);
}

/* The whole: drops through a network, every round's outputs into the loss. */
enum { B = 2 };

typedef struct net {
    cf_policy *policy;
    nn_plan plan;
    policy_io io;
    probe *drop[B];
    kind w;
} net;

static void make(net *n, const char *architecture, const double *size, kind w)
{
    n->w = w;
    if (policy_make(&n->policy, policy_class_named(architecture), size) != CF_OK) exit(2);
    rng r = rng_stream(11, RNG_TEST, 0);
    n->policy->class->init(&n->policy->table, n->policy->size, 1, n->policy->params);
    for (int32_t i = 0; i < n->policy->table.size; i++)
        n->policy->params[i] += 0.2 * (rng_uniform(&r) - 0.5);
    if (policy_plan(&n->plan, &n->io, n->policy, (nn_dims){L, K, B}, POLICY_TRAIN) != CF_OK)
        exit(2);
    for (int b = 0; b < B; b++) {
        n->drop[b] = draw(100 + (uint64_t)b, 0);
        policy_power_feed(&n->plan, &n->io, n->policy, &n->drop[b]->c.p, b);
        loss_drop_fill(&n->drop[b]->drop, &n->drop[b]->c.p,
                       policy_power_unit(n->policy, &n->drop[b]->c.p), w.best);
    }
}

static loss_output output(const net *n, nn_slice x, int b)
{
    if (x.C == 0) return (loss_output){0};
    return (loss_output){nn_value(&n->plan, x) + b, nn_grad(&n->plan, x) + b};
}

static double objective(const net *n)
{
    const policy_io *io = &n->io;
    double sum = 0;
    nn_plan_prepare(&n->plan, n->policy->params);
    nn_plan_forward(&n->plan, n->policy->params);
    nn_plan_zero_grads(&n->plan);
    for (int b = 0; b < B; b++)
        for (int32_t r = 0; r < io->rounds; r++) {
            const double weight = r == io->rounds - 1 ? 1 : 0.3;
            const probe *a = n->drop[b];
            const loss_round o = {.by_ap = policy_power_at(&n->plan, io, 1, 0, 0),
                                  .by_user = policy_power_at(&n->plan, io, 0, 1, 0),
                                  .log_p = output(n, io->log_p[r], b),
                                  .log_pi = output(n, io->log_pi[r], b),
                                  .log_off = output(n, io->log_off[r], b),
                                  .log_support = output(n, io->log_support, b)};
            const loss_label label = {a->ap, a->watts};
            loss_drop d = a->drop;
            sum += weight * loss(&n->w, &d, &o, &label, weight / B).loss / B;
        }
    return sum;
}

static double parameter_slope(const net *n, int32_t i)
{
    static const double AT[] = {-2, -1, 1, 2};
    const double h = 1e-5;
    double *w = &n->policy->params[i], f[4];
    const double keep = *w;
    for (int j = 0; j < 4; j++) {
        *w = keep + h * AT[j];
        f[j] = objective(n);
    }
    *w = keep;
    return (f[0] - 8 * f[1] + 8 * f[2] - f[3]) / (12 * h);
}

static void check_whole(const char *architecture, const double *size, kind w)
{
    net n;
    make(&n, architecture, size, w);
    const int32_t P = n.policy->table.size;
    double *g = calloc((size_t)P, sizeof *g), largest = 0;
    if (!g) exit(2);
    objective(&n);
    nn_plan_backward(&n.plan, n.policy->params, g);
    int32_t felt = 0, off = 0;
    for (int32_t i = 0; i < P; i++) {
        const double want = parameter_slope(&n, i);
        largest = fmax(largest, fabs(want));
        felt += fabs(want) > 1e-6;
        off += fabs(g[i] - want) > 1e-6 * fmax(largest, 1);
    }
    fprintf(stderr, "    %s: %d parameters in %d rounds, slopes up to %.3g, %d off\n", architecture,
            P, n.io.rounds, largest, off);
    CHECK(off == 0);
    CHECK(largest > 0.01 && felt > P / 3);
    free(g);
    for (int b = 0; b < B; b++) drop_probe(n.drop[b]);
    nn_plan_free(&n.plan);
    cf_policy_free(n.policy);
}

static void the_whole_loss_slopes_in_every_parameter(void)
{
    const double sinrnet[] = {2, 1, 2, 0, 2, 0, 22, 11, 0, 3, -4}, rounds[] = {2, 3};
    check_whole("sinrnet", sinrnet, SUPPORT);
    check_whole("sinrnet", sinrnet, OBJECTIVE);
    check_whole("unrolled", rounds, OBJECTIVE);
    check_whole("setnet", rounds, LABELS);
    check_whole("setnet", rounds, OF_BEST);
}

int main(void)
{
    RUN(the_objective_is_as_by_hand);
    RUN(the_support_is_as_by_hand);
    RUN(labels_are_as_by_hand);
    RUN(labels_without_a_served_user_are_finite);
    RUN(slopes_match_central_differences);
    RUN(the_whole_loss_slopes_in_every_parameter);
    return DONE();
}
