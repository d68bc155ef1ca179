import KernelInterface
import Kernels

/// Floats with canaries on both sides, which must be as they were when a kernel is done.
final class Guarded {
  #if BARE_BUFFERS
  /// None: an address sanitizer guards both ends itself, and sees reads too.
  static let margin = 0
  #else
  static let margin = 32
  #endif
  /// A quiet NaN with a payload that no computation makes: a canary that is read shows, too.
  static let canary: UInt32 = 0x7FC5_A5A5

  let pointer: UnsafeMutablePointer<Float>
  let count: Int
  private let storage: UnsafeMutablePointer<Float>

  init(_ values: [Float]) {
    count = values.count
    let total = count + 2 * Self.margin
    storage = .allocate(capacity: total)
    storage.initialize(repeating: Float(bitPattern: Self.canary), count: total)
    pointer = storage + Self.margin
    for (index, value) in values.enumerated() { pointer[index] = value }
  }

  /// An array that a kernel must fill without reading: it starts with canaries.
  convenience init(unwritten count: Int) {
    self.init([Float](repeating: Float(bitPattern: Self.canary), count: count))
  }

  deinit { storage.deallocate() }

  var values: [Float] { (0..<count).map { pointer[$0] } }

  /// Whether nothing outside the elements was written.
  var intact: Bool {
    (0..<Self.margin).allSatisfy {
      storage[$0].bitPattern == Self.canary
        && storage[Self.margin + count + $0].bitPattern == Self.canary
    }
  }

  /// Whether element `index` still is the canary that it started as.
  func isUnwritten(_ index: Int) -> Bool { pointer[index].bitPattern == Self.canary }
}

/// Numbers that look random and are the same in every run.
enum Sample {
  /// Numbers uniform in ±scale, moved by `centre`.
  static func floats(
    _ count: Int, seed: UInt64, scale: Float = 1, centre: Float = 0
  ) -> [Float] {
    let random = CounterRandom(seed: seed)
    return (0..<count).map { centre + scale * (2 * random.unit(UInt32($0)) - 1) }
  }
}

/// Lengths around every vector width (4, 8, 16) and their multiples.
let lengths = [1, 3, 7, 8, 9, 15, 16, 17, 63, 64, 65]

/// 2⁻²³: twice the relative error of one rounding.
let epsilon = Double(Float.ulpOfOne)

/// The largest of `|got − expected| / tolerance`; infinite if it is not a number.
func worst(_ got: [Float], _ expected: [Double], tolerance: [Double]) -> Double {
  precondition(got.count == expected.count && got.count == tolerance.count, "equal shapes")
  var worst = 0.0
  for i in got.indices {
    let error = abs(Double(got[i]) - expected[i])
    if error == 0 { continue }
    let ratio = error / tolerance[i]
    worst = ratio.isNaN ? .infinity : max(worst, ratio)
  }
  return worst
}

/// `value` in `Double`.
func widened(_ values: [Float]) -> [Double] { values.map(Double.init) }
