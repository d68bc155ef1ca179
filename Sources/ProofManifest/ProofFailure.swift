/// Why the proofs do not vouch for this program, or why that cannot be found out.
public struct ProofFailure: Error, Hashable, Sendable, CustomStringConvertible {
  public enum Code: String, Sendable, Codable, CaseIterable {
    /// A proof, a constant, a check or the record of them is not as it has to be. Exit 65.
    case breach
    /// Something that has to be there is not. Exit 66.
    case missing
    /// Coq or a library of it is not installed. Exit 69.
    case unavailable
    /// A file cannot be written. Exit 73.
    case cannotWrite

    public var exitCode: Int32 {
      switch self {
      case .breach: 65
      case .missing: 66
      case .unavailable: 69
      case .cannotWrite: 73
      }
    }
  }

  public let code: Code
  public let message: String
  /// What the user can do about it.
  public let hint: String

  public init(_ code: Code, _ message: String, hint: String) {
    self.code = code
    self.message = message
    self.hint = hint
  }

  public var description: String { "\(message) (\(hint))" }

  /// The remedy for what an edit left out of date.
  static let record =
    "if the change is meant, 'tri proofs check --compile --record' compiles and records it"

  static func breach(_ message: String, hint: String = record) -> ProofFailure {
    ProofFailure(.breach, message, hint: hint)
  }
}
