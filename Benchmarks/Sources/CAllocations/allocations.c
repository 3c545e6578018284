// The C library's allocator with a counter in front. A program's own definitions of these functions go before the
// library's, for everything in the process, the Swift runtime included.

#include "allocations.h"

#include <stdatomic.h>
#include <stddef.h>

static _Atomic uint64_t count;
static _Atomic int64_t freed;

uint64_t allocations_count(void) { return atomic_load_explicit(&count, memory_order_relaxed); }

int64_t allocations_live(void) {
    return (int64_t)allocations_count() - atomic_load_explicit(&freed, memory_order_relaxed);
}

#if defined(__linux__)

extern void *__libc_malloc(size_t size);
extern void *__libc_calloc(size_t number, size_t size);
extern void *__libc_realloc(void *memory, size_t size);
extern void *__libc_memalign(size_t alignment, size_t size);
extern void __libc_free(void *memory);

static void counted(void) { atomic_fetch_add_explicit(&count, 1, memory_order_relaxed); }

void *malloc(size_t size) {
    counted();
    return __libc_malloc(size);
}

void *calloc(size_t number, size_t size) {
    counted();
    return __libc_calloc(number, size);
}

void *realloc(void *memory, size_t size) {
    counted();
    if (memory) atomic_fetch_add_explicit(&freed, 1, memory_order_relaxed);
    return __libc_realloc(memory, size);
}

void free(void *memory) {
    if (memory) atomic_fetch_add_explicit(&freed, 1, memory_order_relaxed);
    __libc_free(memory);
}

void *aligned_alloc(size_t alignment, size_t size) {
    counted();
    return __libc_memalign(alignment, size);
}

int posix_memalign(void **memory, size_t alignment, size_t size) {
    counted();
    *memory = __libc_memalign(alignment, size);
    return *memory ? 0 : 12;
}

#endif
