// Writes test vectors for the units beside it, from an oracle of its own: every operation is one
// exact integer sum of products on a common grid, rounded once. It shares no code with the package.
//
//     vectors UNIT EXPONENT FRACTION SUBNORMALS COUNT [GUARD] > file
//
// UNIT is add, multiply, fma or dot16. A line holds the operands and the result as hexadecimal codes:
// `a b sum`, `a b product`, `a b c result`, or `a0 … a15 b0 … b15 c result`.
// COUNT lines follow the boundary cases (all pairs, for add and multiply).
// GUARD, of dot16, is the number of places kept below the largest term, as float_dot16.v defines it.

import Glibc

/// A binary format of up to 16 bits, and whether it has subnormals.
struct Format {
  let exponentBits: Int
  let fractionBits: Int
  let subnormals: Bool

  var bias: Int { 1 << (exponentBits - 1) - 1 }
  var maxField: Int { 1 << exponentBits - 1 }
  var fractionMask: Int { 1 << fractionBits - 1 }
  var infinity: Int { maxField << fractionBits }
  var nan: Int { infinity | 1 << (fractionBits - 1) }
  var signBit: Int { 1 << (exponentBits + fractionBits) }

  func isNegative(_ code: Int) -> Bool { code & signBit != 0 }
  func field(_ code: Int) -> Int { code >> fractionBits & maxField }
  func fraction(_ code: Int) -> Int { code & fractionMask }
  func isNaN(_ code: Int) -> Bool { field(code) == maxField && fraction(code) != 0 }
  func isInfinite(_ code: Int) -> Bool { code & ~signBit == infinity }

  /// The magnitude of a finite code is `significand · 2^position` in units of the smallest subnormal.
  func decode(_ code: Int) -> (significand: Int, position: Int) {
    if field(code) == 0 { return (subnormals ? fraction(code) : 0, 0) }
    return (fraction(code) | 1 << fractionBits, field(code) - 1)
  }

  func code(_ negative: Bool, _ field: Int, _ fraction: Int) -> Int {
    (negative ? signBit : 0) | field << fractionBits | fraction & fractionMask
  }
}

/// A two's complement integer of 640 bits; its unit is the square of the smallest subnormal.
struct Sum {
  var limbs = [UInt64](repeating: 0, count: 10)

  mutating func add(_ magnitude: Int, at position: Int, negative: Bool) {
    let wide = UInt64(magnitude).multipliedFullWidth(by: 1 << UInt64(position & 63))
    var carry = false
    for index in position >> 6..<limbs.count {
      let part =
        index == position >> 6 ? wide.low : index == position >> 6 + 1 ? UInt64(wide.high) : 0
      let (first, overflow) =
        negative
        ? limbs[index].subtractingReportingOverflow(part)
        : limbs[index].addingReportingOverflow(part)
      let (second, again) =
        negative
        ? first.subtractingReportingOverflow(carry ? 1 : 0)
        : first.addingReportingOverflow(carry ? 1 : 0)
      limbs[index] = second
      carry = overflow || again
    }
  }

  var isNegative: Bool { limbs[limbs.count - 1] >> 63 == 1 }

  var magnitude: Sum {
    guard isNegative else { return self }
    var result = self
    var carry = true
    for index in limbs.indices {
      let (value, overflow) = (~limbs[index]).addingReportingOverflow(carry ? 1 : 0)
      result.limbs[index] = value
      carry = overflow
    }
    return result
  }

  /// The position of the highest one, or nil for zero, of a sum that is not negative.
  var top: Int? {
    for index in limbs.indices.reversed() where limbs[index] != 0 {
      return index * 64 + 63 - limbs[index].leadingZeroBitCount
    }
    return nil
  }

  func bit(_ position: Int) -> Int { Int(limbs[position >> 6] >> UInt64(position & 63) & 1) }

  func anyBit(below position: Int) -> Bool {
    for index in 0..<position >> 6 where limbs[index] != 0 { return true }
    return limbs[position >> 6] & (1 << UInt64(position & 63) - 1) != 0
  }
}

