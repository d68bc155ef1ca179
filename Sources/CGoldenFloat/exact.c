#include "CGoldenFloat.h"

// A finite code's exponent field and signed significand.
static inline int64_t significand(uint16_t code, unsigned *exponent) {
  const unsigned field = code >> 9 & 63;
  const int64_t fraction = code & 511;
  *exponent = field > 0 ? field : 1;
  const int64_t magnitude = field > 0 ? fraction + 512 : fraction;
  return code & 0x8000 ? -magnitude : magnitude;
}

int gf16_add_products(const uint16_t *x, const uint16_t *y, size_t count, int64_t buckets[127]) {
  for (size_t i = 0; i < count; i++) {
    if ((x[i] & 0x7E00) == 0x7E00 || (y[i] & 0x7E00) == 0x7E00) return 0;
  }
  for (size_t i = 0; i < count; i++) {
    unsigned left, right;
    const int64_t product = significand(x[i], &left) * significand(y[i], &right);
    buckets[left + right] += product;
  }
  return 1;
}
