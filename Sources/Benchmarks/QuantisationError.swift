internal import Foundation
internal import GoldenFloat
internal import Kernels

/// How far normal numbers move when they are rounded to a format of 16 bits (BENCH-001).
public struct QuantisationError: Sendable, Encodable {
  public let format: String
  /// Relative errors `|round(x) − x| / |x|`, in per cent.
  public let meanPercent: Double, maximumPercent: Double

  /// Rounds numbers to each format.
  ///
  /// - Parameter draws: Numbers other than zero, at least one.
  /// - Returns: GF16, Float16 and bfloat16.
  public static func run(_ draws: [Float]) -> [QuantisationError] {
    [
      measure("GF16", draws) { Float(GF16($0)) },
      measure("Float16", draws) { Float(Float16($0)) },
      measure("bfloat16", draws) { BFloat16Number($0).float },
    ]
  }

  private static func measure(
    _ format: String, _ draws: [Float], _ rounded: (Float) -> Float
  ) -> QuantisationError {
    var (sum, most) = (0.0, 0.0)
    for x in draws {
      let error = abs(Double(rounded(x)) - Double(x)) / abs(Double(x))
      sum += error
      most = max(most, error)
    }
    return QuantisationError(
      format: format, meanPercent: 100 * sum / Double(draws.count), maximumPercent: 100 * most)
  }

  /// Draws from N(0, `deviation`) (Box and Muller 1958).
  ///
  /// - Parameters:
  ///   - count: Draws.
  ///   - deviation: Standard deviation, positive.
  ///   - seed: Of the draws.
  /// - Returns: The draws; an exact zero, which has no relative error, is drawn anew.
  public static func draws(count: Int, deviation: Double, seed: UInt64) -> [Float] {
    let random = CounterRandom(seed: seed)
    var draws: [Float] = []
    draws.reserveCapacity(count)
    var counter: UInt32 = 0
    while draws.count < count {
      let radius = (-2 * log(1 - Double(random.unit(counter)))).squareRoot()
      let angle = 2 * Double.pi * Double(random.unit(counter &+ 1))
      counter &+= 2
      let x = Float(deviation * radius * cos(angle))
      if x != 0 { draws.append(x) }
    }
    return draws
  }

  private enum CodingKeys: String, CodingKey {
    case format
    case meanPercent = "mean_percent"
    case maximumPercent = "maximum_percent"
  }
}
