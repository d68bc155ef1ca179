// Reads vectors from the file +vectors=NAME into a unit and compares every result bit for bit.
//
// A line holds hexadecimal codes: the operands, then the result. One vector enters at each clock edge,
// so that a pipelined unit is tested full. Ends with a line `N passed, N failed`, and with $fatal on
// a mismatch, a malformed or missing file, or fewer than +minimum=N vectors (1 without it).
module test_vectors #(
  parameter UNIT = 0,  // 0 add, 1 multiply, 2 fused multiply-add, 3 dot product of 16
  parameter EXPONENT = 6,
  parameter FRACTION = 9,
  parameter SUBNORMALS = 1,
  parameter STAGES = 0,
  parameter GUARD = 0  // of the dot product
);
  localparam N = EXPONENT + FRACTION + 1;
  localparam OPERANDS = UNIT == 3 ? 33 : UNIT == 2 ? 3 : 2;
  localparam LATENCY = STAGES == 0 ? 0 : STAGES + 1;

  reg clock = 0;
  reg [N*OPERANDS-1:0] next = 0;  // the first operand in the highest bits
  reg [N*OPERANDS-1:0] operands = 0;
  wire [N-1:0] result;
  always @(posedge clock) operands <= next;

  generate
    if (UNIT == 0) begin : g_add
      float_add #(.EXPONENT(EXPONENT), .FRACTION(FRACTION), .SUBNORMALS(SUBNORMALS),
        .STAGES(STAGES)) unit (
        .clock(clock), .a(operands[2*N-1:N]), .b(operands[N-1:0]), .sum(result)
      );
    end else if (UNIT == 1) begin : g_multiply
      float_multiply #(.EXPONENT(EXPONENT), .FRACTION(FRACTION), .SUBNORMALS(SUBNORMALS),
        .STAGES(STAGES)) unit (
        .clock(clock), .a(operands[2*N-1:N]), .b(operands[N-1:0]), .product(result)
      );
    end else if (UNIT == 2) begin : g_fma
      float_fma #(.EXPONENT(EXPONENT), .FRACTION(FRACTION), .SUBNORMALS(SUBNORMALS),
        .STAGES(STAGES)) unit (
        .clock(clock), .a(operands[3*N-1:2*N]), .b(operands[2*N-1:N]), .c(operands[N-1:0]),
        .result(result)
      );
    end else begin : g_dot16
      float_dot16 #(.EXPONENT(EXPONENT), .FRACTION(FRACTION), .SUBNORMALS(SUBNORMALS),
        .STAGES(STAGES), .GUARD(GUARD)) unit (
        .clock(clock), .a(operands[33*N-1:17*N]), .b(operands[17*N-1:N]), .c(operands[N-1:0]),
        .result(result)
      );
    end
  endgenerate

  // What is in flight: entry 0 is the newest.
  reg [N-1:0] expected[0:15];
  reg [N*OPERANDS-1:0] entered[0:15];
  reg [15:0] valid;
  integer read, passed, failed, minimum, file, items, field, slot, draining;
  reg [1023:0] name;
  reg [15:0] code;

  initial begin
    read = 0;
    passed = 0;
    failed = 0;
    draining = 0;
    valid = 0;
    if (!$value$plusargs("minimum=%d", minimum)) minimum = 1;
    if (!$value$plusargs("vectors=%s", name)) $fatal(1, "error: +vectors=FILE is missing");
    file = $fopen(name, "r");
    if (file == 0) $fatal(1, "error: cannot open %0s", name);
    items = $fscanf(file, "%h", code);
    while (draining <= LATENCY) begin
      for (slot = 15; slot > 0; slot = slot - 1) begin
        expected[slot] = expected[slot-1];
        entered[slot] = entered[slot-1];
      end
      if (items == 1) begin
        next[N*(OPERANDS-1) +: N] = code[N-1:0];
        for (field = 1; field <= OPERANDS; field = field + 1) begin
          items = $fscanf(file, "%h", code);
          if (items != 1) $fatal(1, "error: line %0d of %0s is short", read + 1, name);
          if (field < OPERANDS) next[N*(OPERANDS-1-field) +: N] = code[N-1:0];
        end
        valid = {valid[14:0], 1'b1};
        expected[0] = code[N-1:0];
        entered[0] = next;
        read = read + 1;
        items = $fscanf(file, "%h", code);
      end else begin
        valid = {valid[14:0], 1'b0};
        draining = draining + 1;
      end
      #1 clock = 1;
      #1 clock = 0;
      slot = LATENCY;
      if (valid[slot]) begin
        if (result === expected[slot]) passed = passed + 1;
        else begin
          failed = failed + 1;
          if (failed <= 10)
            $display("operands %h: result %h, expected %h", entered[slot], result, expected[slot]);
        end
      end
    end
    if (!$feof(file)) $fatal(1, "error: %0s has something else than codes after line %0d", name, read);
    $fclose(file);
    $display("%0d passed, %0d failed", passed, failed);
    if (passed + failed != read) $fatal(1, "error: %0d of %0d vectors compared", passed + failed, read);
    if (read < minimum) $fatal(1, "error: %0d vectors, at least %0d wanted", read, minimum);
    if (failed != 0) $fatal(1, "error: wrong results");
    $finish;
  end
endmodule
