import ArgumentParser
import Corpora
import Foundation

/// Turns errors of corpora into text and exit codes.
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

  /// The error as stderr shows it.
  static func text(of error: CorpusError) -> String {
    let cause = error.cause.map { " (\($0))" } ?? ""
    return "error: \(error.message)\(cause)\nhint: \(error.hint)\n"
  }

  /// Runs `body`; prints a corpus error on stderr and exits with its code.
  static func reported(_ body: () throws -> Void) throws {
    do {
      try body()
    } catch let error as CorpusError {
      FileHandle.standardError.write(Data(text(of: error).utf8))
      throw ExitCode(exitCode(for: error.code))
    }
  }
}
