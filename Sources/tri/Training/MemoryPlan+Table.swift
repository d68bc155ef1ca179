import Foundation
import Training

extension MemoryPlan {
  /// A line an item: name, MiB, bytes, and how many equal copies; then the sum, then `more`.
  func table(_ more: [(name: String, bytes: Int, note: String)]) -> String {
    let rows =
      items.map { item in
        (
          name: item.name, bytes: item.bytes,
          note: item.copies > 1 ? "\(item.copies) of \(item.bytes / item.copies)" : ""
        )
      } + [(name: "predicted peak", bytes: total, note: "the sum")] + more
    let width = rows.map(\.name.count).max() ?? 0
    return rows.map { row in
      row.name.padding(toLength: width, withPad: " ", startingAt: 0)
        + (row.bytes == .max
          ? "            more than 8 EiB"
          : String(format: "%12.2f MiB %16ld bytes", Double(row.bytes) / 1_048_576, row.bytes)
            + (row.note.isEmpty ? "" : "  " + row.note))
    }.joined(separator: "\n")
  }
}
