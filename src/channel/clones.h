#ifndef CHANNEL_CLONES_H
#define CHANNEL_CLONES_H

/* CHAN_CLONES before a function: compiled for wider vectors too, the widest that the processor has
 * being taken when the program starts. Neither AVX2 nor AVX-512 here brings fused multiply-adds
 * (cmake/kernels.cmake), so that all give the same bits. Sanitizers run before that choice can. */
#if defined(__x86_64__) && defined(__gnu_linux__) && !defined(__clang__) && \
    !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
#    define CHAN_CLONES __attribute__((target_clones("avx512f", "avx2", "default")))
#else
#    define CHAN_CLONES
#endif

#endif
