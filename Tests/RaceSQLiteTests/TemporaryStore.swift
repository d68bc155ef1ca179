import Foundation
import Race
import RaceSQLite

/// A folder for a store of one test, removed with it.
final class TemporaryStore {
  let folder: String
  var path: String { folder + "/race.db" }

  init() throws {
    folder = FileManager.default.temporaryDirectory.path + "/igla-race-" + UUID().uuidString
    try FileManager.default.createDirectory(
      atPath: folder, withIntermediateDirectories: true)
  }

  func open(create: Bool = true, busySeconds: Double = 30) throws -> SQLiteRaceStore {
    try SQLiteRaceStore(path: path, create: create, busySeconds: busySeconds)
  }

  deinit {
    try? FileManager.default.removeItem(atPath: folder)
  }
}