extension Format {
  /// Σ a·b + c for codes, with one rounding to nearest even; `c` may be absent.
  func dot(_ pairs: [(Int, Int)], plus c: Int?, guardPlaces: Int? = nil) -> Int {
    var terms: [(magnitude: Int, position: Int, negative: Bool)] = []
    var positiveInfinity = false
    var negativeInfinity = false
    var allNegative = true
    let unit = bias + fractionBits - 1
    for (a, b) in pairs {
      if isNaN(a) || isNaN(b) { return nan }
      let (sa, pa) = decode(a)
      let (sb, pb) = decode(b)
      let negative = isNegative(a) != isNegative(b)
      allNegative = allNegative && negative
      if isInfinite(a) || isInfinite(b) {
        if !isInfinite(a) && sa == 0 || !isInfinite(b) && sb == 0 { return nan }
        if negative { negativeInfinity = true } else { positiveInfinity = true }
      } else {
        terms.append((sa * sb, pa + pb, negative))
      }
    }
    if let c {
      if isNaN(c) { return nan }
      allNegative = allNegative && isNegative(c)
      if isInfinite(c) {
        if isNegative(c) { negativeInfinity = true } else { positiveInfinity = true }
      } else {
        let (s, p) = decode(c)
        terms.append((s << fractionBits, p + unit - fractionBits, isNegative(c)))
      }
    }
    if positiveInfinity && negativeInfinity { return nan }
    if positiveInfinity { return infinity }
    if negativeInfinity { return infinity | signBit }
    let largest = terms.lazy.filter { $0.magnitude != 0 }.map(\.position).max() ?? 0
    var sum = Sum()
    for term in terms {
      let lost = max(0, largest - (guardPlaces ?? largest) - term.position)
      let kept = lost < 32 ? (term.magnitude >> lost) << lost : 0
      sum.add(kept, at: term.position, negative: term.negative)
    }
    // A dot product that is zero is +0, as the library's accumulator has it.
    return round(sum, zeroIsNegative: allNegative && pairs.count < 2)
  }

  /// Without subnormals the exponent is unbounded below, and what is then too small becomes zero.
  func round(_ sum: Sum, zeroIsNegative: Bool) -> Int {
    let magnitude = sum.magnitude
    guard let top = magnitude.top else { return zeroIsNegative ? signBit : 0 }
    let unit = bias + fractionBits - 1
    var lowest = top - fractionBits
    if subnormals { lowest = max(lowest, unit) }
    var significand = 0
    if top >= lowest {
      for position in stride(from: top, through: max(lowest, 0), by: -1) {
        significand = significand << 1 | magnitude.bit(position)
      }
      if lowest < 0 { significand <<= -lowest }
    }
    if lowest > 0 {
      let half = magnitude.bit(lowest - 1) == 1
      let rest = magnitude.anyBit(below: lowest - 1)
      if half && (rest || significand & 1 == 1) { significand += 1 }
    }
    // The carry out of the fraction, and the hidden bit, add to the field.
    let biased = lowest - unit
    var packed = (biased << fractionBits) + significand
    if packed < 1 << fractionBits && !subnormals { packed = 0 }
    packed = min(packed, infinity)
    return (sum.isNegative ? signBit : 0) | packed
  }
}

/// SplitMix64.
struct Generator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ z >> 30) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ z >> 27) &* 0x94D0_49BB_1331_11EB
    return z ^ z >> 31
  }

  mutating func below(_ bound: Int) -> Int { Int(next() % UInt64(bound)) }
  mutating func within(_ range: ClosedRange<Int>) -> Int {
    range.lowerBound + below(range.upperBound - range.lowerBound + 1)
  }
  mutating func coin() -> Bool { next() >> 40 & 1 == 1 }
}

/// Draws operands from strata: uniform codes would hardly meet ties, cancellation or the range's ends.
struct Strata {
  let format: Format
  var generator: Generator

  /// A fraction: uniform, or ones and zeros in runs, or few trailing bits.
  mutating func fraction() -> Int {
    let random = generator.below(1 << format.fractionBits)
    let run = generator.below(format.fractionBits + 1)
    switch generator.below(5) {
    case 0: return format.fractionMask >> run
    case 1: return format.fractionMask << run & format.fractionMask
    case 2: return (random >> run) << run
    default: return random
    }
  }

  mutating func code(field: Int) -> Int {
    format.code(generator.coin(), min(max(field, 0), format.maxField - 1), fraction())
  }

  mutating func any() -> Int { generator.below(format.signBit * 2) }

  /// Zero, infinities, NaN, the ends of the ranges.
  mutating func special() -> Int {
    let fractions = [0, 1, format.fractionMask, 1 << (format.fractionBits - 1)]
    let fields = [0, 1, format.maxField - 1, format.maxField]
    return format.code(generator.coin(), fields[generator.below(4)], fractions[generator.below(4)])
  }

