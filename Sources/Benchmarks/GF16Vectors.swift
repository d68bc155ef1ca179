internal import GoldenFloat
internal import Kernels

/// Operands of a hardware unit and the library's results, for its simulation.
///
/// A line holds codes of four hexadecimal digits, the result last: `a b result` for the adder and the
/// multiplier, `a b c result` for the fused multiply-add, `a0 … a15 b0 … b15 c result` for the dot
/// product with its addend, rounded once.
public struct GF16Vectors {
  public enum Unit: String, CaseIterable, Sendable {
    case add, multiply, fma, dot16
  }

  private let random: CounterRandom
  private var counter: UInt32 = 0

  /// - Parameter seed: Of the operands.
  public init(seed: UInt64) { random = CounterRandom(seed: seed) }

  /// Writes `count` lines of drawn operands, after all pairs of boundary codes for a unit of two.
  ///
  /// - Parameters:
  ///   - unit: What the vectors are for.
  ///   - count: Drawn lines.
  ///   - write: Takes a line without its end.
  /// - Throws: What `write` throws.
  public mutating func lines(
    _ unit: Unit, count: Int, write: (String) throws -> Void
  ) rethrows {
    if unit == .add || unit == .multiply {
      let codes = Self.boundaries
      for a in codes {
        for b in codes { try write(Self.line(unit, [a, b])) }
      }
    }
    for _ in 0..<count { try write(Self.line(unit, operands(unit))) }
  }

  /// Zeros, subnormals, the ends of the range, infinities, NaNs, and numbers beside one.
  static let boundaries: [UInt16] = {
    let fields: [UInt16] = [
      0, 1, 2, 9, 10, 11, 20, 21, 22, 29, 30, 31, 32, 33, 40, 41, 51, 60, 61, 62, 63,
    ]
    let fractions: [UInt16] = [0, 1, 2, 3, 127, 128, 254, 255, 256, 257, 384, 509, 510, 511]
    return fields.flatMap { field in
      fractions.flatMap { [field << 9 | $0, 0x8000 | field << 9 | $0] }
    }
  }()

  private static func line(_ unit: Unit, _ codes: [UInt16]) -> String {
    let x = codes.map { GF16(bitPattern: $0) }
    let result: GF16
    switch unit {
    case .add: result = x[0] + x[1]
    case .multiply: result = x[0] * x[1]
    case .fma: result = x[2].addingProduct(x[0], x[1])
    case .dot16:
      var sum = GF16Accumulator()
      for i in 0..<16 { sum.addProduct(x[i], x[16 + i]) }
      sum.add(x[32])
      result = sum.rounded()
    }
    return (codes + [result.bitPattern]).map(\.hexadecimal).joined(separator: " ")
  }

  private mutating func operands(_ unit: Unit) -> [UInt16] {
    switch unit {
    case .add, .multiply:
      let a = code()
      return [a, partner(a)]
    case .fma:
      let a = code()
      let b = partner(a)
      let product = GF16(bitPattern: a) * GF16(bitPattern: b)
      return [a, b, bits() % 4 == 0 ? code() : partner((-product).bitPattern)]
    case .dot16:
      // One exponent range a line, so that terms meet; special values in one line of sixteen.
      let (low, width) = (bits() % 50, 1 + bits() % 13)
      let special = bits() % 16 == 0
      // A product of every term -0, whose sum is +0 all the same.
      if special && bits() % 8 == 0 {
        return (0..<33).map { (0..<16).contains($0) ? 0x3E00 : 0x8000 }
      }
      return (0..<33).map { _ in
        if special && bits() % 8 == 0 { return code() }
        let field = low + bits() % width
        return UInt16(truncatingIfNeeded: bits() & 0x81FF | field << 9)
      }
    }
  }

  private mutating func bits() -> UInt32 {
    counter &+= 1
    return random.bits(counter)
  }

  private mutating func code() -> UInt16 {
    let drawn = UInt16(truncatingIfNeeded: bits())
    switch bits() % 8 {
    case 0: return drawn & 0x81FF
    case 1: return Self.boundaries[Int(drawn) % Self.boundaries.count]
    default: return drawn
    }
  }

  /// An operand that cancels, ties or meets the ends of the range with `a`, or any other.
  private mutating func partner(_ a: UInt16) -> UInt16 {
    let drawn = UInt16(truncatingIfNeeded: bits())
    let field = a >> 9 & 63
    switch bits() % 5 {
    case 0: return (a ^ 0x8000) &+ drawn % 5 &- 2
    case 1: return drawn & 0x81FF | (field > 12 ? field - 8 - drawn >> 9 % 5 : 0) << 9
    case 2: return drawn & 0x81FF | field << 9
    case 3: return drawn & 0x81FF | (drawn >> 9 & 1 == 0 ? 93 &- field : 31 &- field) << 9 & 0x7E00
    default: return code()
    }
  }
}
