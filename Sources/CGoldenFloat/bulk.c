#include "CGoldenFloat.h"
#include "goldenfloat.h"

static const struct gf16_kernels *best(void) {
  const struct gf16_kernels *first;
  gf16_variants(&first, 1);
  return first;
}

void gf16_decode(const gf16 *x, size_t count, float *out) {
  best()->decode(x, count, out, gf16_least_streamed());
}

void gf16_encode(const float *x, size_t count, gf16 *out) {
  best()->encode(x, count, out, gf16_least_streamed());
}

void gf16_add_all(const gf16 *x, const gf16 *y, size_t count, gf16 *out) {
  best()->add(x, y, count, out, gf16_least_streamed());
}

void gf16_mul_all(const gf16 *x, const gf16 *y, size_t count, gf16 *out) {
  best()->multiply(x, y, count, out, gf16_least_streamed());
}

void gf16_fma_all(const gf16 *x, const gf16 *y, const gf16 *z, size_t count, gf16 *out) {
  best()->multiply_add(x, y, z, count, out, gf16_least_streamed());
}

float gf16_dot(const gf16 *x, const gf16 *y, size_t count) { return best()->dot(x, y, count); }
