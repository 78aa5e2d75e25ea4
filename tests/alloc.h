#ifndef ALLOC_H
#define ALLOC_H

/* For tests that are linked so that every allocator goes through the __wrap_ functions below
 * (cmake/tests.cmake). Include in one source of a program. */

#include <stddef.h>

void *__real_malloc(size_t size);
void *__real_calloc(size_t n, size_t size);
void *__real_realloc(void *p, size_t size);
void *__real_aligned_alloc(size_t alignment, size_t size);
void __real_free(void *p);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t n, size_t size);
void *__wrap_realloc(void *p, size_t size);
void *__wrap_aligned_alloc(size_t alignment, size_t size);
void __wrap_free(void *p);

/* Calls so far, the one that fails (none: -1), and blocks that are held. */
static int calls, failing = -1, held;

static int allowed(void)
{
    return calls++ != failing;
}

static void *count(void *p)
{
    held += p != NULL;
    return p;
}

void *__wrap_malloc(size_t size)
{
    return allowed() ? count(__real_malloc(size)) : NULL;
}

void *__wrap_calloc(size_t n, size_t size)
{
    return allowed() ? count(__real_calloc(n, size)) : NULL;
}

void *__wrap_realloc(void *p, size_t size)
{
    if (!allowed()) return NULL;
    void *q = __real_realloc(p, size);
    held += q && !p;
    return q;
}

/* Sanitizers end the program where a system says that there is no such memory. */
void *__wrap_aligned_alloc(size_t alignment, size_t size)
{
    return allowed() && size >> 40 == 0 ? count(__real_aligned_alloc(alignment, size)) : NULL;
}

void __wrap_free(void *p)
{
    held -= p != NULL;
    __real_free(p);
}

#endif
