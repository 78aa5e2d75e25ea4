/* The registry of the task power, behind include/cellfree/method.h. */
#include <stdlib.h>
#include <string.h>

#include <cellfree/method.h>

#include "base/status.h"
#include "evaluate/find.h"
#include "evaluate/power_policy.h"
#include "problem/power.h"
#include "solver/power_solver.h"

struct cf_power_method {
    const prob_power_class *class;
    void *self;
    int32_t L, K;
};

int32_t cf_power_method_count(void)
{
    return solver_power_class_count + eval_power_policy_class_count;
}

static const prob_power_class *class_at(int32_t i)
{
    if (i < 0 || i >= cf_power_method_count()) return NULL;
    return i < solver_power_class_count ? solver_power_classes[i]
                                        : eval_power_policy_classes[i - solver_power_class_count];
}

const char *cf_power_method_name(int32_t i)
{
    const prob_power_class *c = class_at(i);
    return c ? c->name : NULL;
}

const char *cf_power_method_about(int32_t i)
{
    const prob_power_class *c = class_at(i);
    return c ? c->about : NULL;
}

const char *cf_power_method_parameters(int32_t i)
{
    const prob_power_class *c = class_at(i);
    return c ? c->parameters : NULL;
}

static const char *parameters_of(const prob_power_class *c, const char *spec)
{
    if (c->numbered) return spec + strlen(c->name) - 1;
    const char *colon = strchr(spec, ':');
    return colon ? colon + 1 : NULL;
}

cf_status cf_power_method_make(cf_power_method **out, const char *spec, const cf_policy *policy,
                               int32_t L, int32_t K)
{
    if (!out || !spec) return base_fail(CF_EARG, "cf_power_method_make: a pointer is NULL");
    int32_t index = 0;
    cf_status s = eval_find_method(CF_TASK_POWER, spec, &index);
    if (s != CF_OK) return s;
    const prob_power_class *c = class_at(index);
    if (L < 1 || K < 1 || (int64_t)L * K > CF_MAX_POWER_LINKS)
        return base_fail(CF_ESHAPE, "%s: L is %d and K is %d, wanted 1 to %d links", c->name, L, K,
                         CF_MAX_POWER_LINKS);
    if (c->needs_policy && !policy)
        return base_fail(CF_EARG, "method %s needs a policy and got none", c->name);
    if (!c->needs_policy && policy) return base_fail(CF_EARG, "method %s takes no policy", c->name);
    s = policy ? policy_check_task(policy, CF_TASK_POWER) : CF_OK;
    if (s != CF_OK) return base_fail_in(s, "%s", c->name);
    cf_power_method *m = calloc(1, sizeof *m);
    if (!m) return base_fail(CF_ENOMEM, "method %s: no memory", c->name);
    *m = (cf_power_method){.class = c, .L = L, .K = K};
    s = c->make(&m->self, parameters_of(c, spec), policy, L, K);
    if (s != CF_OK) {
        free(m);
        return s;
    }
    *out = m;
    return CF_OK;
}

void cf_power_method_free(cf_power_method *m)
{
    if (!m) return;
    m->class->free(m->self);
    free(m);
}

cf_status cf_power_method_serves(const cf_power_method *m, cf_power_objective objective,
                                 cf_power_limit limit)
{
    if (!m) return base_fail(CF_EARG, "cf_power_method_serves: a pointer is NULL");
    return m->class->serves(objective, limit);
}

cf_status cf_power_method_run(cf_power_method *m, const cf_power *p, uint64_t seed, int64_t index,
                              float *watts, cf_report *report)
{
    if (!m || !p || !watts || !p->gain)
        return base_fail(CF_EARG, "cf_power_method_run: a pointer is NULL");
    if (p->L != m->L || p->K != m->K)
        return base_fail(CF_ESHAPE, "%s: made for L=%d K=%d, the drop has L=%d K=%d",
                         m->class->name, m->L, m->K, p->L, p->K);
    const cf_status s = m->class->serves(p->objective, p->limit);
    if (s != CF_OK) return s;
    cf_report unwanted;
    return m->class->run(m->self, p, seed, index, watts, report ? report : &unwanted);
}

cf_status cf_power_method_run_many(cf_power_method *m, const cf_power *p, int32_t n, uint64_t seed,
                                   int64_t first, float *watts, cf_report *report)
{
    if (!m || !p || !watts)
        return base_fail(CF_EARG, "cf_power_method_run_many: a pointer is NULL");
    for (int32_t i = 0; i < n; i++) {
        const cf_status s =
            cf_power_method_run(m, p + i, seed, first + i, watts + (int64_t)i * m->L * m->K,
                                report ? report + i : NULL);
        if (s != CF_OK) return n > 1 ? base_fail_in(s, "drop %d", i) : s;
    }
    return CF_OK;
}
