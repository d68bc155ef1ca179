/// The Swift file of the constants, made from what Coq prints of `Igla.Constants.constants`.
public struct ConstantsFile: Hashable, Sendable {
  public static let path = "Sources/Invariants/ProvenConstants.swift"

  public struct Constant: Hashable, Sendable {
    public var name: String
    /// `1000`, or `7/2` for a real number.
    public var value: String
    public var meaning: String
  }

  public var constants: [Constant]

  /// Reads the answer of `igla-oracle constants`.
  public init(oracle answer: some StringProtocol) throws(ProofFailure) {
    constants = []
    for entry in answer.split(separator: ";") {
      let words = entry.split(separator: " ", maxSplits: 2)
      guard words.count == 3 else { throw .breach("'\(entry)' is no constant") }
      constants.append(
        Constant(
          name: String(words[0]), value: String(words[1]),
          meaning: String(words[2]).trimmingSuffix("\n")))
    }
    for constant in constants { _ = try Self.literal(constant.value) }
  }

  /// What the manifest records.
  public var values: [String: String] {
    Dictionary(constants.map { ($0.name, $0.value) }) { first, _ in first }
  }

  /// The number that stands for a constant in `Double`.
  public static func number(_ value: String) -> Double? {
    let parts = value.split(separator: "/").map { Double($0) }
    guard let numerator = parts.first ?? nil else { return nil }
    guard parts.count == 2 else { return parts.count == 1 ? numerator : nil }
    return parts[1].map { numerator / $0 }
  }

  /// Swift's literal for a constant: an integer for a whole number, else the `Double` next to it.
  ///
  /// Numerator and denominator are below 2⁵³ or powers of two, so that one division rounds once.
  static func literal(_ value: String) throws(ProofFailure) -> String {
    guard let number = number(value) else { throw .breach("'\(value)' is no constant's value") }
    guard value.contains("/") else { return grouped(value) }
    return "\(number)"
  }

  private static func grouped(_ digits: String) -> String {
    var groups: [Substring] = []
    var rest = digits[...]
    while rest.count > 3 {
      groups.insert(rest.suffix(3), at: 0)
      rest = rest.dropLast(3)
    }
    return ([rest] + groups).joined(separator: "_")
  }

  public func text() throws(ProofFailure) -> String {
    var text = """
      // Made by `tri proofs check --compile --record` from what Coq prints. Do not edit.

      /// Numbers that theorems speak of; `Proofs/Igla/Constants.v` has what is proved of each.
      public enum ProvenConstants {

      """
    for constant in constants {
      text += "  /// \(constant.meaning)\n"
      text += "  public static let \(constant.name) = \(try Self.literal(constant.value))\n"
    }
    text += "\n  /// Each by its name, as the program has it.\n"
    text += "  public static let all: [(name: String, value: Double)] = [\n"
    for constant in constants {
      text += "    (\"\(constant.name)\", Double(\(constant.name))),\n"
    }
    return text + "  ]\n}\n"
  }
}

extension String {
  fileprivate func trimmingSuffix(_ suffix: String) -> String {
    hasSuffix(suffix) ? String(dropLast(suffix.count)) : self
  }
}
