import Foundation
import Race
import RacePostgreSQL

/// Where a race is kept: `--store`, else the environment, else the embedded file.
enum StoreOption {
  /// The file that serves when nothing is said.
  static let standard = ".trinity/race.db"
  /// Environment variables that may name a store, the first one set wins.
  static let variables = [
    "DATABASE_URL", "NEON_DATABASE_URL", "TRIOS_NEON_DSN", "TRIOS_DATABASE_URL",
  ]

  /// The store that the option or the environment names.
  static func resolve(_ option: String?) throws -> StorePlace {
    let environment = ProcessInfo.processInfo.environment
    let variable = variables.first { environment[$0]?.isEmpty == false }
    let source = option == nil ? variable ?? "default" : "--store"
    // The value may hold a password: it is not repeated in messages.
    guard let text = option ?? variable.flatMap({ environment[$0] }) else {
      return .file(standard)
    }
    if text.hasPrefix("sqlite:") {
      var path = String(text.dropFirst("sqlite:".count))
      if path.hasPrefix("//") { path = String(path.dropFirst(2)) }
      if !path.isEmpty { return .file(path) }
    }
    if text.hasPrefix("postgres://") || text.hasPrefix("postgresql://") {
      return .server(address: text, try PostgreSQLPlace(address: text, source: source))
    }
    throw Failure(
      64, "\(source) is not a store",
      hint: "write sqlite:PATH, for example sqlite:\(standard), or postgres://USER@HOST/DATABASE")
  }

  /// Opens the store; with `create`, a missing one is made, with its folder.
  static func open(_ option: String?, create: Bool = false) throws -> any RaceStore {
    try resolve(option).open(create: create)
  }

  /// The folder beside the store that holds checkpoints, logs and experience.
  static func folder(_ path: String) -> String {
    let folder = (path as NSString).deletingLastPathComponent
    return folder.isEmpty ? "." : folder
  }
}

extension Instant {
  /// The wall clock's time.
  static var now: Instant { Instant(seconds: Date().timeIntervalSince1970) }

  /// In ISO 8601, UTC.
  var iso8601: String {
    ISO8601DateFormatter().string(
      from: Date(timeIntervalSince1970: Double(microseconds) / 1_000_000))
  }
}
