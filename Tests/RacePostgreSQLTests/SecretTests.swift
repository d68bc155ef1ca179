import Foundation
import PostgreSQLClient
import Race
import RacePostgreSQL
import PostgreSQLTestServer
import Testing

/// No password is ever in an error, a description or a message.
@Suite struct SecretTests {
  static let secrets = [
    "hunter2secret", "p@ss:w/rd?x=1&y#z%", "sëcret🔑phrase", "'; DROP TABLE x; --", "\\back\"quote",
    "with space and = equals", "hunter2%00secret",
  ]

  private func forms(of secret: String) -> [String] {
    [
      secret, encoded(secret),
      secret.addingPercentEncoding(withAllowedCharacters: unreserved) ?? "",
    ]
  }

  private func encoded(_ text: String) -> String {
    text.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? ""
  }

  /// What an address need not escape.
  private var unreserved: CharacterSet { .alphanumerics.union(CharacterSet(charactersIn: "-._~")) }

  private func check(_ text: String, _ secret: String) {
    for form in forms(of: secret) {
      #expect(!text.contains(form), "'\(text)' has the secret")
    }
  }

  /// Everything that an error can be printed as.
  private func texts(_ error: any Error) -> [String] {
    var all = ["\(error)", String(reflecting: error)]
    if let error = error as? RaceError {
      all += [error.message, error.hint ?? "", error.cause.map { String(reflecting: $0) } ?? ""]
    }
    return all
  }

  @Test(arguments: secrets)
  func aRefusedPasswordIsNotRepeated(secret: String) async throws {
    try await offThread {
      let server = try PostgreSQLServer.shared.get()
      for address in [
        server.networkAddress("postgres", password: secret),
        server.networkAddress("postgres", host: "127.0.0.1", password: secret, "?sslmode=require"),
        "postgres://u:\(encoded(secret))@127.0.0.1:1/d",
        "postgres://u:\(encoded(secret))@127.0.0.1:1/d?sslrootcert=/nowhere&sslmode=verify-full",
        "postgres://u@127.0.0.1:1/d?password=\(encoded(secret))",
        "postgres://u:\(encoded(secret))@[::1/d", "postgres://u:\(secret)@127.0.0.1:1:x/d?=&",
        "postgres://u:\(encoded(secret))@127.0.0.1:x/d?unknown=\(encoded(secret))",
      ] {
        do {
          _ = try PostgreSQLRaceStore(address: address)
          Issue.record("a wrong password was taken")
        } catch {
          for text in texts(error) { check(text, secret) }
        }
        if let settings = try? ConnectionSettings(address) {
          check("\(settings)", secret)
          check(String(reflecting: settings), secret)
          check(settings.redacted("x \(secret) y \(encoded(secret))"), secret)
        }
        if let place = try? PostgreSQLPlace(address: address, source: "--store") {
          check(place.name + place.fileName, secret)
        }
      }
    }
  }

  @Test func theRightPasswordIsTakenAndNotStored() async throws {
    try await offThread {
      let database = try TemporaryDatabase()
      let address = database.server.networkAddress(database.name)
      let store = try PostgreSQLRaceStore(address: address)
      check(store.place, database.server.password)
      #expect(try store.activeRace() == nil)
    }
  }
}
