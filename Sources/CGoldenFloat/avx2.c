#if defined(__x86_64__)
#include "CGoldenFloat.h"
#include "streaming.h"
#include <immintrin.h>
#include <string.h>

#define GF_LANES 8
#define GF_TARGET __attribute__((target("avx2,fma")))
#define GF(name) name##_avx2
#define GF_NAME "avx2"
#define GF_LEAST(a, b) ((REAL)_mm256_min_ps(a, b))
#define GF_SCALED_SUM(x, y) ((REAL)_mm256_fmadd_ps(x, (REAL){} + 0x1p-96f, y))
#define GF_PACK(low, high) ((HALVES)_mm256_packus_epi32((__m256i)(low), (__m256i)(high)))
#define GF_PACK_SIGNS(low, high) ((HALVES)_mm256_packs_epi32((__m256i)(low), (__m256i)(high)))
#define GF_IN_ORDER(x) ((HALVES)_mm256_permute4x64_epi64((__m256i)(x), 0xD8))
#include "kernels.inc"
#endif
