// What Swift cannot say: which vector units this processor has, vector square roots (Swift's own
// calls the scalar function once per lane), and dot products of bf16 pairs.
#ifndef CKERNELS_H
#define CKERNELS_H

#include <stdbool.h>

/// Whether processor and operating system support x86-64-v3: AVX2, FMA and what goes with them.
bool ckernels_has_avx2(void);

/// Whether processor and operating system support x86-64-v4: AVX-512 F, BW, CD, DQ and VL too.
bool ckernels_has_avx512(void);

/// Whether they support the dot product of bf16 pairs as well.
bool ckernels_has_avx512bf16(void);

#if defined(__SSE2__)
#include <immintrin.h>
static inline __attribute__((always_inline)) __m128 ckernels_sqrt4(__m128 x) {
  return _mm_sqrt_ps(x);
}
#elif defined(__ARM_NEON)
#include <arm_neon.h>
static inline __attribute__((always_inline)) float32x4_t ckernels_sqrt4(float32x4_t x) {
  return vsqrtq_f32(x);
}
#endif
#if defined(__AVX2__)
static inline __attribute__((always_inline)) __m256 ckernels_sqrt8(__m256 x) {
  return _mm256_sqrt_ps(x);
}
#endif
#if defined(__AVX512F__)
static inline __attribute__((always_inline)) __m512 ckernels_sqrt16(__m512 x) {
  return _mm512_sqrt_ps(x);
}
#endif
#if defined(__AVX512BF16__)
/// Sixteen words of two bf16 numbers.
typedef unsigned int ckernels_words16 __attribute__((vector_size(64)));

/// sum + high halves' product + low halves' product, rounded in this order.
static inline __attribute__((always_inline)) __m512 ckernels_add_dot_bf16(
    __m512 sum, ckernels_words16 x, ckernels_words16 y) {
  return _mm512_dpbf16_ps(sum, (__m512bh)x, (__m512bh)y);
}
#endif

#endif