  /// A code a few steps from `code`, of either sign.
  mutating func neighbour(of code: Int) -> Int {
    let magnitude = code & ~format.signBit
    let moved = min(max(magnitude + generator.within(-4...4), 0), format.infinity - 1)
    return moved | (generator.coin() ? format.signBit : 0)
  }

  /// A field, from one of the regions that behave differently.
  mutating func field() -> Int {
    switch generator.below(6) {
    case 0: return generator.below(3)
    case 1: return format.maxField - 1 - generator.below(3)
    case 2: return format.bias + generator.within(-3...3)
    default: return generator.below(format.maxField)
    }
  }

  mutating func addends() -> [Int] {
    let a = code(field: field())
    let near =
      format.field(a) + generator.within(-format.fractionBits - 4...format.fractionBits + 4)
    switch generator.below(8) {
    case 0: return [any(), any()]
    case 1: return [special(), generator.coin() ? special() : any()].shuffled(using: &generator)
    case 2: return [a, neighbour(of: a)]
    case 3: return [a, code(field: format.field(a) + generator.within(-1...1))]
    case 4: return [code(field: generator.below(3)), code(field: generator.below(5))]
    default: return [a, code(field: near)]
    }
  }

  mutating func factors() -> [Int] {
    let a = code(field: field())
    // The product near 1, the overflow edge, or the edges of the subnormals.
    let targets = [
      format.bias, format.maxField, 1, -format.fractionBits, -format.fractionBits / 2,
    ]
    let target = targets[generator.below(targets.count)] + generator.within(-2...2)
    let partner = target + format.bias - format.field(a)
    switch generator.below(8) {
    case 0: return [any(), any()]
    case 1: return [special(), generator.coin() ? special() : any()].shuffled(using: &generator)
    case 2: return [code(field: 0), code(field: generator.within(format.bias...format.maxField))]
    case 3:
      // Significands whose product has one bit too many, or two: ties.
      let kept = generator.within(1...format.fractionBits)
      let other = format.fractionBits + 1 - kept + generator.below(2)
      return [
        format.code(generator.coin(), format.field(a), trailing(kept)),
        format.code(generator.coin(), min(max(partner, 0), format.maxField - 1), trailing(other)),
      ]
    default: return [a, code(field: partner)]
    }
  }

  /// A fraction with `kept` leading bits, the last of them one.
  mutating func trailing(_ kept: Int) -> Int {
    let kept = min(max(kept, 0), format.fractionBits)
    if kept == 0 { return 0 }
    return (generator.below(1 << kept) | 1) << (format.fractionBits - kept)
  }

  mutating func fused() -> [Int] {
    let pair = factors()
    let product = format.dot([(pair[0], pair[1])], plus: nil)
    let spread = 2 * format.fractionBits + 6
    let near = format.field(product) + generator.within(-spread...spread)
    switch generator.below(6) {
    case 0: return pair + [any()]
    case 1: return pair + [special()]
    case 2: return pair + [neighbour(of: product)]
    case 3: return pair + [code(field: generator.below(3))]
    default: return pair + [code(field: near)]
    }
  }

  /// Sixteen pairs and an addend.
  mutating func vectors() -> [Int] {
    var a: [Int] = []
    var b: [Int] = []
    let kind = generator.below(8)
    let centre = field()
    let width = generator.within(0...8)
    for index in 0..<16 {
      switch kind {
      case 0 where generator.below(16) == 0:
        a.append(special())
        b.append(special())
      case 1:
        a.append(code(field: field()))
        b.append(code(field: field()))
      case 2 where index % 2 == 1, 3 where index % 2 == 1 && index < 14:
        // Cancels the pair before, wholly or but for its last bits.
        a.append(generator.below(8) == 0 ? neighbour(of: a[index - 1]) : a[index - 1])
        b.append(b[index - 1] ^ format.signBit)
      case 4:
        let pair = factors()
        a.append(pair[0])
        b.append(pair[1])
      case 5:
        a.append(code(field: generator.below(4)))
        b.append(code(field: format.bias + generator.within(-10...10)))
      default:
        a.append(code(field: centre + generator.within(-width...width)))
        b.append(code(field: format.bias + generator.within(-width...width)))
      }
    }
    let order = Array(0..<16).shuffled(using: &generator)
    a = order.map { a[$0] }
    b = order.map { b[$0] }
    if kind == 6 {
      let zeros = generator.below(17)
      for index in 0..<zeros { a[index] = generator.coin() ? format.signBit : 0 }
    }
    let total = format.dot(Array(zip(a, b)), plus: nil)
    switch generator.below(5) {
    case 0: return a + b + [special()]
    case 1: return a + b + [neighbour(of: total)]
    case 2: return a + b + [code(field: field())]
    default: return a + b + [code(field: centre + generator.within(-width...width))]
    }
  }

