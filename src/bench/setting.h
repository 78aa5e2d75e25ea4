#ifndef BENCH_SETTING_H
#define BENCH_SETTING_H

#include <stdint.h>

#include <cellfree/drops.h>

#include "bench/rows.h"
#include "policy/policy.h"

/* Drops as methods take them: several different ones in turn, so that caches and the processor's guesses
 * see what users' drops show them. */
typedef struct bench_setting {
    cf_drops *drops;
    double *snr;     /* (n,L,K)   assignment: of all drops       */
    cf_power *power; /* (n)       power                          */
    float *gain;     /* (n,L,K,K) what they borrow               */
    uint8_t *x;      /* (n,L,K)   room for answers to assignment */
    float *watts;    /* (n,L,K)   and to power                   */
} bench_setting;

/* n drops of a row's scenario. Close it in any case. */
cf_status bench_setting_open(bench_setting *s, const bench_row *row, int32_t n);
void bench_setting_close(bench_setting *s);

/* Drops from number i on as a problem. Task assignment. */
cf_assignment bench_assignment(const bench_setting *s, int64_t i);

/* The scenario of a row. */
cf_status bench_scenario(cf_scenario **out, const bench_row *row);

/* A row's policy; its weights are random, by a seed. */
cf_status bench_policy(cf_policy **out, const bench_row *row);

#endif
