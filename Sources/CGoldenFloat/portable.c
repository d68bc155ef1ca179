#include "CGoldenFloat.h"
#include "streaming.h"
#include <string.h>

#define GF_LANES 4
#define GF_TARGET
#define GF(name) name##_portable
#define GF_NAME "portable"
#define GF_LEAST(a, b) ((REAL)GF(select)((a) < (b), (WORD)(a), (WORD)(b)))
// The sum is rounded as it is, and then made smaller, which is exact.
#define GF_SCALED_SUM(x, y) (((x) + (y) * 0x1p96f) * 0x1p-96f)
#define GF_JOIN(low, high) \
  __builtin_convertvector(__builtin_shufflevector(low, high, 0, 1, 2, 3, 4, 5, 6, 7), HALVES)
#define GF_PACK(low, high)                                     \
  GF_JOIN(                                                     \
      __builtin_elementwise_min(low, (WORD){} + 0xFFFF),       \
      __builtin_elementwise_min(high, (WORD){} + 0xFFFF))
#define GF_PACK_SIGNS(low, high) GF_JOIN((low) >> 16, (high) >> 16)
#define GF_IN_ORDER(x) (x)
#include "kernels.inc"
