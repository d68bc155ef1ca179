// The number of zeros before the first one, from the left; WIDTH where there is none.
module leading_zeros #(
  parameter WIDTH = 16,
  parameter COUNT = $clog2(WIDTH + 1)
) (
  input  wire [WIDTH-1:0] value,
  output reg  [COUNT-1:0] count
);
  // A one after the last position ends the search.
  localparam PADDED = 1 << COUNT;
  reg [PADDED-1:0] rest;
  integer level;
  always @* begin
    rest = {value, {(PADDED - WIDTH){1'b1}}};
    for (level = COUNT - 1; level >= 0; level = level - 1) begin
      count[level] = (rest >> (PADDED - (1 << level))) == 0;
      if (count[level]) rest = rest << (1 << level);
    end
  end
endmodule
