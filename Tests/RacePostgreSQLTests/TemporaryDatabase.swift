import Foundation
import PostgreSQLClient
import Race
import PostgreSQLTestServer
import RacePostgreSQL

/// A database for one test, dropped with it.
final class TemporaryDatabase: Sendable {
  let server: PostgreSQLServer
  let name: String
  var address: String { server.address(name) }

  init(_ server: PostgreSQLServer? = nil) throws {
    self.server = try server ?? PostgreSQLServer.shared.get()
    name = "t" + UUID().uuidString.lowercased().replacing("-", with: "")
    try self.server.execute("postgres", "CREATE DATABASE \(name)")
  }

  /// Opens a store; its time is the test's.
  func open(
    create: Bool = true, clock: PostgreSQLRaceStore.Clock = .caller, patience: Double = 20,
    seed: UInt64 = 1
  ) throws -> PostgreSQLRaceStore {
    try PostgreSQLRaceStore(
      address: address, create: create, clock: clock, patience: patience, seed: seed)
  }

  @discardableResult
  func execute(_ statement: String) throws -> [[String?]] { try server.execute(name, statement) }

  deinit { _ = try? server.execute("postgres", "DROP DATABASE IF EXISTS \(name) WITH (FORCE)") }
}
