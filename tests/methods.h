#ifndef METHODS_H
#define METHODS_H

/* Solvers by name, for the tests of the solver room. */

#include <string.h>

#include "solver/solver.h"

#include "cases.h"
#include "t.h"

typedef struct test_method {
    const prob_method_class *class;
    void *self;
} test_method;

static inline test_method method_make(const char *name, const char *parameters, int32_t L,
                                      int32_t K)
{
    test_method m = {0};
    for (int32_t i = 0; i < solver_class_count; i++)
        if (strcmp(solver_classes[i]->name, name) == 0) m.class = solver_classes[i];
    CHECK(m.class != NULL);
    CHECK(m.class->make(&m.self, parameters, NULL, L, K) == CF_OK);
    return m;
}

static inline cf_report method_run(test_method m, const test_case *c, uint8_t *x)
{
    cf_report report;
    CHECK(m.class->run(m.self, &c->p, 1, 0, x, NULL, &report) == CF_OK);
    return report;
}

static inline void method_free(test_method m)
{
    m.class->free(m.self);
}

/* Make, run, check, free; the rate. */
static inline double method_rate(const char *name, const char *parameters, const test_case *c,
                                 uint8_t *x, cf_report *report)
{
    const test_method m = method_make(name, parameters, c->p.L, c->p.K);
    *report = method_run(m, c, x);
    method_free(m);
    CHECK(case_feasible(c, x));
    return cf_assignment_rate(&c->p, x);
}

#endif
