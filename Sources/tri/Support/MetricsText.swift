import Foundation

/// Figures as Prometheus reads them.
///
/// - Source: Prometheus, "Text-based format", version 0.0.4.
struct MetricsText {
  enum Kind: String { case counter, gauge }

  private(set) var text = ""

  /// Adds a metric with one value; nothing where there is none.
  mutating func add(
    _ name: String, _ kind: Kind, _ help: String, _ labels: [(String, String)] = [],
    _ value: Double?
  ) {
    if let value { add(name, kind, help, [(labels, value)]) }
  }

  /// Adds a metric with a value for each set of labels; nothing where there is none.
  mutating func add(
    _ name: String, _ kind: Kind, _ help: String,
    _ samples: [(labels: [(String, String)], value: Double)]
  ) {
    if samples.isEmpty { return }
    text += "# HELP \(name) \(help)\n# TYPE \(name) \(kind.rawValue)\n"
    for (labels, value) in samples {
      let list = labels.map { "\($0)=\"\(Self.escaped($1))\"" }.joined(separator: ",")
      text += name + (list.isEmpty ? "" : "{\(list)}") + " \(Self.number(value))\n"
    }
  }

  /// Whole numbers without a fraction, others with all their digits.
  private static func number(_ value: Double) -> String {
    if value.isNaN { return "NaN" }
    if value.isInfinite { return value > 0 ? "+Inf" : "-Inf" }
    return value == value.rounded() && abs(value) < 1e15 ? "\(Int(value))" : "\(value)"
  }

  private static func escaped(_ text: String) -> String {
    text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"").replacing("\n", with: "\\n")
  }

  /// Writes the file whole or not at all, so that no reader meets half of it.
  ///
  /// A collector that reads it meanwhile is no reason to end a race: what cannot be written is said once.
  func write(to path: String) throws { try OutputFile.write(text, to: path) }
}
