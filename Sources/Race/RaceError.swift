/// A failure that the caller of the race can act on.
public struct RaceError: Error, Sendable, CustomStringConvertible {
  /// What kind of failure it is; each case says what to do.
  public enum Code: String, Sendable, Codable, CaseIterable {
    /// No such race, trial or file. Drop the request and tell the user what exists. Exit 66.
    case notFound
    /// The trial belongs to another worker now. Drop the result and claim again. Not shown.
    case leaseLost
    /// Another supervisor holds the store. Stop, or use another store. Exit 75.
    case storeLocked
    /// A newer program wrote the store. Stop; use that program. Exit 65.
    case schemaNewer
    /// The request makes no sense as it stands. Fix it; retrying does not help. Exit 64.
    case invalid
    /// A setting of the race or its search space makes no sense. Fix the file. Exit 78.
    case configuration
    /// Stored data contradict themselves or are not ours. Stop and look. Exit 65.
    case corrupt
    /// A decision is none that the proofs permit. Stop and look; nothing of it is kept. Exit 65.
    case violation
    /// Another process kept the store busy too long. Retry. Exit 75.
    case busy
    /// The store cannot be reached at all. Retry later. Exit 69.
    case unavailable
    /// The disk is full or the folder is not writable. Make room. Exit 73.
    case cannotWrite
    /// The store refuses this user. Fix the permissions. Exit 77.
    case permission

    /// The exit code of the command that ends with this failure.
    public var exitCode: Int32 {
      switch self {
      case .notFound: 66
      case .leaseLost, .storeLocked, .busy: 75
      case .schemaNewer, .corrupt, .violation: 65
      case .invalid: 64
      case .configuration: 78
      case .unavailable: 69
      case .cannotWrite: 73
      case .permission: 77
      }
    }
  }

  public let code: Code
  public let message: String
  /// What the user can do about it, if anything.
  public let hint: String?
  public let cause: (any Error)?

  public init(_ code: Code, _ message: String, hint: String? = nil, cause: (any Error)? = nil) {
    self.code = code
    self.message = message
    self.hint = hint
    self.cause = cause
  }

  public var description: String { hint.map { "\(message) (\($0))" } ?? message }
}

extension RaceError {
  /// The failure of every operation on an empty store.
  public static let noRace = RaceError(
    .notFound, "there is no race in this store", hint: "start one")

  /// The failure of a worker that did not say who it is.
  static func notRegistered(_ worker: String) -> RaceError {
    RaceError(.invalid, "worker '\(worker)' is not registered", hint: "register it first")
  }

  /// The failure to find a trial.
  static func noTrial(_ id: Int) -> RaceError {
    RaceError(.notFound, "there is no trial \(id)", hint: "trials are numbered from 1")
  }
}
