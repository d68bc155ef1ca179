// product = a · b, rounded to nearest, ties to even.
//
// Format, SUBNORMALS and STAGES (0 to 4) are those of float_add.v. Without subnormals a product is
// rounded with an unbounded exponent, and becomes zero where it is then below the normal numbers.
//
// Without subnormals the whole of exponent sum, product and rounding half of the lower binade is one
// multiply-add, which fits one DSP slice; the upper binade needs a second half. With subnormals the
// one operand that may be subnormal is normalised first (of two, the product is far below the
// smallest subnormal), and the product shifted right where the result is subnormal.
module float_multiply #(
  parameter EXPONENT = 6,
  parameter FRACTION = 9,
  parameter SUBNORMALS = 1,
  parameter STAGES = 0
) (
  input  wire                       clock,
  input  wire [EXPONENT+FRACTION:0] a,
  input  wire [EXPONENT+FRACTION:0] b,
  output wire [EXPONENT+FRACTION:0] product
);
  localparam E = EXPONENT;
  localparam F = FRACTION;
  localparam P = 2 * F + 2;
  localparam BIAS = (1 << (E - 1)) - 1;

  wire [E+F:0] x, y;
  stage #(.WIDTH(2 * (E + F + 1)), .ENABLE(STAGES >= 1)) s_in (
    .clock(clock), .in({a, b}), .out({x, y})
  );
  wire [E-1:0] x_field = x[E+F-1:F];
  wire [E-1:0] y_field = y[E+F-1:F];
  wire x_normal = x_field != 0;
  wire y_normal = y_field != 0;
  wire x_some = x[F-1:0] != 0;
  wire y_some = y[F-1:0] != 0;
  wire zero_0 = ~(x_normal | (SUBNORMALS != 0 & x_some)) | ~(y_normal | (SUBNORMALS != 0 & y_some));
  wire special_0 = &x_field | &y_field;
  wire nan_0 = (&x_field & x_some) | (&y_field & y_some) | (special_0 & zero_0);
  wire sign_0 = (x[E+F] ^ y[E+F]) & ~nan_0;

  generate
    if (SUBNORMALS == 0) begin : g_flush
      wire zero_1, special_1, nan_1, sign_1;
      wire [E:0] exponents;
      wire [F-1:0] u, v;
      stage #(.WIDTH(4 + E + 1 + 2 * F), .ENABLE(STAGES >= 3)) s_1 (
        .clock(clock),
        .in({zero_0, special_0, nan_0, sign_0, {1'b0, x_field} + {1'b0, y_field},
          x[F-1:0], y[F-1:0]}),
        .out({zero_1, special_1, nan_1, sign_1, exponents, u, v})
      );
      wire [E+P-1:0] total_1 = {1'b1, u} * {1'b1, v}
        + {exponents, {(F + 1){1'b0}}, 1'b1, {(F - 1){1'b0}}};

      wire zero, special, nan, sign, parity;
      wire [E+P-1:0] total;
      stage #(.WIDTH(5 + E + P), .ENABLE(STAGES >= 2)) s_2 (
        .clock(clock),
        .in({zero_1, special_1, nan_1, sign_1, exponents[0], total_1}),
        .out({zero, special, nan, sign, parity, total})
      );
      // The product and half an ulp of the lower binade; its top bit was added to the exponents.
      wire top = total[P-1] ^ parity;
      wire rest = total[F-2:0] != 0;
      wire tie = ~total[F-1] & ~rest;
      wire increment = top & total[F] & total[F-1] & (rest | total[F+1]);
      wire [F-1:0] picked =
        top ? total[P-2 -: F] : {total[P-3 -: F-1], total[F] & ~tie};
      wire [F-1:0] fraction_2 = picked + {{(F - 1){1'b0}}, increment};
      // Its field in the result is this less the bias.
      wire [E:0] sum_2 = total[P-1 +: E+1];
      wire zero_3, special_3, nan_3, sign_3;
      wire [F-1:0] fraction;
      wire [E:0] sum;
      stage #(.WIDTH(4 + F + E + 1), .ENABLE(STAGES >= 4)) s_3 (
        .clock(clock),
        .in({zero, special, nan, sign, fraction_2, sum_2}),
        .out({zero_3, special_3, nan_3, sign_3, fraction, sum})
      );
      wire flush = ~special_3 & (zero_3 | sum <= BIAS);
      wire infinite = special_3 | sum >= BIAS + (1 << E) - 1;
      wire [E:0] field = sum - BIAS;
      wire [F-1:0] cleared = flush | infinite ? {F{1'b0}} : fraction;
      stage #(.WIDTH(E + F + 1), .ENABLE(STAGES >= 1)) s_out (
        .clock(clock),
        .in({sign_3, flush ? {E{1'b0}} : field[E-1:0] | {E{infinite}}, cleared[F-1] | nan_3,
          cleared[F-2:0]}),
        .out(product)
      );
    end else begin : g_subnormal
      // The operand that may be subnormal goes first.
      wire [F:0] u_raw = x_normal ? {y_normal, y[F-1:0]} : {1'b0, x[F-1:0]};
      wire [F:0] v_0 = x_normal ? {1'b1, x[F-1:0]} : {y_normal, y[F-1:0]};
      wire [$clog2(F+2)-1:0] zeros;
      leading_zeros #(.WIDTH(F + 1)) u_zeros (.value(u_raw), .count(zeros));
      wire [F:0] u_0 = u_raw << zeros;
      // The field of the product in the lower binade, less one; negative for a subnormal result.
      wire signed [E+1:0] exponent_0 = $signed({2'b00, x_field}) + $signed({2'b00, y_field})
        - $signed({{(E+2-$clog2(F+2)){1'b0}}, zeros}) - BIAS
        + $signed({{(E+1){1'b0}}, ~x_normal | ~y_normal}) - 1;

      wire zero_1, special_1, nan_1, sign_1;
      wire signed [E+1:0] exponent_1;
      wire [F:0] u, v;
      stage #(.WIDTH(4 + E + 2 + 2 * (F + 1)), .ENABLE(STAGES >= 3)) s_1 (
        .clock(clock),
        .in({zero_0, special_0, nan_0, sign_0, exponent_0, u_0, v_0}),
        .out({zero_1, special_1, nan_1, sign_1, exponent_1, u, v})
      );
      wire [P-1:0] exact_1 = u * v;

      wire zero_2, special_2, nan_2, sign_2;
      wire signed [E+1:0] exponent_2;
      wire [P-1:0] exact;
      stage #(.WIDTH(4 + E + 2 + P), .ENABLE(STAGES >= 2)) s_2 (
        .clock(clock),
        .in({zero_1, special_1, nan_1, sign_1, exponent_1, exact_1}),
        .out({zero_2, special_2, nan_2, sign_2, exponent_2, exact})
      );
      // A shift by F + 3 or more leaves only the sticky bit.
      localparam S = $clog2(F + 4);
      wire negative = exponent_2[E+1];
      wire [E+1:0] down = -exponent_2;
      wire far = |down[E+1:S];
      wire [P+(1<<S)-1:0] shifted =
        {exact, {(1 << S){1'b0}}} >> (negative ? down[S-1:0] : {S{1'b0}});
      wire [P-1:0] aligned_2 = negative & far ? {P{1'b0}} : shifted[P+(1<<S)-1:1<<S];
      wire sticky_2 = negative & (far | |shifted[(1<<S)-1:0]);
      wire [E:0] base_2 = negative ? {(E + 1){1'b0}} : exponent_2[E:0];

      wire zero, special, nan, sign, sticky;
      wire [E:0] base;
      wire [P-1:0] aligned;
      stage #(.WIDTH(5 + E + 1 + P), .ENABLE(STAGES >= 4)) s_3 (
        .clock(clock),
        .in({zero_2, special_2, nan_2, sign_2, sticky_2, base_2, aligned_2}),
        .out({zero, special, nan, sign, sticky, base, aligned})
      );
      wire top = aligned[P-1];
      wire rest = aligned[F-2:0] != 0 | sticky;
      wire increment = top
        ? aligned[F] & (aligned[F+1] | aligned[F-1] | rest)
        : aligned[F-1] & (aligned[F] | rest);
      wire [F-1:0] fraction = top ? aligned[P-2 -: F] : aligned[P-3 -: F];
      // The integer part counts 2, 1 or, for a subnormal, 0 in the exponent.
      wire [E+F+1:0] rounded = {1'b0, base, fraction}
        + {{E{1'b0}}, top, ~top & aligned[P-2], {(F - 1){1'b0}}, increment};
      wire infinite = special | rounded[E+F:F] >= (1 << E) - 1;
      wire flush = zero & ~special;
      wire [F-1:0] cleared = flush | infinite ? {F{1'b0}} : rounded[F-1:0];
      stage #(.WIDTH(E + F + 1), .ENABLE(STAGES >= 1)) s_out (
        .clock(clock),
        .in({sign, flush ? {E{1'b0}} : rounded[E+F-1:F] | {E{infinite}}, cleared[F-1] | nan,
          cleared[F-2:0]}),
        .out(product)
      );
    end
  endgenerate
endmodule
