/* The registry of the task assignment: every class of method in one list, behind
 * include/cellfree/method.h. */
#include "problem/method.h"

#include <stdlib.h>
#include <string.h>

#include <cellfree/method.h>

#include "base/status.h"
#include "evaluate/find.h"
#include "policy/policy.h"
#include "policy/policy_method.h"
#include "solver/solver.h"

struct cf_method {
    const prob_method_class *class;
    void *self;
    int32_t L, K;
};

int32_t cf_method_count(void)
{
    return solver_class_count + 1;
}

static const prob_method_class *class_at(int32_t i)
{
    if (i < 0 || i > solver_class_count) return NULL;
    return i < solver_class_count ? solver_classes[i] : &policy_method;
}

const char *cf_method_name(int32_t i)
{
    const prob_method_class *c = class_at(i);
    return c ? c->name : NULL;
}

const char *cf_method_about(int32_t i)
{
    const prob_method_class *c = class_at(i);
    return c ? c->about : NULL;
}

const char *cf_method_parameters(int32_t i)
{
    const prob_method_class *c = class_at(i);
    return c ? c->parameters : NULL;
}

cf_status cf_method_make(cf_method **out, const char *spec, const cf_policy *policy, int32_t L,
                         int32_t K)
{
    if (!out || !spec) return base_fail(CF_EARG, "cf_method_make: a pointer is NULL");
    int32_t index = 0;
    cf_status s = eval_find_method(CF_TASK_ASSIGNMENT, spec, &index);
    if (s != CF_OK) return s;
    const prob_method_class *c = class_at(index);
    if (L < 1 || K < 1 || L > CF_MAX_DIM || K > CF_MAX_DIM || (int64_t)L * K > CF_MAX_LINKS)
        return base_fail(CF_ESHAPE, "%s: L is %d and K is %d, wanted 1 to %d and at most %d links",
                         c->name, L, K, CF_MAX_DIM, CF_MAX_LINKS);
    if (c->needs_policy && !policy)
        return base_fail(CF_EARG, "method %s needs a policy and got none", c->name);
    if (!c->needs_policy && policy) return base_fail(CF_EARG, "method %s takes no policy", c->name);
    s = policy ? policy_check_task(policy, CF_TASK_ASSIGNMENT) : CF_OK;
    if (s != CF_OK) return base_fail_in(s, "%s", c->name);
    cf_method *m = calloc(1, sizeof *m);
    if (!m) return base_fail(CF_ENOMEM, "method %s: no memory", c->name);
    *m = (cf_method){.class = c, .L = L, .K = K};
    const char *colon = strchr(spec, ':');
    s = c->make(&m->self, colon ? colon + 1 : NULL, policy, L, K);
    if (s != CF_OK) {
        free(m);
        return s;
    }
    *out = m;
    return CF_OK;
}

void cf_method_free(cf_method *m)
{
    if (!m) return;
    m->class->free(m->self);
    free(m);
}

static cf_status check_call(const cf_method *m, const cf_assignment *p, const uint8_t *x)
{
    if (!m || !p || !x || !p->snr || !p->max_users || !p->min_aps)
        return base_fail(CF_EARG, "cf_method_run: a pointer is NULL");
    if (p->L != m->L || p->K != m->K)
        return base_fail(CF_ESHAPE, "%s: made for L=%d K=%d, the drop has L=%d K=%d",
                         m->class->name, m->L, m->K, p->L, p->K);
    return CF_OK;
}

cf_status cf_method_run(cf_method *m, const cf_assignment *p, uint64_t seed, int64_t index,
                        uint8_t *x, float *relaxed, cf_report *report)
{
    const cf_status s = check_call(m, p, x);
    if (s != CF_OK) return s;
    cf_report unwanted;
    return m->class->run(m->self, p, seed, index, x, relaxed, report ? report : &unwanted);
}

static cf_status run_one_by_one(cf_method *m, const cf_assignment *p, int32_t n, uint64_t seed,
                                int64_t first, uint8_t *x, float *relaxed, cf_report *report)
{
    const size_t links = (size_t)m->L * (size_t)m->K;
    cf_assignment drop = *p;
    for (int32_t i = 0; i < n; i++, drop.snr += links) {
        const cf_status s = m->class->run(m->self, &drop, seed, first + i, x + (size_t)i * links,
                                          relaxed ? relaxed + (size_t)i * links : NULL, report + i);
        if (s != CF_OK) return s;
    }
    return CF_OK;
}

cf_status cf_method_run_many(cf_method *m, const cf_assignment *p, int32_t n, uint64_t seed,
                             int64_t first, uint8_t *x, float *relaxed, cf_report *report)
{
    const cf_status s = check_call(m, p, x);
    if (s != CF_OK) return s;
    if (n < 1 || !report)
        return base_fail(CF_EARG, "cf_method_run_many: n is %d, or no reports", n);
    if (!m->class->run_many) return run_one_by_one(m, p, n, seed, first, x, relaxed, report);
    return m->class->run_many(m->self, p, n, seed, first, x, relaxed, report);
}