  /// Codes at which something changes, both signs: ends of the fraction at `fields` exponents.
  func boundaries(fields: Int, fractions: Int) -> [Int] {
    let last = format.maxField
    let middle = (0..<max(fields - 8, 0)).map { 3 + $0 * (last - 6) / max(fields - 9, 1) }
    let chosen = Set([0, 1, 2, last - 2, last - 1, last, format.bias, format.bias + 1] + middle)
    let half = 1 << (format.fractionBits - 1)
    let ends = [0, format.fractionMask, 1, half, half - 1, half + 1, 2, format.fractionMask - 1]
    return chosen.sorted().flatMap { field in
      ends.prefix(fractions).flatMap { fraction in
        [format.code(false, field, fraction), format.code(true, field, fraction)]
      }
    }
  }
}

extension Generator: RandomNumberGenerator {}

func fail(_ message: String) -> Never {
  fputs("error: \(message)\n hint: vectors add|multiply|fma|dot16 E F 0|1 COUNT [GUARD]\n", stderr)
  exit(64)
}

let arguments = CommandLine.arguments
guard arguments.count == 6 || arguments.count == 7, let exponentBits = Int(arguments[2]),
  let fractionBits = Int(arguments[3]), let subnormals = Int(arguments[4]),
  let count = Int(arguments[5]), (2...8).contains(exponentBits), (2...10).contains(fractionBits),
  exponentBits + fractionBits < 16, (0...1).contains(subnormals), count > 0,
  let guardPlaces = arguments.count == 7 ? Int(arguments[6]) : 0, guardPlaces >= 0
else { fail("wrong arguments") }

let format = Format(
  exponentBits: exponentBits, fractionBits: fractionBits, subnormals: subnormals == 1)
var strata = Strata(format: format, generator: Generator(state: 1000))
let one = format.code(false, format.bias, 0)
let digits = Array("0123456789abcdef".utf8)

func write(_ codes: [Int]) {
  var line: [UInt8] = []
  for code in codes {
    for shift in [12, 8, 4, 0] { line.append(digits[code >> shift & 15]) }
    line.append(UInt8(ascii: " "))
  }
  line[line.count - 1] = UInt8(ascii: "\n")
  guard fwrite(line, 1, line.count, stdout) == line.count else { fail("cannot write") }
}

switch arguments[1] {
case "add":
  func result(_ a: Int, _ b: Int) -> Int { format.dot([(a, one)], plus: b) }
  let codes = strata.boundaries(fields: 38, fractions: 8)
  for a in codes { for b in codes { write([a, b, result(a, b)]) } }
  for _ in 0..<count {
    let pair = strata.addends()
    write(pair + [result(pair[0], pair[1])])
  }
case "multiply":
  func result(_ a: Int, _ b: Int) -> Int { format.dot([(a, b)], plus: nil) }
  let codes = strata.boundaries(fields: 38, fractions: 8)
  for a in codes { for b in codes { write([a, b, result(a, b)]) } }
  for _ in 0..<count {
    let pair = strata.factors()
    write(pair + [result(pair[0], pair[1])])
  }
case "fma":
  func result(_ a: Int, _ b: Int, _ c: Int) -> Int { format.dot([(a, b)], plus: c) }
  let codes = strata.boundaries(fields: 9, fractions: 4)
  for a in codes { for b in codes { for c in codes { write([a, b, c, result(a, b, c)]) } } }
  for _ in 0..<count {
    let triple = strata.fused()
    write(triple + [result(triple[0], triple[1], triple[2])])
  }
case "dot16":
  for _ in 0..<count {
    let codes = strata.vectors()
    let pairs = Array(zip(codes[0..<16], codes[16..<32]))
    write(
      codes + [
        format.dot(pairs, plus: codes[32], guardPlaces: guardPlaces == 0 ? nil : guardPlaces)
      ])
  }
default: fail("unknown unit \(arguments[1])")
}
