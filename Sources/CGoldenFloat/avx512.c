#if defined(__x86_64__)
#include "CGoldenFloat.h"
#include "streaming.h"
#include <immintrin.h>
#include <string.h>

#define GF_LANES 16
#define GF_TARGET __attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,avx2,fma")))
#define GF(name) name##_avx512
#define GF_NAME "avx512"
#define GF_LEAST(a, b) ((REAL)_mm512_min_ps(a, b))
#define GF_SCALED_SUM(x, y) ((REAL)_mm512_fmadd_ps(x, (REAL){} + 0x1p-96f, y))
#define GF_PACK(low, high) ((HALVES)_mm512_packus_epi32((__m512i)(low), (__m512i)(high)))
#define GF_PACK_SIGNS(low, high) ((HALVES)_mm512_packs_epi32((__m512i)(low), (__m512i)(high)))
#define GF_IN_ORDER(x) \
  ((HALVES)_mm512_permutexvar_epi64(_mm512_setr_epi64(0, 2, 4, 6, 1, 3, 5, 7), (__m512i)(x)))
#include "kernels.inc"
#endif
