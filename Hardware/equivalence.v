// Claims about the units over all operands, for `make prove`: yosys turns each into a question to a
// SAT solver. CLAIM selects one, so that each is proved by itself.
module equivalence #(
  parameter CLAIM = 0,
  parameter EXPONENT = 6,
  parameter FRACTION = 9,
  parameter SUBNORMALS = 1
) (
  input wire [EXPONENT+FRACTION:0] a,
  input wire [EXPONENT+FRACTION:0] b
);
  localparam E = EXPONENT;
  localparam F = FRACTION;
  localparam [E+F:0] ONE = ((1 << (E - 1)) - 1) << F;
  localparam [E+F:0] MINUS_ZERO = 1 << (E + F);
  wire a_nan = &a[E+F-1:F] & a[F-1:0] != 0;
  wire [E+F:0] canonical = a_nan ? {1'b0, {(E + 1){1'b1}}, {(F - 1){1'b0}}}
    : SUBNORMALS == 0 & a[E+F-1:F] == 0 ? {a[E+F], {(E + F){1'b0}}} : a;
  wire [E+F:0] left, right;

  generate
    if (CLAIM == 0) begin : g_add_commutes
      float_add #(.EXPONENT(E), .FRACTION(F), .SUBNORMALS(SUBNORMALS)) u (
        .clock(1'b0), .a(a), .b(b), .sum(left));
      float_add #(.EXPONENT(E), .FRACTION(F), .SUBNORMALS(SUBNORMALS)) v (
        .clock(1'b0), .a(b), .b(a), .sum(right));
    end else if (CLAIM == 1) begin : g_add_minus_zero_is_identity
      float_add #(.EXPONENT(E), .FRACTION(F), .SUBNORMALS(SUBNORMALS)) u (
        .clock(1'b0), .a(a), .b(MINUS_ZERO), .sum(left));
      assign right = canonical;
    end else if (CLAIM == 2) begin : g_multiply_by_one_is_identity
      float_multiply #(.EXPONENT(E), .FRACTION(F), .SUBNORMALS(SUBNORMALS)) u (
        .clock(1'b0), .a(ONE), .b(a), .product(left));
      assign right = canonical;
    end else if (CLAIM == 3) begin : g_fma_by_one_is_add
      float_fma #(.EXPONENT(E), .FRACTION(F), .SUBNORMALS(SUBNORMALS)) u (
        .clock(1'b0), .a(a), .b(ONE), .c(b), .result(left));
      float_add #(.EXPONENT(E), .FRACTION(F), .SUBNORMALS(SUBNORMALS)) v (
        .clock(1'b0), .a(a), .b(b), .sum(right));
    end
  endgenerate

  always @* assert (left == right);
endmodule
