import Corpora

/// The exit codes of errors of corpora.
enum CorpusFailure {
  /// The exit code of `sysexits.h` for an error.
  static func exitCode(for code: CorpusError.Code) -> Int32 {
    switch code {
    case .usage: 64
    case .badData: 65
    case .missingInput: 66
    case .unavailable: 69
    case .cannotWrite: 73
    case .permissionDenied: 77
    }
  }
}
