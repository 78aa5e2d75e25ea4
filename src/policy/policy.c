#include "policy/policy.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/status.h"

extern const policy_class policy_hpe, policy_market, policy_sinrnet, policy_unrolled, policy_setnet;
const policy_class *const policy_classes[] = {&policy_hpe,      &policy_market, &policy_sinrnet,
                                              &policy_unrolled, &policy_setnet, NULL};

const policy_class *policy_class_named(const char *name)
{
    for (int i = 0; policy_classes[i]; i++)
        if (strcmp(policy_classes[i]->name, name) == 0) return policy_classes[i];
    return NULL;
}

cf_status policy_make(cf_policy **out, const policy_class *class, const double *size)
{
    for (int32_t i = 0; size && i < class->n_sizes; i++) {
        const policy_size *s = &class->sizes[i];
        if (!(size[i] >= s->least && size[i] <= s->most) ||
            (s->integer && size[i] != floor(size[i])))
            return base_fail(CF_EARG, "%s: %s is %g, wanted %s from %g to %g", class->name, s->key,
                             size[i], s->integer ? "a whole number" : "a number", s->least,
                             s->most);
    }
    cf_policy *p = calloc(1, sizeof *p);
    if (!p) return base_fail(CF_ENOMEM, "no memory for a policy");
    p->class = class;
    for (int32_t i = 0; i < class->n_sizes; i++)
        p->size[i] = size ? size[i] : class->sizes[i].standard;
    class->declare(&p->table, p->size);
    p->params = calloc((size_t)p->table.size, sizeof(real));
    if (!p->params) {
        const cf_status s = base_fail(CF_ENOMEM, "no memory for %d parameters", p->table.size);
        cf_policy_free(p);
        return s;
    }
    *out = p;
    return CF_OK;
}

void cf_policy_free(cf_policy *p)
{
    if (!p) return;
    for (int32_t i = 0; i < p->n_meta; i++) {
        free(p->meta[i].key);
        free(p->meta[i].value);
    }
    free(p->meta);
    free(p->params);
    free(p);
}

cf_status policy_set_meta(cf_policy *p, const char *key, const char *value)
{
    int32_t i = 0;
    while (i < p->n_meta && strcmp(p->meta[i].key, key) != 0) i++;
    char *copy = strdup(value);
    if (copy && i < p->n_meta) {
        free(p->meta[i].value);
        p->meta[i].value = copy;
        return CF_OK;
    }
    char *name = strdup(key);
    policy_meta *meta = realloc(p->meta, ((size_t)p->n_meta + 1) * sizeof *meta);
    if (meta) p->meta = meta;
    if (!copy || !name || !meta) {
        free(copy);
        free(name);
        return base_fail(CF_ENOMEM, "no memory for metadata");
    }
    p->meta[p->n_meta++] = (policy_meta){name, copy};
    return CF_OK;
}

const char *cf_policy_meta(const cf_policy *p, const char *key)
{
    for (int32_t i = 0; i < p->n_meta; i++)
        if (strcmp(p->meta[i].key, key) == 0) return p->meta[i].value;
    return NULL;
}

const char *cf_policy_meta_key(const cf_policy *p, int32_t i)
{
    return i >= 0 && i < p->n_meta ? p->meta[i].key : NULL;
}

const char *cf_policy_size_name(const cf_policy *p, int32_t i)
{
    return i >= 0 && i < p->class->n_sizes ? p->class->sizes[i].key : NULL;
}

double cf_policy_size(const cf_policy *p, int32_t i)
{
    return i >= 0 && i < p->class->n_sizes ? p->size[i] : (double)NAN;
}

cf_task cf_policy_task(const cf_policy *p)
{
    return p->class->task;
}

cf_status policy_check_task(const cf_policy *p, cf_task task)
{
    if (p->class->task == task) return CF_OK;
    return base_fail(CF_EARG, "the policy is for the task %s (architecture %s), wanted one for %s",
                     cf_task_name(p->class->task), p->class->name, cf_task_name(task));
}

