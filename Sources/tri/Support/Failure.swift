import ArgumentParser
import Corpora
import Foundation
import Kernels
import KernelInterface
import ProofManifest
import Race
import Scoring
import Training

/// A failure as the user sees it: one line, a remedy, and an exit code of `sysexits.h`.
struct Failure: Error {
  let exitCode: Int32
  let message: String
  let hint: String?

  init(_ exitCode: Int32, _ message: String, hint: String? = nil) {
    self.exitCode = exitCode
    self.message = message
    self.hint = hint
  }

  /// Wrong flags or arguments.
  static func usage(_ message: String, hint: String) -> Failure { Failure(64, message, hint: hint) }

  /// Brings any error into this form; nil for those that the argument parser words itself.
  init?(_ error: any Error) {
    switch error {
    case let failure as Failure:
      self = failure
    case let error as CertificateError:
      self.init(65, error.message, hint: error.hint)
    case let error as ProofFailure:
      self.init(error.code.exitCode, error.message, hint: error.hint)
    case let error as TrainingError:
      self.init(Self.exitCode(for: error.code), error.message, hint: error.hint)
    case let error as AllocationError:
      self.init(TrainingError(error))
    case let error as CorpusError:
      self.init(
        CorpusFailure.exitCode(for: error.code),
        error.message + (error.cause.map { " (\($0))" } ?? ""), hint: error.hint)
    case let error as RaceError:
      self.init(
        error.code.exitCode, error.message,
        hint: error.hint ?? "see 'tri race status' for how the race stands")
    case KernelSet.SelectionError.unknown(let name):
      self.init(
        78, "IGLA_CPU names no kernel variant: '\(name)'",
        hint: "use one of \(KernelSet.names.joined(separator: ", ")), or unset it")
    case KernelSet.SelectionError.unsupported(let name):
      self.init(
        69, "this processor cannot run the kernel variant '\(name)'",
        hint: "it runs \(KernelSet.available.map(\.name).joined(separator: ", ")); unset IGLA_CPU")
    default:
      return nil
    }
  }

  static func exitCode(for code: TrainingError.Code) -> Int32 {
    switch code {
    case .configuration: 78
    case .corruptCheckpoint, .foreignCheckpoint: 65
    case .missing: 66
    case .cannotWrite: 73
    case .unavailable: 69
    }
  }

  /// Which help to read after a usage error; the parser knows which command it was.
  private static func helpHint(for error: any Error) -> String {
    let command = Tri.fullMessage(for: error).split(separator: "'").first {
      $0.hasPrefix("tri") && $0.hasSuffix("--help")
    }
    return "see '\(command ?? "tri --help")'"
  }

  /// Prints the error where it belongs and ends the process with its code.
  static func end(with error: any Error) -> Never {
    if let failure = Failure(error) {
      Console.error(failure.message, hint: failure.hint)
      exit(failure.exitCode)
    }
    if error is ExitCode || error is CleanExit { Tri.exit(withError: error) }
    if error is ValidationError || String(reflecting: type(of: error)).hasPrefix("ArgumentParser.")
    {
      let code = Tri.exitCode(for: error)
      if code == .success { Tri.exit(withError: error) }
      Console.error(Tri.message(for: error), hint: helpHint(for: error))
      exit(code.rawValue)
    }
    Console.error("unexpected: \(error)", hint: "please report this with the command you ran")
    exit(70)
  }
}
