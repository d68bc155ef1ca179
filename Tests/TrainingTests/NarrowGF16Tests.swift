import Foundation
import Testing
import Training

/// What is said of GF16 below L-R9's width is what the record holds.
@Suite struct NarrowGF16Tests {
  private struct Table: Decodable {
    struct Line: Decodable {
      let name: String
      let steps: Int
      let mean_bpb: Double
      let scores: [Score]
    }
    struct Score: Decodable { let seed: Int }
    let lines: [Line]
  }

  @Test func theFiguresAreTheRecords() throws {
    let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent()
    let data = try Data(
      contentsOf: root.appending(path: "Records/2026-11-23-formats/table.json"))
    let table = try JSONDecoder().decode(Table.self, from: data)
    let text = FormatConfiguration.narrowGF16Record
    for (name, phrase) in [
      ("float32", "float32 %@ BPB"), ("GF16, masters", "gf16 %@ with masters"),
      ("GF16 in place, nearest", "%@ in place"),
    ] {
      let line = try #require(table.lines.first { $0.name == "\(name), width 128" })
      #expect(line.steps == 300 && line.scores.count == 3)
      let figure = String(format: "%.4f", line.mean_bpb)
      #expect(text.contains(phrase.replacing("%@", with: figure)), "\(name): \(figure)")
    }
  }
}
