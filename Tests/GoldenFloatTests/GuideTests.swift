import Foundation
import GoldenFloat
import Testing

/// The page about the encoding says what is so.
@Suite struct GuideTests {
  static let root = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

  static func guide() throws -> String {
    try String(
      contentsOf: root.appending(path: "Documentation/Guides/goldenfloat.md"), encoding: .utf8)
  }

  /// The cells of the rows of the table under a heading, its head left out.
  private func rows(under heading: String) throws -> [[String]] {
    let guide = try Self.guide()
    let start = try #require(guide.range(of: "## \(heading)\n"), "no heading \(heading)")
    let section = guide[start.upperBound...].components(separatedBy: "\n## ")[0]
    let lines = section.split(separator: "\n").filter { $0.hasPrefix("|") }.dropFirst(2)
    return lines.map { line in
      line.split(separator: "|").map {
        $0.trimmingCharacters(in: CharacterSet(charactersIn: " `"))
      }
    }
  }

  /// Each number, read and rounded once, has the code; the code, written, has the decimal.
  @Test func theVectorsAreTrue() throws {
    let rows = try rows(under: "Verified vectors")
    #expect(rows.count >= 30)
    for row in rows {
      let (number, hexadecimal, text) = (row[0], row[1], row[2])
      let code = try #require(UInt16(hexadecimal.dropFirst(2), radix: 16))
      let x = try GF16(parsing: number)
      #expect(x.bitPattern == code, "\(number) is \(hex(x.bitPattern)), not \(hexadecimal)")
      #expect(x.description == text, "\(number) is written \(x.description)")
    }
  }

  private func check<Format: GoldenFloatFormat>(_ row: [String], _: Format.Type) {
    typealias Number = GoldenFloatingPoint<Format>
    let (e, f) = (Format.exponentBitCount, Format.significandBitCount)
    let facts = [
      "1:\(e):\(f)", "\((1 << (e - 1)) - 1)", "\(f + 1)",
      Number.greatestFiniteMagnitude.description, Number.leastNormalMagnitude.description,
      Number.leastNonzeroMagnitude.description,
    ]
    #expect(Array(row.dropFirst()) == facts)
  }

  @Test func theFamilyTableIsTrue() throws {
    let rows = try rows(under: "The family")
    #expect(rows.map { $0[0] } == ["GF8", "GF16", "GF32", "GF64"])
    check(rows[0], GF8Format.self)
    check(rows[1], GF16Format.self)
    check(rows[2], GF32Format.self)
    check(rows[3], GF64Format.self)
  }

  /// A block of code of the page, by its first line.
  static func block(_ language: String, after marker: String) throws -> String {
    let guide = try guide()
    let start = try #require(guide.range(of: marker), "no '\(marker)' in the guide")
    let rest = guide[start.upperBound...]
    let open = try #require(rest.range(of: "```\(language)\n"))
    let close = try #require(rest[open.upperBound...].range(of: "\n```"))
    return String(rest[open.upperBound..<close.lowerBound])
  }
}
