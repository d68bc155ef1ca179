#define _GNU_SOURCE
#include "ckernels.h"

#include <sched.h>
#include <unistd.h>

#if defined(__x86_64__)
bool ckernels_has_avx2(void) {
  __builtin_cpu_init();
  return __builtin_cpu_supports("x86-64-v3");
}

bool ckernels_has_avx512(void) {
  __builtin_cpu_init();
  return __builtin_cpu_supports("x86-64-v4");
}

bool ckernels_has_avx512bf16(void) {
  __builtin_cpu_init();
  return __builtin_cpu_supports("x86-64-v4") && __builtin_cpu_supports("avx512bf16");
}
#else
bool ckernels_has_avx2(void) { return false; }
bool ckernels_has_avx512(void) { return false; }
bool ckernels_has_avx512bf16(void) { return false; }
#endif

int ckernels_available_cores(void) {
  cpu_set_t set;
  if (sched_getaffinity(0, sizeof set, &set) == 0) return CPU_COUNT(&set);
  // More cores than the set holds.
  return (int)sysconf(_SC_NPROCESSORS_ONLN);
}
