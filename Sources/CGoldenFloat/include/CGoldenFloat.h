#ifndef CGOLDENFLOAT_H
#define CGOLDENFLOAT_H

#include <stddef.h>
#include <stdint.h>

// The bulk kernels of GF16, once for each kind of processor.
//
// They are in C because a function of its own instruction set needs `__attribute__((target))`:
// Swift can say that only by a build flag for a whole module, and a package with unsafe flags can't
// be depended on by version. Every variant gives the same bits on every input, but that a sum in
// float that is a NaN may be any NaN.
struct gf16_kernels {
  // "portable", "avx2" or "avx512".
  const char *name;

  // Elements 0..<count. `out` may be an input, but not for decode, and may not overlap one otherwise.
  // An output of `least_streamed` bytes or more is written past the caches, unless it is an input.
  // A NaN becomes 0x7FC00000.
  void (*decode)(const uint16_t *x, size_t count, float *out, size_t least_streamed);
  // To nearest, ties to even; a NaN becomes 0x7F00.
  void (*encode)(const float *x, size_t count, uint16_t *out, size_t least_streamed);
  void (*add)(
      const uint16_t *x, const uint16_t *y, size_t count, uint16_t *out, size_t least_streamed);
  void (*multiply)(
      const uint16_t *x, const uint16_t *y, size_t count, uint16_t *out, size_t least_streamed);
  // x · y + z with one rounding.
  void (*multiply_add)(
      const uint16_t *x, const uint16_t *y, const uint16_t *z, size_t count, uint16_t *out,
      size_t least_streamed);

  // Sum of products in Float: element i goes to partial sum i mod 32, in order of i; then the sums j
  // and j + 16 are added, j and j + 8, and so on.
  float (*dot)(const uint16_t *x, const uint16_t *y, size_t count);

  // out (M, N) = a (M, K) · b (K, N), row by row, each element summed in Float in order of k from
  // +0. `panels` is scratch of gf16_panel_floats(K, N) floats; 100 KiB of stack are used besides.
  void (*matrix_product)(
      size_t M, size_t N, size_t K, const uint16_t *a, size_t a_row, const uint16_t *b,
      size_t b_row, float *out, size_t out_row, float *panels);
};

// Scratch that matrix_product needs, in floats.
size_t gf16_panel_floats(size_t K, size_t N);

// The size of this processor's last cache in bytes, which is the `least_streamed` to use: of a larger
// output nothing that was written first is there at the end. PTRDIFF_MAX where it is not known.
size_t gf16_least_streamed(void);

// The variants that this processor can run, best first; writes at most `capacity` and returns how
// many there are.
size_t gf16_variants(const struct gf16_kernels **out, size_t capacity);

// Adds the exact products of finite elements to buckets by exponent.
//
// buckets[e] grows by the products of significands with exponent fields that sum to e (a subnormal's
// counts as 1), so the sum is Σ buckets[e] · 2^(e - 80). Returns false, with nothing added, where an
// element is infinite or NaN. Not more than 2^42 products may go into one set of buckets.
int gf16_add_products(const uint16_t *x, const uint16_t *y, size_t count, int64_t buckets[127]);

#endif
