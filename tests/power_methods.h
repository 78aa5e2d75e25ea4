#ifndef POWER_METHODS_H
#define POWER_METHODS_H

/* Methods of power allocation by name, for the tests of the solver room. */

#include <stdlib.h>
#include <string.h>

#include "solver/power_solver.h"

#include "power_cases.h"
#include "t.h"

enum { POWER_CASE_LINKS = POWER_CASE_APS * POWER_CASE_USERS };

static inline const prob_power_class *power_class(const char *name)
{
    for (int32_t i = 0; i < solver_power_class_count; i++)
        if (strcmp(solver_power_classes[i]->name, name) == 0) return solver_power_classes[i];
    CHECK(0);
    return NULL;
}

/* The objective of the named method's answer, which goes to watts and is within its limits. */
static inline double power_run(const char *name, const char *parameters, const power_case *c,
                               float *watts, cf_report *report)
{
    const prob_power_class *class = power_class(name);
    void *self = NULL;
    CHECK(class->serves(c->p.objective, c->p.limit) == CF_OK);
    CHECK(class->make(&self, parameters, NULL, c->p.L, c->p.K) == CF_OK);
    CHECK(class->run(self, &c->p, 1, 0, watts, report) == CF_OK);
    class->free(self);
    const cf_power_violations v = cf_power_check_watts(&c->p, watts);
    CHECK(v.bad_entries == 0 && v.aps_over == 0 && v.links_over == 0);
    cf_status status;
    const double value = cf_power_value(&c->p, watts, &status);
    CHECK(status == CF_OK);
    return value;
}

#endif
