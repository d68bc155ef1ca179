// What Swift cannot say: which vector units this processor has, vector square roots (Swift's own
// calls the scalar function once per lane), dot products of bf16 pairs, a pause of a waiting loop,
// and calls of a closure by its two words.
#ifndef CKERNELS_H
#define CKERNELS_H

#include <stdbool.h>
#include <stdint.h>

/// Whether processor and operating system support x86-64-v3: AVX2, FMA and what goes with them.
bool ckernels_has_avx2(void);

/// Whether processor and operating system support x86-64-v4: AVX-512 F, BW, CD, DQ and VL too.
bool ckernels_has_avx512(void);

/// Whether they support the dot product of bf16 pairs as well.
bool ckernels_has_avx512bf16(void);

/// Writes the first `capacity` cores of this thread's affinity mask, rising, and returns how many
/// there are; -1 when the system does not say.
int ckernels_affinity(int *cores, int capacity);

/// Makes these cores this thread's affinity mask, which threads that it starts from then on inherit.
/// Returns 0, or the error number when none of them may be used.
int ckernels_set_affinity(const int *cores, int count);

/// Calls a Swift closure `(Int, Int) -> Void` by its function and its context; the closure must be
/// alive. ckernels_lend, called from Swift by its symbol alone, gives the two words.
void ckernels_call(const void *function, const void *context, intptr_t task, intptr_t member);

/// Tells the processor that this thread waits in a loop: some tens of nanoseconds.
static inline void ckernels_pause(void) {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  __asm__ volatile("isb");
#endif
}

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
