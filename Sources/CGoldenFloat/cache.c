#include "CGoldenFloat.h"

#if defined(__x86_64__)
#include <cpuid.h>
#include <stdatomic.h>

// The size of the largest cache that a leaf describes, or 0: AMD's leaf has Intel's format.
static size_t largest(unsigned leaf) {
  size_t found = 0;
  unsigned a, b, c, d;
  for (unsigned index = 0; __get_cpuid_count(leaf, index, &a, &b, &c, &d) && (a & 31); index++) {
    const size_t ways = (b >> 22) + 1, partitions = (b >> 12 & 1023) + 1, line = (b & 4095) + 1;
    const size_t size = ways * partitions * line * ((size_t)c + 1);
    if (size > found) found = size;
  }
  return found;
}

size_t gf16_least_streamed(void) {
  // Asking takes microseconds where the machine is a virtual one.
  static _Atomic size_t known;
  size_t size = atomic_load_explicit(&known, memory_order_relaxed);
  if (size > 0) return size;
  const unsigned topology_extensions = 1 << 22;
  unsigned a, b, c = 0, d;
  if (__get_cpuid(0x80000001, &a, &b, &c, &d) && (c & topology_extensions)) {
    size = largest(0x8000001D);
  }
  if (size == 0) size = largest(4);
  if (size == 0) size = PTRDIFF_MAX;
  atomic_store_explicit(&known, size, memory_order_relaxed);
  return size;
}
#else
// Elsewhere processors notice by themselves that whole lines are written.
size_t gf16_least_streamed(void) { return PTRDIFF_MAX; }
#endif
