#ifndef ALLOCATIONS_H
#define ALLOCATIONS_H

#include <stdint.h>

/// How many times this process has asked for memory so far.
uint64_t allocations_count(void);

/// How many pieces of memory it has now.
int64_t allocations_live(void);

#endif