const char *cf_policy_architecture(const cf_policy *p)
{
    return p->class->name;
}

int64_t cf_policy_parameter_count(const cf_policy *p)
{
    return p->table.size;
}

cf_status policy_plan(nn_plan *plan, policy_io *io, const cf_policy *p, nn_dims dims,
                      policy_use use)
{
    const int64_t columns = p->class->pairs ? (int64_t)dims.K * dims.K : dims.K;
    if (columns > CF_MAX_LINKS / dims.L / dims.B)
        return base_fail(CF_EARG,
                         "%s has a column for every pair of users: %d access points by %d users "
                         "squared by %d lanes, wanted at most %d",
                         p->class->name, dims.L, dims.K, dims.B, CF_MAX_LINKS);
    nn_plan_begin(plan, (nn_dims){dims.L, (int32_t)columns, dims.B}, use == POLICY_TRAIN);
    *io = (policy_io){
        .L = dims.L, .K = dims.K, .pairs = p->class->pairs, .support = use != POLICY_DECIDE};
    if (p->class->task == CF_TASK_ASSIGNMENT) {
        io->gain = nn_plan_take(plan, 1);
        io->limit = nn_plan_take(plan, 1);
        io->need = nn_plan_take(plan, 1);
    }
    p->class->build(plan, p, io);
    const cf_status s = nn_plan_finish(plan);
    if (s == CF_OK) nn_plan_prepare(plan, p->params);
    return s;
}

int32_t policy_lanes(const cf_policy *p, int32_t L, int32_t K, int32_t wanted)
{
    enum { MOST_COLUMNS = 2400 };
    const int64_t columns = (int64_t)L * K * (p->class->pairs ? K : 1);
    int32_t fit = 1; /* a power of two, which the kernels like best */
    if (p->class->alone && columns >= p->class->alone) return 1;
    while (columns > 0 && 2 * fit <= MOST_COLUMNS / columns) fit *= 2;
    return fit < wanted ? fit : wanted;
}

void policy_feed(const nn_plan *plan, const policy_io *io, const cf_policy *p,
                 const cf_assignment *drop, const double *snr, int32_t b)
{
    const int64_t B = plan->dims.B, K = plan->dims.K;
    real *gain = nn_value(plan, io->gain), *limit = nn_value(plan, io->limit);
    real *need = nn_value(plan, io->need);
    for (int64_t l = 0; l < plan->dims.L; l++)
        for (int64_t k = 0; k < K; k++) {
            const int64_t at = (l * K + k) * B + b;
            limit[at] = (real)drop->max_users[l];
            need[at] = (real)drop->min_aps[k];
        }
    enum { SOME = 128 };
    const int32_t links = (int32_t)(plan->dims.L * K);
    for (int32_t i = 0; i < links; i += SOME) {
        const int32_t n = links - i < SOME ? links - i : SOME;
        real some[SOME];
        p->class->gains(p->size, plan->kernels, n, snr + i, some);
        for (int32_t j = 0; j < n; j++) gain[(i + j) * B + b] = some[j];
    }
}

cf_status policy_decode(const nn_plan *plan, nn_slice slice, const int32_t *max_users, int32_t b,
                        uint8_t *x)
{
    const int64_t B = plan->dims.B, K = plan->dims.K;
    const real *score = nn_value(plan, slice) + b;
    for (int64_t i = 0; i < plan->dims.L * K; i++)
        if (isnan(score[i * B]))
            return base_fail(CF_ENUM,
                             "the network's score of AP %lld for user %lld is not a number",
                             (long long)(i / K), (long long)(i % K));
    memset(x, 0, (size_t)plan->dims.L * (size_t)K);
    for (int64_t l = 0; l < plan->dims.L; l++)
        for (int32_t a = 0; a < max_users[l] && a < K; a++) {
            int64_t best = -1;
            for (int64_t k = 0; k < K; k++)
                if (!x[l * K + k] &&
                    (best < 0 || score[(l * K + k) * B] > score[(l * K + best) * B]))
                    best = k;
            x[l * K + best] = 1;
        }
    return CF_OK;
}
