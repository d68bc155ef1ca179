import PostgreSQLClient
import Race

/// A row of a table, read by column.
struct Row {
  fileprivate let columns: [String: Int]
  fileprivate let values: [String?]

  private func text(of column: String) throws -> String? {
    guard let index = columns[column] else {
      throw RaceError(.corrupt, "the store has no column '\(column)'", hint: "use a newer program")
    }
    return values[index]
  }

  private func parsed<Value>(
    _ column: String, _ parse: (String) -> Value?
  ) throws -> Value? {
    guard let text = try text(of: column) else { return nil }
    guard let value = parse(text) else {
      throw RaceError(
        .corrupt, "the column '\(column)' holds '\(text.prefix(40))'", hint: "use a newer program")
    }
    return value
  }

  private func required<Value>(_ column: String, _ value: Value?) throws -> Value {
    guard let value else {
      throw RaceError(.corrupt, "the column '\(column)' is empty", hint: "use a newer program")
    }
    return value
  }

  func optionalString(_ column: String) throws -> String? { try text(of: column) }
  func optionalInt(_ column: String) throws -> Int? { try parsed(column) { Int($0) } }
  func optionalDouble(_ column: String) throws -> Double? { try parsed(column) { Double($0) } }

  func string(_ column: String) throws -> String { try required(column, text(of: column)) }
  func int(_ column: String) throws -> Int { try required(column, optionalInt(column)) }
  func int64(_ column: String) throws -> Int64 { Int64(try int(column)) }
  func instant(_ column: String) throws -> Instant { Instant(microseconds: try int64(column)) }
  func bool(_ column: String) throws -> Bool {
    try required(column, parsed(column) { $0 == "t" ? true : $0 == "f" ? false : nil })
  }

  /// Returns the value of a column that holds one of a few names, or throws `corrupt`.
  func known<T: RawRepresentable<String>>(_ column: String, as type: T.Type) throws -> T {
    let text = try string(column)
    guard let value = T(rawValue: text) else {
      throw RaceError(.corrupt, "unknown \(column) '\(text)'", hint: "use a newer program")
    }
    return value
  }
}

extension ResultTable {
  /// The rows, to be read by column.
  var byColumn: [Row] {
    if rows.isEmpty { return [] }
    let places = Dictionary(columns.enumerated().map { ($1, $0) }) { first, _ in first }
    return rows.map { Row(columns: places, values: $0) }
  }
}
