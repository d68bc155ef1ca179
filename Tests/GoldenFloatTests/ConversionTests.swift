import GoldenFloat
import Testing

@Suite struct ConversionTests {
  /// Every code, the middle above it and what lies next to both, from `Float` and `Double`.
  @Test(arguments: allRules)
  func realsRoundToGF16AtEveryBoundary(rule: FloatingPointRoundingRule) {
    var failures = Failures()
    func check(_ value: Double, _ got: GF16, _ what: String) {
      let expected = Oracle.gf16.rounded(value, rule)
      failures.check(
        UInt64(got.bitPattern) == expected,
        "\(what) \(value) \(rule): \(hex(got.bitPattern)), not \(hex(expected))")
    }
    for code in UInt16(0)...0x7E00 {
      let units = Double(Oracle.gf16.units(UInt64(code)))
      let next = Double(Oracle.gf16.units(UInt64(min(code, 0x7DFF)) + 1))
      for exact in [units * 0x1p-39, (units + next) * 0x1p-40] {
        for sign in [1.0, -1.0] {
          let value = sign * exact
          for near in [value, value.nextUp, value.nextDown] where near.magnitude > 0x1p-41 {
            check(near, GF16(near, rounding: rule), "Double")
            if rule == .toNearestOrEven { check(near, GF16(near), "fast Double") }
          }
          for near in [Float(value), Float(value).nextUp, Float(value).nextDown]
          where near.magnitude > 0x1p-41 {
            check(Double(near), GF16(near, rounding: rule), "Float")
            if rule == .toNearestOrEven { check(Double(near), GF16(near), "fast Float") }
          }
        }
      }
    }
    #expect(failures.isEmpty, "\(failures)")
  }

  @Test func realsRoundToGF16AtRandom() {
    var failures = Failures()
    var random = Seeded(3_001)
    for index in 0..<600_000 {
      let rule = allRules[index % allRules.count]
      let value = Float(
        sign: random.next() % 2 == 0 ? .plus : .minus, exponent: Int(random.next() % 78) - 43,
        significand: Float(bitPattern: 127 << 23 | UInt32(random.next() >> 41)))
      let expected = Oracle.gf16.rounded(Double(value), rule)
      failures.check(
        UInt64(GF16(value, rounding: rule).bitPattern) == expected, "\(value) \(rule)")
      failures.check(
        GF16(value).bitPattern == GF16(value, rounding: .toNearestOrEven).bitPattern, "\(value)")
      failures.check(
        GF8(value).bitPattern == GF8(value, rounding: .toNearestOrEven).bitPattern, "\(value) GF8")
      failures.check(
        UInt64(GF8(value, rounding: rule).bitPattern) == Oracle.gf8.rounded(Double(value), rule),
        "\(value) \(rule) GF8")
    }
    #expect(failures.isEmpty, "\(failures)")
  }

  @Test func tinyAndHugeRealsBecomeZeroAndInfinity() {
    for tiny in [Float.leastNonzeroMagnitude, Float.leastNormalMagnitude, 0x1p-60] {
      #expect(GF16(tiny).bitPattern == 0)
      #expect(GF16(-tiny).bitPattern == 0x8000)
      #expect(GF16(tiny, rounding: .up).bitPattern == 1)
      #expect(GF16(-tiny, rounding: .up).bitPattern == 0x8000)
      #expect(GF16(-Double(tiny), rounding: .down).bitPattern == 0x8001)
      #expect(GF16(Double(tiny)).bitPattern == 0)
    }
    #expect(GF16(Double.leastNonzeroMagnitude, rounding: .awayFromZero).bitPattern == 1)
    for huge in [Float.greatestFiniteMagnitude, 0x1p32] {
      #expect(GF16(huge).bitPattern == 0x7E00)
      #expect(GF16(Double(huge)).bitPattern == 0x7E00)
      #expect(GF16(-huge, rounding: .towardZero).bitPattern == 0xFDFF)
      #expect(GF16(-huge, rounding: .up).bitPattern == 0xFDFF)
      #expect(GF16(-huge, rounding: .down).bitPattern == 0xFE00)
    }
    #expect(GF16(Float.infinity, rounding: .towardZero).bitPattern == 0x7E00)
    #expect(GF16(-Double.infinity).bitPattern == 0xFE00)
  }

  @Test func everyCodeOfGF16SurvivesFloatAndDouble() {
    var failures = Failures()
    for code in UInt16.min ... .max {
      let x = GF16(bitPattern: code)
      let expected: UInt16 = x.isNaN ? 0x7F00 : code
      let value = Double(Oracle.gf16.units(UInt64(code))) * 0x1p-39
      failures.check(GF16(Float(x)).bitPattern == expected, "Float \(hex(code))")
      failures.check(GF16(Double(x)).bitPattern == expected, "Double \(hex(code))")
      #if arch(x86_64) && !os(Windows)
      failures.check(GF16(Float80(x)).bitPattern == expected, "Float80 \(hex(code))")
      #endif
      failures.check(
        Float(x, rounding: .up).bitPattern == Float(x).bitPattern
          && Double(x, rounding: .down).bitPattern == Double(x).bitPattern, "slow \(hex(code))")
      failures.check(!x.isFinite || Double(x.magnitude) == value, "value of \(hex(code))")
      failures.check(GF16(exactly: Double(x)) == (x.isNaN ? nil : x), "exactly \(hex(code))")
      failures.check(
        GF16(GF64(x)).bitPattern == expected && GF16(GF32(x)).bitPattern == expected,
        "family \(hex(code))")
    }
    #expect(failures.isEmpty, "\(failures)")
  }

