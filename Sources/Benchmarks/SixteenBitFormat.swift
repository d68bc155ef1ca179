internal import GoldenFloat

/// A format of 16 bits that numbers are rounded to before `Float` computes with them.
package enum SixteenBitFormat: String, Sendable, CaseIterable, Encodable {
  case gf16 = "GF16"
  case float16 = "Float16"
  case bfloat16 = "bfloat16"

  /// Writes to `out` the format's number nearest to each of `count` elements, ties to even.
  ///
  /// `out` is `x` or shares no element with it.
  package func round(
    _ x: UnsafePointer<Float>, _ count: Int, into out: UnsafeMutablePointer<Float>
  ) {
    switch self {
    case .gf16: Self.roundToGF16(x, count, into: out)
    case .float16: for i in 0..<count { out[i] = Float(Float16(x[i])) }
    case .bfloat16: for i in 0..<count { out[i] = BFloat16Number(x[i]).float }
    }
  }

  private static func roundToGF16(
    _ x: UnsafePointer<Float>, _ count: Int, into out: UnsafeMutablePointer<Float>
  ) {
    let kernels = GF16Kernels.best
    // A piece of codes lies on the stack.
    withUnsafeTemporaryAllocation(of: GF16.self, capacity: 512) { scratch in
      var start = 0
      while start < count {
        let length = min(scratch.count, count - start)
        let codes = UnsafeMutableBufferPointer(rebasing: scratch[..<length])
        let numbers = UnsafeBufferPointer(start: x + start, count: length)
        let rounded = UnsafeMutableBufferPointer(start: out + start, count: length)
        var codeSpan = codes.mutableSpan
        kernels.encode(numbers.span, into: &codeSpan)
        var roundedSpan = rounded.mutableSpan
        kernels.decode(codes.span, into: &roundedSpan)
        start += length
      }
    }
  }
}

/// What of a network is rounded.
package struct NetworkRounding: Sendable, Hashable {
  package let format: SixteenBitFormat
  /// Whether inputs, the hidden layer and the logits are rounded too, beside all parameters.
  package let activations: Bool

  package init(_ format: SixteenBitFormat, activations: Bool) {
    self.format = format
    self.activations = activations
  }
}
