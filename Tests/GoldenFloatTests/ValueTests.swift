import GoldenFloat
import Testing

@Suite struct ValueTests {
  @Test func constantsAreThoseOfTheFormat() {
    #expect(GF16(1).bitPattern == 0x3E00)
    #expect(GF16.greatestFiniteMagnitude.bitPattern == 0x7DFF)
    #expect(Double(GF16.greatestFiniteMagnitude) == 4_290_772_992)
    #expect(Double(GF16.leastNormalMagnitude) == 0x1p-30)
    #expect(Double(GF16.leastNonzeroMagnitude) == 0x1p-39)
    #expect(GF16.infinity.bitPattern == 0x7E00)
    #expect(GF16.nan.bitPattern == 0x7F00)
    #expect(GF16.signalingNaN.isSignalingNaN && !GF16.nan.isSignalingNaN)
    #expect(GF16.pi.bitPattern == 0x4124)
    #expect(GF64.pi <= GF64(Double.pi) && GF64.pi.nextUp > GF64(Double.pi))
    #expect(Double(GF16.ulpOfOne) == 0x1p-9)
    #expect(Double(GF8.greatestFiniteMagnitude) == 15.5)
    #expect(GF16.leastNonzeroMagnitude.ulp == .leastNonzeroMagnitude)
    #expect(GF16.infinity.ulp.isNaN)
    #expect(GF16(nan: 3, signaling: true).isSignalingNaN)
  }

  @Test func neighboursFollowTheCodes() {
    var failures = Failures()
    for code in UInt16.min ... .max {
      let x = GF16(bitPattern: code)
      guard !x.isNaN, x != .infinity else {
        failures.check(x.nextUp.bitPattern == code, "\(hex(code))")
        continue
      }
      let up = x.nextUp
      failures.check(up > x && up.nextDown == x, "\(x)")
      if x > 0 { failures.check(up.bitPattern == code + 1, "\(x)") }
      if up.isFinite, x > 0 { failures.check(Double(up) - Double(x) == Double(x.ulp), "ulp \(x)") }
    }
    #expect(failures.isEmpty, "\(failures)")
    #expect(GF16(-0.0).nextUp == .leastNonzeroMagnitude)
    #expect((-GF16.leastNonzeroMagnitude).nextUp.bitPattern == 0x8000)
  }

  /// The parts of every code against those of the same number as a `Double`.
  @Test func partsAreThoseOfTheNumber() {
    var failures = Failures()
    for code in UInt16.min ... .max {
      let x = GF16(bitPattern: code)
      let y = Double(x)
      failures.check(x.exponent == y.exponent, "exponent of \(x)")
      failures.check(x.isNaN || Double(x.significand) == y.significand, "significand of \(x)")
      failures.check(x.isNaN || x.isInfinite || Double(x.binade) == y.binade, "binade of \(x)")
      failures.check(x.significandWidth == y.significandWidth, "width of \(x)")
      failures.check(x.isZero == y.isZero && x.isFinite == y.isFinite, "class of \(x)")
      failures.check(x.isSubnormal == (y != 0 && abs(y) < 0x1p-30), "subnormal \(x)")
      failures.check(x.isNormal == (abs(y) >= 0x1p-30 && y.isFinite), "normal \(x)")
      failures.check(
        GF16(
          sign: x.sign, exponentBitPattern: x.exponentBitPattern,
          significandBitPattern: x.significandBitPattern
        ).bitPattern == code, "fields of \(x)")
      guard x.isFinite, !x.isZero else { continue }
      failures.check(
        GF16(sign: x.sign, exponent: x.exponent, significand: x.significand) == x, "parts of \(x)")
    }
    #expect(failures.isEmpty, "\(failures)")
  }

  @Test func comparisonsAreThoseOfTheNumbers() {
    var failures = Failures()
    for a in UInt8.min ... .max {
      for b in UInt8.min ... .max {
        let (x, y) = (GF8(bitPattern: a), GF8(bitPattern: b))
        let (u, v) = (Float(x), Float(y))
        failures.check(
          (x == y) == (u == v) && (x < y) == (u < v) && (x <= y) == (u <= v)
            && (x > y) == (u > v) && (x != y) == (u != v), "\(x) \(y)")
        failures.check(
          GF8.minimum(x, y).isNaN == Float.minimum(u, v).isNaN
            && (x.isNaN || y.isNaN || Float(max(x, y)) == max(u, v)), "min \(x) \(y)")
      }
    }
    #expect(failures.isEmpty, "\(failures)")
  }

  @Test func totalOrderSortsAllCodes() {
    let all = (UInt16.min ... .max).map { GF16(bitPattern: $0) }
    let sorted = all.sorted { !$1.isTotallyOrdered(belowOrEqualTo: $0) }.map(\.bitPattern)
    let expected = (UInt16(0x8000) ... .max).reversed() + Array(UInt16(0)...0x7FFF)
    #expect(sorted == expected)
  }

  @Test func hashingFollowsEquality() {
    #expect(Set<GF16>([0, -0.0, 1, 1]).count == 2)
    #expect(GF16(0).hashValue == GF16(-0.0).hashValue)
    let undefined = GF16(bitPattern: 0x7F00)
    #expect(!(undefined == undefined))
    #expect(Set([undefined, undefined]).count == 2)
  }

  /// Generic code of the standard library works.
  @Test func theProtocolIsWhole() {
    func norm<T: BinaryFloatingPoint>(_ values: [T]) -> T {
      values.reduce(0) { $0 + $1 * $1 }.squareRoot()
    }
    #expect(norm([GF16(3), 4]) == 5)
    #expect(norm([GF8(0.75), 1]) == 1.25)
    #expect(Array(stride(from: GF16(0), through: 1, by: 0.25)) == [0, 0.25, 0.5, 0.75, 1])
    var random = Seeded(7_001)
    for _ in 0..<10_000 {
      let x = GF16.random(in: 0..<1, using: &random)
      #expect(x >= 0 && x < 1)
      #expect((GF64(1)...2).contains(.random(in: 1...2, using: &random)))
    }
    #expect(GF16(1.5).advanced(by: 0.5) == 2)
    #expect(GF16(1).distance(to: 3) == 2)
    #expect(GF16(signOf: -1, magnitudeOf: 2) == -2)
    #expect(GF16(sign: .minus, exponent: 3, significand: -1.5) == 12)
    #expect(GF16(sign: .plus, exponent: .max, significand: 1) == .infinity)
    #expect(GF16(sign: .plus, exponent: .min, significand: 1) == 0)
    // One rounding on the way into the subnormals.
    #expect(GF16(sign: .plus, exponent: -39, significand: 1.501953125).bitPattern == 2)
  }
}
