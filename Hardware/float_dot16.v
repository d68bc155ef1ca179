// result = c + Σ a[i] · b[i] for 16 elements, with one rounding to nearest, ties to even.
//
// Element i of a and b is in bits i·N and up, N = EXPONENT + FRACTION + 1. Format, SUBNORMALS and
// STAGES (0 to 7) are those of float_fma.v.
//
// The 17 terms are aligned to the one with the largest exponent and added in fixed point, GUARD bits
// below that term's last place. GUARD = 0 takes as many as the format's range asks for: nothing is
// lost then, the sum is exact and its rounding is the only one. With fewer, the magnitude of each
// term loses its bits below that place (toward zero) before the exact sum of what remains is
// rounded; the error from that is below 17 · 2^-GUARD of the largest term's last place. A
// term's exponent is the sum of its factors' fields, a subnormal's being 1; a zero has none. The
// addend counts as a product c · 1, with FRACTION zeros behind its significand. A sum that is
// exactly zero is +0, also if every term is -0.
module float_dot16 #(
  parameter EXPONENT = 6,
  parameter FRACTION = 9,
  parameter SUBNORMALS = 1,
  parameter STAGES = 0,
  parameter GUARD = 0
) (
  input  wire                            clock,
  input  wire [16*(EXPONENT+FRACTION+1)-1:0] a,
  input  wire [16*(EXPONENT+FRACTION+1)-1:0] b,
  input  wire [EXPONENT+FRACTION:0]      c,
  output wire [EXPONENT+FRACTION:0]      result
);
  localparam E = EXPONENT;
  localparam F = FRACTION;
  localparam N = E + F + 1;
  localparam P = 2 * F + 2;
  localparam BIAS = (1 << (E - 1)) - 1;
  localparam K = E + 1;  // bits of an exponent sum
  localparam G = GUARD != 0 ? GUARD : 2 * ((1 << E) - 3);
  localparam M = P + G;  // an aligned magnitude
  localparam W = M + 5;  // a sum, without its sign
  localparam X = K + 2;  // signed exponents
  localparam S = $clog2(M + 1);
  localparam Z = $clog2(W + 1);

  wire [33*N-1:0] in;
  stage #(.WIDTH(33 * N), .ENABLE(STAGES >= 1)) s_in (.clock(clock), .in({c, b, a}), .out(in));

  // Terms: sign, product, exponent sum (0 for a zero), and what is special. Term 16 is the addend.

  wire [16:0] negative, term_nan, term_special;
  wire [17*P-1:0] product;
  wire [17*K-1:0] exponent;
  genvar i;
  generate
    for (i = 0; i < 17; i = i + 1) begin : g_term
      wire [N-1:0] x = i == 16 ? in[33*N-1 -: N] : in[i*N +: N];
      wire [N-1:0] y = i == 16 ? BIAS << F : in[(i==16?0:i+16)*N +: N];
      wire x_normal = x[N-2:F] != 0;
      wire y_normal = y[N-2:F] != 0;
      wire x_some = x[F-1:0] != 0;
      wire y_some = y[F-1:0] != 0;
      wire zero = (~x_normal & (SUBNORMALS == 0 | ~x_some))
        | (~y_normal & (SUBNORMALS == 0 | ~y_some));
      wire special = &x[N-2:F] | &y[N-2:F];
      assign term_special[i] = special;
      assign term_nan[i] = (&x[N-2:F] & x_some) | (&y[N-2:F] & y_some) | (special & zero);
      assign negative[i] = x[N-1] ^ y[N-1];
      wire [K-1:0] sum = {1'b0, x[N-2:F+1], x[F] | (SUBNORMALS != 0 & ~x_normal)}
        + {1'b0, y[N-2:F+1], y[F] | (SUBNORMALS != 0 & ~y_normal)};
      assign exponent[i*K +: K] = zero ? {K{1'b0}} : sum;
      wire [P-1:0] exact;
      if (i == 16) begin : g_addend
        assign exact = {1'b0, x_normal, x[F-1:0], {F{1'b0}}};
      end else begin : g_product
        assign exact = {x_normal, x[F-1:0]} * {y_normal, y[F-1:0]};
      end
      assign product[i*P +: P] = zero ? {P{1'b0}} : exact;
    end
  endgenerate

  wire positive_infinity = |(term_special & ~negative);
  wire negative_infinity = |(term_special & negative);
  wire nan_0 = |term_nan | (positive_infinity & negative_infinity);
  wire special_0 = positive_infinity | negative_infinity;
  // The sign of a special result; an exact zero is +0.
  wire sign_0 = special_0 & negative_infinity;

  wire nan_1, special_1, sign_1;
  wire [16:0] negative_1;
  wire [17*P-1:0] product_1;
  wire [17*K-1:0] exponent_1;
  stage #(.WIDTH(3 + 17 + 17 * P + 17 * K), .ENABLE(STAGES >= 2)) s_1 (
    .clock(clock),
    .in({nan_0, special_0, sign_0, negative, product, exponent}),
    .out({nan_1, special_1, sign_1, negative_1, product_1, exponent_1})
  );

  // The largest exponent: a tournament; entries 16 to 31 are the leaves, the addend meets the root.

  wire [K-1:0] best[0:31];
  generate
    for (i = 0; i < 16; i = i + 1) begin : g_leaf
      assign best[16+i] = exponent_1[i*K +: K];
    end
    for (i = 1; i < 16; i = i + 1) begin : g_match
      assign best[i] = best[2*i] < best[2*i+1] ? best[2*i+1] : best[2*i];
    end
  endgenerate
  assign best[0] = best[1] < exponent_1[16*K +: K] ? exponent_1[16*K +: K] : best[1];

  wire nan_2, special_2, sign_2;
  wire [16:0] negative_2;
  wire [17*P-1:0] product_2;
  wire [17*K-1:0] exponent_2;
  wire [K-1:0] largest_2;
  stage #(.WIDTH(3 + 17 + 17 * P + 18 * K), .ENABLE(STAGES >= 3)) s_2 (
    .clock(clock),
    .in({nan_1, special_1, sign_1, negative_1, product_1, exponent_1, best[0]}),
    .out({nan_2, special_2, sign_2, negative_2, product_2, exponent_2, largest_2})
  );

  // Align. A negative term is complemented; the one that this lacks goes in with a later addition.

  wire [17*W+16:0] aligned_2;  // each one bit wider than a sum's magnitude
  generate
    for (i = 0; i < 17; i = i + 1) begin : g_align
      wire [K-1:0] distance = largest_2 - exponent_2[i*K +: K];
      wire [S-1:0] shift = {{32{1'b0}}, distance} > M ? M : distance;
      wire [M-1:0] moved = {product_2[i*P +: P], {G{1'b0}}} >> shift;
      assign aligned_2[i*(W+1) +: W+1] = {6'b0, moved} ^ {(W+1){negative_2[i]}};
    end
  endgenerate

  wire nan_3, special_3, sign_3;
  wire [16:0] negative_3;
  wire [17*W+16:0] aligned_3;
  wire [K-1:0] largest_3;
  stage #(.WIDTH(3 + 17 + 17 * (W + 1) + K), .ENABLE(STAGES >= 4)) s_3 (
    .clock(clock),
    .in({nan_2, special_2, sign_2, negative_2, aligned_2, largest_2}),
    .out({nan_3, special_3, sign_3, negative_3, aligned_3, largest_3})
  );

  // Add in a tree, in two halves: to four sums, and to one. Sum k is that of sums 2k and 2k + 1, the
  // terms being 16 to 31. A place below the lowest carries in the one that a negative term lacks:
  // that of term i goes into sum i, and sum 0 adds the addend.

  wire [W:0] node[0:31];
  generate
    for (i = 0; i < 16; i = i + 1) begin : g_node
      assign node[16+i] = aligned_3[i*(W+1) +: W+1];
    end
    for (i = 4; i < 16; i = i + 1) begin : g_sum
      wire [W+1:0] carried =
        {node[2*i], negative_3[i]} + {node[2*i+1], negative_3[i]};
      assign node[i] = carried[W+1:1];
    end
  endgenerate

  wire nan_4, special_4, sign_4;
  wire [4:0] negative_4;
  wire [W:0] part_0, part_1, part_2, part_3, addend;
  wire [K-1:0] largest_4;
  stage #(.WIDTH(8 + K + 5 * (W + 1)), .ENABLE(STAGES >= 5)) s_4 (
    .clock(clock),
    .in({nan_3, special_3, sign_3, largest_3, {negative_3[16], negative_3[3:0]},
      node[4], node[5], node[6], node[7], aligned_3[16*(W+1) +: W+1]}),
    .out({nan_4, special_4, sign_4, largest_4, negative_4, part_0, part_1, part_2, part_3, addend})
  );
  wire [W+1:0] sum_2 = {part_0, negative_4[2]} + {part_1, negative_4[2]};
  wire [W+1:0] sum_3 = {part_2, negative_4[3]} + {part_3, negative_4[3]};
  wire [W+1:0] sum_1 = {sum_2[W+1:1], negative_4[1]} + {sum_3[W+1:1], negative_4[1]};
  wire [W+1:0] total = {sum_1[W+1:1], negative_4[0]} + {addend, negative_4[0]};

  wire nan_5, special_5, sign_5, lacking;
  wire [W:0] total_5;
  wire [K-1:0] largest_5;
  stage #(.WIDTH(4 + K + W + 1), .ENABLE(STAGES >= 6)) s_5 (
    .clock(clock),
    .in({nan_4, special_4, sign_4, largest_4, negative_4[4], total[W+1:1]}),
    .out({nan_5, special_5, sign_5, largest_5, lacking, total_5})
  );
  // The addend's one is still lacking, so -1 may stand for zero.
  wire minus = total_5[W];
  wire [W-1:0] n = (total_5[W-1:0] ^ {W{minus}}) + {{(W-1){1'b0}}, minus ^ lacking};
  wire zero_5 = n == 0;

  // Normalise to the first bit, or to exponent 1 with subnormals: that may be to the right,
  // where the sum is far below the smallest subnormal.

  wire [Z-1:0] zeros;
  leading_zeros #(.WIDTH(W)) n_zeros (.value(n), .count(zeros));
  // The field of a number whose first bit is that of `n`.
  wire signed [X-1:0] first = $signed({2'b00, largest_5}) + (6 - BIAS);
  wire signed [X-1:0] exponent_5 = first - $signed({{(X-Z){1'b0}}, zeros});
  wire below_5 = SUBNORMALS != 0 & exponent_5 < 1;
  wire signed [X-1:0] room = first - 1;  // negative: to the right
  wire right = room < 0;
  wire [X-1:0] down = -room;
  localparam D = $clog2(F + 3);
  wire [W-1:0] spread = n << (below_5 ? (right ? 0 : room[Z-1:0]) : zeros);
  wire [W+(1<<D)-1:0] lowered = {spread, {(1 << D){1'b0}}}
    >> (below_5 & right ? (|down[X-1:D] ? {D{1'b1}} : down[D-1:0]) : {D{1'b0}});
  wire [F+2:0] significand_5 =
    {lowered[W+(1<<D)-1 -: F+2], |lowered[W+(1<<D)-F-3:0]};
  wire [X-1:0] kept_5 = below_5 ? {{(X-1){1'b0}}, 1'b1} : exponent_5;

  wire nan_6, special_6, sign_6, zero;
  wire [F+2:0] significand;
  wire signed [X-1:0] kept;
  stage #(.WIDTH(4 + F + 3 + X), .ENABLE(STAGES >= 7)) s_6 (
    .clock(clock),
    .in({nan_5, special_5, special_5 | zero_5 ? sign_5 : minus, zero_5, significand_5, kept_5}),
    .out({nan_6, special_6, sign_6, zero, significand, kept})
  );
  wire hidden = significand[F+2];
  wire increment = significand[1] & (significand[2] | significand[0]);
  wire [X+F-1:0] rounded = {kept, significand[F+1 -: F]} + {{(X+F-1){1'b0}}, increment};
  wire signed [X-1:0] field = $signed(rounded[X+F-1:F]);
  wire infinite = special_6 | (~zero & field >= (1 << E) - 1);
  wire flush = ~special_6 & (zero | (SUBNORMALS == 0 & field <= 0));
  wire [E-1:0] field_out =
    SUBNORMALS != 0 & ~hidden ? {{(E-1){1'b0}}, field[1]} : field[E-1:0];
  wire [F-1:0] cleared = flush | infinite ? {F{1'b0}} : rounded[F-1:0];
  stage #(.WIDTH(N), .ENABLE(STAGES >= 1)) s_out (
    .clock(clock),
    .in({sign_6 & ~nan_6, flush ? {E{1'b0}} : field_out | {E{infinite}}, cleared[F-1] | nan_6,
      cleared[F-2:0]}),
    .out(result)
  );
endmodule
