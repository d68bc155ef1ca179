// Counts calls to the C library's allocator, which this target replaces in the program that it is
// linked to: a test asks whether code allocates. Only threads that are watched count, so that other
// tests may run meanwhile.
#ifndef ALLOCATION_COUNTER_H
#define ALLOCATION_COUNTER_H

#include <stdbool.h>

/// Begins or ends counting the calling thread's allocations.
void allocation_counter_watch(bool on);

/// Allocations of the calling thread while it was watched.
long allocation_counter_count(void);

/// Prints on stderr where the calling thread's last counted allocation came from; nothing if none.
void allocation_counter_print_last(void);

#endif
