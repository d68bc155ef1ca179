import Foundation
import GoldenFloat
import Testing

@Suite struct TextTests {
  /// Every code: the text reads back as it, and no text of fewer digits does.
  @Test func everyGF16HasTheShortestDecimalThatReadsBack() throws {
    var failures = Failures()
    for code in UInt16.min ... .max {
      let x = GF16(bitPattern: code)
      let text = x.description
      failures.check(GF16(text)?.bitPattern == code, "\(hex(code)) \(text)")
      failures.check(
        x.isNaN || GF16(x.hexadecimalDescription)?.bitPattern == code,
        "\(hex(code)) \(x.hexadecimalDescription)")
      guard x.isFinite, !x.isZero else { continue }
      let digits = try #require(text.split(separator: "e").first).filter(\.isNumber).drop {
        $0 == "0"
      }
      var count = digits.count
      while count > 1, digits.prefix(count).last == "0" { count -= 1 }
      if count > 1 {
        // Fewer digits: the two neighbours of the value on the coarser grid.
        let value = Double(x.magnitude)
        let scale = Int(Foundation.log10(value).rounded(.down)) - count + 2
        let cut = (value / Foundation.pow(10, Double(scale))).rounded(.down)
        for candidate in [cut - 1, cut, cut + 1, cut + 2] {
          let short = "\(Int(candidate))e\(scale)"
          failures.check(GF16(short) != x.magnitude, "\(text) could be \(short)")
        }
      }
    }
    #expect(failures.isEmpty, "\(failures)")
  }

  /// With the fields of the IEEE formats, the text is the standard library's.
  @Test func descriptionsAreTheStandardLibrarys() {
    var failures = Failures()
    func check<Format, Native: BinaryFloatingPoint & CustomStringConvertible>(
      _ x: GoldenFloatingPoint<Format>, _ y: Native
    ) {
      // The standard library leaves the exponent out up to twice as far, Float16 everywhere.
      let limit = Native(
        sign: .plus, exponent: Native.Exponent(Native.significandBitCount + 1), significand: 1)
      let beyond = Native.self != Float16.self && y.magnitude > 2 * limit
      guard !y.isNaN, y.magnitude <= limit || beyond else { return }
      failures.check(x.description == y.description, "\(x), not \(y)")
    }
    var random = Seeded(5_001)
    var strata = Strata<Binary64Format>(seed: 5_002)
    for _ in 0..<100_000 {
      let bits = random.next()
      check(
        GoldenFloatingPoint<Binary32Format>(bitPattern: UInt32(truncatingIfNeeded: bits)),
        Float(bitPattern: UInt32(truncatingIfNeeded: bits)))
      check(GoldenFloatingPoint<Binary64Format>(bitPattern: bits), Double(bitPattern: bits))
      let x = strata.one()
      check(x, Double(bitPattern: x.bitPattern))
      let decimal = Double(Int64(bits >> 44)) / 1_000
      check(GoldenFloatingPoint<Binary64Format>(decimal), decimal)
    }
    for bits in UInt16.min ... .max {
      check(GoldenFloatingPoint<Binary16Format>(bitPattern: bits), Float16(bitPattern: bits))
    }
    #expect(failures.isEmpty, "\(failures)")
  }

  /// Reading with the fields of `Double` gives what the standard library reads.
  @Test func decimalsAreReadAsTheStandardLibraryReadsThem() {
    typealias Number = GoldenFloatingPoint<Binary64Format>
    var failures = Failures()
    var random = Seeded(5_003)
    for _ in 0..<100_000 {
      let count = random.next() % 24 + 1
      var text = ""
      for _ in 0..<count { text += String(random.next() % 10) }
      if random.next() % 2 == 0 {
        text.insert(".", at: text.index(text.startIndex, offsetBy: Int(random.next() % count)))
      }
      if random.next() % 2 == 0 { text += "e\(Int(random.next() % 660) - 340)" }
      failures.check(Number(text)?.bitPattern == Double(text)?.bitPattern, text)
    }
    #expect(failures.isEmpty, "\(failures)")
  }

  /// A decimal of all the digits of a middle is a tie; one digit more, far behind, decides it.
  @Test func decimalsOfAnyLengthAreRoundedOnce() throws {
    let middle = "1.0009765625"
    #expect(GF16(middle)?.bitPattern == 0x3E00)
    #expect(GF16(middle + String(repeating: "0", count: 400) + "1")?.bitPattern == 0x3E01)
    #expect(GF16("1.0029296875")?.bitPattern == 0x3E02)
    let below = "1.0029296874" + String(repeating: "9", count: 400)
    #expect(GF16(below)?.bitPattern == 0x3E01)
    // Through Double, as a literal goes, both come out as the tie.
    #expect(GF16(try #require(Double(below))).bitPattern == 0x3E02)
    // Half the least magnitude, 2⁻⁴⁰, written out.
    let half = "0.00000000000090949470177292823791503906250"
    #expect(GF16(half)?.bitPattern == 0)
    #expect(GF16(half + "00000000000000000001")?.bitPattern == 1)
    #expect(try GF16(parsing: half, rounding: .up).bitPattern == 1)
    #expect(try GF16(parsing: "-" + half, rounding: .up).bitPattern == 0x8000)
    #expect(try GF16(parsing: half, rounding: .toNearestOrAwayFromZero).bitPattern == 1)
    #expect(GF16("4292870143.99999999999999999999999")?.bitPattern == 0x7DFF)
    #expect(GF16("4292870144")?.bitPattern == 0x7E00)
    #expect(try GF16(parsing: "1e1000000000000", rounding: .down) == .greatestFiniteMagnitude)
    #expect(GF16("-1e-99999999999999999999")?.bitPattern == 0x8000)
    #expect(try GF16(parsing: "1e-99999999999999999999", rounding: .up).bitPattern == 1)
    #expect(GF16("0e99999999999999999999")?.bitPattern == 0)
    #expect(GF16(String(repeating: "0", count: 5_000) + "1")?.bitPattern == 0x3E00)
    #expect(GF16("0x1.004" + String(repeating: "0", count: 60) + "1p0")?.bitPattern == 0x3E01)
    #expect(GF16("0x1.004p0")?.bitPattern == 0x3E00)
  }

  /// GF64 beyond the exponents of `Double`, against the exact integer route.
  @Test func gf64ReadsBackAtTheEndsOfItsRange() throws {
    var failures = Failures()
    var strata = Strata<GF64Format>(seed: 5_004)
    for _ in 0..<3_000 {
      let x = strata.one()
      guard !x.isNaN else { continue }
      failures.check(GF64(x.description) == x, "\(hex(x.bitPattern)) \(x)")
      failures.check(GF64(x.hexadecimalDescription) == x, "\(x.hexadecimalDescription)")
    }
    #expect(failures.isEmpty, "\(failures)")
    #expect(GF64.greatestFiniteMagnitude.description == "4.264487423556e+2525222")
    #expect(GF32("0.1")?.description == "0.1")
    #expect(GF64("0.1")?.description == "0.1")
  }

  @Test func textsAreFormed() throws {
    let texts: [(GF16, String)] = [
      (0, "0.0"), (-0.0, "-0.0"), (1, "1.0"), (0.1, "0.1"), (1024, "1024.0"), (1026, "1.026e+03"),
      (65_536, "6.56e+04"), (0.0001, "0.0001"), (0.00001, "1e-05"), (.infinity, "inf"),
      (-.infinity, "-inf"), (.nan, "nan"), (-.nan, "-nan"), (.signalingNaN, "snan"),
      (GF16(nan: 5, signaling: false), "nan(0x5)"), (GF16(bitPattern: 0x7E01), "snan(0x1)"),
    ]
    for (value, text) in texts { #expect(value.description == text) }
    #expect(GF16(-12).hexadecimalDescription == "-0x1.8p+3")
    #expect(GF16.leastNonzeroMagnitude.hexadecimalDescription == "0x1p-39")
    #expect(GF16(-0.0).hexadecimalDescription == "-0x0p+0")
  }

  @Test func textsAreUnderstood() throws {
    let codes: [(String, UInt16)] = [
      ("0x1.8p3", 0x4500), ("-0X1.8P+3", 0xC500), ("0xc", 0x4500), ("0x.8", 0x3C00),
      ("+1", 0x3E00), (".5", 0x3C00), ("1.", 0x3E00), ("1E0", 0x3E00), ("INF", 0x7E00),
      ("-Infinity", 0xFE00), ("NaN", 0x7F00), ("nan(7)", 0x7F07), ("-snan(0xff)", 0xFEFF),
    ]
    for (text, code) in codes {
      #expect(GF16(text)?.bitPattern == code, "\(text)")
    }
  }

  @Test(
    arguments: [
      ("", .empty, 0), ("-", .empty, 1), (" 1", .unexpectedCharacter, 0),
      ("1 ", .unexpectedCharacter, 1), ("--1", .unexpectedCharacter, 1), (".", .missingDigits, 1),
      ("0x", .missingDigits, 2), ("0xp3", .missingDigits, 2), ("1e", .malformedExponent, 2),
      ("1e+", .malformedExponent, 3), ("0x1p", .malformedExponent, 4),
      ("1.2.3", .unexpectedCharacter, 3), ("abc", .unexpectedCharacter, 0),
      ("nan(", .malformedPayload, 4), ("nan(256)", .malformedPayload, 6),
      ("snan(0)", .malformedPayload, 6), ("nan(1", .malformedPayload, 5),
      ("infinit", .unexpectedCharacter, 3), ("1e5x", .unexpectedCharacter, 3),
      ("１", .unexpectedCharacter, 0),
    ] as [(String, GoldenFloatParseError.Code, Int)])
  func malformedTextIsRefused(text: String, code: GoldenFloatParseError.Code, offset: Int) {
    #expect(throws: GoldenFloatParseError(code, offset: offset)) { try GF16(parsing: text) }
    #expect(GF16(text) == nil)
  }

  @Test func everyCodeSurvivesJSON() throws {
    let all = (UInt16.min ... .max).map { GF16(bitPattern: $0) }
    let data = try JSONEncoder().encode(all)
    let back = try JSONDecoder().decode([GF16].self, from: data)
    #expect(back.map(\.bitPattern) == all.map(\.bitPattern))
    #expect(String(decoding: try JSONEncoder().encode([GF16(0.1)]), as: UTF8.self) == "[\"0.1\"]")
    #expect(throws: DecodingError.self) {
      try JSONDecoder().decode([GF16].self, from: Data("[\"1,5\"]".utf8))
    }
  }
}
