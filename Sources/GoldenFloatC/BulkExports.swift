internal import GoldenFloat

@_cdecl("gf16_dot_exact")
public func exactDot(
  _ x: UnsafePointer<UInt16>?, _ y: UnsafePointer<UInt16>?, _ count: Int
) -> UInt16 {
  let (x, y) = (numbers(x, count), numbers(y, count))
  return GF16Kernels.best.exactDot(x.span, y.span).bitPattern
}

/// The codes at `x` as numbers; `GF16` is its code and nothing else.
private func numbers(_ x: UnsafePointer<UInt16>?, _ count: Int) -> UnsafeBufferPointer<GF16> {
  UnsafeBufferPointer(
    start: UnsafeRawPointer(x)?.assumingMemoryBound(to: GF16.self), count: x == nil ? 0 : count)
}
