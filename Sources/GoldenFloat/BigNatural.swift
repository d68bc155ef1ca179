/// A natural number of any size, for the few decimals that 128 bits cannot decide.
struct BigNatural {
  /// Least significant first; the last is not zero.
  private(set) var words: [UInt64]

  init(_ value: UInt64) {
    words = value == 0 ? [] : [value]
  }

  /// The number that decimal digits, each from 0 to 9, write.
  init(digits: some Sequence<UInt8>) {
    words = []
    var (chunk, scale) = (UInt64(0), UInt64(1))
    for digit in digits {
      (chunk, scale) = (chunk * 10 + UInt64(digit), scale * 10)
      if scale == 1_000_000_000_000_000_000 {
        multiply(by: scale, adding: chunk)
        (chunk, scale) = (0, 1)
      }
    }
    multiply(by: scale, adding: chunk)
  }

  var isZero: Bool { words.isEmpty }

  var bitLength: Int {
    words.isEmpty ? 0 : words.count * 64 - words[words.count - 1].leadingZeroBitCount
  }

  mutating func multiply(by factor: UInt64, adding term: UInt64 = 0) {
    var carry = term
    for index in words.indices {
      let (high, low) = words[index].multipliedFullWidth(by: factor)
      let (sum, overflow) = low.addingReportingOverflow(carry)
      words[index] = sum
      carry = high + (overflow ? 1 : 0)
    }
    if carry != 0 { words.append(carry) }
  }

  mutating func multiply(byPowerOfFive exponent: Int) {
    var rest = exponent
    while rest >= 27 {
      multiply(by: 7_450_580_596_923_828_125)
      rest -= 27
    }
    var factor: UInt64 = 1
    for _ in 0..<rest { factor *= 5 }
    multiply(by: factor)
  }

  mutating func shiftLeft(by count: Int) {
    guard !isZero, count > 0 else { return }
    let bits = UInt64(count % 64)
    if bits != 0 { multiply(by: 1 << bits) }
    words.insert(contentsOf: repeatElement(0, count: count / 64), at: 0)
  }

  /// Subtracts a number that is not greater.
  mutating func subtract(_ other: Self) {
    var borrow: UInt64 = 0
    for index in words.indices {
      let term = index < other.words.count ? other.words[index] : 0
      let (first, under) = words[index].subtractingReportingOverflow(term)
      let (second, under2) = first.subtractingReportingOverflow(borrow)
      words[index] = second
      borrow = under || under2 ? 1 : 0
    }
    while words.last == 0 { words.removeLast() }
  }

  /// −1, 0 or 1 as this number is less than, equal to or greater than the other.
  func compared(with other: Self) -> Int {
    if words.count != other.words.count { return words.count < other.words.count ? -1 : 1 }
    for index in words.indices.reversed() where words[index] != other.words[index] {
      return words[index] < other.words[index] ? -1 : 1
    }
    return 0
  }

  /// The leading 126 bits, the lowest of them set for any left out, as `significand · 2^exponent`.
  var leading: (significand: UInt128, exponent: Int) {
    let shift = max(0, bitLength - 126)
    var significand: UInt128 = 0
    var sticky = false
    for (index, word) in words.enumerated() {
      let place = index * 64 - shift
      if place >= 0 {
        significand |= UInt128(word) << UInt128(place)
      } else if place > -64 {
        significand |= UInt128(word >> UInt64(-place))
        if word << UInt64(64 + place) != 0 { sticky = true }
      } else if word != 0 {
        sticky = true
      }
    }
    return (significand | (sticky ? 1 : 0), shift)
  }

  /// The leading 126 bits of the quotient, the lowest set for a remainder, with their exponent.
  func quotient(dividingBy divisor: Self) -> (significand: UInt128, exponent: Int) {
    var (rest, scaled) = (self, divisor)
    let lead = rest.bitLength - scaled.bitLength
    if lead > 0 { scaled.shiftLeft(by: lead) } else { rest.shiftLeft(by: -lead) }
    var quotient: UInt128 = 0
    for _ in 0..<126 {
      quotient <<= 1
      if rest.compared(with: scaled) >= 0 {
        rest.subtract(scaled)
        quotient |= 1
      }
      rest.shiftLeft(by: 1)
    }
    return (quotient | (rest.isZero ? 0 : 1), lead - 125)
  }
}
