#include "solver/power_solver.h"

#include "base/status.h"

const prob_power_class *const solver_power_classes[] = {
    &solver_power_equal,     &solver_power_random,
    &solver_power_strongest, &solver_power_multiplicative,
    &solver_power_lbfgs,     &solver_power_multistart,
    &solver_power_search,    &solver_power_beam,
    &solver_power_iterated,  &solver_power_sca,
    &solver_power_quadratic, &solver_power_enumeration,
    &solver_power_global,    &solver_power_best,
};
const int32_t solver_power_class_count =
    sizeof solver_power_classes / sizeof solver_power_classes[0];

cf_status solver_power_serves_all(cf_power_objective objective, cf_power_limit limit)
{
    (void)objective, (void)limit;
    return CF_OK;
}

cf_status solver_power_serves_finite(const char *method, cf_power_objective objective,
                                     cf_power_limit limit)
{
    if (objective == CF_POWER_EE || limit != CF_LIMIT_NONE) return CF_OK;
    return base_fail(CF_EARG,
                     "%s: the %s grows with the power for ever; give a power limit per access "
                     "point or per link",
                     method, prob_power_objective_name(objective));
}

cf_status solver_power_serves_ee(const char *method, cf_power_objective objective,
                                 cf_power_limit limit)
{
    if (objective == CF_POWER_EE && limit == CF_LIMIT_NONE) return CF_OK;
    return base_fail(CF_EARG, "%s serves %s with %s only, and was given %s with %s", method,
                     prob_power_objective_name(CF_POWER_EE), prob_power_limit_name(CF_LIMIT_NONE),
                     prob_power_objective_name(objective), prob_power_limit_name(limit));
}

void solver_power_start_equal(const prob_power_form *f, double watts, double *p)
{
    for (int32_t c = 0; c < f->n; c++) p[c] = watts;
    prob_power_form_project(f, p);
}

int32_t solver_power_strongest_ap(const prob_power_form *f, int32_t k)
{
    const double *own = f->own + (int64_t)k * f->L;
    int32_t best = 0;
    for (int32_t l = 1; l < f->L; l++)
        if (own[l] > own[best]) best = l;
    return own[best] > 0 ? best : -1;
}

void solver_power_start_strongest(const prob_power_form *f, double watts, double *p)
{
    for (int32_t c = 0; c < f->n; c++) p[c] = 0;
    for (int32_t k = 0; k < f->K; k++) {
        const int32_t l = solver_power_strongest_ap(f, k);
        if (l >= 0) p[k * f->L + l] = watts;
    }
    prob_power_form_project(f, p);
}
