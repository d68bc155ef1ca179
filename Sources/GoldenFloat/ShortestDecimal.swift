/// The shortest decimal that reads back as a given number; the nearest to it of the shortest.
struct ShortestDecimal {
  /// Without trailing zeros.
  private(set) var digits: UInt64
  /// The number is `digits · 10^exponent`.
  private(set) var exponent: Int

  /// Takes the code of a finite number other than zero, without its sign.
  init(magnitude: UInt64, layout: FloatLayout) {
    let (m, q) = layout.unpack(magnitude)
    // What reads back lies between these middles, both included if the number's code is even.
    let narrow = m == layout.leastNormal && magnitude > layout.leastNormal
    let lower = narrow ? (4 * m - 1, q - 2) : (2 * m - 1, q - 1)
    let upper = (2 * m + 1, q - 1)
    let closed = magnitude & 1 == 0
    let most = (layout.precision * 30_103) / 100_000 + 2
    let (all, scale) = Self.truncated(m, q, digits: most)
    var divisor: UInt64 = 1
    for _ in 1..<most { divisor *= 10 }
    (digits, exponent) = (all, scale)
    for count in 1...most {
      let floor = all / divisor
      let place = scale + most - count
      let down = Self.compare(floor, place, with: lower)
      let up = Self.compare(floor + 1, place, with: upper)
      let (downReads, upReads) = (down > 0 || (closed && down == 0), up < 0 || (closed && up == 0))
      if downReads || upReads {
        let middle = Self.compare(2 * floor + 1, place, with: (m, q + 1))
        let nearerUp = middle < 0 || (middle == 0 && floor & 1 == 1)
        (digits, exponent) = (upReads && (!downReads || nearerUp) ? floor + 1 : floor, place)
        break
      }
      divisor /= 10
    }
    while digits % 10 == 0 {
      digits /= 10
      exponent += 1
    }
  }

  /// Compares `d · 10^t` with `y · 2^b`.
  private static func compare(_ d: UInt64, _ t: Int, with other: (y: UInt64, b: Int)) -> Int {
    t >= 0
      ? PowerOfTen.compare(d, power: t, with: other.y, exponent: other.b)
      : -PowerOfTen.compare(other.y, power: -t, with: d, exponent: -other.b)
  }

  /// The first `count` digits of `m · 2^q`, cut, with the power of ten of the last.
  private static func truncated(
    _ m: UInt64, _ q: Int, digits count: Int
  ) -> (digits: UInt64, exponent: Int) {
    // log₁₀ 2 · 2³², cut: off by less than one for any exponent of 24 bits.
    let top = q + 63 - m.leadingZeroBitCount
    var exponent = (top * 1_292_913_986) >> 32
    while compare(1, exponent, with: (m, q)) > 0 { exponent -= 1 }
    while compare(1, exponent + 1, with: (m, q)) <= 0 { exponent += 1 }
    let place = exponent - count + 1
    let power = PowerOfTen(abs(place))
    var digits: UInt64
    if place <= 0 {
      let (high, _) = power.mantissa.multipliedFullWidth(by: UInt128(m) << 64)
      digits = UInt64(truncatingIfNeeded: high >> UInt128(-(q + power.exponent + 64)))
    } else {
      let shift = m.leadingZeroBitCount + 64
      let quotient = (UInt128(m) << UInt128(shift)) / (power.mantissa >> 64)
      digits = UInt64(truncatingIfNeeded: quotient >> UInt128(shift + 64 + power.exponent - q))
    }
    while compare(digits, place, with: (m, q)) > 0 { digits -= 1 }
    while compare(digits + 1, place, with: (m, q)) <= 0 { digits += 1 }
    return (digits, place)
  }
}
