// sum = a + b, rounded to nearest, ties to even.
//
// Format: 1 sign, EXPONENT exponent and FRACTION fraction bits, bias 2^(EXPONENT-1) - 1, IEEE 754
// infinities and NaN; 6:9 is GF16, 5:10 fp16, 8:7 bf16. Every NaN result is the canonical quiet NaN.
// SUBNORMALS = 0 reads a subnormal operand as a zero of its sign and writes a subnormal result as
// one. STAGES = 0 has no register; otherwise operands and result are registered, with STAGES (1 to 4)
// stages of logic between: the result follows its operands by STAGES + 1 clock edges.
//
// The operand of the larger magnitude goes first, so that the difference is never negative. The
// smaller is aligned with two guard bits; what falls off is the sticky bit, which a subtraction
// takes as a borrow. A sum is exact whenever it is shifted left by two or more, so the rounding
// increment looks at three positions only, and one carry chain adds it to exponent and fraction.
module float_add #(
  parameter EXPONENT = 6,
  parameter FRACTION = 9,
  parameter SUBNORMALS = 1,
  parameter STAGES = 0
) (
  input  wire                       clock,
  input  wire [EXPONENT+FRACTION:0] a,
  input  wire [EXPONENT+FRACTION:0] b,
  output wire [EXPONENT+FRACTION:0] sum
);
  localparam E = EXPONENT;
  localparam F = FRACTION;
  localparam W = F + 3;  // hidden bit, fraction, two guard bits
  localparam SHIFT = $clog2(W + 1);
  localparam GROUPS = (W + 6) / 4;  // of four bits in the normalising shift
  localparam Q = $clog2(GROUPS);
  localparam V = 4 * GROUPS;

  // Compare, swap, subtract exponents.

  wire [E+F:0] x, y;
  stage #(.WIDTH(2 * (E + F + 1)), .ENABLE(STAGES >= 1)) s_in (
    .clock(clock), .in({a, b}), .out({x, y})
  );

  wire swap = x[E+F-1:0] < y[E+F-1:0];
  wire sign_0 = swap ? y[E+F] : x[E+F];
  wire subtract_0 = x[E+F] ^ y[E+F];
  wire [E-1:0] field = swap ? y[E+F-1:F] : x[E+F-1:F];
  wire [E-1:0] minor_field = swap ? x[E+F-1:F] : y[E+F-1:F];
  wire [F-1:0] major_0 = swap ? y[F-1:0] : x[F-1:0];
  wire [F-1:0] minor_fraction = swap ? x[F-1:0] : y[F-1:0];
  wire minor_normal = (x[E+F-1:F] != 0) & (y[E+F-1:F] != 0);
  wire major_normal_0 = SUBNORMALS == 0 | field != 0;
  wire special_0 = &field;
  // A subnormal has the exponent of the smallest normal numbers.
  wire [E-1:0] exponent_0 = {field[E-1:1], field[0] | ~major_normal_0};
  wire [E-1:0] minor_exponent = {minor_field[E-1:1],
    minor_field[0] | (SUBNORMALS != 0 & ~minor_normal)};
  wire [E-1:0] distance_0 = exponent_0 - minor_exponent;
  wire [F:0] minor_0 = {minor_normal, minor_fraction};
  // A special operand passes through unchanged: nothing is added to it.
  wire active_0 = ~special_0 & (SUBNORMALS != 0 | minor_normal);
  wire nan_0 = special_0 & (major_0 != 0 | (subtract_0 & distance_0 == 0));

  // Align.

  wire sign_1, subtract_1, major_normal_1, active_1, nan_1;
  wire [E-1:0] exponent_1, distance;
  wire [F-1:0] major_1;
  wire [F:0] minor;
  stage #(.WIDTH(5 + 2 * E + 2 * F + 1), .ENABLE(STAGES >= 4)) s_1 (
    .clock(clock),
    .in({sign_0, subtract_0, major_normal_0, active_0, nan_0, exponent_0, distance_0,
      major_0, minor_0}),
    .out({sign_1, subtract_1, major_normal_1, active_1, nan_1, exponent_1, distance,
      major_1, minor})
  );

  wire far;
  generate
    if (E > SHIFT) begin : g_far
      assign far = |distance[E-1:SHIFT];
    end else begin : g_near
      assign far = 1'b0;
    end
  endgenerate
  localparam S = E < SHIFT ? E : SHIFT;
  wire [W+(1<<S)-1:0] shifted = {minor, 2'b00, {(1 << S){1'b0}}} >> distance[S-1:0];
  wire sticky_1 = active_1 & (far ? (SUBNORMALS == 0 | minor != 0) : |shifted[(1<<S)-1:0]);
  wire [W-1:0] aligned_1 = active_1 & ~far ? shifted[W+(1<<S)-1:1<<S] : {W{1'b0}};

  // Add or subtract.

  wire sign_2, subtract, major_normal, sticky_2, nan_2;
  wire [E-1:0] exponent_2;
  wire [F-1:0] major;
  wire [W-1:0] aligned;
  stage #(.WIDTH(5 + E + F + W), .ENABLE(STAGES >= 3)) s_2 (
    .clock(clock),
    .in({sign_1, subtract_1, major_normal_1, sticky_1, nan_1, exponent_1, major_1, aligned_1}),
    .out({sign_2, subtract, major_normal, sticky_2, nan_2, exponent_2, major, aligned})
  );

  // The lowest position of the chain makes the carry in.
  wire [W+1:0] total = {1'b0, major_normal, major, 3'b001}
    + {1'b0, aligned ^ {W{subtract}}, subtract & ~sticky_2};
  wire [W:0] n_2 = {total[W+1] & ~subtract, total[W:1]};

  // Normalise and round.

  wire sign, subtracted, sticky, nan;
  wire [E-1:0] exponent;
  wire [W:0] n;
  stage #(.WIDTH(4 + E + W + 1), .ENABLE(STAGES >= 2)) s_3 (
    .clock(clock),
    .in({sign_2, subtract, sticky_2, nan_2, exponent_2, n_2}),
    .out({sign, subtracted, sticky, nan, exponent, n})
  );

  // With subnormals, a mark at the position that has exponent 1 stops the shift there.
  reg [W:0] marked;
  integer i;
  always @* begin
    for (i = 0; i <= W; i = i + 1)
      marked[i] = n[i] | (SUBNORMALS != 0 & {{32{1'b0}}, exponent} == W - i);
  end

  // The shift by 4·group + fine, two less than the leading zeros with two zeros put in front: then
  // 3 - shift, which the exponent needs, is {-group, ~fine}.
  wire [V-1:0] wide = {2'b00, n, {(V-W-3){1'b0}}};
  wire [V-1:0] wide_marked = {2'b00, marked, {(V-W-3){1'b0}}};
  reg [Q-1:0] group;
  reg [Q:0] minus_group;
  integer j;
  always @* begin
    group = GROUPS - 1;
    minus_group = 1 - GROUPS;
    for (j = GROUPS - 2; j >= 0; j = j - 1)
      if (|wide_marked[V-1-4*j -: 4]) begin
        group = j;
        minus_group = -j;
      end
  end
  wire [V-1:0] coarse = wide << {group, 2'b00};
  wire [V-1:0] coarse_marked = wide_marked << {group, 2'b00};
  wire [3:0] head = coarse_marked[V-1 -: 4];
  wire [1:0] minus_fine = {head[3] | head[2], head[3] | (~head[2] & head[1])};
  wire [V-1:0] fine = coarse << ~minus_fine;
  wire hidden = fine[V-1];
  wire zero = SUBNORMALS != 0 ? n == 0 : ~|coarse[V-1 -: 4];

  wire increment = n[W] ? n[2] & (n[3] | n[1] | n[0] | sticky)
    : n[W-1] ? n[1] & (n[2] | n[0] | sticky)
    : n[0] & (n[1] | sticky);
  wire [E+F:0] rounded = {1'b0, exponent, fine[V-2 -: F]}
    + {{(E-Q-2){minus_group[Q]}}, minus_group, minus_fine, {(F-1){1'b0}}, increment};
  wire underflow = SUBNORMALS == 0 & (rounded[E+F] | rounded[E+F-1:F] == 0);
  wire flush = zero | underflow;
  wire clear = flush | &rounded[E+F-1:F];
  wire [F-1:0] fraction = clear ? {F{1'b0}} : rounded[F-1:0];
  wire [E-1:0] exponent_field =
    flush ? {E{1'b0}} : {rounded[E+F-1:F+1], rounded[F] & (SUBNORMALS == 0 | hidden)};
  wire both_zero = SUBNORMALS == 0 & exponent == 0;
  wire sign_field = sign & ~nan & ~(subtracted & (zero | both_zero));

  stage #(.WIDTH(E + F + 1), .ENABLE(STAGES >= 1)) s_out (
    .clock(clock),
    .in({sign_field, exponent_field, nan ? 1'b1 : fraction[F-1], fraction[F-2:0]}),
    .out(sum)
  );
endmodule
