internal import GoldenFloat

extension GF16Benchmark {
  /// Chains of operations on numbers near one, where neither overflow nor subnormals interfere.
  static func scalar(_ stopwatch: Stopwatch) -> [Scalar] {
    let steps = 100_000
    func latency<Number>(_ start: Number, _ step: (inout Number) -> Void) -> Double {
      stopwatch.best {
        var x = start
        for _ in 0..<steps { step(&x) }
        keep(x)
      } / Double(steps)
    }
    return [
      Scalar(
        operation: "add",
        gf16: latency((GF16(1), GF16(0.5))) { $0 = ($0.0 + $0.1, -$0.1) },
        float16: latency((Float16(1), Float16(0.5))) { $0 = ($0.0 + $0.1, -$0.1) },
        bfloat16: latency((BFloat16Number(1), Float(0.5))) {
          $0 = (BFloat16Number($0.0.float + $0.1), -$0.1)
        }),
      Scalar(
        operation: "multiply",
        gf16: latency((GF16(1), GF16(0.75), GF16(1.34375))) { $0 = ($0.0 * $0.1, $0.2, $0.1) },
        float16: latency((Float16(1), Float16(0.75), Float16(1.34375))) {
          $0 = ($0.0 * $0.1, $0.2, $0.1)
        },
        bfloat16: latency((BFloat16Number(1), Float(0.75), Float(1.34375))) {
          $0 = (BFloat16Number($0.0.float * $0.1), $0.2, $0.1)
        }),
      Scalar(
        operation: "divide",
        gf16: latency((GF16(1), GF16(0.75), GF16(1.34375))) { $0 = ($0.0 / $0.1, $0.2, $0.1) },
        float16: latency((Float16(1), Float16(0.75), Float16(1.34375))) {
          $0 = ($0.0 / $0.1, $0.2, $0.1)
        },
        bfloat16: latency((BFloat16Number(1), Float(0.75), Float(1.34375))) {
          $0 = (BFloat16Number($0.0.float / $0.1), $0.2, $0.1)
        }),
      Scalar(
        operation: "square root",
        gf16: latency(GF16(1.5)) { $0 = $0.squareRoot() + 0.25 },
        float16: latency(Float16(1.5)) { $0 = $0.squareRoot() + 0.25 },
        bfloat16: latency(BFloat16Number(1.5)) {
          $0 = BFloat16Number(BFloat16Number($0.float.squareRoot()).float + 0.25)
        }),
      Scalar(
        operation: "multiply-add",
        gf16: latency((GF16(1), GF16(0.5), GF16(0.25))) {
          $0.0 = $0.2.addingProduct($0.0, $0.1)
        },
        float16: latency((Float16(1), Float16(0.5), Float16(0.25))) {
          $0.0 = $0.2.addingProduct($0.0, $0.1)
        },
        // The product of two bf16 numbers is exact in `Float`; the sum is rounded twice.
        bfloat16: latency((BFloat16Number(1), Float(0.5), Float(0.25))) {
          $0.0 = BFloat16Number($0.0.float * $0.1 + $0.2)
        }),
    ]
  }
}
