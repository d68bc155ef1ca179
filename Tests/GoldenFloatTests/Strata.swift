import GoldenFloat

/// A small seeded generator, the same everywhere (SplitMix64).
struct Seeded: RandomNumberGenerator {
  private var state: UInt64

  init(_ seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}

/// Operands where rounding goes wrong first: ties, cancellation, subnormals, edges, specials.
struct Strata<Format: GoldenFloatFormat> {
  typealias Number = GoldenFloatingPoint<Format>
  var random: Seeded

  init(seed: UInt64) { random = Seeded(seed) }

  private var fractionBits: UInt64 { UInt64(Format.significandBitCount) }
  private var top: UInt64 { (1 << UInt64(Format.exponentBitCount)) - 1 }

  mutating func below(_ bound: UInt64) -> UInt64 { random.next() % bound }

  private mutating func number(_ field: UInt64, _ fraction: UInt64) -> Number {
    Number(
      sign: below(2) == 0 ? .plus : .minus, exponentBitPattern: UInt(min(field, top)),
      significandBitPattern: Format.BitPattern(truncatingIfNeeded: fraction))
  }

  /// A fraction with few ones or few zeros, or a random one.
  private mutating func fraction() -> UInt64 {
    let bit: UInt64 = 1 << below(fractionBits)
    switch below(6) {
    case 0: return 0
    case 1: return bit
    case 2: return 0 &- bit
    case 3: return bit | 1
    case 4: return (0 &- bit) ^ 1
    default: return random.next()
    }
  }

  mutating func one() -> Number {
    switch below(10) {
    case 0: number(0, fraction())
    case 1: number(1 + below(2), fraction())
    case 2: number(top - 1 - below(2), fraction())
    case 3: below(3) == 0 ? number(top, below(3)) : number(below(top), 0)
    case 4: number(top / 2 + below(3), fraction())
    default: number(below(top + 1), fraction())
    }
  }

  /// A second operand that has to do with the first.
  mutating func partner(of a: Number) -> Number {
    let field = UInt64(a.exponentBitPattern)
    switch below(5) {
    case 0:
      // Cancellation: nearly the opposite.
      let near = below(2) == 0 ? a.nextUp : a.nextDown
      return below(3) == 0 ? -a : -near
    case 1:
      // About a precision apart: sums that are ties, and sticky bits.
      let distance = fractionBits + below(4)
      return number(field > distance ? field - distance : 0, fraction())
    case 2: return number(field, fraction())
    case 3:
      // Products and quotients at the ends of the range.
      let (sum, least) = (below(2) == 0 ? top / 2 * 3 : top / 2, below(5))
      return number(sum + least > field ? sum + least - field : 0, fraction())
    default: return one()
    }
  }

  /// Two operands of an operation.
  mutating func pair() -> (Number, Number) {
    let a = one()
    return (a, partner(of: a))
  }

  /// `a`, `b` and an addend about as large as their product, or far from it.
  mutating func triple() -> (Number, Number, Number) {
    let (a, b) = pair()
    let product = a * b
    return (a, b, below(3) == 0 ? one() : partner(of: product.isNaN ? a : product))
  }
}

let allRules: [FloatingPointRoundingRule] = [
  .toNearestOrEven, .toNearestOrAwayFromZero, .towardZero, .awayFromZero, .up, .down,
]

/// The first cases that fail, as text, so that a broken operation does not fill the screen.
struct Failures: CustomStringConvertible {
  private(set) var count = 0
  private var first: [String] = []

  mutating func check(_ holds: Bool, _ what: @autoclosure () -> String) {
    if holds { return }
    count += 1
    if first.count < 5 { first.append(what()) }
  }

  var isEmpty: Bool { count == 0 }
  var description: String { "\(count) failures, the first: \(first.joined(separator: "; "))" }
}

func hex(_ code: some BinaryInteger) -> String { "0x" + String(code, radix: 16) }
