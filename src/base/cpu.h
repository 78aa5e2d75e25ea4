#ifndef BASE_CPU_H
#define BASE_CPU_H

#define BASE_CPU_VARIABLE "CELLFREE_KERNELS"

/* The x86-64 level (2, 3 or 4) of the fastest instruction set this processor runs, 0 elsewhere or
 * below. */
int base_cpu_supported(void);

/* The same, lowered by the environment variable BASE_CPU_VARIABLE (portable, v2, v3, v4). */
int base_cpu_level(void);

#endif
