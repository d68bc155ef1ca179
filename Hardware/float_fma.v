// result = a · b + c with one rounding to nearest, ties to even.
//
// Format, SUBNORMALS and STAGES (0 to 5) are those of float_add.v; without subnormals the result is
// rounded with an unbounded exponent, and becomes zero where it is then below the normal numbers.
//
// The exact product stays in place and the addend moves. From the left the window holds the addend's
// significand where it stands furthest left, two guard bits, and the product; an addend that lies
// further left still stays there (the product is then less than a quarter of its last place), and
// what falls off on the right is the sticky bit.
module float_fma #(
  parameter EXPONENT = 6,
  parameter FRACTION = 9,
  parameter SUBNORMALS = 1,
  parameter STAGES = 0
) (
  input  wire                       clock,
  input  wire [EXPONENT+FRACTION:0] a,
  input  wire [EXPONENT+FRACTION:0] b,
  input  wire [EXPONENT+FRACTION:0] c,
  output wire [EXPONENT+FRACTION:0] result
);
  localparam E = EXPONENT;
  localparam F = FRACTION;
  localparam P = 2 * F + 2;
  localparam W = P + F + 3;
  localparam X = E + 3;  // signed exponents
  localparam BIAS = (1 << (E - 1)) - 1;
  localparam S = $clog2(W + 1);

  // Classify; normalise the factor that may be subnormal.

  wire [E+F:0] x, y, z;
  stage #(.WIDTH(3 * (E + F + 1)), .ENABLE(STAGES >= 1)) s_in (
    .clock(clock), .in({a, b, c}), .out({x, y, z})
  );
  wire [E-1:0] x_field = x[E+F-1:F];
  wire [E-1:0] y_field = y[E+F-1:F];
  wire [E-1:0] z_field = z[E+F-1:F];
  wire x_normal = x_field != 0;
  wire y_normal = y_field != 0;
  wire z_normal = z_field != 0;
  wire x_some = x[F-1:0] != 0;
  wire y_some = y[F-1:0] != 0;
  wire z_some = z[F-1:0] != 0;
  wire x_zero = ~x_normal & (SUBNORMALS == 0 | ~x_some);
  wire y_zero = ~y_normal & (SUBNORMALS == 0 | ~y_some);
  wire z_zero = ~z_normal & (SUBNORMALS == 0 | ~z_some);
  wire product_zero = x_zero | y_zero;
  wire product_special = &x_field | &y_field;
  wire product_sign = x[E+F] ^ y[E+F];
  wire z_special = &z_field;
  wire subtract_0 = product_sign ^ z[E+F];
  wire nan_0 = (&x_field & x_some) | (&y_field & y_some) | (z_special & z_some)
    | (product_special & (product_zero | (z_special & subtract_0)));
  wire special_0 = product_special | z_special;
  // The sign of a special result, and of an exact zero.
  wire sign_0 = product_special ? product_sign : z_special ? z[E+F] : product_sign & z[E+F];

  wire [F:0] u_0, v_0;
  wire signed [X-1:0] product_exponent;  // field of the product's lower binade
  generate
    if (SUBNORMALS != 0) begin : g_subnormal
      wire [F:0] raw = x_normal ? {y_normal, y[F-1:0]} : {1'b0, x[F-1:0]};
      wire [$clog2(F+2)-1:0] zeros;
      leading_zeros #(.WIDTH(F + 1)) u_zeros (.value(raw), .count(zeros));
      assign u_0 = raw << zeros;
      assign v_0 = x_normal ? {1'b1, x[F-1:0]} : {y_normal, y[F-1:0]};
      assign product_exponent = $signed({3'b000, x_field}) + $signed({3'b000, y_field})
        - $signed({{(X-$clog2(F+2)){1'b0}}, zeros}) - BIAS
        + $signed({{(X-1){1'b0}}, ~x_normal | ~y_normal});
    end else begin : g_flush
      assign u_0 = {x_normal, x[F-1:0]};
      assign v_0 = {y_normal, y[F-1:0]};
      assign product_exponent =
        $signed({3'b000, x_field}) + $signed({3'b000, y_field}) - BIAS;
    end
  endgenerate
  wire [E-1:0] z_exponent = {z_field[E-1:1], z_field[0] | (SUBNORMALS != 0 & ~z_normal)};
  wire [F:0] addend_0 = z_zero ? {(F + 1){1'b0}} : {z_normal, z[F-1:0]};

  // How far the addend moves to the right; the field of a number whose first bit is the window's.
  wire signed [X-1:0] reach = product_exponent + (F + 4);
  wire signed [X-1:0] distance_0 = reach - $signed({3'b000, z_exponent});
  wire stay = product_zero | distance_0 < 0;
  wire [S-1:0] shift_0 = stay ? {S{1'b0}} : distance_0 > W ? W : distance_0[S-1:0];
  wire signed [X-1:0] top_0 = stay ? $signed({3'b000, z_exponent}) : reach;

  wire special_1, nan_1, sign_1, subtract_1, product_sign_1, product_zero_1;
  wire [F:0] u, v, addend;
  wire [S-1:0] shift;
  wire signed [X-1:0] top_1;
  stage #(.WIDTH(6 + 3 * (F + 1) + S + X), .ENABLE(STAGES >= 3)) s_1 (
    .clock(clock),
    .in({special_0, nan_0, sign_0, subtract_0, product_sign, product_zero, u_0, v_0, addend_0,
      shift_0, top_0}),
    .out({special_1, nan_1, sign_1, subtract_1, product_sign_1, product_zero_1, u, v, addend,
      shift, top_1})
  );

  // Multiply and align.

  wire [P-1:0] exact = u * v;
  wire [P-1:0] product_1 = product_zero_1 ? {P{1'b0}} : exact;
  wire [W+F:0] moved = {addend, {W{1'b0}}} >> shift;
  wire [W-1:0] aligned_1 = moved[W+F:F+1];
  wire sticky_1 = |moved[F:0];

  wire special_2, nan_2, sign_2, subtract, product_sign_2, sticky_2;
  wire [P-1:0] product;
  wire [W-1:0] aligned;
  wire signed [X-1:0] top_2;
  stage #(.WIDTH(6 + P + W + X), .ENABLE(STAGES >= 4)) s_2 (
    .clock(clock),
    .in({special_1, nan_1, sign_1, subtract_1, product_sign_1, sticky_1, product_1, aligned_1,
      top_1}),
    .out({special_2, nan_2, sign_2, subtract, product_sign_2, sticky_2, product, aligned, top_2})
  );

  // Add; a negative difference is complemented. With a sticky bit the product is the larger one.

  wire [W+1:0] total = {1'b0, {(W - P){1'b0}}, product, 1'b1}
    + {subtract, aligned ^ {W{subtract}}, subtract & ~sticky_2};
  wire negative = total[W+1];
  wire [W-1:0] n_2 = ({W{negative}} ^ total[W:1]) + {{(W-1){1'b0}}, negative};
  wire some_2 = product_sign_2 ^ negative;

  wire special, nan, sign_3, sign_of_sum, sticky;
  wire [W-1:0] n;
  wire signed [X-1:0] first;
  stage #(.WIDTH(5 + W + X), .ENABLE(STAGES >= 2)) s_3 (
    .clock(clock),
    .in({special_2, nan_2, sign_2, some_2, sticky_2, n_2, top_2}),
    .out({special, nan, sign_3, sign_of_sum, sticky, n, first})
  );

  // Normalise, but with subnormals not beyond exponent 1; round.

  wire [S-1:0] zeros;
  leading_zeros #(.WIDTH(W)) n_zeros (.value(n), .count(zeros));
  wire [X-1:0] room = first - 1;
  wire limited = SUBNORMALS != 0 & {{(X-S){1'b0}}, zeros} > room;
  wire [S-1:0] left = limited ? room[S-1:0] : zeros;
  wire [W-1:0] significand_4 = n << left;
  wire signed [X-1:0] exponent_4 = first - $signed({{(X-S){1'b0}}, left});
  wire zero_4 = n == 0;  // a sticky bit alone cannot be: the product is not zero then

  wire special_5, nan_5, sign_5, zero, sticky_5;
  wire signed [X-1:0] exponent;
  wire [F+2:0] significand;
  wire sign_4 = special | zero_4 ? sign_3 : sign_of_sum;
  stage #(.WIDTH(5 + X + F + 3), .ENABLE(STAGES >= 5)) s_4 (
    .clock(clock),
    .in({special, nan, sign_4, zero_4, sticky | |significand_4[W-F-4:0], exponent_4,
      significand_4[W-1 -: F+3]}),
    .out({special_5, nan_5, sign_5, zero, sticky_5, exponent, significand})
  );
  wire hidden = significand[F+2];
  wire guard = significand[1];
  wire increment = guard & (significand[2] | significand[0] | sticky_5);
  wire [X+F-1:0] rounded = {exponent, significand[F+1 -: F]} + {{(X+F-1){1'b0}}, increment};
  wire signed [X-1:0] field = $signed(rounded[X+F-1:F]);
  wire infinite = special_5 | (~zero & field >= (1 << E) - 1);
  wire flush = ~special_5 & (zero | (SUBNORMALS == 0 & field <= 0));
  // A subnormal has exponent 1 here; its field is 0, or 1 where the rounding carried to 2.
  wire [E-1:0] field_out =
    SUBNORMALS != 0 & ~hidden ? {{(E-1){1'b0}}, field[1]} : field[E-1:0];
  wire [F-1:0] cleared = flush | infinite ? {F{1'b0}} : rounded[F-1:0];
  stage #(.WIDTH(E + F + 1), .ENABLE(STAGES >= 1)) s_out (
    .clock(clock),
    .in({sign_5 & ~nan_5, flush ? {E{1'b0}} : field_out | {E{infinite}}, cleared[F-1] | nan_5,
      cleared[F-2:0]}),
    .out(result)
  );
endmodule
