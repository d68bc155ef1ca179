import Kernels
import LanguageModel

/// Compares a gradient that the code claims with central differences of the function itself.
///
/// With `d(h) = (f(x + h) − f(x − h)) / 2h`, the difference used is `(4·d(h) − d(2h)) / 3`, which is
/// off by about `h⁴/30` times the fifth derivative, here below 1e-10, and by the rounding of f
/// divided by h, here near 1e-15 / 5e-5 = 2e-11 for f near 1. (At 1e-5, `d(h)` alone was seen to be
/// off by 1e-7, in proportion to h², where a head's two channels nearly vanish.)
///
/// Errors are relative to the larger of the two gradients, but to no less than a hundredth of the
/// largest among the checked elements, below which an element's own digits are lost in rounding.
struct GradientCheck {
  /// What the tests allow.
  static let tolerance = 1e-6

  var step = 5e-5

  /// The largest relative error of `claimed` at `indices`; infinite if a value is not a number.
  func worstError(
    of function: ([Double]) -> Double, at point: [Double], claimed: [Double], indices: [Int]
  ) -> Double {
    precondition(claimed.count == point.count, "one gradient per coordinate")
    var x = point
    let floor = indices.reduce(1e-12) { max($0, 1e-2 * abs(claimed[$1])) }
    var worst = 0.0
    for index in indices {
      func central(_ h: Double) -> Double {
        x[index] = point[index] + h
        let above = function(x)
        x[index] = point[index] - h
        let below = function(x)
        x[index] = point[index]
        return (above - below) / (2 * h)
      }
      let difference = (4 * central(step) - central(2 * step)) / 3
      let scale = max(abs(difference), abs(claimed[index]), floor)
      let error = abs(difference - claimed[index]) / scale
      worst = error.isNaN ? .infinity : max(worst, error)
    }
    return worst
  }

  /// The same at every coordinate.
  func worstError(
    of function: ([Double]) -> Double, at point: [Double], claimed: [Double]
  ) -> Double {
    worstError(of: function, at: point, claimed: claimed, indices: Array(point.indices))
  }
}

/// Numbers that look random and are the same in every run.
enum Sample {
  /// Numbers uniform in ±scale, moved by `centre`.
  static func numbers(
    _ count: Int, seed: UInt64, scale: Double = 1, centre: Double = 0
  ) -> [Double] {
    let random = CounterRandom(seed: seed)
    return (0..<count).map { centre + scale * (2 * Double(random.unit(UInt32($0))) - 1) }
  }

  /// Bytes below `limit`: a small limit makes n-grams repeat.
  static func bytes(_ count: Int, seed: UInt64, limit: UInt32 = 256) -> [UInt8] {
    let random = CounterRandom(seed: seed)
    return (0..<count).map { UInt8(random.bits(UInt32($0)) % limit) }
  }

  /// Up to `count` different elements of `candidates`, in their order.
  static func choice(_ count: Int, of candidates: [Int], seed: UInt64) -> [Int] {
    let random = CounterRandom(seed: seed)
    let shuffled = candidates.sorted {
      (random.bits(UInt32($0)), $0) < (random.bits(UInt32($1)), $1)
    }
    return shuffled.prefix(count).sorted()
  }
}

/// `Σ a·b`: turns a layer's result into one number whose gradient in the result is `b`.
func dot(_ a: [Double], _ b: [Double]) -> Double {
  zip(a, b).reduce(0) { $0 + $1.0 * $1.1 }
}
