/// What can be written into a column, in the server's text form.
protocol ColumnValue {
  var columnText: String { get }
}

extension Int: ColumnValue { var columnText: String { String(self) } }
extension Int64: ColumnValue { var columnText: String { String(self) } }
extension Double: ColumnValue { var columnText: String { description } }
extension Bool: ColumnValue { var columnText: String { self ? "t" : "f" } }
extension String: ColumnValue { var columnText: String { self } }

/// Values by the name of their parameter; `nil` is NULL.
typealias Values = [String: (any ColumnValue)?]