  /// Every half and bfloat16 number into GF16 and back, through exact comparisons.
  @Test(arguments: allRules)
  func everySixteenBitFormatConverts(rule: FloatingPointRoundingRule) {
    var failures = Failures()
    for code in UInt16.min ... .max {
      let half = Float16(bitPattern: code)
      let brain = Float(bitPattern: UInt32(code) << 16)
      let golden = GF16(bitPattern: code)
      if half.isFinite {
        failures.check(
          UInt64(GF16(half, rounding: rule).bitPattern) == Oracle.gf16.rounded(Double(half), rule),
          "half \(half) \(rule)")
        failures.check(
          UInt64(GF16(half).bitPattern) == Oracle.gf16.rounded(Double(half), .toNearestOrEven),
          "half \(half)")
      }
      let fromBrain = GF16(bFloat16BitPattern: code, rounding: rule)
      failures.check(
        brain.isNaN ? fromBrain.isNaN : fromBrain == GF16(brain, rounding: rule), "bf16 \(brain)")
      guard golden.isFinite else { continue }
      // The compiler's conversions from Double judge those of the library.
      if rule == .toNearestOrEven {
        failures.check(
          Float16(golden).bitPattern == Float16(Double(golden)).bitPattern, "to half \(golden)")
      }
      let back = Float(bitPattern: UInt32(golden.bFloat16BitPattern(rounding: rule)) << 16)
      let exact = Float(golden)
      let bits = exact.bitPattern
      let floor = Float(bitPattern: bits & 0xFFFF_0000)
      let above = Float(bitPattern: (bits & 0xFFFF_0000) + 0x1_0000)
      let inside = bits & 0xFFFF != 0
      let expected: Float =
        switch rule {
        case .towardZero: floor
        case .awayFromZero: inside ? above : floor
        case .up: inside && exact > 0 ? above : floor
        case .down: inside && exact < 0 ? above : floor
        default:
          bits & 0xFFFF == 0x8000
            ? (rule == .toNearestOrEven && bits & 0x1_0000 == 0 ? floor : above)
            : bits & 0x8000 != 0 ? above : floor
        }
      failures.check(back == expected, "to bf16 \(golden) \(rule): \(back), not \(expected)")
    }
    #expect(failures.isEmpty, "\(failures)")
    #expect(GF16.nan.bFloat16BitPattern() == 0x7FC0)
    #expect(Float16(GF16.infinity) == .infinity && Float16(GF16.nan).isNaN)
  }

  @Test func wideFormatsRoundIntoTheProcessors() {
    #expect(Float(GF64.greatestFiniteMagnitude) == .infinity)
    #expect(Double(GF64.greatestFiniteMagnitude, rounding: .towardZero) == .greatestFiniteMagnitude)
    #expect(Double(GF64.leastNonzeroMagnitude).bitPattern == 0)
    #expect(Double(-GF64.leastNonzeroMagnitude, rounding: .down) == -.leastNonzeroMagnitude)
    #expect(Float(GF32(0x1p-149)) == .leastNonzeroMagnitude)
    #expect(Float(GF32(0x1p-150)) == 0)
    #expect(Float(GF32(0x1.8p-150)) == .leastNonzeroMagnitude)
    #expect(Float(GF32.leastNonzeroMagnitude, rounding: .up) == .leastNonzeroMagnitude)
  }

  @Test func integersRoundOnce() {
    #expect(GF16(1024) == 1024)
    for integer in -1024...1024 { #expect(Int(exactly: GF16(integer)) == integer) }
    #expect(GF16(1025).bitPattern == GF16(1024).bitPattern)
    #expect(GF16(exactly: 1025) == nil)
    #expect(GF16(exactly: 1026) == 1026)
    #expect(GF16(1025, rounding: .up) == 1026)
    #expect(GF16(-1025, rounding: .down) == -1026)
    #expect(GF16(1025, rounding: .toNearestOrAwayFromZero) == 1026)
    #expect(GF16(1027) == 1028)
    #expect(GF16(Int.max) == .infinity)
    #expect(GF16(Int.min, rounding: .towardZero) == -.greatestFiniteMagnitude)
    #expect(GF16(UInt128.max, rounding: .down) == .greatestFiniteMagnitude)
    #expect(GF64(UInt128.max, rounding: .down) == GF64("0x1.fffffffffep127"))
    #expect(GF64(Int128.min) == GF64("-0x1p127"))
    // The sticky bit of an integer's lowest end decides.
    #expect(GF64(UInt128(1) << 127 + UInt128(1) << 87) == GF64("0x1p127"))
    #expect(GF64(UInt128(1) << 127 + UInt128(1) << 87 + 1) == GF64("0x1.0000000002p127"))
    #expect(Int(GF16(-3.75)) == -3)
    #expect(UInt8(exactly: GF16(255)) == 255)
    #expect(Int32(exactly: GF16(0.5)) == nil)
    #expect(Int64(GF64("0x1p62")!) == 1 << 62)
    #expect(Int8(exactly: GF16(128)) == nil)
  }
}
