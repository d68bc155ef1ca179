/// The rows that a statement gave.
public struct ResultTable: Sendable {
  public let columns: [String]
  /// One array a row, in the order of ``columns``; `nil` is NULL.
  public let rows: [[String?]]
  /// Rows that a writing statement changed.
  public let changed: Int

  public init(columns: [String], rows: [[String?]], changed: Int = 0) {
    self.columns = columns
    self.rows = rows
    self.changed = changed
  }
}
