// Calls every function of goldenfloat.h, on every code where it takes one, and prints a line each:
// its name and a checksum of its results.
#include "goldenfloat.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static uint64_t sum;

static void add(uint64_t value) { sum = (sum ^ value) * 0x100000001B3; }

static void add_float(float value) {
  uint32_t bits;
  memcpy(&bits, &value, sizeof bits);
  add(bits);
}

static void end(const char *name) {
  printf("%s %016llx\n", name, (unsigned long long)sum);
  sum = 0;
}

// A second and a third code for a first one, spread over all codes; every fifth second is the first.
static gf16 second(unsigned code) {
  return (gf16)(code % 5 == 0 ? code : code * 40503u + 12345u);
}
static gf16 third(unsigned code) { return (gf16)(code * 30011u + 54321u); }

#define EVERY_CODE for (unsigned code = 0; code < 65536; code++)
#define UNARY(function) EVERY_CODE { add(function((gf16)code)); } end(#function)
#define BINARY(function) \
  EVERY_CODE { add(function((gf16)code, second(code))); } end(#function)

int main(void) {
  EVERY_CODE { add_float(gf16_to_float((gf16)code)); }
  end("gf16_to_float");
  EVERY_CODE {
    const double value = gf16_to_double((gf16)code);
    uint64_t bits;
    memcpy(&bits, &value, sizeof bits);
    add(bits);
  }
  end("gf16_to_double");
  EVERY_CODE {
    const uint32_t bits = code << 16 | second(code);
    float value;
    memcpy(&value, &bits, sizeof value);
    add(gf16_from_float(value));
    add(gf16_from_double((double)value * 1.0000001));
    for (int32_t rounding = -1; rounding < 6; rounding++) {
      add(gf16_from_float_rounding(value, rounding));
      add(gf16_from_double_rounding((double)value * 1.0000001, rounding));
      add(gf16_round((gf16)code, rounding));
    }
  }
  end("rounding");
  UNARY(gf16_sqrt);
  BINARY(gf16_add);
  BINARY(gf16_sub);
  BINARY(gf16_mul);
  BINARY(gf16_div);
  BINARY(gf16_remainder);
  BINARY(gf16_equal);
  BINARY(gf16_less);
  BINARY(gf16_less_equal);
  BINARY(gf16_total_order);
  EVERY_CODE { add(gf16_fma((gf16)code, second(code), third(code))); }
  end("gf16_fma");
  EVERY_CODE {
    char text[32];
    const size_t length = gf16_format((gf16)code, text, sizeof text);
    if (length >= sizeof text || strlen(text) != length) return 1;
    char cut[4] = "###";
    if (gf16_format((gf16)code, cut, 3) != length || strlen(cut) != (length < 2 ? length : 2)) {
      return 2;
    }
    gf16 back = 1;
    if (!gf16_parse(text, &back)) return 3;
    add(back);
    for (size_t i = 0; i < length; i++) add((uint8_t)text[i]);
  }
  end("text");
  gf16 untouched = 77;
  if (gf16_parse("1.2.3", &untouched) || gf16_parse("", &untouched) || untouched != 77) return 4;
  if (gf16_format(0x3E00, NULL, 0) != 3) return 5;

  gf16 x[1003], y[1003], z[1003], out[1003];
  float reals[1003];
  for (unsigned i = 0; i < 1003; i++) {
    x[i] = (gf16)(i * 65);
    y[i] = second(x[i]);
    z[i] = third(x[i]);
  }
  gf16_decode(x, 1003, reals);
  for (int i = 0; i < 1003; i++) add_float(reals[i]);
  end("gf16_decode");
  gf16_encode(reals, 1003, out);
  for (int i = 0; i < 1003; i++) add(out[i]);
  end("gf16_encode");
  gf16_add_all(x, y, 1003, out);
  for (int i = 0; i < 1003; i++) add(out[i]);
  end("gf16_add_all");
  gf16_mul_all(x, y, 1003, out);
  for (int i = 0; i < 1003; i++) add(out[i]);
  end("gf16_mul_all");
  gf16_fma_all(x, y, z, 1003, out);
  for (int i = 0; i < 1003; i++) add(out[i]);
  end("gf16_fma_all");
  for (int i = 0; i < 1003; i++) {
    x[i] &= 0xBFFF;
    y[i] &= 0xBFFF;
  }
  add_float(gf16_dot(x, y, 1003));
  add(gf16_dot_exact(x, y, 1003));
  add(gf16_dot_exact(NULL, NULL, 0));
  end("gf16_dot");
  gf16_decode(NULL, 0, NULL);
  return 0;
}
