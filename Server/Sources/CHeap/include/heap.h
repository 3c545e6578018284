// What Swift's modules leave out of the C library's heap.
#pragma once

#include <stdlib.h>
#ifdef __GLIBC__
#include <malloc.h>
#endif

// Sets how many arenas there are at most; whether the heap has such a thing.
static inline int heap_limit_arenas(int arenas) {
#ifdef __GLIBC__
    return mallopt(M_ARENA_MAX, arenas);
#else
    (void)arenas;
    return 0;
#endif
}
