#ifndef ALLOCATIONS_H
#define ALLOCATIONS_H

#include <stdint.h>

/// How many times this process has asked for memory so far.
uint64_t allocations_count(void);

#endif
