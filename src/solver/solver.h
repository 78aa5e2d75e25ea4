#ifndef SOLVER_SOLVER_H
#define SOLVER_SOLVER_H

#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "problem/method.h"

/* Every method of this room; the registry (evaluate/method.c) adds the policies. */
extern const prob_method_class *const solver_classes[];
extern const int32_t solver_class_count;

extern const prob_method_class solver_random, solver_gsd, solver_greedy, solver_top, solver_local,
    solver_exhaustive, solver_relaxation, solver_exact;

/* One 64-byte aligned block for a method and all its scratch; release with free().
 * CF_ENOMEM names the method and the bytes. */
cf_status solver_alloc(arena *out, const char *method, arena measured);

/* What the quick methods work on. */
typedef struct solver_desk {
    int32_t L, K;
    double *r;       /* (K) SNR that user k receives */
    double *best;    /* (max(L,K)) scratch           */
    int32_t *count;  /* (K) servers of user k        */
    int32_t *server; /* (K,L) which, the first count[k] */
    int32_t *load;   /* (L) users of AP l            */
    int32_t *order;  /* (max(L,K)) scratch           */
    void *repair;    /* cf_assignment_repair's       */
} solver_desk;

void solver_desk_place(solver_desk *d, arena *a, int32_t L, int32_t K);

/* make of a method that has no parameters and needs no more than a desk. */
cf_status solver_desk_make(void **self, const char *method, const char *parameters, int32_t L,
                           int32_t K);

/* Read off x all that the desk says of users and APs. */
void solver_desk_read(solver_desk *d, const cf_assignment *p, const uint8_t *x);

/* Repair x, which meets B2c, if it breaks B2d; the report says so. */
cf_status solver_desk_repair(solver_desk *d, const cf_assignment *p, uint8_t *x, cf_report *report);

/* greedy's and local's answers, for methods that start from them; both repaired. */
cf_status solver_greedy_run(solver_desk *d, const cf_assignment *p, uint8_t *x, cf_report *report);
cf_status solver_local_improve(solver_desk *d, const cf_assignment *p, uint8_t *x);

#endif
