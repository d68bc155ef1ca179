/// A table for people: columns of text on a terminal, or Markdown for a record.
struct TextTable {
  var header: [String]
  /// Columns set flush right, by number.
  var right: Set<Int> = []
  var rows: [[String]] = []

  /// Header and rows; a line break in a cell would tear its row.
  private var lines: [[String]] {
    ([header] + rows).map { row in
      row.map { cell in
        cell.split(whereSeparator: \.isNewline).joined(separator: " ")
      }
    }
  }

  /// Columns two spaces apart; no space at the end of a line.
  var text: String {
    let lines = lines
    let widths = header.indices.map { column in lines.map { $0[column].count }.max() ?? 0 }
    return lines.map { row in
      var line = row.indices.map { column in
        let space = String(repeating: " ", count: widths[column] - row[column].count)
        return right.contains(column) ? space + row[column] : row[column] + space
      }.joined(separator: "  ")
      while line.last == " " { line.removeLast() }
      return line
    }.joined(separator: "\n")
  }

  var markdown: String {
    var lines = lines
    lines.insert(header.indices.map { right.contains($0) ? "---:" : "---" }, at: 1)
    return lines.map { row in
      "| " + row.map { $0.replacing("|", with: "\\|") }.joined(separator: " | ") + " |"
    }.joined(separator: "\n")
  }
}
