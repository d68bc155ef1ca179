/// Says why a corpus could not be had, loaded or written, and what mends it.
package struct CorpusError: Error, Sendable, Equatable {
  /// What the caller can do about it.
  package enum Code: String, Sendable, CaseIterable {
    /// The request itself is wrong (an unknown corpus, a bad path): correct it, do not retry.
    case usage
    /// Bytes are there but are not what the manifest says: fetch them again or look for the cause.
    case badData
    /// Something is not there and was not asked of the network: install, copy or fetch it.
    case missingInput
    /// A server or the network did not answer as it should: try later or use a mirror.
    case unavailable
    /// The cache folder takes no file: free space or name another folder.
    case cannotWrite
    /// The file is there but may not be read: change its permissions.
    case permissionDenied
  }

  package let code: Code
  /// What went wrong: one line, no full stop at its end.
  package let message: String
  /// The command or setting that mends it: one line.
  package let hint: String
  /// What lower layers said, in their words.
  package let cause: String?

  package init(_ code: Code, _ message: String, hint: String, cause: String? = nil) {
    self.code = code
    self.message = message
    self.hint = hint
    self.cause = cause
  }
}
