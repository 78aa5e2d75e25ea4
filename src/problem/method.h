#ifndef PROBLEM_METHOD_H
#define PROBLEM_METHOD_H

#include <math.h>
#include <stddef.h>
#include <stdint.h>

#include <cellfree/method.h>

/* What a method is made of: the solvers and the policies each give one such row, the registry
 * (evaluate/method.c) lists them. `make` parses the text after the colon of "name:key=value,..."
 * with prob_method_option; `run` allocates nothing. */
typedef struct prob_method_class {
    const char *name, *about, *parameters;
    int32_t needs_policy;
    cf_status (*make)(void **self, const char *parameters, const cf_policy *policy, int32_t L,
                      int32_t K);
    cf_status (*run)(void *self, const cf_assignment *p, uint64_t seed, int64_t index, uint8_t *x,
                     float *relaxed, cf_report *report); /* relaxed may be NULL, report is not */
    cf_status (*run_many)(void *self, const cf_assignment *p, int32_t n, uint64_t seed,
                          int64_t first, uint8_t *x, float *relaxed,
                          cf_report *report); /* or NULL: a loop of run */
    void (*free)(void *self);
} prob_method_class;

/* The report of a method that proves nothing. */
#define PROB_REPORT_NONE ((cf_report){.objective_mean = NAN, .bound = NAN})

/* One option a method takes; value is read into *value. */
typedef struct prob_method_option {
    const char *key;
    double *value;
    double least, most;
    int32_t integer;
} prob_method_option;

/* Read "key=value,key=value" (NULL or "" is fine) into options[0..count-1]. CF_EARG names the
 * method, the key, what was found and what was wanted. */
cf_status prob_method_options(const char *method, const char *parameters,
                              const prob_method_option *options, int32_t count);

#endif
