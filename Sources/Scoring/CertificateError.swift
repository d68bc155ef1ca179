/// Why a certificate is refused.
public struct CertificateError: Error, Hashable, Sendable {
  public enum Code: Hashable, Sendable {
    /// The file is no certificate: use another.
    case notACertificate
    /// Of a version that this program does not read: use the program that wrote it.
    case version
    /// Cut or altered: fetch it again.
    case damaged
    /// Of another model, text, split or column: give what it names.
    case foreign
    /// Decodes to another text: the claim does not hold.
    case differs
    /// The predictions are not distributions: train again.
    case diverged
  }

  public let code: Code
  /// What is wrong, with the values.
  public let message: String
  /// What mends it.
  public let hint: String

  public init(_ code: Code, _ message: String, hint: String) {
    self.code = code
    self.message = message
    self.hint = hint
  }

  static let otherModel =
    "do not believe this score: another program, model or text made the code, or it is damaged"
}
