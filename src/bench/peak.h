#ifndef BENCH_PEAK_H
#define BENCH_PEAK_H

#include <stdint.h>

/* Multiply-adds that wait for nobody, in one instruction set. */
typedef struct bench_peak_kernel {
    float (*run)(int64_t rounds, float factor, float term);
    int32_t flops; /* of a round */
} bench_peak_kernel;

/* [GFLOP/s] in single precision, of the core that this runs on, in the best of the instruction sets that
 * it has; takes some milliseconds. */
double bench_peak(void);

#endif
