/* GF16 for C: 1 sign bit, 6 exponent bits, 9 fraction bits, bias 31, IEEE specials and subnormals.
 *
 * Libraries: `swift build -c release --product goldenfloat` (libgoldenfloat.so) or
 * `--product goldenfloat-static` (libgoldenfloat-static.a). No function traps on any bit pattern, and
 * none reads or writes outside of the elements that it is told of. Every operation rounds to nearest,
 * ties to even, and gives 0x7F00 for a NaN.
 */
#ifndef GOLDENFLOAT_H
#define GOLDENFLOAT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* A number, by its code. */
typedef uint16_t gf16;

typedef enum {
  GF16_NEAREST_EVEN = 0,
  GF16_TOWARD_ZERO = 1,
  GF16_UP = 2,
  GF16_DOWN = 3,
  GF16_NEAREST_AWAY = 4
} gf16_rounding;

gf16 gf16_from_float(float x);
gf16 gf16_from_double(double x);
/* An unknown rounding is taken as to nearest even. */
gf16 gf16_from_float_rounding(float x, int32_t rounding);
gf16 gf16_from_double_rounding(double x, int32_t rounding);
float gf16_to_float(gf16 x);
double gf16_to_double(gf16 x);

gf16 gf16_add(gf16 x, gf16 y);
gf16 gf16_sub(gf16 x, gf16 y);
gf16 gf16_mul(gf16 x, gf16 y);
gf16 gf16_div(gf16 x, gf16 y);
/* The IEEE remainder: x - n y for the integer n nearest to x / y, ties to even. */
gf16 gf16_remainder(gf16 x, gf16 y);
gf16 gf16_sqrt(gf16 x);
/* x y + z with one rounding. */
gf16 gf16_fma(gf16 x, gf16 y, gf16 z);
/* To an integral value. */
gf16 gf16_round(gf16 x, int32_t rounding);

bool gf16_equal(gf16 x, gf16 y);
bool gf16_less(gf16 x, gf16 y);
bool gf16_less_equal(gf16 x, gf16 y);
/* IEEE totalOrder(x, y). */
bool gf16_total_order(gf16 x, gf16 y);

/* Reads the whole of a NUL-ended decimal or hexadecimal number; false, and *out unchanged, where the
 * text is malformed. */
bool gf16_parse(const char *text, gf16 *out);
/* Writes the shortest decimal that reads back as x, NUL-ended, and returns its length without the
 * NUL; where that is capacity or more, the text is cut. */
size_t gf16_format(gf16 x, char *out, size_t capacity);

/* Elements 0..<count. `out` may be an input, but not for decode, and may not overlap one otherwise. */
void gf16_decode(const gf16 *x, size_t count, float *out);
void gf16_encode(const float *x, size_t count, gf16 *out);
void gf16_add_all(const gf16 *x, const gf16 *y, size_t count, gf16 *out);
void gf16_mul_all(const gf16 *x, const gf16 *y, size_t count, gf16 *out);
void gf16_fma_all(const gf16 *x, const gf16 *y, const gf16 *z, size_t count, gf16 *out);
/* The sum of products in float, in a fixed order (a NaN may be any NaN), and rounded once from the
 * exact sum. */
float gf16_dot(const gf16 *x, const gf16 *y, size_t count);
gf16 gf16_dot_exact(const gf16 *x, const gf16 *y, size_t count);

#ifdef __cplusplus
}
#endif

#endif
