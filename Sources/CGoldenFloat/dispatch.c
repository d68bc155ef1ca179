#include "CGoldenFloat.h"

extern const struct gf16_kernels gf16_kernels_portable;
#if defined(__x86_64__)
extern const struct gf16_kernels gf16_kernels_avx2, gf16_kernels_avx512;
#endif

size_t gf16_panel_floats(size_t K, size_t N) {
  // The widest panels are those of AVX-512.
  return (N + 31) / 32 * 32 * K;
}

size_t gf16_variants(const struct gf16_kernels **out, size_t capacity) {
  const struct gf16_kernels *all[3];
  size_t count = 0;
#if defined(__x86_64__)
  if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw")
      && __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl")
      && __builtin_cpu_supports("fma")) {
    all[count++] = &gf16_kernels_avx512;
  }
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) {
    all[count++] = &gf16_kernels_avx2;
  }
#endif
  all[count++] = &gf16_kernels_portable;
  for (size_t i = 0; i < count && i < capacity; i++) out[i] = all[i];
  return count;
}
