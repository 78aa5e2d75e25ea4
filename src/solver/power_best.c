#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "solver/power_solver.h"

/* best: what tables take fractions of. Beam 64, iterated 30 and multistart, and the best of the
 * three; where sets do not serve, multistart alone. */
enum { PARTS = 3 };

typedef struct best {
    const prob_power_class *class[PARTS];
    void *self[PARTS];
    float *watts; /* (L,K) */
    size_t bytes;
} best;

static void release(void *self)
{
    best *b = self;
    if (!b) return;
    for (int i = 0; i < PARTS; i++)
        if (b->self[i]) b->class[i]->free(b->self[i]);
    free(b->watts);
    free(b);
}

static cf_status make(void **self, const char *parameters, const cf_policy *policy, int32_t L,
                      int32_t K)
{
    static const prob_power_class *const CLASSES[PARTS] = {
        &solver_power_beam, &solver_power_iterated, &solver_power_multistart};
    static const char *const SPECS[PARTS] = {"width=64", "kicks=30", "starts=10"};
    cf_status status = prob_method_options("best", parameters, NULL, 0);
    if (status != CF_OK) return status;
    arena head = {0}, measured = {0}, a = {0};
    ARENA_TAKE(&head, best, 1);
    ARENA_TAKE(&measured, float, (size_t)L *(size_t)K);
    status = solver_alloc(&head, "best", head);
    if (status != CF_OK) return status;
    best *b = ARENA_TAKE(&head, best, 1);
    *b = (best){.bytes = sizeof(float) * (size_t)L * (size_t)K};
    for (int i = 0; i < PARTS && status == CF_OK; i++) {
        b->class[i] = CLASSES[i];
        status = CLASSES[i]->make(&b->self[i], SPECS[i], policy, L, K);
    }
    if (status == CF_OK) status = solver_alloc(&a, "best", measured);
    b->watts = ARENA_TAKE(&a, float, (size_t)L *(size_t)K);
    if (status == CF_OK)
        *self = b;
    else
        release(b);
    return status;
}

static cf_status run(void *self, const cf_power *p, uint64_t seed, int64_t index, float *watts,
                     cf_report *report)
{
    best *b = self;
    const int sets = p->objective == CF_POWER_EE && p->limit == CF_LIMIT_NONE;
    double value = -INFINITY;
    *report = PROB_REPORT_NONE;
    for (int i = sets ? 0 : PARTS - 1; i < PARTS; i++) {
        cf_report part;
        const cf_status status = b->class[i]->run(b->self[i], p, seed, index, b->watts, &part);
        if (status != CF_OK) return status;
        report->nodes += part.nodes;
        const double now = cf_power_value(p, b->watts, NULL);
        if (!(now > value)) continue;
        value = now;
        memcpy(watts, b->watts, b->bytes);
    }
    return CF_OK;
}

static cf_status serves(cf_power_objective objective, cf_power_limit limit)
{
    return solver_power_serves_finite("best", objective, limit);
}

const prob_power_class solver_power_best = {
    .name = "best",
    .about = "the best of beam, iterated and multistart, for tables",
    .parameters = "",
    .serves = serves,
    .make = make,
    .run = run,
    .free = release,
};
