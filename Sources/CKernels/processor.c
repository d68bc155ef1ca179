#define _GNU_SOURCE
#include "ckernels.h"

#include <errno.h>
#include <sched.h>

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

// As many cores as Linux can be built for, and more.
enum { SETS = 64, CORES = SETS * CPU_SETSIZE };

int ckernels_affinity(int *cores, int capacity) {
  cpu_set_t sets[SETS];
  CPU_ZERO_S(sizeof sets, sets);
  if (sched_getaffinity(0, sizeof sets, sets) != 0) return -1;
  int count = 0;
  for (int core = 0; core < CORES; core++) {
    if (!CPU_ISSET_S(core, sizeof sets, sets)) continue;
    if (count < capacity) cores[count] = core;
    count++;
  }
  return count;
}

int ckernels_set_affinity(const int *cores, int count) {
  cpu_set_t sets[SETS];
  CPU_ZERO_S(sizeof sets, sets);
  for (int i = 0; i < count; i++) {
    if (cores[i] < 0 || cores[i] >= CORES) return EINVAL;
    CPU_SET_S(cores[i], sizeof sets, sets);
  }
  return sched_setaffinity(0, sizeof sets, sets) == 0 ? 0 : errno;
}
