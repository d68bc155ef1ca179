#include "allocation_counter.h"

#include <errno.h>
#include <execinfo.h>
#include <stddef.h>

// What glibc's own malloc and its kin call themselves, so that a replacement can reach them.
extern void *__libc_malloc(size_t size);
extern void *__libc_calloc(size_t count, size_t size);
extern void *__libc_realloc(void *old, size_t size);
extern void *__libc_memalign(size_t alignment, size_t size);

enum { DEPTH = 24 };

static _Thread_local bool watched;
static _Thread_local long count;
static _Thread_local void *trace[DEPTH];
static _Thread_local int depth;

static void record(void) {
  if (!watched) return;
  // The trace itself may allocate.
  watched = false;
  count += 1;
  depth = backtrace(trace, DEPTH);
  watched = true;
}

void allocation_counter_watch(bool on) {
  // The first trace loads a library; not while something is counted.
  if (on) {
    backtrace(trace, DEPTH);
    depth = 0;
  }
  watched = on;
}

long allocation_counter_count(void) { return count; }

void allocation_counter_print_last(void) { backtrace_symbols_fd(trace, depth, 2); }

void *malloc(size_t size) {
  record();
  return __libc_malloc(size);
}

void *calloc(size_t elements, size_t size) {
  record();
  return __libc_calloc(elements, size);
}

void *realloc(void *old, size_t size) {
  record();
  return __libc_realloc(old, size);
}

void *memalign(size_t alignment, size_t size) {
  record();
  return __libc_memalign(alignment, size);
}

void *aligned_alloc(size_t alignment, size_t size) {
  record();
  return __libc_memalign(alignment, size);
}

int posix_memalign(void **out, size_t alignment, size_t size) {
  if (alignment % sizeof(void *) != 0 || (alignment & (alignment - 1)) != 0 || alignment == 0) {
    return EINVAL;
  }
  record();
  void *memory = __libc_memalign(alignment, size);
  if (memory == NULL) return ENOMEM;
  *out = memory;
  return 0;
}
