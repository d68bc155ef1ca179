import Benchmarks
import Foundation
import GoldenFloat

/// The format's number nearest to `x`, one at a time.
func scalar(_ format: SixteenBitFormat, _ x: Float) -> Float {
  switch format {
  case .gf16: return Float(GF16(x))
  case .float16: return Float(Float16(x))
  case .bfloat16:
    // Ties to even among the two neighbours that the upper half of the bits makes.
    let low = x.bitPattern & 0xFFFF_0000
    let (below, above) = (Float(bitPattern: low), Float(bitPattern: low &+ 0x1_0000))
    let (left, right) = ((x - below).magnitude, (above - x).magnitude)
    return left < right || left == right && low >> 16 & 1 == 0 ? below : above
  }
}

/// ln Σ exp(x).
func logSumExp(_ x: [Double]) -> Double {
  let top = x.max() ?? 0
  return top + log(x.reduce(0) { $0 + exp($1 - top) })
}
