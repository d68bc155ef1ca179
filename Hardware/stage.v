// A pipeline register, or a wire where `ENABLE` is 0.
module stage #(
  parameter WIDTH = 1,
  parameter ENABLE = 1
) (
  input  wire             clock,
  input  wire [WIDTH-1:0] in,
  output wire [WIDTH-1:0] out
);
  generate
    if (ENABLE != 0) begin : g_register
      reg [WIDTH-1:0] value;
      always @(posedge clock) value <= in;
      assign out = value;
    end else begin : g_wire
      wire unused = clock;
      assign out = in;
    end
  endgenerate
endmodule
